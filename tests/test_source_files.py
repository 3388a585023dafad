"""Inputs are regular files of the workspace itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.source_files import read_sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with all that people own."""
    for name in ("description.md", "decisions.yaml", "architecture.yaml", "deployment.yaml"):
        (tmp_path / name).write_text(f"{name}\n")
    (tmp_path / "custom").mkdir()
    (tmp_path / "custom/slug_of.py").write_text("x = 1\n")
    return tmp_path


def refused(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(StageFailed) as failure:
        read_sources(folder, "ws")
    return [(d.code, d.subject) for d in failure.value.diagnostics]


def test_everything_that_people_own_is_read(folder: Path) -> None:
    sources = read_sources(folder, "ws")
    assert sources.prose == "description.md\n" and sources.bodies == {"slug_of": "x = 1\n"}
    assert sources.name("architecture.yaml") == "ws/architecture.yaml"


@pytest.mark.parametrize(
    "name", ["description.md", "decisions.yaml", "architecture.yaml", "deployment.yaml", "custom/slug_of.py"]
)
def test_an_input_that_is_a_symbolic_link_is_refused(
    folder: Path, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret"
    outside.write_text("secret")
    (folder / name).unlink()
    (folder / name).symlink_to(outside)
    assert refused(folder) == [("AC8003", f"ws/{name}")]


def test_a_folder_of_bodies_that_is_a_link_or_a_file_is_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (folder / "custom/slug_of.py").unlink()
    (folder / "custom").rmdir()
    (folder / "custom").symlink_to(tmp_path_factory.mktemp("outside"))
    assert refused(folder) == [("AC8003", "ws/custom")]
    (folder / "custom").unlink()
    (folder / "custom").write_text("def slug_of(): ...")
    assert refused(folder) == [("AC8003", "ws/custom")]


def test_everything_that_cannot_be_read_is_named_at_once(folder: Path) -> None:
    (folder / "architecture.yaml").write_bytes(b"\xff")
    (folder / "description.md").unlink()
    (folder / "description.md").mkdir()
    (folder / "custom/slug_of.py").write_bytes(b"\xfe")
    assert refused(folder) == [
        ("AC8003", "ws/description.md"),
        ("AC8202", "ws/architecture.yaml"),
        ("AC8202", "ws/custom/slug_of.py"),
    ]


def test_a_folder_without_a_blueprint_says_which_file_is_missing(folder: Path) -> None:
    (folder / "deployment.yaml").unlink()
    assert refused(folder) == [("AC8201", "ws")]
