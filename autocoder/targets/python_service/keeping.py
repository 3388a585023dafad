"""What reads keep, in the emitted service: `kept.py`, how a cached read looks, and what a write drops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autocoder.ir.behaviour import Change, Insert, Match, Remove, Step, Steps, Values, walk_steps
from autocoder.ir.keeping import Kept, kept_reads, row_of, writes_row
from autocoder.ir.nodes import Entity
from autocoder.ir.views import Views
from autocoder.targets.python_service.describe import words
from autocoder.targets.python_service.expressions import duration, literal, type_hint
from autocoder.targets.python_service.names import attribute, local, row_attribute, short
from autocoder.targets.python_service.source import Module


def kept(views: Views) -> tuple[Kept, ...]:
    """Every cached read of the service; none where no environment has a cache."""
    if not views.cache:
        return ()
    entities = {e.name: e for e in views.entities}
    return tuple(k for b in (*views.operations, *views.handlers) for k in kept_reads(b.name, b.steps, entities))


def kept_class(read: Kept) -> str:
    """The class of what is kept of a row."""
    return short("".join(part.capitalize() for part in f"{read.behaviour}_{read.find.bind}".split("_"))) + "Kept"


def constant(read: Kept) -> str:
    """The constant through which a row is found and dropped."""
    return short(f"{read.behaviour}_{read.find.bind}").upper() + "_KEPT"


def module(views: Views, package: str) -> str:
    """The source of `kept.py`."""
    found = Module(doc="What is kept of rows, and for how long.", package=package)
    found.imports.add("pydantic", "BaseModel")
    found.imports.add(f"{package}.cache", "Kept")
    for read in kept(views):
        entity = views.entity(read.entity)
        fields = [(row_attribute(n, entity.field(n).type), entity.field(n).type) for n in read.fields]
        computed = dict(entity.computed)
        fields += [(attribute(name), computed[name].type) for name in read.computed]
        lines = [f"    {name}: {type_hint(type_, found.imports)}" for name, type_ in fields]
        doc = f'    """What {words(read.behaviour)} reads of the {words(read.find.bind)}."""'
        found.add(
            "\n".join(
                [f"class {kept_class(read)}(BaseModel):", doc, "", *lines]
                if lines
                else [f"class {kept_class(read)}(BaseModel):", doc]
            ),
            _origin(views, read),
        )
        name = literal(f"{read.behaviour}:{read.find.bind}")
        keep = duration(read.find.keep_us, found.imports)
        found.add(f"{constant(read)} = Kept({name}, {kept_class(read)}, {keep})", _origin(views, read))
    return found.text()


def _origin(views: Views, read: Kept) -> str:
    kind = "operation" if any(o.name == read.behaviour for o in views.operations) else "handler"
    return f"{kind}:{read.behaviour}"


def drops(views: Views, step: Step) -> Iterator[tuple[str, str]]:
    """What a step makes old: the constant, and the call of it."""
    for read in kept(views):
        entity = views.entity(read.entity)
        if writes_row(step, read.entity):
            written = _written(step)
            if read.is_old_after(written):
                yield constant(read), _drop(read, entity, step, written)
        elif isinstance(step, Remove) and _follows(views, step.row.entity, read):
            yield constant(read), f"{constant(read)}.drop_all(session)"


def _drop(read: Kept, entity: Entity, step: Step, written: frozenset[str] | None) -> str:
    """The row by its key where that is at hand and stays the same, else all of them."""
    bind = row_of(step)
    many = isinstance(step, Change | Remove) and isinstance(step.row, Match) and step.row.many
    if bind is None or many or (written or frozenset[str]()) & {*read.key} - _fixed(step):
        return f"{constant(read)}.drop_all(session)"
    key = "".join(f", {local(bind)}.{row_attribute(name, entity.field(name).type)}" for name in read.key)
    return f"{constant(read)}.drop(session{key})"


def _fixed(step: Step) -> frozenset[str]:
    """The fields by which an upsert finds its row: it sets them to what they are."""
    return frozenset(step.key) if isinstance(step, Insert) else frozenset()


def _written(step: Step) -> frozenset[str] | None:
    match step:
        case Change(values=values):
            return _names(values)
        case Insert(taken=tuple() as values):
            return _names(values)
        case _:
            return None


def _names(values: Values) -> frozenset[str]:
    return frozenset(name for name, _ in values)


def _follows(views: Views, removed: str, read: Kept) -> bool:
    """Whether rows that are kept go, or lose their reference, when a row of another entity is removed."""
    going, seen = [removed], {removed}
    while going:
        gone = going.pop()
        for entity in views.entities:
            for f in (f for f in entity.fields if f.type.entity == gone):
                old = f.on_delete == "cascade" or (f.on_delete == "clear" and f.name in read.fields)
                if entity.name == read.entity and old:
                    return True
                if f.on_delete == "cascade" and entity.name not in seen:
                    seen.add(entity.name)
                    going.append(entity.name)
    return False


def rows_needed(views: Views, steps: Steps) -> frozenset[str]:
    """The rows that must be at hand after a step, so that what is kept of them can be dropped."""
    return frozenset(
        bind
        for step in walk_steps(steps)
        if (bind := row_of(step)) and any(f"session, {local(bind)}." in call for _, call in drops(views, step))
    )


def finding(read: Kept, entity: Entity, table: str, values: list[str]) -> str:
    """Binds the row as it is kept, else as the store has it."""
    columns = [f"{table}.{row_attribute(name, entity.field(name).type)}" for name in read.key]
    where = ", ".join(f"{column} == {value}" for column, value in zip(columns, values, strict=True))
    query = f"select({table}).where({where})"
    return f"{local(read.find.bind)} = await {constant(read)}.find(session, {query}, {', '.join(values)})"


def checking(read: Kept, wrong: list[str], absent: str | None) -> list[str]:
    """Checks the rest of the condition on either: without such a row the behaviour fails, or has none."""
    bind = local(read.find.bind)
    if absent is not None:
        texts = [f"({text})" if any(word in text for word in (" and ", " if ")) else text for text in wrong]
        return [f"if {' or '.join([f'{bind} is None', *texts])}:", f"    {absent}"]
    held = " or ".join(f"({text})" for text in wrong) if len(wrong) > 1 else "".join(wrong)
    held = f"({held})" if " or " in held or " if " in held else held
    return [f"if {bind} is not None and {held}:", f"    {bind} = None"] if wrong else []


def values(views: Views) -> dict[str, Any]:
    """What the skeletons ask for."""
    environments = [literal(e.name) for e in views.environments if e.cache != "none"] if views.cache else []
    return {
        "cache": views.cache,
        "kept": bool(kept(views)),
        "cached": ", ".join(environments) + ("," if len(environments) == 1 else ""),
    }
