"""What compiling costs per component as a system grows: lower, analyse, serialise.

    python benchmarks/scale.py [COUNT …]

Prints a row for each size, with microseconds per component for each step. A component is an entity or an operation.
Flat columns mean linear time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar

from autocoder.blueprint import model
from autocoder.blueprint.positions import Positions
from autocoder.bundles import load
from autocoder.diagnostics import Diagnostics
from autocoder.ir import canonical
from autocoder.ir.conventions import conventions
from autocoder.ir.lower import Source, lower
from autocoder.ir.views import Views
from autocoder.passes.protocol import PassContext
from autocoder.passes.runner import run_passes
from autocoder.rules.catalogue import evaluate_design

SIZES = (100, 1_000, 5_000, 20_000)
PARTS = 3
"""Elements of one part of the design: an entity and two operations."""

T = TypeVar("T")


def blueprint(components: int) -> Source:
    """A design of so many elements, each referring to the one before it."""
    entities: dict[str, model.Entity] = {}
    operations: dict[str, model.Operation] = {}
    for index in range(max(1, components // PARTS)):
        name = f"E{index}"
        fields = {"title": model.FieldSpec(type="text"), "status": model.FieldSpec(type="integer", default=0)}
        if index:
            fields["before"] = model.FieldSpec(type="ref", to=f"E{index - 1}", optional=True)
        entities[name] = model.Entity(fields=fields)
        operations[f"list_{index}"] = model.Operation(
            route=f"GET /e{index}", effects=(model.ListRows(list=name, where="status >= 0"),)
        )
        operations[f"show_{index}"] = model.Operation(
            route=f"GET /e{index}/{{id}}", effects=(model.Read(read=name, by="input.id"),)
        )
    architecture = model.Architecture(
        schema_version=model.SCHEMA_VERSION,
        system=model.System(name="scale"),
        entities=entities,
        operations=operations,
    )
    deployment = model.Deployment(
        schema_version=model.SCHEMA_VERSION, system="scale", environments={"production": model.Environment()}
    )
    nowhere = Positions(file="", text="", places={})
    return Source(architecture=architecture, deployment=deployment, positions=nowhere, deployment_positions=nowhere)


def timed(step: Callable[[], T]) -> tuple[T, float]:
    """What a step gives, and its seconds of processor time: another program's turn does not count."""
    begin = time.process_time()
    return step(), time.process_time() - begin


def judged(views: Views) -> int:
    """How many decisions and findings there are about a design."""
    return len(conventions(views)) + len(evaluate_design(views))


def main() -> None:
    """Measures every size."""
    sizes = tuple(int(word) for word in sys.argv[1:]) or SIZES
    print(f"{'components':>10} {'lower':>9} {'analyse':>9} {'serialise':>9}   µs per component")
    for size in sizes:
        source = blueprint(size)
        graph, lowering = timed(lambda source=source: lower(source, Diagnostics()))
        context = PassContext(bundle=load(), diagnostics=Diagnostics())
        passed, analysing = timed(lambda graph=graph, context=context: run_passes(graph, context))
        _, judging = timed(lambda passed=passed: judged(Views(passed)))
        _, writing = timed(lambda passed=passed: canonical.write(passed, {}))
        costs = (f"{seconds * 1e6 / size:9.0f}" for seconds in (lowering, analysing + judging, writing))
        print(f"{size:>10,} {' '.join(costs)}", flush=True)


if __name__ == "__main__":
    main()
