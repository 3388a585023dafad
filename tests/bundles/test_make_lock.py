import json
import shutil
from pathlib import Path

import pytest

from autocoder.bundles import load
from autocoder.bundles.bundle import RELEASED
from autocoder.bundles.make_lock import from_uv, lock
from autocoder.diagnostics import StageFailed

WHEEL = {"url": "https://index.example/a/b/one-1-py3-none-any.whl", "hash": "sha256:" + "a" * 64}
DOCUMENT = {
    "requires-python": ">=3.11",
    "package": [
        {"name": "two", "version": "2", "wheels": [WHEEL], "optional-dependencies": {"x": [{"name": "one"}]}},
        {
            "name": "one",
            "version": "1",
            "sdist": {"url": "https://index.example/one.tar.gz", "hash": "sha256:" + "b" * 64},
            "wheels": [WHEEL],
            "dependencies": [{"name": "two", "marker": "sys_platform == 'win32'"}],
        },
        {
            "name": "platform-bundle",
            "version": "0",
            "dependencies": [{"name": "two", "extra": ["x"]}, {"name": "one"}],
        },
    ],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(load().folder, tmp_path / "2026.11")
    return tmp_path


def test_versions_hashes_markers_and_extras_are_kept_and_addresses_are_not() -> None:
    data = from_uv(DOCUMENT)
    assert "index.example" not in json.dumps(data)
    one, two = data["packages"]
    assert one["hashes"] == ["a" * 64, "b" * 64]
    assert one["requires"] == [{"name": "two", "extras": [], "marker": "sys_platform == 'win32'"}]
    assert two["extras"] == {"x": [{"name": "one", "extras": [], "marker": ""}]}
    assert [root["name"] for root in data["roots"]] == ["one", "two"]


def test_two_versions_of_one_package_are_refused_with_ac4004() -> None:
    doubled = {**DOCUMENT, "package": [*DOCUMENT["package"], {"name": "one", "version": "1.1"}]}
    with pytest.raises(StageFailed) as failed:
        from_uv(doubled)
    assert failed.value.diagnostics[0].code == "AC4004"
    assert "one" in failed.value.diagnostics[0].message


def test_a_released_bundle_is_not_locked_again(root: Path) -> None:
    (root / RELEASED).write_text(f"2026.11 {load().hash}\n")
    with pytest.raises(StageFailed) as failed:
        lock("2026.11", root)
    assert failed.value.diagnostics[0].code == "AC4005"


@pytest.mark.slow
def test_what_uv_cannot_resolve_is_reported_and_the_lock_is_kept(root: Path) -> None:
    path = root / "2026.11" / "bundle.toml"
    path.write_text(path.read_text().replace('"cronsim"', '"cronsim>=999999"'))
    before = (root / "2026.11" / "python.lock.json").read_bytes()
    with pytest.raises(StageFailed) as failed:
        lock("2026.11", root)
    assert failed.value.diagnostics[0].code == "AC4004"
    assert "cronsim" in failed.value.diagnostics[0].message
    assert (root / "2026.11" / "python.lock.json").read_bytes() == before


@pytest.mark.slow
def test_locking_again_writes_a_lock_that_loads(root: Path) -> None:
    (root / "2026.11" / "python.lock.json").unlink()
    lock("2026.11", root)
    assert load("2026.11", root).lock.version("fastapi")
