"""Emitted code as pyright sees it, in its strictest mode: services that together hold every construct."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autocoder.compilation import Compiled, Sources, compile_sources
from autocoder.ir.behaviour import expressions, walk_steps
from autocoder.ir.expressions import walk
from autocoder.tools import python_environment
from tests.compiling import DEPLOYMENT
from tests.targets.python_service.emitted import tree_of
from tests.targets.python_service.test_transcripts import TRANSCRIPTS, read

STRICT = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "reportMissingTypeStubs": False}


def compiled(path: Path) -> Compiled:
    """The service of a transcript."""
    transcript = read(path)
    blueprint = {"schema_version": "1.0.0", "system": {"name": "shop"}, **transcript["blueprint"]}
    bodies = transcript.get("bodies", {})
    deployment = DEPLOYMENT.format(name="shop")
    return compile_sources(Sources(architecture=json.dumps(blueprint), deployment=deployment, bodies=bodies))


def constructs(found: Compiled) -> frozenset[str]:
    """What a service is made of: its modules, steps, expressions, types, and how operations are asked for."""
    views = found.views
    steps = [step for b in (*views.operations, *views.handlers) for step in walk_steps(b.steps)]
    values = [node for step in steps for value in expressions(step) for node in walk(value)]
    fields = [f for part in (*views.entities, *views.events) for f in part.fields]
    return frozenset(
        {
            *(file.path for file in tree_of(found) if file.path.endswith(".py") and file.path.count("/") <= 3),
            *(type(step).__name__ for step in steps),
            *(f"{type(node).__name__} {getattr(node, 'op', '')} {node.type.name}" for node in values),
            *(f"{f.type.name} {f.type.format} {f.type.optional} {f.generated}" for f in fields),
            *(f"{i.place} {i.type.name} {i.type.format}" for o in views.operations for i in o.inputs),
        }
    )


def chosen() -> dict[str, Compiled]:
    """Transcripts that together hold every construct that any of them holds, the richest first."""
    services = {path.stem: compiled(path) for path in TRANSCRIPTS}
    made_of = {name: constructs(found) for name, found in services.items()}
    found: dict[str, Compiled] = {}
    missing = set[str]().union(*made_of.values())
    while missing:
        name = max(services, key=lambda name: (len(made_of[name] & missing), name))
        found[name] = services[name]
        missing -= made_of[name]
    return found


@pytest.mark.slow
def test_emitted_code_is_typed(tmp_path: Path) -> None:
    locks: set[bytes] = set()
    roots: list[dict[str, object]] = []
    for name, found in chosen().items():
        for file in tree_of(found):
            path = tmp_path / name / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
        project = f"{name}/generated"
        roots.append({"root": project, "extraPaths": [f"{project}/src", f"{project}/tests"]})
        locks.add((tmp_path / project / "requirements-dev.txt").read_bytes())
    environment = python_environment.prepare(sorted(locks), progress=lambda _: None).parent.parent
    place = {"venvPath": str(environment.parent), "venv": environment.name}
    settings = {**STRICT, **place, "include": ["*/generated/src", "*/generated/tests"], "executionEnvironments": roots}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    words = [sys.executable, "-m", "pyright", "--project", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]
