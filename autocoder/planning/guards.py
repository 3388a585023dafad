"""In which cases something may be done, or may not: full, started, ended, some state, some time before it starts.

Owns the guards of such sentences, in every operation that does what they speak of, and the rows that are read for them.
What names a case that the rows do not know is refused with its sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autocoder.blueprint.model import (
    AnyEffect,
    Create,
    Delete,
    FieldSpec,
    Increment,
    ListRows,
    Read,
    Require,
    Search,
    Transition,
    Update,
)
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import lifecycles, names
from autocoder.planning.holders import OVER
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench
from autocoder.readers.rules.lexicon.domain import RECORDS
from autocoder.readers.rules.tagging import participle

_STARTS = ("start", "begin", "opens", "from", "date", "day", "time", "departure")
_ENDS = ("end", "close", "closing", "deadline", "expires", "until", "expiry", "last_day", "due", "date", "day")
_SIZES = names.words("capacity seat place space spot participant size")
"""Words in the name of a field that says how many a thing takes."""
_MOST = 999
"""The greatest number that a guard counts up to."""
_HELD = {participle(verb): record for verb, record in RECORDS.items()}


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is read to know whether a row is in a case, and the condition that it is, or is not."""

    reads: tuple[AnyEffect, ...]
    condition: str
    contrary: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """The row of a thing in an operation: its name, what must be read to have it, and the value of its id before."""

    name: str
    key: str
    reads: tuple[AnyEffect, ...] = ()


def plan_guards(bench: Workbench) -> None:
    """Guards what the text narrows to some cases, or forbids in some."""
    for fact in (*bench.of("operation"), *bench.of("access")):
        if not _narrowed(fact) or id(fact) in {id(f) for f, _ in bench.refused}:
            continue
        problem = _guarded(bench, fact)
        if problem:
            bench.refuse(
                "AC2001",
                problem,
                fact,
                rule="what narrows an operation is built, or the operation is not",
                help='say what the case rests on, like "A class has a capacity and a start time."',
            )
        else:
            bench.use(fact)


def _narrowed(fact: Fact) -> bool:
    if fact.word("path"):
        return False
    if fact.kind == "access":
        slots = {"states", "provided", "of"} & fact.slots.keys()
        return fact.get("allowed") is False and bool(slots) and fact.get("actor") in {None, "nobody", "anyone"}
    return bool({"unless", "provided", "before", "of", "within", "whose"} & fact.slots.keys())


def _guarded(bench: Workbench, fact: Fact) -> str:
    """Puts the guards of a sentence into its operations; why not, where that cannot be."""
    drafts = list(_operations(bench, fact))
    thing = bench.entity(fact.word("about") or fact.word("whose") or fact.word("object"))
    if thing is None:
        return f'"{fact.said("about") or fact.said("object")}" is nothing that is kept'
    if not drafts:
        if fact.kind == "operation":
            return f'nothing does what this is about ("{fact.said("verb")}")'
        thing.facts.append(fact)  # nothing does it at all: the rule holds
        return ""
    for draft in drafts:
        problem = _guard(bench, draft, thing, fact)
        if problem:
            return problem
    return ""


def _operations(bench: Workbench, fact: Fact) -> Iterator[OperationDraft]:
    """The operations that do what a sentence speaks of: its own, or those that other sentences name so."""
    thing = bench.entity(fact.word("object"))
    does = fact.word("does")
    for name, draft in bench.operations.items():
        looks = draft.operation.route.startswith("GET ")
        if looks != (does in {"read", "list", "search"}):
            continue
        told = [f for f in draft.facts if f.kind == "operation" and f.word("object")]
        same = fact in told if fact.kind == "operation" else any(_same(bench, f, fact, thing) for f in told)
        plain = thing is not None and fact.kind == "access" and name == f"{does}_{thing.base}"
        if same or plain:
            yield draft


def _same(bench: Workbench, told: Fact, fact: Fact, thing: EntityDraft | None) -> bool:
    known = bench.entity(told.word("object"))
    if known is None or known is not thing:
        return False
    verb = fact.word("verb")
    return lifecycles.verb_of(told) == verb or (bool(verb) and told.word("does") == fact.word("does") != "other")


# one guard


