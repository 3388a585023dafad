"""The project's README and its reference page, from what the IR says."""

from __future__ import annotations

from autocoder.ir.views import Views
from autocoder.targets.python_service.describe import failure, handler_doc, operation_doc, words
from autocoder.targets.python_service.endpoints import STATUS, failure_statuses
from autocoder.targets.python_service.schemas import reply_of
from autocoder.targets.python_service.skeletons import fill, markdown_text


def readme(views: Views, package: str) -> str:
    """`README.md`: what the service is, how to run, test and deploy it."""
    stated = views.objectives
    objectives = [
        text
        for value, text in (
            (stated.p95_us, f"95 % of requests within {(stated.p95_us or 0) / 1000:g} ms"),
            (stated.throughput_per_hour, f"{(stated.throughput_per_hour or 0) / 3600:g} requests/s"),
            (stated.availability_ppm, f"{(stated.availability_ppm or 0) / 10_000:g} % availability"),
        )
        if value is not None
    ]
    return fill(
        "README.md",
        name=views.system.name,
        description=markdown_text(views.system.description),
        package=package,
        auth=views.auth is not None,
        operations=[(o.method, o.path, markdown_text(operation_doc(o, views))) for o in views.operations],
        handlers=[(h.name, markdown_text(handler_doc(h, views))) for h in views.handlers],
        objectives=objectives,
        store=views.store,
    )


def operations(views: Views) -> str:
    """`docs/operations.md`: every operation with its access, inputs, failures and the requirements it satisfies."""
    lines = ["# Operations", ""]
    for o in views.operations:
        lines += [f"## `{o.method} {o.path}`", "", markdown_text(operation_doc(o, views)), ""]
        lines += [f"- who: {ACCESS[o.access]}"]
        lines += [f"- {i.place} `{i.name}`: {i.type}{'' if i.required else ', may be left out'}" for i in o.inputs]
        lines += [f"- answers {reply_of(o).status}"]
        reasons = {status: name for name, status in STATUS.items() if name != "malformed"}
        lines += [f"- {status}: {failure(reasons[status])}" for status in failure_statuses(o, views)]
        lines.append("")
    lines += ["# Requirements", "", "| id | line | text | satisfied by |", "| --- | --- | --- | --- |"]
    for r in views.requirements:
        by = ", ".join(f"`{node}`" for node in views.satisfying(r))
        lines.append(f"| {r.name} | {r.line} | {markdown_text(r.text)} | {by} |")
    lines += ["", "# Rows", ""]
    for e in views.entities:
        lines.append(f"- {words(e.name)}: " + ", ".join(f"{f.name} ({f.type})" for f in e.fields))
    return "\n".join(lines) + "\n"


ACCESS = {"anyone": "anyone", "user": "whoever is signed in", "user?": "anyone, signed in or not"}
"""Access forms in words."""
