"""Data that `run` keeps belongs to the migrations that made it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocoder.cli.development_data import DevelopmentData
from autocoder.diagnostics import StageFailed


@pytest.fixture
def kept(tmp_path: Path) -> DevelopmentData:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0001_first_schema.py").write_text("title", encoding="utf-8")
    return DevelopmentData(
        migrations=tmp_path / "versions", record_file=tmp_path / "record.json", data=tmp_path / "todo.db"
    )


def refusal(kept: DevelopmentData) -> str:
    with pytest.raises(StageFailed) as failed:
        kept.claim()
    [only] = failed.value.diagnostics
    assert only.code == "AC3254" and only.help and "--new-data" in only.help
    return only.message


def test_data_stays_as_long_as_what_made_it(kept: DevelopmentData) -> None:
    for _ in range(2):
        kept.claim()
        kept.data.write_text("rows", encoding="utf-8")
    (kept.migrations / "0002_more.py").write_text("note", encoding="utf-8")
    kept.claim()


def test_data_of_a_migration_that_was_replaced_is_refused(kept: DevelopmentData) -> None:
    kept.claim()
    kept.data.write_text("rows", encoding="utf-8")
    (kept.migrations / "0001_first_schema.py").write_text("title, done", encoding="utf-8")
    assert "0001_first_schema.py is not as it was" in refusal(kept)
    assert "0001_first_schema.py is not as it was" in refusal(kept)
    assert kept.data.read_text(encoding="utf-8") == "rows"


@pytest.mark.parametrize("record", [None, "{", "[]"])
def test_data_of_which_nothing_is_known_is_refused(kept: DevelopmentData, record: str | None) -> None:
    kept.data.mkdir()
    if record is not None:
        kept.record_file.write_text(record, encoding="utf-8")
    assert "nothing says" in refusal(kept)


def test_new_data_removes_the_old(kept: DevelopmentData) -> None:
    kept.data.write_text("rows", encoding="utf-8")
    wal = kept.data.with_name("todo.db-wal")
    wal.write_text("rows", encoding="utf-8")
    kept.remove()
    assert not kept.data.exists() and not wal.exists()
    kept.claim()