def _guard(bench: Workbench, draft: OperationDraft, thing: EntityDraft, fact: Fact) -> str:
    if draft.operation.route.startswith("GET "):
        return _sight(bench, draft, thing, fact)
    found = _row(bench, draft, thing)
    if found is None:
        return f"the {thing.words} is not known where this happens"
    lists: list[AnyEffect] = []
    for word in _words(fact):
        case = _case(bench, draft, thing, found, word)
        if case is None:
            return f'nothing says when a {thing.words} is "{word}"'
        lists += case.reads
    conditions = _conditions(bench, draft, thing, found, fact)
    if isinstance(conditions, str):
        return conditions
    _insert(draft, thing, found, lists, conditions)
    draft.facts += [fact] if fact not in draft.facts else []
    return ""


def _words(fact: Fact) -> list[str]:
    return [*_texts(fact, "unless"), *_texts(fact, "states"), *_texts(fact, "provided")]


def _texts(fact: Fact, slot: str) -> list[str]:
    told = fact.get(slot)
    return list(told) if isinstance(told, tuple) else []


def _conditions(
    bench: Workbench, draft: OperationDraft, thing: EntityDraft, row: Row, fact: Fact
) -> list[AnyEffect] | str:
    """The requirements of a sentence, each with what it says to whoever breaks it."""
    found: list[AnyEffect] = []
    for word in [*_texts(fact, "unless"), *_texts(fact, "states")]:
        case = _case(bench, draft, thing, row, word)
        if case:
            found.append(Require(require=case.contrary, otherwise="conflict", message=f"{case.message}."))
    only = [c for w in _texts(fact, "provided") if (c := _case(bench, draft, thing, row, w))]
    if only:
        told = " or ".join(w.replace("_", " ") for w in _texts(fact, "provided"))
        condition = " || ".join(f"({c.condition})" if len(only) > 1 else c.condition for c in only)
        message = f"This is possible only once the {thing.words} is {told}."
        found.append(Require(require=condition, otherwise="conflict", message=message))
    if fact.word("whose"):
        if "owner" not in thing.fields:
            return f"nothing says who made a {thing.words}"
        found.append(Require(require=f"{row.name}.owner == caller.id", otherwise="forbidden"))
    for guard in (_ahead(thing, row.name, fact), _soon(bench, draft, thing, row.name, fact)):
        if isinstance(guard, str):
            return guard
        found += guard
    return found


def _ahead(thing: EntityDraft, row: str, fact: Fact) -> list[AnyEffect] | str:
    """Until some time before a time of the thing, or until that time."""
    if not fact.word("of"):
        return []
    time = time_of(thing, fact.word("of"))
    if not time:
        return f'a {thing.words} has no time "{fact.said("of")}"'
    now = "date(now)" if thing.fields[time].type == "date" else "now"
    ahead = fact.word("before")
    until = f"{row}.{time} - {ahead}" if ahead else f"{row}.{time}"
    if thing.fields[time].type == "date" and ahead and not ahead.endswith("d"):
        return f'"{fact.said("of")}" is a day, so nothing can be so long before it'
    said = fact.said("before").removeprefix("until ").removeprefix("up to ").removeprefix("at least ")
    shown = fact.word("of") if not ahead else f"{said} before the {fact.word('of')}"
    message = f"This may be done until {shown}."
    return [Require(require=f"{now} <= {until}", otherwise="conflict", message=message)]


def _soon(bench: Workbench, draft: OperationDraft, thing: EntityDraft, row: str, fact: Fact) -> list[AnyEffect] | str:
    """Within some time after the row came into its state: the change to it keeps when that was."""
    after = fact.word("within")
    if not after:
        return []
    change = next((e for e in draft.operation.effects if isinstance(e, Transition)), None)
    told = thing.changes.get(change.to) if change else None
    if told is None or len(told.origins) != 1:
        return f'nothing says from when "{fact.said("within")}" counts'
    state = told.origins[0]
    field = f"{state}_at"
    thing.add(field, FieldSpec(type="datetime", optional=True, read_only=True), fact)
    for other in bench.operations.values():
        effects = tuple(
            e.model_copy(update={"set": {**(e.set or {}), field: "now"}})
            if isinstance(e, Transition) and e.transition == thing.row and thing.changes[e.to].to == state
            else e
            for e in other.operation.effects
        )
        other.operation = other.operation.model_copy(update={"effects": effects})
    message = f"This may be done within {fact.said('within').removeprefix('within ')}."
    return [Require(require=f"now <= ({row}.{field} ?? now) + {after}", otherwise="conflict", message=message)]


