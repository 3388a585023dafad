"""The project's README and its reference page, from what the IR says."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from autocoder.ir.lower_failures import CLASSES
from autocoder.ir.nodes import Constraints, Entity, Field, Visibility
from autocoder.ir.views import Views
from autocoder.targets.python_service import admin, deliveries, issuer, keys
from autocoder.targets.python_service.describe import expression, failure, handler_doc, operation_doc, words
from autocoder.targets.python_service.endpoints import failure_statuses
from autocoder.targets.python_service.schemas import reply_of
from autocoder.targets.python_service.skeletons import fill, markdown_text
from autocoder.targets.tree import END, begin, marked

MAP = (
    (("operations/",), "what clients can do: a module for each kind of row, a function for each route; start here"),
    (("handlers/", "events.py", "worker.py", "consumer.py", "broker.py", "scheduler.py"), "events and schedules"),
    (("models.py", "schemas.py"), "the rows; what clients send and get"),
    (
        ("authentication.py", "issuer.py", "keys.py", "senders.py", "credentials.py", "encryption.py"),
        "who asks, and what is secret",
    ),
    (("database.py", "failures.py", "limits.py", "once.py"), "transactions; failures; what every request goes through"),
    (("application.py", "__main__.py", "settings.py", "observability.py"), "how it is put together, run and watched"),
)
"""What stands where in the service, in the order in which one reads it."""


def readme(views: Views, package: str, modules: Collection[str]) -> str:
    """`README.md`: what the service is, how to run, test and deploy it, and which of `modules` does what."""
    there = {*modules, "operations/", "models.py", "schemas.py", *(["handlers/"] if views.handlers else [])}
    places = [([name for name in names if name in there], what) for names, what in MAP]
    stated = views.objectives
    objectives = [
        text
        for value, text in (
            (stated.p95_us, f"95 % of requests within {(stated.p95_us or 0) / 1000:g} ms"),
            (stated.p99_us, f"99 % of requests within {(stated.p99_us or 0) / 1000:g} ms"),
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
        keys=list(keys.needed(views)),
        signs=keys.signs(views),
        encrypts=keys.encrypts(views),
        issuer=tokens.address if (tokens := issuer.of(views)) else "",
        admin=views.auth.login.upper() if views.auth and admin.gives_roles(views) else "",
        operations=[(o.method, o.path, markdown_text(operation_doc(o, views))) for o in views.operations],
        handlers=[(h.name, markdown_text(handler_doc(h, views))) for h in views.handlers],
        places=[(", ".join(f"`{name}`" for name in names), what) for names, what in places if names],
        objectives=objectives,
        store=views.store,
        broker=views.broker,
    )


def operations(views: Views) -> str:
    """`docs/operations.md`: every operation with its access, inputs, failures and the requirements it satisfies."""
    lines = ["# Operations", ""]
    for o in views.operations:
        lines += [begin(o.id), f"## `{o.method} {o.path}`", "", markdown_text(operation_doc(o, views)), ""]
        lines += [f"- who: {'whoever signs with ' + o.signed.secret if o.signed else ACCESS[o.access]}"]
        lines += [f"- {i.place} `{i.name}`: {i.type}{'' if i.required else ', may be left out'}" for i in o.inputs]
        lines += [f"- answers {reply_of(o).status}"]
        reasons = {views.status(name, o): name for name in CLASSES}
        lines += [f"- {s}: {failure(reasons[s]) if s in reasons else 'it fails'}" for s in failure_statuses(o, views)]
        lines += [END, ""]
    lines += ["# Requirements", "", "| id | line | text | satisfied by |", "| --- | --- | --- | --- |"]
    for r in views.requirements:
        by = ", ".join(f"`{node}`" for node in views.satisfying(r))
        lines.append(marked(r.id, f"| {r.name} | {r.line} | {markdown_text(r.text)} | {by} |"))
    lines += ["", "# Rows", ""]
    for e in views.entities:
        rows = [f"  - `{f.name}`: {_field(f)}" for f in e.fields]
        rows += [f"  - index on {', '.join(f'`{name}`' for name in index)}" for index in e.indexes]
        kept = f", kept for at most {e.retention_us // 3_600_000_000} hours" if e.retention_us is not None else ""
        lines += [begin(e.id), f"- {words(e.name)}{kept}", *rows, *_more(e), END]
    return "\n".join([*lines, *_wire(views), *_parts(views), *_rules(views)]) + "\n"


def _wire(views: Views) -> list[str]:
    """What is stated of requests and replies as a whole."""
    wire = views.wire
    lines = [f"- names are written in {wire.case} case"] if wire.case != "snake" else []
    lines += ["- fields that nobody asks for are refused"] if wire.unknown_fields == "reject" else []
    lines += [f"- pages of {', '.join(wire.origins)} may call"] if wire.origins else []
    for answer in wire.answers:
        said = f": {markdown_text(answer.message)}" if answer.message else ""
        lines.append(f"- {answer.failure} is answered with {views.status(answer.failure)}{said}")
    if wire.failure_body is not None:
        lines.append(f"- a failure holds {markdown_text(expression(wire.failure_body))}")
    return ["", "# Requests and replies", "", *lines] if lines else []


def _seen_by(f: Field) -> str:
    """Who sees a field that not everybody sees."""
    visible = f.visible or Visibility()
    found = [*(["its owner"] if visible.owner else []), *(f"the role {name}" for name in visible.roles)]
    return " and ".join(found)


def _more(entity: Entity) -> list[str]:
    """What a row has besides its stored fields: computed values, and how its state changes."""
    lines = [
        f"  - `{name}`: {value.type}, {markdown_text(expression(value))}, worked out when it is shown"
        for name, value in entity.computed
    ]
    if entity.lifecycle is not None:
        lines.append(f"  - `{entity.lifecycle.field}` begins as {entity.lifecycle.initial}")
        for change in entity.lifecycle.changes:
            by = f", by the role {change.role}" if change.role else ""
            lines.append(f"  - {change.name}: {' or '.join(change.origins)} becomes {change.to}{by}")
    return lines


def _field(f: Field) -> str:
    """A field in one line: its type, what it must satisfy, and who sets and sees it."""
    said = (
        (str(f.type), True),
        *((limit, True) for limit in _limits(f.constraints)),
        (f"{expression(f.default)} unless given" if f.default is not None else "", f.default is not None),
        ("made by the service", bool(f.generated)),
        (f"counted within the same {', '.join(f.within) or 'service'}", f.generated == "sequence"),
        ("unique", f.unique),
        ("indexed", f.indexed),
        ("not set by clients", f.read_only),
        ("never shown", f.hidden),
        ("personal", f.personal),
        (f"seen by {_seen_by(f)} alone", f.visible is not None),
        (f"when what it refers to is deleted: {f.on_delete}", f.type.entity is not None),
    )
    return markdown_text(", ".join(text for text, holds in said if holds))


def _limits(limits: Constraints) -> Iterator[str]:
    """What a value must satisfy; of a record each part that must satisfy anything."""
    if limits.values:
        yield f"one of {', '.join(limits.values)}"
    if limits.minimum is not None:
        yield f"at least {limits.minimum}"
    if limits.maximum is not None:
        yield f"at most {limits.maximum}"
    if limits.length is not None:
        yield f"{limits.length} characters"
    if limits.pattern is not None:
        yield f"like {limits.pattern}"
    if limits.distinct:
        yield "nothing twice"
    yield from (f"{name} {' and '.join(_limits(part))}" for name, part in limits.fields)


def _parts(views: Views) -> list[str]:
    """Components with their ports and bindings, and the processes that run them."""
    lines = ["", "# Parts", ""]
    for c in views.components:
        holds = ", ".join(f"`{node}`" for node in views.contained(c)) or "nothing"
        to = ", ".join(f"{kind} {name}" for kind, name in views.bindings(c)) or "nothing"
        ports = f"provides {', '.join(c.provides) or 'nothing'}, requires {', '.join(c.requires) or 'nothing'}"
        lines.append(f"- {c.name} ({c.role}): holds {holds}; {ports}; {to}")
    for w in views.workloads:
        runs = ", ".join(c.name for c in views.components_of(w))
        lines.append(f"- the process `{w.entry_point}` runs {runs}")
    return lines + [f"- {said}" for h in views.event_handlers if (said := deliveries.described(h))]


def _rules(views: Views) -> list[str]:
    """What the gates hold the service to."""
    budget = views.service_budget
    lines = ["", "# Limits", ""]
    lines.append(f"- at most {budget.dependencies} packages, {budget.installed_bytes / 1e6:g} MB installed")
    lines.append(f"- the first reply within {budget.cold_start_us / 1e6:g} s of the start")
    for name, own in sorted(views.budgets.items()):
        lines.append(f"- {name}: at most {own.queries} statements and {own.reply_bytes} bytes a reply")
    for capability in views.capabilities.values():
        name = capability.name.replace("_", " ")
        lines.append(f"- {name}: adds at most {capability.overhead_us / 1000:g} ms to a request that uses it")
    for rule in views.rules:
        said = (markdown_text(rule.expression), markdown_text(rule.because))
        lines.append(f"- {rule.name} (over the {rule.over}): {said[0]}, because {said[1]}")
    return lines


ACCESS = {"anyone": "anyone", "user": "whoever is signed in", "user?": "anyone, signed in or not"}
"""Access forms in words."""
