"""Values worked out of a row's own parts: the total of an order from its lines, with what is added below a limit.

Owns what the words of a formula come to as an expression. The value is kept with the row, worked out whenever what it
depends on is written: what clients send for it does not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autocoder.blueprint.model import AnyEffect, Compute, Create, FieldSpec, Update
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names, records
from autocoder.planning.workbench import EntityDraft, Workbench

_NUMBERS = frozenset({"integer", "money", "decimal"})
_SUM = re.compile(
    r"(?:the )?sum of (?P<what>.+?)(?: (?:over|for|of|across|in) (?:all |its |the |of )*(?P<lines>[\w ]+))?"
)
_TIMES = re.compile(r" (?:times|multiplied by|x|\*) ")
_MORE = re.compile(
    r",? ?(?:(?:and|but) )?(?P<sign>plus|minus|less) (?:a |an )?(?P<number>\d+(?:\.\d+)?) ?(?P<percent>%|percent)?"
    r"(?P<words>[a-z ]*?)(?: (?:when|if|where|while) (?P<what>[a-z ]+?) is (?P<compared>[a-z ]+?) (?P<limit>\d+)"
    r"(?: [a-z]+)?)?(?=$|,| (?:and )?(?:plus|minus|less) )"
)
_ITSELF = frozenset({"it", "that", "this", "the sum", "the total", "the subtotal", "the amount", "the value"})
COMPARED = {
    "below": "<", "under": "<", "less than": "<", "lower than": "<", "smaller than": "<",
    "above": ">", "over": ">", "more than": ">", "greater than": ">", "higher than": ">",
    "at least": ">=", "not below": ">=", "at most": "<=", "not above": "<=", "exactly": "==", "equal to": "==",
}  # fmt: skip
"""Words that compare two numbers."""


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A value as expressions: what is added up, with `{row}` for where its parts stand, and the whole over that sum."""

    entity: EntityDraft
    name: str
    base: str
    whole: str
    parts: tuple[str, ...]

    @property
    def step(self) -> str:
        """The name of what is added up."""
        return f"{self.name}_sum"


def plan_formula_fields(bench: Workbench) -> None:
    """The fields that hold such values: numbers that no client sends."""
    for fact in bench.of("field"):
        entity = bench.entity(fact.word("of")) if fact.word("computed") else None
        formula = _formula(entity, fact) if entity else None
        if entity is None or formula is None:
            continue
        subject = f"entities.{entity.name}.fields.{formula.name}.type"
        bench.decisions[:] = [d for d in bench.decisions if d.subject != subject]
        kind = "decimal" if any(_spec(entity, p).type == "decimal" for p in formula.parts) else "integer"
        entity.fields[formula.name] = FieldSpec(type=kind, read_only=True)
        entity.field_facts.setdefault(formula.name, []).append(fact)


def plan_formula(bench: Workbench, fact: Fact) -> bool:
    """Works a value out wherever its row is written. False where the words are no formula over the row's own parts."""
    entity = bench.entity(fact.word("of"))
    formula = _formula(entity, fact) if entity else None
    if entity is None or formula is None:
        return False
    for draft in bench.operations.values():
        operation = draft.operation
        written = {_target(e) for e in operation.effects if isinstance(e, Create | Update)}
        if not written & {entity.name, entity.row}:
            continue
        kept = {n: s for n, s in operation.input.items() if n != formula.name}
        effects = _with_formula(formula, operation.effects, frozenset(kept))
        draft.operation = operation.model_copy(update={"input": kept, "effects": effects})
        draft.facts += [fact] if fact not in draft.facts else []
    bench.decide(
        f"entities.{entity.name}.fields.{formula.name}",
        formula.whole.replace(formula.step, formula.base.replace("{row}.", "")),
        f"It is worked out when a {entity.words} is written, and kept with it.",
        source=Source.INFERRED,
    )
    return True


def _target(effect: Create | Update) -> str:
    return effect.create if isinstance(effect, Create) else effect.update


