"""`gen verify` against the plain way, on a project of 20 generators and 20,000 files.

The plain way is what such checkers do: for every generator, one after the other, two full copies of the project, a
check and a write in the first and a write in the second, then a comparison of the outputs. Both ways run in turns on
the same project in one invocation, so that what else the machine does meets both.

    python benchmarks/gen_verify.py [--rounds N] [--files N] [--generators N] [--inputs]

Prints seconds and ratios; ends with 1 where verify is not 5 times faster cold and 50 times when nothing changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

COLD, UNCHANGED = 5, 50

GENERATOR = """
import pathlib, sys
name = sys.argv[1]
text = "".join(path.read_text().splitlines()[0] + "\\n" for path in sorted(pathlib.Path("src", name).iterdir()))
target = pathlib.Path("generated", name)
if "--check" in sys.argv:
    sys.exit((target / "index.txt").read_text() != text)
target.mkdir(parents=True, exist_ok=True)
(target / "index.txt").write_text(text)
"""


def make_project(root: Path, generators: int, files: int, *, inputs: bool) -> None:
    """A Git checkout whose generators each read the first lines of their own folder of sources."""
    (root / "tools").mkdir(parents=True)
    (root / "tools/list.py").write_text(GENERATOR)
    each = files // generators
    entries: list[dict[str, object]] = []
    for number in range(generators):
        name = f"part{number:02}"
        folder = root / "src" / name
        folder.mkdir(parents=True)
        for one in range(each):
            (folder / f"source{one:04}.txt").write_text(f"{name} {one}\n" + "a line of an ordinary source file\n" * 40)
        entry: dict[str, object] = {
            "id": name,
            "tool": {"name": "python3", "version": f"{sys.version_info[0]}.{sys.version_info[1]}"},
            "check_argv": ["tools/list.py", name, "--check"],
            "write_argv": ["tools/list.py", name],
            "outputs": [f"generated/{name}"],
        }
        entries.append(entry | ({"inputs": ["tools", f"src/{name}"]} if inputs else {}))
    (root / "arch/gen").mkdir(parents=True)
    index = {"schema_version": "autocoder.gen.index@0.1.0", "generators": entries}
    (root / "arch/gen/index.json").write_text(json.dumps(index, indent=2))
    for entry in entries:
        subprocess.run([sys.executable, *entry["write_argv"]], cwd=root, check=True)  # type: ignore[misc]
    for words in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *words], cwd=root, check=True)


def outputs(root: Path, entry: dict[str, list[str]]) -> dict[str, str]:
    """Digests of a generator's outputs."""
    found = (path for output in entry["outputs"] for path in (root / output).rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def plain_way(root: Path, scratch: Path) -> None:
    """Two full copies (by cp, as fast as a plain copy gets) and three runs per generator."""
    for entry in json.loads((root / "arch/gen/index.json").read_text())["generators"]:
        copies = [scratch / "a", scratch / "b"]
        for number, copy in enumerate(copies):
            copy.mkdir(parents=True)
            subprocess.run(["cp", "-R", root / "src", root / "tools", root / "generated", copy], check=True)
            if number == 0:
                subprocess.run([sys.executable, *entry["check_argv"]], cwd=copy, check=True)
            for output in entry["outputs"]:
                shutil.rmtree(copy / output)
            subprocess.run([sys.executable, *entry["write_argv"]], cwd=copy, check=True)
        one, two, committed = (outputs(folder, entry) for folder in (*copies, root))
        if not one == two == committed:
            raise SystemExit("the plain way found drift in a right project")
        for copy in copies:
            shutil.rmtree(copy)


def verify(root: Path, cache: Path) -> None:
    """The command as a user runs it, in a process of its own."""
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
    words = [sys.executable, "-m", "autocoder", "gen", "verify", "--format", "json"]
    done = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stdout + done.stderr)


def seconds(work: Callable[[], None]) -> float:
    """How long it takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main() -> int:
    """Measures, prints, judges."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--generators", type=int, default=20)
    parser.add_argument("--inputs", action="store_true", help="declare each generator's inputs")
    asked = parser.parse_args()
    rows: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory(prefix="gen-benchmark-") as folder:
        root = Path(folder, "project")
        make_project(root, asked.generators, asked.files, inputs=asked.inputs)
        for number in range(asked.rounds):
            cache = Path(folder, f"cache{number}")
            plain = seconds(lambda: plain_way(root, Path(folder, "copies")))
            cold = seconds(lambda cache=cache: verify(root, cache))
            again = seconds(lambda cache=cache: verify(root, cache))
            rows.append((plain, cold, again))
            print(
                f"round {number + 1}: plain {plain:7.2f} s   cold {cold:6.2f} s ({plain / cold:5.1f}x)   "
                f"unchanged {again:5.2f} s ({plain / again:6.1f}x)",
                flush=True,
            )
    cold_ratio = statistics.median(plain / cold for plain, cold, _ in rows)
    again_ratio = statistics.median(plain / again for plain, _, again in rows)
    print(f"median: cold {cold_ratio:.1f}x (at least {COLD}x), unchanged {again_ratio:.1f}x (at least {UNCHANGED}x)")
    return 0 if cold_ratio >= COLD and again_ratio >= UNCHANGED else 1


if __name__ == "__main__":
    raise SystemExit(main())
