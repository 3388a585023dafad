"""Compares two versions of a system by what they mean: elements, what breaks clients, what breaks stored data, files.

Owns what counts as breaking. The order of keys and the layout of files never show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from autocoder.blueprint.format import plain_data
from autocoder.blueprint.merge import MISSING
from autocoder.compilation import Compiled
from autocoder.ir.behaviour import Reply, walk_steps
from autocoder.ir.expressions import Record
from autocoder.ir.nodes import Constraints, Entity, Event, Field, Input, Operation
from autocoder.ir.types import Type
from autocoder.ir.views import Views
from autocoder.planning.reconcile import shown
from autocoder.targets.tree import File, Tree

_HASH = re.compile(rb'"?\b[0-9a-f]{64}\b"?|(?<=-migrate-)[0-9a-f]{8}\b')
"""A hash in a manifest, and the name of the job that is made of it."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """An element that was added, removed or changed; values as they are written, "" where there is none."""

    path: str
    kind: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Break:
    """What stops working, for whom ("clients", "data"), and why."""

    subject: str
    audience: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Everything that differs. `files` maps each file that would change to "added", "removed", "changed", or
    "stamped" where only the hashes of the blueprint differ.
    """

    differences: tuple[Difference, ...]
    breaks: tuple[Break, ...]
    files: Mapping[str, str]

    def breaking(self, audience: str) -> tuple[Break, ...]:
        """What breaks for one audience."""
        return tuple(found for found in self.breaks if found.audience == audience)

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "differences": [vars(difference) for difference in self.differences],
            "breaking": {
                audience: [{"subject": b.subject, "why": b.why} for b in self.breaking(audience)]
                for audience in ("clients", "data")
            },
            "files": dict(self.files),
        }


def compare(old: Compiled, new: Compiled, trees: tuple[Tree, Tree]) -> Comparison:
    """What differs between an earlier version and a later one; `trees` are the files of both."""
    said = [
        {**plain_data(c.architecture), "environments": plain_data(c.deployment)["environments"]} for c in (old, new)
    ]
    breaks = [*_clients(old.views, new.views), *_data(old.views, new.views)]
    return Comparison(
        differences=tuple(_differences(said[0], said[1], ())),
        breaks=tuple(dict.fromkeys(breaks)),
        files=_files(*trees),
    )


def _files(old: Tree, new: Tree) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted({*old.files, *new.files}):
        if path not in new:
            found[path] = "removed"
        elif path not in old:
            found[path] = "added"
        elif old[path].content != new[path].content:
            found[path] = "stamped" if _unstamped(old[path]) == _unstamped(new[path]) else "changed"
    return found


def _unstamped(file: File) -> bytes:
    """A file without the hashes of the blueprint, which are in every manifest."""
    return _HASH.sub(b"", file.content)


