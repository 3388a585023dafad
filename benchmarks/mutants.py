"""The share of defects that the tests of emitted services find: mutants of what the examples compile to.

    python -m benchmarks.mutants [--count N] [--jobs N] [--quick] [EXAMPLE …]

Every operator of mutmut is tried on everything that is below `src/` (`mutation/list_mutants.py`); of each example a
sample of `--count` mutants is judged by the emitted tests, on SQLite and in the sandbox (`mutation/judge_mutants.py`).
Printed are each survivor with the reason that a rule of `mutation/survivors.py` gives for it, and the shares.

mutmut is the library of operators here, not the runner: it puts mutants behind wrappers, which leaves out everything
that is decorated or runs at import, and routes, tables, models and settings are just that. cosmic-ray's operators touch
neither texts nor arguments. mutatest is not kept any more.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autocoder.compilation import Compiled, compile_sources
from autocoder.ir.nodes import Environment
from autocoder.tools import process, python_environment
from autocoder.tools.sandbox import Limits, Origin, Sandbox, interpreter_paths
from benchmarks.mutation import survivors
from tests.targets.python_service.emitted import Emitted, write
from tests.test_example_services import EXAMPLES, sources

ROOT = Path(__file__).parents[1]
LIST, JUDGE = (ROOT / "benchmarks" / "mutation" / f"{name}_mutants.py" for name in ("list", "judge"))
LOCK = ROOT / "requirements" / "mutation.txt"
BATCH = 10
"""Mutants that one process judges."""
LIMITS = Limits(seconds=7200, cpu_seconds=7200)

Mutant = dict[str, Any]


def names() -> list[str]:
    """Every example."""
    return sorted(path.stem for path in EXAMPLES.iterdir() if path.suffix == ".md" or path.is_dir())


def compiled(example: str) -> Compiled:
    """An example with SQLite as its store, which needs no server."""
    found = compile_sources(sources(example))
    environments = [replace(known, store="sqlite") for known in found.graph.of_kind(Environment)]
    return replace(found, graph=found.graph.having(environments))


def listed(service: Emitted, count: int, seed: str) -> list[Mutant]:
    """A sample of the mutants of a service."""
    python = python_environment.prepare([LOCK.read_bytes()], progress=print)
    words = [python, str(LIST), str(service.project / "src"), str(count), seed]
    done = process.run(words, cwd=ROOT, env={}, timeout=600, output_limit=None)
    if not done.ok:
        raise RuntimeError(done.stderr.decode())
    return [json.loads(line) for line in done.stdout.splitlines()]


@dataclass(frozen=True)
class Judge:
    """Runs the tests of a service on its mutants, in a folder of its own."""

    service: Emitted
    folder: Path
    quick: bool = False

    def run(self, part: str) -> bytes:
        """What a part of the judge prints."""
        libraries = python_environment.prepare([LOCK.read_bytes()], progress=print).parent.parent / "lib"
        (path,) = libraries.glob("python*/site-packages")
        env = {"COVERAGE_PATH": os.fspath(path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONHASHSEED": "0"}
        done = Sandbox().run(
            [self.service.python, JUDGE, part],
            code=Origin.COMPILER,
            writable=self.folder,
            read_only=[JUDGE, path, *interpreter_paths(self.service.python)],
            env=env | ({"WITHOUT_PROPERTIES": "1"} if self.quick else {}),
            limits=LIMITS,
        )
        if not done.ok:
            raise RuntimeError((done.stdout + done.stderr).decode(errors="replace")[-4000:])
        return done.stdout

    def verdicts(self, batch: list[Mutant]) -> Iterator[Mutant]:
        """The mutants of a batch with their verdicts; each batch is judged in a copy of the folder."""
        with tempfile.TemporaryDirectory(prefix="mutants-") as name:
            copy = Path(shutil.copytree(self.folder, Path(name) / "batch"))
            Path(name).chmod(0o755)
            (copy / "batch.json").write_text(json.dumps(batch), encoding="utf-8")
            said = replace(self, folder=copy).run("judge").splitlines()
        for mutant, line in zip(batch, said, strict=True):
            yield {**mutant, **json.loads(line)}


@contextmanager
def judge(example: str, *, quick: bool) -> Iterator[Judge]:
    """A judge of an example's mutants, once its tests were measured on the service as it is."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name) / "measured"
        service = write(compiled(example), folder / "workspace")
        found = Judge(service, folder, quick)
        found.run("measure")
        yield found


def judged(example: str, count: int, jobs: int, *, quick: bool) -> Iterator[Mutant]:
    """Each mutant of the sample with its verdict, in the order of the sample."""
    with judge(example, quick=quick) as found, ThreadPoolExecutor(jobs) as pool:
        sample = listed(found.service, count, example)
        batches = [sample[first : first + BATCH] for first in range(0, len(sample), BATCH)]
        for done in pool.map(lambda batch: list(found.verdicts(batch)), batches):
            yield from done


def shown(mutant: Mutant) -> str:
    """A survivor: where, what was changed, and why nobody saw it."""
    where = f"  {mutant['file']}:{mutant['lines'][0]} ({mutant['operator']}, {mutant['tests']} tests run it)"
    lines = [f"    - {line.strip()}" for line in mutant["before"].splitlines()]
    lines += [f"    + {line.strip()}" for line in mutant["after"].splitlines()]
    return "\n".join([where, *lines, f"    {survivors.reason(mutant)}"])


def summary(name: str, verdicts: Counter[str]) -> str:
    """One line: how many were found. A run that does not end is found: the gate stops it and fails."""
    total = verdicts.total()
    found = verdicts["killed"] + verdicts["timed out"]
    parts = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in ("killed", "timed out", "survived"))
    return f"{name}: {total} mutants, {parts}: {found / max(total, 1):.1%} found"


def main(words: list[str]) -> None:
    """Prints the survivors and the shares, of each example and of all."""
    parser = argparse.ArgumentParser(description="How many mutants of emitted services their own tests find.")
    parser.add_argument("examples", nargs="*", metavar="EXAMPLE", help="all where none is named")
    parser.add_argument("--count", type=int, default=40, help="mutants of each example")
    parser.add_argument("--jobs", type=int, default=2, help="processes at the same time")
    parser.add_argument("--quick", action="store_true", help="without the properties, which take longest")
    options = parser.parse_args(words)
    total: Counter[str] = Counter()
    for example in options.examples or names():
        found: Counter[str] = Counter()
        for mutant in judged(example, options.count, options.jobs, quick=options.quick):
            found[mutant["verdict"]] += 1
            if mutant["verdict"] == "survived":
                print(shown(mutant), flush=True)
        print(summary(example, found), flush=True)
        total += found
    print(summary("all", total))


if __name__ == "__main__":
    main(sys.argv[1:])
