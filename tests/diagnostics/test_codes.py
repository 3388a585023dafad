"""Every code is given by the compiler and provoked by a test; each says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocoder.diagnostics import CATALOGUE, StageFailed
from autocoder.planning.proposal import check_answers, read
from autocoder.tools.git import file_at

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent / "autocoder"
BY_STATUS = {"AC7103": "Status.NONDETERMINISTIC", "AC7109": "Status.BLOCKED"}
"""Codes that tests of `gen` know by the status that they lead to."""


def texts(folder: Path, *endings: str) -> str:
    files = (p for p in sorted(folder.rglob("*")) if p.suffix in endings and p.is_file() and p != Path(__file__))
    return "\n".join(p.read_text(encoding="utf-8", errors="replace") for p in files if "codes" not in p.parts)


def test_every_code_is_provoked_by_a_test() -> None:
    tested = (
        texts(TESTS, ".py", ".toml", ".yaml")
        + Path(__file__).read_text(encoding="utf-8").rpartition("# Codes that no other")[2]
    )
    missing = [c for c in CATALOGUE if c not in tested and BY_STATUS.get(c, c) not in tested]
    assert missing == [], "write a test that provokes each of these codes"


def test_every_code_is_given_by_the_compiler() -> None:
    given = texts(ROOT, ".py")
    assert [code for code in CATALOGUE if code not in given] == []


def test_every_code_says_why_and_what_to_do() -> None:
    assert [c.code for c in CATALOGUE.values() if not (c.title and c.why.endswith(".") and c.fix.endswith("."))] == []


# Codes that no other test is about.


def test_an_answer_to_no_question_is_ac2053() -> None:
    with pytest.raises(StageFailed) as failed:
        check_answers(read("A to-do list API.", file="description.md"), {"nothing": "asked"})
    assert (failed.value.exit_code, [d.code for d in failed.value.diagnostics]) == (2, ["AC2053"])


def test_an_earlier_commit_without_git_is_ac9007(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StageFailed) as failed:
        file_at(tmp_path, "HEAD", "architecture.yaml")
    assert (failed.value.exit_code, [d.code for d in failed.value.diagnostics]) == (4, ["AC9007"])


def test_running_a_folder_without_a_service_is_ac8203(tmp_path: Path) -> None:
    from autocoder.cli.run import _package

    with pytest.raises(StageFailed) as failed:
        _package(tmp_path / "generated")
    assert [d.code for d in failed.value.diagnostics] == ["AC8203"]


def test_a_service_that_does_not_start_is_ac9010() -> None:
    from autocoder.tools.services import _not_started

    failed = _not_started("postgresql", "starting\nFATAL: the data folder is of another version\n")
    assert [d.code for d in failed.diagnostics] == ["AC9010"]
    assert "another version" in failed.diagnostics[0].message