# cases


def _case(bench: Workbench, draft: OperationDraft, thing: EntityDraft, at: Row, word: str) -> Case | None:
    """What a word says of a row."""
    row, name = at.name, names.state_name(word)
    status = thing.fields.get("status")
    if status is not None and name in status.values:
        return _simple(f"{row}.status", "==", "!=", f"'{name}'", f"The {thing.words} is {word}")
    flag = names.field_name(word)
    if flag in thing.fields and thing.fields[flag].type == "boolean":
        return _simple(f"{row}.{flag}", "==", "!=", "true", f"The {thing.words} is {word}")
    if word == "full":
        return _full(bench, draft, thing, at)
    if word in {"started", "opened", "ended", "closed", "expired", "finished"}:
        time = time_of(thing, "start" if word in {"started", "opened"} else "end")
        if time:
            now = "date(now)" if thing.fields[time].type == "date" else "now"
            return _simple(f"{row}.{time}", "<=", ">", now, f"The {thing.words} has {word}")
    return _held(bench, thing, at, word)


def _simple(value: str, so: str, not_so: str, other: str, message: str) -> Case:
    return Case(reads=(), condition=f"{value} {so} {other}", contrary=f"{value} {not_so} {other}", message=message)


def time_of(thing: EntityDraft, of: str) -> str:
    """The field that holds a time of a thing: by its name, else the one that starts or ends it; empty without one."""
    times = [n for n, spec in thing.fields.items() if spec.type in {"date", "datetime"} and n != "created_at"]
    name = names.field_name(of)
    exact = [n for n in times if n in {name, f"{name}_at", f"{name}s_at", f"{name}_time", f"{name}_date"}]
    if exact:
        return exact[0]
    stems = _STARTS if name.startswith(("start", "begin")) else _ENDS if name.startswith(("end", "clos")) else ()
    return next((n for stem in stems for n in times if n.startswith(stem) or n.endswith(f"_{stem}")), "")


def _full(bench: Workbench, draft: OperationDraft, thing: EntityDraft, row: Row) -> Case | None:
    """As many rows refer to it as it takes."""
    sizes = [n for n, s in thing.fields.items() if s.type == "integer" and _SIZES & {*_singulars(n)}]
    found = [(e, n) for e in bench.entities.values() for n, s in e.fields.items() if s.to == thing.name]
    made = {e.create for e in draft.operation.effects if isinstance(e, Create)}
    records = [(e, n) for e, n in found if e.name in made] or [(e, n) for e, n in found if e.words in RECORDS.values()]
    if len(sizes) != 1 or len(records) != 1:
        return None
    record, place = records[0]
    size = thing.fields[sizes[0]]
    if size.max is None:
        thing.fields[sizes[0]] = size.model_copy(update={"min": size.min if size.min is not None else 0, "max": _MOST})
        bench.decide(
            f"entities.{thing.name}.fields.{sizes[0]}.max",
            str(_MOST),
            "What is counted against it has to be counted at every request, so it has a limit.",
            source=Source.INFERRED,
        )
    listed = ListRows.model_validate(
        {
            "list": record.name,
            "where": " && ".join([f"{place} == {row.key}", *_still(record)]),
            "limit": int(thing.fields[sizes[0]].max or _MOST),
            "as": f"taken_{record.plural}",
        }
    )
    taken, full = f"size(taken_{record.plural})", f"The {thing.words} is full"
    return replace(_simple(taken, ">=", "<", f"{row.name}.{sizes[0]}", full), reads=(listed,))


def _singulars(name: str) -> Iterable[str]:
    return (w.removesuffix("s") for w in name.split("_"))


def _still(record: EntityDraft) -> list[str]:
    """The conditions on records that still hold."""
    status = record.fields.get("status")
    over = [f"status != '{s}'" for s in (status.values if status else ()) if s in OVER]
    return [*over, *(f"{n} == null" for n in ("returned_at", "ended_at") if n in record.fields)]


