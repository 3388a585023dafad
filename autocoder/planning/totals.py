"""Values worked out of other rows: the total of an invoice from its lines, the average rating of a trail.

Owns what the words of a sum, a count or an average come to over the rows that refer to one, and where they are shown.
They are kept nowhere, so they are always right: the database works them out for the rows that are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autocoder.blueprint.model import AnyEffect, FieldSpec, ListRows, Operation, Output, Read
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.formulas import plan_formula
from autocoder.planning.row_operations import make_read
from autocoder.planning.workbench import EntityDraft, Workbench

_NUMBERS = frozenset({"integer", "money", "decimal"})
_WHOLE = frozenset({"integer", "money"})
_TIMES = frozenset({"quantity", "count", "amount", "pieces", "number", "hours", "units"})
_SUM = re.compile(r"(?:the )?(?:sum|total) of (?:all |its |the |their )*(?P<what>.+)")
_COUNT = re.compile(r"(?:the )?(?:number|count) of (?:all |its |the |their )*(?P<what>.+)")
_MEAN = re.compile(r"(?:the )?(?:average|mean)(?: of)? (?:all |its |the |their )*(?P<what>.+)")
MOST = {"integer": 1_000_000, "money": 1_000_000_000}
"""The greatest numbers that are multiplied and added up where the text states none, so that no sum leaves 64 bits."""


@dataclass(frozen=True, kw_only=True)
class Total:
    """A value of one row from others: its name, the rows, their reference to it, the aggregate, what none come to."""

    name: str
    of: EntityDraft
    reference: str
    value: str
    none: str | None
    fact: Fact


def plan_totals(bench: Workbench) -> None:
    """Every value that the text has worked out of other rows, in the operations that show the row."""
    found: dict[str, list[Total]] = {}
    for fact in bench.of("field"):
        if not fact.word("computed"):
            continue
        if plan_formula(bench, fact):
            bench.use(fact)
            continue
        entity = bench.entity(fact.word("of"))
        total = _total(bench, entity, fact) if entity else None
        if entity is None or total is None:
            _refuse(bench, fact)
            continue
        bench.use(fact)
        found.setdefault(entity.name, []).append(total)
    for name, totals in found.items():
        _show(bench, bench.entities[name], totals)


def _refuse(bench: Workbench, fact: Fact) -> None:
    bench.refuse(
        "AC2001",
        f'how "{fact.said("name")}" is computed is understood, but not planned yet',
        fact,
        rule="a value is a sum, a number or an average over rows that refer to its row",
        help='say which things belong to it, like "An invoice has many lines. Its total is the sum of its lines."',
    )


def _total(bench: Workbench, entity: EntityDraft, fact: Fact) -> Total | None:
    said = " ".join(fact.word("computed").lower().split())
    name = names.field_name(fact.word("name"))
    if match := _COUNT.fullmatch(said):
        rows = _rows(bench, entity, match["what"])
        return (
            Total(name=name, of=rows[0], reference=rows[1], value="size(rows)", none="0", fact=fact) if rows else None
        )
    match = _SUM.fullmatch(said) or _MEAN.fullmatch(said)
    found = _summed(bench, entity, match["what"]) if match else None
    if match is None or found is None:
        return None
    rows, expression = found
    _limit(bench, rows[0], expression)
    mean = match.re is _MEAN
    value = f"{'avg' if mean else 'sum'}(rows.map(r, {' * '.join(f'r.{n}' for n in expression)}))"
    return Total(name=name, of=rows[0], reference=rows[1], value=value, none=None if mean else "0", fact=fact)


def _rows(bench: Workbench, entity: EntityDraft, words: str) -> tuple[EntityDraft, str] | None:
    """The rows of that name that refer to one of an entity, and by which field."""
    for known in bench.entities.values():
        if names.base_name(words) in {known.base, known.plural} or _tail(known, words):
            reference = next((n for n, f in known.fields.items() if f.to == entity.name), "")
            if reference:
                return known, reference
    return None


def _tail(known: EntityDraft, words: str) -> bool:
    """Whether the words are a longer name of an entity: "order line" for "line"."""
    last = words.rpartition(" ")[2]
    return last in {known.base, known.plural}


def _summed(
    bench: Workbench, entity: EntityDraft, words: str
) -> tuple[tuple[EntityDraft, str], tuple[str, ...]] | None:
    """What is added up: a number of the rows; of rows alone, their price, times how many where they say so."""
    rows = _rows(bench, entity, words)
    if rows:
        numbers = [n for n, f in rows[0].fields.items() if f.type in _NUMBERS and not f.read_only]
        price = [n for n in numbers if n.rpartition("_")[2] not in _TIMES]
        many = [n for n in numbers if n not in price]
        chosen = (*many[:1], *price[:1])
        return (rows, chosen) if len(price) <= 1 and chosen and _fits(rows[0], chosen) else None
    for known in bench.entities.values():
        reference = next((n for n, f in known.fields.items() if f.to == entity.name), "")
        field = next((n for n in _spellings(words) if n in known.fields and known.fields[n].type in _NUMBERS), "")
        if reference and field:
            return (known, reference), (field,)
    return None


def _spellings(words: str) -> Iterator[str]:
    """How a field may be called of which the text has the plural: ratings, line totals."""
    name = names.field_name(words)
    yield name
    if name.endswith("ies"):
        yield f"{name[:-3]}y"
    if name.endswith("s"):
        yield name[:-1]


def _fits(entity: EntityDraft, chosen: tuple[str, ...]) -> bool:
    """Whether a database can do it: it multiplies whole numbers alone."""
    return len(chosen) == 1 or all(entity.fields[n].type in _WHOLE for n in chosen)


def _limit(bench: Workbench, entity: EntityDraft, fields: tuple[str, ...]) -> None:
    """Numbers that are multiplied have limits, in the rows and in what clients send of them."""
    for name in fields if len(fields) > 1 else ():
        spec = entity.fields[name]
        limits = {
            "min": spec.min if spec.min is not None else 0,
            "max": spec.max or MOST.get(spec.type, MOST["integer"]),
        }
        if spec.min is not None and spec.max is not None:
            continue
        entity.fields[name] = spec.model_copy(update=limits)
        for draft in bench.operations.values():
            sent = draft.operation.input.get(name)
            if sent is not None and draft.operation.route.split("/")[1] == entity.plural:
                updated = {**draft.operation.input, name: sent.model_copy(update=limits)}
                draft.operation = draft.operation.model_copy(update={"input": updated})
        bench.decide(
            f"entities.{entity.name}.fields.{name}.max",
            f"{limits['min']} to {limits['max']}",
            "It is multiplied and added up, and no sum may leave 64 bits.",
            source=Source.INFERRED,
        )


def _show(bench: Workbench, entity: EntityDraft, totals: list[Total]) -> None:
    """One row and lists of rows show their totals."""
    listed = bench.operations.get(f"list_{entity.plural}")
    if listed is not None and f"get_{entity.base}" not in bench.operations:
        make_read(bench, entity, next((f for f in listed.facts if f.kind == "operation"), None))
        bench.operations[f"get_{entity.base}"].operation = bench.operations[f"get_{entity.base}"].operation.model_copy(
            update={"access": listed.operation.access}
        )
        because = f"Each {entity.words} shows values from other rows, so there is an operation that shows one."
        bench.decide(f"operations.get_{entity.base}", "added", because, source=Source.INFERRED)
    shown = [n for n in (f"get_{entity.base}", f"list_{entity.plural}") if n in bench.operations]
    for total in totals:
        entity.fields.pop(total.name, None)
        facts = entity.field_facts.pop(total.name, [])
        for draft in bench.operations.values():
            if draft.operation.route.split("/")[1] == entity.plural and total.name in draft.operation.input:
                kept = {n: s for n, s in draft.operation.input.items() if n != total.name}
                draft.operation = draft.operation.model_copy(update={"input": kept})
        for name in shown:
            bench.operations[name].facts += [f for f in (*facts, total.fact) if f not in bench.operations[name].facts]
    for name in shown:
        draft = bench.operations[name]
        draft.operation = _with_totals(draft.operation, entity, totals)
        bench.decide(
            f"operations.{name}.output",
            ", ".join(t.name for t in totals),
            f"They are worked out of other rows whenever a {entity.words} is shown.",
            source=Source.INFERRED,
        )


def _with_totals(operation: Operation, entity: EntityDraft, totals: list[Total]) -> Operation:
    """The operation that works them out behind its read, and shows them beside the row."""
    at = next(n for n, e in enumerate(operation.effects) if isinstance(e, Read | ListRows) or hasattr(e, "search"))
    first = operation.effects[at]
    one = isinstance(first, Read)
    bound = f"{entity.row}_row" if one else entity.plural
    effects = list(operation.effects)
    if one:
        effects[at] = first.model_copy(update={"name": bound})
        effects = [_renamed(e, entity.row, bound) for e in effects]
    groups: dict[tuple[str, str], list[Total]] = {}
    for total in totals:
        groups.setdefault((total.of.name, total.reference), []).append(total)
    row = bound if one else "row"
    body = {"id": f"{row}.id", **{n: f"{row}.{n}" for n in _visible(entity)}}
    for (other, reference), members in groups.items():
        grouped = f"{names.base_name(members[0].of.plural)}_of_each"
        where = f"{reference} == {row}.id" if one else f"{reference} in {bound}.map(row, row.id)"
        listed: dict[str, object] = {"list": other, "where": where, "group": [reference]}
        listed |= {"values": {t.name: t.value for t in members}, "as": grouped}
        effects.append(ListRows.model_validate(listed | ({"limit": 1} if one else {"limit": 1000})))
        mine = grouped if one else f"{grouped}.filter(g, g.{reference} == row.id)"
        for total in members:
            body[total.name] = f"first({mine})?.{total.name}" + (f" ?? {total.none}" if total.none else "")
    shown = body if one else f"{bound}.map(row, {{{', '.join(f'{k}: {v}' for k, v in body.items())}}})"
    return operation.model_copy(update={"effects": tuple(effects), "output": Output.model_validate({"body": shown})})


def _renamed(effect: AnyEffect, row: str, bound: str) -> AnyEffect:
    """A guard on the row by its new name."""
    condition = getattr(effect, "require", None)
    if not isinstance(condition, str):
        return effect
    return effect.model_copy(update={"require": re.sub(rf"\b{row}\.", f"{bound}.", condition)})


def _visible(entity: EntityDraft) -> Iterator[str]:
    """The fields that an answer shows."""
    yield from (n for n, f in entity.fields.items() if _shows(f))


def _shows(spec: FieldSpec) -> bool:
    return spec.type not in {"password", "secret", "token"} and spec.visible is None
