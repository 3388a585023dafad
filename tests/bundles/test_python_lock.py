import os
import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocoder.bundles import PythonLock, load
from autocoder.bundles.python_lock import Package, Requires
from autocoder.diagnostics import StageFailed
from autocoder.tools import process, programs

LOCK = load().lock
ROOTS = [root for group in load().python.roots.values() for root in group]
SERVICE = ["fastapi", "uvicorn", "uvloop", "sqlalchemy[asyncio]", "asyncpg", "aiosqlite", "pyjwt[crypto]"]


def package(name: str, *requires: Requires, extras: dict[str, tuple[Requires, ...]] | None = None) -> Package:
    return Package(name=name, version="1", hashes=("0" * 64,), requires=requires, extras=extras or {})


def lock(*packages: Package, roots: tuple[Requires, ...] = ()) -> PythonLock:
    return PythonLock(requires_python=">=3.11", roots=roots, packages=packages)


def lines(selected: PythonLock, *roots: str) -> list[str]:
    return [str(one) for one in selected.select(roots)]


def test_only_what_the_roots_need_is_selected() -> None:
    small = lock(package("a", Requires(name="b")), package("b"), package("c"))
    assert lines(small, "a") == ["a==1", "b==1"]


def test_an_extra_adds_its_packages_only_when_it_is_asked_for() -> None:
    small = lock(package("a", extras={"fast": (Requires(name="b"),)}), package("b"))
    assert lines(small, "a") == ["a==1"]
    assert lines(small, "a[fast]") == ["a==1", "b==1"]
    assert lines(small, "A[Fast]") == ["a==1", "b==1"]


def test_an_extra_that_a_dependency_asks_for_is_followed() -> None:
    small = lock(
        package("a", Requires(name="b", extras=("x",))), package("b", extras={"x": (Requires(name="c"),)}), package("c")
    )
    assert lines(small, "a") == ["a==1", "b==1", "c==1"]


def test_markers_along_a_path_must_all_hold() -> None:
    small = lock(
        package("a", Requires(name="b", marker="x == '1'")),
        package("b", Requires(name="c", marker="y == '1' or z == '1'")),
        package("c"),
    )
    assert lines(small, "a") == ["a==1", "b==1 ; x == '1'", "c==1 ; x == '1' and (y == '1' or z == '1')"]


def test_two_ways_to_a_package_widen_its_marker() -> None:
    two = (Requires(name="c", marker="x == '1'"), Requires(name="c", marker="y == '1'"))
    assert lines(lock(package("a", *two), package("c")), "a")[1] == "c==1 ; (x == '1') or (y == '1')"
    everywhere = lock(package("a", *two, Requires(name="b")), package("b", Requires(name="c")), package("c"))
    assert lines(everywhere, "a")[2] == "c==1"


def test_a_cycle_ends() -> None:
    small = lock(package("a", Requires(name="b")), package("b", Requires(name="a", marker="x == '1'")))
    assert lines(small, "a") == ["a==1", "b==1"]


def test_a_root_keeps_the_marker_that_the_bundle_lists_it_with() -> None:
    assert [str(one) for one in LOCK.select(["uvloop"])] == [
        f"uvloop=={LOCK.version('uvloop')} ; sys_platform != 'win32'"
    ]


@pytest.mark.parametrize("root", ["fastapy", "fastapi[nothing]", "not a name", "fastapi==1"])
def test_what_is_not_locked_is_refused_with_ac4003(root: str) -> None:
    with pytest.raises(StageFailed) as failed:
        LOCK.closure([root])
    [found] = failed.value.diagnostics
    assert found.code == "AC4003"
    assert found.value == root


def test_the_unknown_library_gets_a_suggestion() -> None:
    with pytest.raises(StageFailed) as failed:
        LOCK.version("fastapy")
    assert failed.value.diagnostics[0].help == 'did you mean "fastapi"?'


@given(st.permutations(SERVICE))
def test_the_order_of_roots_does_not_matter(roots: list[str]) -> None:
    assert LOCK.closure(roots) == LOCK.closure(SERVICE)


def test_every_line_is_pinned_and_hashed() -> None:
    for block in re.split(r"\n(?! )", LOCK.closure(ROOTS[:3] + SERVICE).strip()):
        assert re.match(r"[a-z0-9-]+==\S+", block)
        assert "--hash=sha256:" in block


def test_the_lock_holds_no_address() -> None:
    text = (load().folder / "python.lock.json").read_text()
    assert "://" not in text


def test_every_root_of_the_bundle_is_locked() -> None:
    selected = {one.package.name for one in LOCK.select(root.partition(";")[0] for root in ROOTS)}
    assert selected == {one.name for one in LOCK.packages}


@pytest.mark.slow
@pytest.mark.parametrize("roots", [SERVICE, ["pytest"], ["opentelemetry-exporter-otlp-proto-http"]], ids=len)
def test_a_closure_installs_by_hash_and_is_complete(roots: list[str], tmp_path) -> None:
    """uv resolves the roots with the closure as the only constraint: nothing may be missing from it or left over."""
    uv = programs.find("uv")
    assert uv
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(LOCK.closure(roots), encoding="utf-8")
    venv = process.run([uv, "venv", "--python", sys.executable, "env"], cwd=tmp_path, env=os.environ, timeout=60)
    assert venv.ok, venv.stderr
    install = [uv, "pip", "install", "--python", "env", "--require-hashes", "-r", requirements]
    done = process.run(install, cwd=tmp_path, env=os.environ, timeout=300)
    assert done.ok, done.stderr.decode()
    check = process.run([uv, "pip", "check", "--python", "env"], cwd=tmp_path, env=os.environ, timeout=60)
    assert check.ok, check.stderr.decode()
    again = [uv, "pip", "install", "--python", "env", "--dry-run", *roots]
    done = process.run(again, cwd=tmp_path, env=os.environ, timeout=300)
    assert b"Would make no changes" in done.stderr, done.stderr.decode()
