"""The same inputs give the same bytes under any cwd, hash seed, locale, time zone and umask."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def compiled(source: Path, out: Path, *, cwd: Path, umask: int, **environment: str) -> dict[str, tuple[bytes, int]]:
    done = subprocess.run(
        [sys.executable, "-m", "autocoder", "compile", str(source), "--out", str(out), "--accept-defaults"],
        cwd=cwd,
        umask=umask,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    files = [p for p in sorted(out.rglob("*")) if p.is_file()]
    return {p.relative_to(out).as_posix(): (p.read_bytes(), stat.S_IMODE(p.stat().st_mode)) for p in files}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["link-shortener", "todo"])
def test_the_surroundings_never_change_a_byte_or_a_mode(name: str, tmp_path: Path) -> None:
    source = (EXAMPLES / f"{name}.md").resolve()
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    first = compiled(source, tmp_path / "a" / name, cwd=tmp_path, umask=0o022, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    second = compiled(
        source,
        elsewhere / name,
        cwd=elsewhere,
        umask=0o077,
        PYTHONHASHSEED="4242",
        TZ="Pacific/Kiritimati",
        LC_ALL="tr_TR.UTF-8",
        LANG="tr_TR.UTF-8",
    )
    assert first.keys() == second.keys()
    derived = [path for path in first if not path.startswith(".autocoder/")]
    assert [path for path in derived if first[path] != second[path]] == []
    assert len(derived) > 40
