"""The built wheel works alone, in an empty folder, for somebody who has nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_builds_a_signed_package_in_an_empty_folder(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(wheels), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    empty = tmp_path / "empty"
    empty.mkdir()
    uv = Path(sys.executable).with_name("uv")
    environment = {
        **os.environ,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
    }
    done = subprocess.run(
        [uv, "tool", "run", "--from", wheel, "autocoder", "build", "A to-do list API."],
        cwd=empty,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    (archive,) = empty.glob("*/dist/*.tar.gz")
    verify = [
        uv,
        "tool",
        "run",
        "--from",
        wheel,
        "autocoder",
        "verify",
        str(archive),
        "--source",
        str(archive.parents[1]),
    ]
    verified = subprocess.run(verify, cwd=empty, env=environment, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stderr
    assert "derivation" in verified.stdout
