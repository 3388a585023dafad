"""Small hand-made workspaces and the context in which a gate looks at them."""

from __future__ import annotations

import datetime
import sys
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autocoder.gates.context import GateContext
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Budget, Environment, Objectives, ServiceBudget, System
from autocoder.ir.views import Views
from autocoder.tools.sandbox import Sandbox

MakeContext = Callable[..., GateContext]
TODAY = datetime.date(2026, 6, 1)


def views(*, store: str = "sqlite", nodes: tuple = (), **budgets: Budget) -> Views:
    environment = Environment(
        name="production", store=store, broker="store", cache="none", host="", tls=True, replicas=(), variables=()
    )
    service = ServiceBudget(dependencies=40, installed_bytes=200_000_000, cold_start_us=3_000_000)
    objectives = Objectives(p95_us=None, throughput_per_hour=None, availability_ppm=None)
    system = System(name="sample", version="0.1.0", description="")
    everything = (system, environment, service, objectives, *budgets.values(), *nodes)
    return Views(Graph.of(everything, ()))


@pytest.fixture
def make_views() -> Callable[..., Views]:
    """Views of a small system with the given store and budgets."""
    return views


@pytest.fixture
def make_context(tmp_path: Path) -> MakeContext:
    """A context over a workspace with the given files (path to text)."""

    def make(files: Mapping[str, str], *, of: Views | None = None, **more) -> GateContext:
        workspace = tmp_path / "workspace"
        (workspace / "generated").mkdir(parents=True)
        for path, text in files.items():
            file = workspace / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(text).lstrip("\n"))
        given = {
            "workspace": workspace,
            "package": "sample",
            "views": of or views(),
            "environment": Path(sys.executable),
            "sandbox": Sandbox(),
            "today": TODAY,
            "kubernetes_versions": ("1.34",),
        }
        return GateContext(**(given | more))

    return make
