"""Fills custom functions that have no body: asks a model, checks what it wrote, sends back the exact error.

Owns the loop and its order: source rules first, on the text alone; then the static gate; then the function's own
examples, in the sandbox, as a model's code. Writes nothing: an accepted body is handed back as a source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace

from autocoder.blueprint.load import load_architecture
from autocoder.compilation import ARCHITECTURE, CUSTOM, Compiled, Sources, compile_sources, emit
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gates.context import GateContext
from autocoder.gates.python_source import source_findings
from autocoder.gates.sandboxed_run import staged
from autocoder.gates.suite import run_suite
from autocoder.ir.nodes import Function
from autocoder.passes.check_custom_bodies import FORBIDDEN, MODULES
from autocoder.readers.model.bodies import Hole, body_request
from autocoder.readers.model.completions import Completer
from autocoder.readers.model.replies import Body
from autocoder.readers.model.session import Session
from autocoder.targets.python_service.function_examples import FILE, signature, test_name
from autocoder.targets.tree import Tree
from autocoder.tools.sandbox import Origin

Gated = Callable[[Compiled, Sources, Tree], AbstractContextManager[GateContext]]
"""A staged copy of emitted files, as gates see it, where a model's code may run."""


def fill(sources: Sources, session: Session, gated: Gated) -> Sources:
    """The sources with a body for every custom function that had none.

    Raises `StageFailed` as compiling does for anything else that is wrong, before a model is asked; AC1117 where the
    last repair is wrong too; and whatever asking raises.
    """
    design = load_architecture(sources.architecture, file=sources.name(ARCHITECTURE)).model
    missing = [name for name in design.functions if name not in sources.bodies]
    if not missing:
        return sources
    holes = {name: _hole_body(name, design.functions[name].input) for name in missing}
    empty = replace(sources, bodies={**sources.bodies, **holes})
    bodies = dict(sources.bodies)
    try:
        for function in compile_sources(empty).views.functions:
            if function.name in holes:
                session.progress(f"filling {function.name}")
                bodies[function.name] = _fill(function, empty, session.completer, gated)
    finally:
        session.report("fill")
    return replace(sources, bodies=bodies, frozen=session.kept(bodies))


def _hole_body(name: str, inputs: Iterable[str]) -> str:
    """A body that compiles and does nothing: it stands in for those that are not there yet."""
    return f'"""Not there yet."""\n\n\ndef {name}({", ".join(inputs)}):\n    """Not there yet."""\n'


def _fill(function: Function, sources: Sources, completer: Completer, gated: Gated) -> str:
    hole = Hole(
        name=function.name,
        signature=signature(function),
        description=function.description,
        examples=[{"given": dict(e.given), "gives": e.gives} for e in function.examples],
    )

    def check(body: Body) -> str:
        try:
            findings = _findings(
                function, replace(sources, bodies={**sources.bodies, function.name: body.source}), gated
            )
        except StageFailed as failed:
            findings = failed.diagnostics
            if any(d.code.startswith("AC9") for d in findings):
                raise  # a tool is missing: no body could mend that
        return "\n".join(_shown(d) for d in findings)

    request = body_request(hole, completer.settings, sorted(MODULES), sorted(FORBIDDEN))
    return completer.complete(request, Body, check).source


def _findings(function: Function, sources: Sources, gated: Gated) -> tuple[Diagnostic, ...]:
    """What is wrong with a body. Raises `StageFailed` where the source rules refuse it, before anything runs."""
    compiled = compile_sources(sources)
    with gated(compiled, sources, emit(compiled)) as context:
        own = f"{CUSTOM}/{function.name}.py"
        static = [d for d in source_findings(context)[1] if d.span and d.span.file == own]
        if static or not function.examples:
            return tuple(static)
        with staged(replace(context, origin=Origin.MODEL)) as stage:
            return run_suite(stage, [f"{FILE}::{test_name(function)}"]).findings


def _shown(finding: Diagnostic) -> str:
    place = f"{finding.span}: " if finding.span else ""
    parts = [f"{finding.code} {place}{finding.message}", finding.value or "", finding.rule]
    return "\n".join(part for part in parts if part)