def _with_formula(formula: Formula, effects: tuple[AnyEffect, ...], sent: frozenset[str]) -> tuple[AnyEffect, ...]:
    """The effects, with the value worked out of what is sent, or of the row behind a change of its parts."""
    found: list[AnyEffect] = []
    for effect in effects:
        if isinstance(effect, Create) and effect.create == formula.entity.name:
            found.append(Compute(compute={formula.step: formula.base.replace("{row}", "input")}))
            found.append(effect.model_copy(update={"set": {**(effect.set or {}), formula.name: formula.whole}}))
            continue
        found.append(effect)
        changed = sent & set(formula.parts) if isinstance(effect, Update) else frozenset[str]()
        if changed and isinstance(effect, Update) and effect.update == formula.entity.row:
            row = formula.entity.row
            found.append(Compute(compute={formula.step: formula.base.replace("{row}", row)}))
            found.append(Update(update=row, set={formula.name: formula.whole}))
    return tuple(found)


def _formula(entity: EntityDraft, fact: Fact) -> Formula | None:
    said = " ".join(fact.word("computed").lower().split())
    name = names.field_name(fact.word("name"))
    first = re.search(r",? (?:plus|minus|less) ", said)
    head, rest = (said[: first.start()], said[first.start() :]) if first else (said, "")
    base = _sum(entity, head.strip())
    if base is None:
        return None
    exact = any(_spec(entity, p).type == "decimal" for p in base[1])
    about = _ITSELF | {f"the {fact.word('name')}", f"the {entity.words}"}
    whole = _adjusted(f"{name}_sum", rest, about, exact=exact)
    if whole is None:
        return None
    return Formula(entity=entity, name=name, base=base[0], whole=whole, parts=base[1])


def _sum(entity: EntityDraft, said: str) -> tuple[str, tuple[str, ...]] | None:
    """What is added up, and the fields of the row that it needs: over its lines, or a product of its own numbers."""
    match = _SUM.fullmatch(said)
    if match is None:
        factors = [_field(entity.fields, w) for w in _TIMES.split(said.removeprefix("the "))]
        own = [f for f in factors if f]
        numbers = all(entity.fields[f].type in _NUMBERS and not entity.fields[f].optional for f in own)
        return (" * ".join(f"{{row}}.{f}" for f in own), tuple(own)) if own and own == factors and numbers else None
    lines = [n for n, s in entity.fields.items() if s.type == records.LINES and not s.optional]
    said_lines = names.field_name(match["lines"]) if match["lines"] else ""
    for name in lines:
        inner = entity.fields[name].fields
        factors = [_field(inner, w) for w in _TIMES.split(match["what"].removeprefix("the "))]
        if all(f and inner[f].type in _NUMBERS for f in factors) and said_lines in {"", name, names.plural(said_lines)}:
            product = " * ".join(f"line.{f}" for f in factors)
            return f"sum({{row}}.{name}.map(line, {product}))", (name,)
    return None


def _field(fields: dict[str, FieldSpec], words: str) -> str:
    """The field of that name, which the text may put in the plural."""
    name = names.field_name(words.strip())
    known = {n: n for n in fields} | {names.plural(n): n for n in fields}
    return known.get(name, "")


def _spec(entity: EntityDraft, name: str) -> FieldSpec:
    """The field; for lines the first of their parts that is a decimal, if any."""
    inner = entity.fields[name].fields
    return next((s for s in inner.values() if s.type == "decimal"), entity.fields[name])


def _adjusted(step: str, said: str, about: frozenset[str], *, exact: bool) -> str | None:
    """The sum with all that is added or taken off; None where some words are none of it."""
    whole, at = step, 0
    while at < len(said):
        match = _MORE.match(said, at)
        if match is None or match.end() == at:
            return None
        at = match.end()
        share = f"{step} * {match['number']} / 100"
        amount = (share if exact else f"round({share})") if match["percent"] else match["number"]
        if match["what"]:
            operator = COMPARED.get(match["compared"])
            if operator is None or match["what"] not in about:
                return None
            amount = f"({step} {operator} {match['limit']} ? {amount} : 0)"
        whole += f" {'+' if match['sign'] == 'plus' else '-'} {amount}"
    return whole