def _held(bench: Workbench, thing: EntityDraft, row: Row, word: str) -> Case | None:
    """Lent, borrowed, booked: a record of it is there that has not ended."""
    named = _HELD.get(word)
    found = [
        (e, n)
        for e in bench.entities.values()
        for n, s in e.fields.items()
        if s.to == thing.name and e.words == named and {"returned_at", "ended_at", "status"} & e.fields.keys()
    ]
    if len(found) != 1:
        return None
    record, place = found[0]
    where = " && ".join([f"{place} == {row.key}", *_still(record)])
    listed = ListRows.model_validate({"list": record.name, "where": where, "limit": 1, "as": f"open_{record.plural}"})
    case = _simple(f"size(open_{record.plural})", ">", "==", "0", f"The {thing.words} is {word}")
    return replace(case, reads=(listed,))


# where


def _row(bench: Workbench, draft: OperationDraft, thing: EntityDraft) -> Row | None:
    """The row of a thing in an operation: read there, or to be read from what the row made or read there refers to."""
    effects = draft.operation.effects
    reads = [e for e in effects if isinstance(e, Read)]
    for read in reads:
        if read.read == thing.name:
            name = read.name or thing.row
            return Row(name=name, key=read.by or f"{name}.id")
    for effect in effects:
        made = bench.entities.get(effect.create) if isinstance(effect, Create) else None
        for name, spec in made.fields.items() if made else ():
            if spec.to == thing.name and name in draft.operation.input and not draft.operation.input[name].optional:
                return _to_read(thing, f"input.{name}")
    for read in reads:
        known = bench.entities.get(read.read)
        for name, spec in known.fields.items() if known else ():
            if known and spec.to == thing.name and not spec.optional:
                return _to_read(thing, f"{read.name or known.row}.{name}")
    return None


def _to_read(thing: EntityDraft, key: str) -> Row:
    return Row(name=thing.row, key=key, reads=(Read(read=thing.name, by=key),))


_WRITES = (Create, Update, Delete, Transition, Increment)


def _insert(
    draft: OperationDraft, thing: EntityDraft, row: Row, lists: Sequence[AnyEffect], guards: Sequence[AnyEffect]
) -> None:
    """Puts guards before the first change. Lists come before the row: a name means one thing in their conditions."""
    effects = draft.operation.effects
    lists, guards = [e for e in lists if e not in effects], [e for e in guards if e not in effects]
    at = next((n for n, e in enumerate(effects) if isinstance(e, _WRITES)), len(effects))
    read = next((n for n, e in enumerate(effects) if isinstance(e, Read) and e.read == thing.name), at)
    told = (*effects[:read], *lists, *effects[read:at], *row.reads, *guards, *effects[at:])
    draft.operation = draft.operation.model_copy(update={"effects": told})


def _sight(bench: Workbench, draft: OperationDraft, thing: EntityDraft, fact: Fact) -> str:
    """What is seen only in some states: lists leave the others out, and one of them is not there."""
    status = thing.fields.get("status")
    values = status.values if status else ()
    hidden = [names.state_name(w) for w in _texts(fact, "states")]
    only = [names.state_name(w) for w in _texts(fact, "provided")]
    if not (hidden or only) or not {*hidden, *only} <= set(values) or fact.word("of"):
        return f'"{" or ".join(_words(fact))}" is no state that a {thing.words} has'
    parts = " || ".join(f"status == '{s}'" for s in only) or " && ".join(f"status != '{s}'" for s in hidden)
    told = f"({parts})" if "||" in parts else parts
    effects: list[AnyEffect] = []
    for effect in draft.operation.effects:
        of = effect.list if isinstance(effect, ListRows) else effect.search if isinstance(effect, Search) else ""
        if isinstance(effect, ListRows | Search) and of == thing.name and told not in (effect.where or ""):
            effect = effect.model_copy(update={"where": f"{effect.where} && {told}" if effect.where else told})
        effects.append(effect)
        if isinstance(effect, Read) and effect.read == thing.name:
            row = effect.name or thing.row
            condition = parts.replace("status", f"{row}.status")
            effects.append(Require(require=condition, otherwise="missing"))
    draft.operation = draft.operation.model_copy(update={"effects": tuple(effects)})
    draft.facts += [fact] if fact not in draft.facts else []
    return ""
