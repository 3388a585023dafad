"""How many rows there may be, and which of them must not overlap.

Owns the guards that creations get for it. They read other rows, so the service keeps them under concurrent calls too.
"""

from __future__ import annotations

from dataclasses import dataclass

from autocoder.blueprint.model import AnyEffect, Create, FieldSpec, ListRows, Require
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.holders import HELD, OVER
from autocoder.planning.workbench import EntityDraft, Workbench

_MOST = 999
"""The greatest limit that a guard counts up to."""


@dataclass(frozen=True, kw_only=True)
class _Times:
    start: str
    end: str


def plan_limits(bench: Workbench) -> None:
    """A guard before each creation, for every sentence that limits rows or keeps them apart."""
    for fact in bench.of("policy"):
        entity = _limited(bench, fact)
        if entity is None:
            continue
        match fact.word("topic"):
            case "limit" if _unique(bench, entity, fact):
                bench.use(fact)
                continue
            case "limit":
                guard = _limit(bench, entity, fact)
            case "no overlap":
                guard = _apart(bench, entity, fact)
            case _:
                guard = None
        if guard and _guard(bench, entity, guard, fact):
            bench.use(fact)


def plan_times(bench: Workbench) -> None:
    """Rows that must not overlap have a start and an end."""
    for fact in bench.of("policy"):
        entity = _limited(bench, fact) if fact.word("topic") == "no overlap" else None
        if entity is not None and _times(entity) is None:
            for name in ("starts_at", "ends_at"):
                entity.add(name, FieldSpec(type="datetime"), fact)
            bench.decide(
                f"entities.{entity.name}.fields.starts_at",
                "starts_at, ends_at",
                f"A {entity.words} must not overlap with another, so it has a start and an end.",
                source=Source.INFERRED,
            )


def _limited(bench: Workbench, fact: Fact) -> EntityDraft | None:
    """What a sentence limits: what it names, else the one thing that is made of another by booking it."""
    if fact.word("entity"):
        named = bench.entity(fact.word("entity"))
        return _record_of(bench, named, fact) if named else None
    if fact.word("topic") != "no overlap":
        return None
    made = [e for e in bench.entities.values() if e is not bench.account and _place(bench, e)]
    return made[0] if len(made) == 1 else None


def _record_of(bench: Workbench, entity: EntityDraft, fact: Fact) -> EntityDraft:
    """What people have of things that others may have too is a record: the bikes that a member has are loans."""
    if not _is_account(bench, fact.word("per")):
        return entity
    held = [
        e for e in bench.entities.values() if e.words in HELD and "owner" in e.fields and _place(bench, e, entity.words)
    ]
    return held[0] if len(held) == 1 else entity


def _place(bench: Workbench, entity: EntityDraft, words: str = "") -> str:
    """The field that names what a row takes up: the one reference, or the one to what the text names."""
    wanted = bench.entity(words) if words else None
    found = [
        n
        for n, spec in entity.fields.items()
        if spec.type == "ref" and n != "owner" and (wanted is None or spec.to == wanted.name)
    ]
    return found[0] if len(found) == 1 else ""


def _limit(bench: Workbench, entity: EntityDraft, fact: Fact) -> list[AnyEffect] | None:
    most = fact.word("max")
    conditions = _counted(bench, entity, fact.word("per").split())
    if not most.isdigit() or not 1 <= int(most) <= _MOST or conditions is None:
        return None
    state = names.state_name(fact.word("state")) if fact.word("state") else ""
    if state and ("status" not in entity.fields or state not in entity.fields["status"].values):
        return None
    conditions += [f"{n} == null" for n in ("returned_at", "ended_at") if n in entity.fields]
    status = entity.fields.get("status")
    over = [f"status != '{s}'" for s in (status.values if status else ()) if s in OVER]
    conditions += [f"status == '{state}'"] if state else over
    name = f"known_{entity.plural}"
    listed = ListRows.model_validate(
        {"list": entity.name, "where": " && ".join(conditions), "limit": int(most), "as": name}
    )
    message = f"There are at most {most} per {' and '.join(_parts(bench, entity, fact.word('per').split()) or ())}."
    return [listed, Require(require=f"size({name}) < {most}", otherwise="conflict", message=message)]


def _unique(bench: Workbench, entity: EntityDraft, fact: Fact) -> bool:
    """One row for each of two things, whatever its state: the database keeps it."""
    parts = _parts(bench, entity, fact.word("per").split()) or ()
    open_ended = {"returned_at", "ended_at"} & set(entity.fields)
    status = entity.fields.get("status")
    over = status is not None and bool(OVER & set(status.values))  # who cancelled may come again
    if fact.word("max") != "1" or len(parts) < 2 or fact.word("state") or open_ended or over:
        return False
    entity.unique.append(tuple(_held_in(bench, entity, words) for words in parts))
    entity.facts.append(fact)
    return True


