import shutil
from pathlib import Path

import pytest

from autocoder.bundles import bundle as module
from autocoder.bundles import load, versions
from autocoder.diagnostics import StageFailed


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(load().folder, tmp_path / "2026.11")
    return tmp_path


def code(failed: pytest.ExceptionInfo[StageFailed]) -> str:
    [found] = failed.value.diagnostics
    return found.code


def test_without_a_version_the_newest_bundle_is_loaded(root: Path) -> None:
    shutil.copytree(root / "2026.11", root / "2026.12")
    newer = root / "2026.12" / "bundle.toml"
    newer.write_text(newer.read_text().replace('version = "2026.11"', 'version = "2026.12"'))
    assert load(root=root).version == "2026.12"
    assert load("2026.11", root).version == "2026.11"
    assert versions(root) == ("2026.11", "2026.12")


def test_an_unknown_version_is_refused_with_ac4001() -> None:
    with pytest.raises(StageFailed) as failed:
        load("2026.1")
    assert code(failed) == "AC4001"
    assert failed.value.diagnostics[0].help == 'did you mean "2026.11"?'


def test_an_unknown_key_in_a_bundle_is_refused_with_ac4002(root: Path) -> None:
    path = root / "2026.11" / "bundle.toml"
    path.write_text(path.read_text() + "\n[imagse]\n")
    with pytest.raises(StageFailed) as failed:
        load("2026.11", root)
    assert code(failed) == "AC4002"


def test_a_missing_lock_is_refused_with_ac4002(root: Path) -> None:
    (root / "2026.11" / "python.lock.json").unlink()
    with pytest.raises(StageFailed) as failed:
        _ = load("2026.11", root).lock
    assert code(failed) == "AC4002"


def test_a_released_bundle_that_was_changed_is_refused_with_ac4002(root: Path) -> None:
    (root / module.RELEASED).write_text(f"2026.11 {load().hash}\n")
    assert load("2026.11", root).hash == load().hash
    module.load.cache_clear()
    lock = root / "2026.11" / "python.lock.json"
    lock.write_text(lock.read_text() + "\n")
    with pytest.raises(StageFailed) as failed:
        load("2026.11", root)
    assert code(failed) == "AC4002"


def test_any_changed_byte_changes_the_hash(root: Path) -> None:
    before = module.fingerprint(root / "2026.11")
    assert before == load().hash
    path = root / "2026.11" / "bundle.toml"
    path.write_bytes(path.read_bytes().replace(b"560", b"561"))
    assert module.fingerprint(root / "2026.11") != before


def test_an_image_shows_a_digest_only_where_one_was_verified() -> None:
    assert load().images["python"].reference == "python:3.12-slim"
    pinned = module.Image(name="python", tag="3.12-slim", digest="sha256:" + "0" * 64)
    assert pinned.reference == "python:3.12-slim@sha256:" + "0" * 64


def test_the_costs_agree_with_each_other() -> None:
    """The stated throughput is that of a request of three statements."""
    costs = load().costs
    estimated = 1_000_000 / (costs.request_us + 3 * costs.statement_us)
    assert estimated == pytest.approx(costs.requests_per_second_per_core, rel=0.05)
