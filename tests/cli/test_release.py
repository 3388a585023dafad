"""`autocoder release` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autocoder.cli import cli
from autocoder.diagnostics import StageFailed
from tests.compiling import DEPLOYMENT, HEAD

SHOP = (
    HEAD + "entities:\n  Item: {fields: {name: text}}\noperations:\n"
    "  list_items: {route: GET /items, effects: [{list: Item}]}\n"
)


def called(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), catch_exceptions=False, standalone_mode=False)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "architecture.yaml").write_text(SHOP, encoding="utf-8")
    (tmp_path / "deployment.yaml").write_text(DEPLOYMENT.format(name="shop"), encoding="utf-8")
    called("compile", str(tmp_path))
    return tmp_path


def versions(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "migrations/versions").iterdir())


def test_a_release_fixes_what_there_is_and_the_next_change_is_a_migration_of_its_own(shop: Path) -> None:
    assert "0001_first_schema.py" in called("release", str(shop)).stderr
    assert "nothing new" in called("release", str(shop)).stderr
    for color in ("color", "colour"):
        text = SHOP.replace("name: text", f"name: text, {color}: {{type: text, optional: true}}")
        (shop / "architecture.yaml").write_text(text, encoding="utf-8")
        called("compile", str(shop))
        assert versions(shop) == ["0001_first_schema.py", "0002_change_items.py"]
        assert f'"{color}"' in (shop / "migrations/versions/0002_change_items.py").read_text(encoding="utf-8")
    called("compile", str(shop), "--check")


def test_a_released_migration_that_was_edited_stops_every_command(shop: Path) -> None:
    called("release", str(shop))
    migration = shop / "migrations/versions/0001_first_schema.py"
    migration.write_text(migration.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    with pytest.raises(StageFailed) as failed:
        called("compile", str(shop))
    assert [(d.code, d.subject) for d in failed.value.diagnostics] == [
        ("AC8008", "migrations/versions/0001_first_schema.py")
    ]


def test_what_is_not_compiled_is_not_released(shop: Path) -> None:
    (shop / "architecture.yaml").write_text(SHOP.replace("name: text", "title: text"), encoding="utf-8")
    with pytest.raises(StageFailed) as failed:
        called("release", str(shop))
    assert {d.code for d in failed.value.diagnostics} == {"AC8205"}
    assert not (shop / "migrations/released.json").exists()


def test_a_change_that_loses_data_is_written_once_it_is_approved(shop: Path) -> None:
    called("release", str(shop))
    (shop / "architecture.yaml").write_text(SHOP.replace("{name: text}", "{}"), encoding="utf-8")
    with pytest.raises(StageFailed) as failed:
        called("compile", str(shop))
    assert [d.code for d in failed.value.diagnostics] == ["AC4401"]
    assert "autocoder approve migrations.0002.items.name --by YOU" in failed.value.diagnostics[0].help
    called("approve", "migrations.0002.items.name", "--by", "kim", "--out", str(shop))
    called("compile", str(shop))
    assert versions(shop) == ["0001_first_schema.py", "0002_change_items.py"]