def _counted(bench: Workbench, entity: EntityDraft, per: list[str]) -> list[str] | None:
    """The conditions on the rows that count: those of the caller, of the same thing, or both."""
    found: list[str] = []
    for words in _parts(bench, entity, per) or ():
        name = _held_in(bench, entity, words)
        found.append("owner == caller.id" if name == "owner" else f"{name} == input.{name}")
    return found or None


def _held_in(bench: Workbench, entity: EntityDraft, words: str) -> str:
    """The field that holds a part of what a limit is per: whose row it is, or the thing that it is about."""
    other = bench.entity(words)
    somebody = other is None or (other is bench.account and "owner" in entity.fields)
    return "owner" if somebody else _place(bench, entity, words) or "owner"


def _parts(bench: Workbench, entity: EntityDraft, per: list[str]) -> tuple[str, ...] | None:
    """What a limit is per: one thing, or somebody and a thing ("per user and poll"); None where rows have none."""
    whole = names.type_name(" ".join(per)) in {*bench.entities, *bench.aliases}
    for size in [len(per)] if whole else range(1, len(per) + 1):
        words = " ".join(per[:size])
        mine = "owner" in entity.fields and _is_account(bench, words)
        if not mine and not (bench.entity(words) and _place(bench, entity, words)):
            continue
        rest = _parts(bench, entity, per[size:]) if per[size:] else ()
        if rest is not None:
            return (words, *rest)
    return None


def _is_account(bench: Workbench, words: str) -> bool:
    account = bench.account
    if account is None:
        return False
    role = account.fields.get("role")
    roles = set(role.values) if role else set[str]()
    acting = {f.word("role") for f in bench.of("operation") if f.word("actor") == "user"}
    return bench.entity(words) is account or words in {*acting, "user", *roles}


def _times(entity: EntityDraft) -> _Times | None:
    times = [n for n, spec in entity.fields.items() if spec.type == "datetime" and not spec.read_only]
    starts = [n for n in times if n.startswith(("start", "begin", "from"))]
    ends = [n for n in times if n.startswith(("end", "until", "to"))]
    return _Times(start=starts[0], end=ends[0]) if len(starts) == 1 and len(ends) == 1 else None


def _apart(bench: Workbench, entity: EntityDraft, fact: Fact) -> list[AnyEffect] | None:
    times, place = _times(entity), _place(bench, entity, fact.word("per"))
    if times is None or not place:
        return None
    conditions = [
        f"{place} == input.{place}",
        f"{times.start} < input.{times.end}",
        f"{times.end} > input.{times.start}",
    ]
    status = entity.fields.get("status")
    conditions += [f"status != '{s}'" for s in (status.values if status else ()) if s in OVER]
    name = f"overlapping_{entity.plural}"
    listed = ListRows.model_validate({"list": entity.name, "where": " && ".join(conditions), "limit": 1, "as": name})
    shown = place.replace("_", " ")
    return [
        Require(require=f"input.{times.start} < input.{times.end}", message="It ends after it starts."),
        listed,
        Require(require=f"size({name}) == 0", otherwise="conflict", message=f"The {shown} is taken at that time."),
    ]


def _guard(bench: Workbench, entity: EntityDraft, guard: list[AnyEffect], fact: Fact) -> bool:
    """Puts a guard before each creation. False where nothing creates such rows."""
    found = False
    for name, draft in bench.operations.items():
        effects = draft.operation.effects
        at = next((i for i, e in enumerate(effects) if isinstance(e, Create) and e.create == entity.name), None)
        if at is not None:
            draft.operation = draft.operation.model_copy(update={"effects": (*effects[:at], *guard, *effects[at:])})
            draft.facts.append(fact)
            found = True
        elif name == f"update_{entity.base}":
            _fixed(bench, entity, name, guard)
    return found


def _fixed(bench: Workbench, entity: EntityDraft, name: str, guard: list[AnyEffect]) -> None:
    """What a guard has looked at is not changed later."""
    draft = bench.operations[name]
    text = " ".join(str(effect.model_dump()) for effect in guard)
    kept = {n: spec for n, spec in draft.operation.input.items() if f"input.{n}" not in text.replace("input.id", "")}
    gone = [names.base_name(n) for n in draft.operation.input if n not in kept]
    if not gone:
        return
    if set(kept) <= {"id"}:
        del bench.operations[name]
    else:
        draft.operation = draft.operation.model_copy(update={"input": kept})
    bench.decide(
        f"operations.{name}.input",
        f"not {', '.join(gone)}",
        f"A {entity.words} is held to a limit when it is made; what the limit rests on does not change later.",
        source=Source.INFERRED,
    )