def _differences(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[Difference]:
    """The outermost elements that only one side has, and the innermost values that differ."""
    before, after = _by_id(old), _by_id(new)
    if before is not None and after is not None:
        for key in dict.fromkeys((*before, *after)):
            yield from _differences(before.get(key, MISSING), after.get(key, MISSING), (*path, key))
    elif old != new:
        kind = "added" if old is MISSING else "removed" if new is MISSING else "changed"
        yield Difference(path=".".join(path), kind=kind, before=_text(old), after=_text(new))


def _text(value: object) -> str:
    return "" if value is MISSING else shown(value)


def _by_id(value: Any) -> dict[str, Any] | None:
    """A map, or rows with an id as a map; None for other values."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    rows = cast("list[Any]", value) if isinstance(value, list) else []
    if rows and all(isinstance(row, dict) and "id" in row for row in rows):
        return {str(row["id"]): row for row in rows}
    return None


# For clients: what they send, what they may, what they get. They know routes, not names.


def _clients(old: Views, new: Views) -> Iterator[Break]:
    now = {_route(o): o for o in new.operations}
    for operation in old.operations:
        subject = f"operations.{operation.name}"
        later = now.get(_route(operation))
        if later is None:
            yield _client(subject, f"{operation.method} {operation.path} is gone")
            continue
        if later.access != operation.access and later.access not in ("anyone", "user?"):
            yield _client(f"{subject}.access", f"who may ask changes from {operation.access} to {later.access}")
        yield from _inputs(subject, operation, later)
        yield from _replies(subject, (operation, old), (later, new))


def _client(subject: str, why: str) -> Break:
    return Break(subject=subject, audience="clients", why=why)


def _route(operation: Operation) -> tuple[str, str]:
    return operation.method, re.sub(r"\{[^}]*\}", "{}", operation.path)


def _inputs(subject: str, old: Operation, new: Operation) -> Iterator[Break]:
    before = {i.name: i for i in old.inputs if i.place != "path"}
    if old.wrapper != new.wrapper:
        yield _client(subject, f"the body's inputs move from {old.wrapper or 'its top'} to {new.wrapper or 'its top'}")
    for given in (i for i in new.inputs if i.place != "path"):
        known = before.get(given.name)
        where = f"{subject}.input.{given.name}"
        if _demanded(given) and (known is None or not _demanded(known)):
            yield _client(where, f"{given.name} must be sent now")
        if known is None:
            continue
        if known.place != given.place:
            yield _client(where, f"{given.name} moves from {known.place} to {given.place}")
        if _kind(known.type) != _kind(given.type):
            yield _client(where, f"{given.name} was {known.type}, is {given.type}")
        for change in tighter(known.constraints, given.constraints):
            yield _client(where, f"{given.name}: {change}")


def _demanded(given: Input) -> bool:
    return given.required and given.default is None


def _kind(type_: Type) -> str:
    return str(type_.not_null())


def tighter(old: Constraints, new: Constraints) -> Iterator[str]:
    """What is refused now that was taken before."""
    if new.minimum is not None and (old.minimum is None or float(new.minimum) > float(old.minimum)):
        yield f"at least {new.minimum} now"
    if new.maximum is not None and (old.maximum is None or float(new.maximum) < float(old.maximum)):
        yield f"at most {new.maximum} now"
    if new.pattern is not None and new.pattern != old.pattern:
        yield f"like {new.pattern} now"
    if gone := [value for value in old.values if value not in new.values]:
        yield f"no longer {', '.join(gone)}"
    if new.length is not None and new.length != old.length:
        yield f"{new.length} characters now"


def _replies(subject: str, old: tuple[Operation, Views], new: tuple[Operation, Views]) -> Iterator[Break]:
    before, after = _reply(old[0]), _reply(new[0])
    if before.status != after.status:
        yield _client(f"{subject}.output.status", f"answers {after.status} instead of {before.status}")
    fields, later = reply_fields(*old), reply_fields(*new)
    for name, type_ in fields.items():
        where = f"{subject}.output.{name}" if name else f"{subject}.output"
        if name not in later:
            yield _client(where, f"{name or 'the body'} is no longer answered")
        elif later[name] != type_:
            yield _client(where, f"{name or 'the body'} was {type_}, is {later[name]}")


def _reply(operation: Operation) -> Reply:
    return next(step for step in walk_steps(operation.steps) if isinstance(step, Reply))


def reply_fields(operation: Operation, views: Views) -> dict[str, str]:
    """What a reply holds: name to type; "" stands for a body that is no object, such as a list."""
    reply = _reply(operation)
    if isinstance(reply.body, Record):
        return {name: str(value.type) for name, value in reply.body.values}
    if (value := reply.body or reply.html or reply.text) is not None:
        return {"": str(value.type)}
    if reply.redirect is not None:
        return {"Location": "url"}
    if reply.view is None:
        return {}
    entity, many = _viewed(operation, reply.view)
    rows = {f.name: str(f.type) for f in views.entity(entity).fields if not f.hidden}
    return {"": "list", **rows} if many else rows


def _viewed(operation: Operation, bind: str) -> tuple[str, bool]:
    """The entity whose rows a name is bound to, and whether to many."""
    for step in walk_steps(operation.steps):
        if getattr(step, "bind", None) == bind:
            found = getattr(step, "entity", None) or getattr(getattr(step, "match", None), "entity", None)
            found = found or getattr(getattr(step, "row", None), "entity", None)
            if found:
                return str(found), step.kind == "list"
    raise KeyError(bind)


# For data: rows that are there, events on their way.


def _data(old: Views, new: Views) -> Iterator[Break]:
    entities = {e.name: e for e in new.entities}
    for entity in old.entities:
        subject = f"entities.{entity.name}"
        if entity.name not in entities:
            yield _stored(subject, f"all rows of {entity.name} go")
        else:
            yield from _rows(subject, entity, entities[entity.name])
    events = {e.name: e for e in new.events}
    for event in old.events:
        if event.name in events:
            yield from _carried(event, events[event.name])
    stores = {e.name: e.store for e in new.environments}
    for environment in old.environments:
        store = stores.get(environment.name, environment.store)
        if store != environment.store:
            subject = f"environments.{environment.name}.engines.store"
            yield _stored(subject, f"what {environment.store} holds does not move to {store} by itself")


def _stored(subject: str, why: str) -> Break:
    return Break(subject=subject, audience="data", why=why)


def _rows(subject: str, old: Entity, new: Entity) -> Iterator[Break]:
    if old.table != new.table:
        yield _stored(subject, f"the table {old.table} is called {new.table} now")
    before, after = ({f.name: f for f in e.fields} for e in (old, new))
    for name in before:
        if name not in after:
            yield _stored(f"{subject}.fields.{name}", f"what rows hold in {name} goes")
    for name, field in after.items():
        yield from _column(f"{subject}.fields.{name}", before.get(name), field)
    for key in new.unique_keys:
        if key not in old.unique_keys and all(name in before for name in key):
            yield _stored(f"{subject}.unique", f"rows that share {' and '.join(key)} are not allowed any more")


def _column(subject: str, old: Field | None, new: Field) -> Iterator[Break]:
    if old is None:
        if not new.type.optional and new.default is None and not new.generated:
            yield _stored(subject, f"rows that are there have no {new.name}")
        return
    if _kind(old.type) != _kind(new.type) or old.type.entity != new.type.entity:
        yield _stored(subject, f"{new.name} was {old.type}, is {new.type}")
    elif old.type.optional and not new.type.optional:
        yield _stored(subject, f"rows without {new.name} are not allowed any more")
    for change in tighter(old.constraints, new.constraints):
        yield _stored(subject, f"{new.name}: {change}")


def _carried(old: Event, new: Event) -> Iterator[Break]:
    before, after = ({f.name: str(f.type) for f in e.fields} for e in (old, new))
    for name, type_ in after.items():
        if before.get(name) != type_ and not type_.endswith("or null"):
            yield _stored(
                f"events.{new.name}.{name}", f"events on their way hold {name} as {before.get(name, 'nothing')}"
            )
