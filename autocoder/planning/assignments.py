"""Rows that somebody is given: who assigns them to whom, and what those do with them.

Owns the field `assignee` and the operation that sets it. What a kind of people does to rows that are assigned to them
is theirs alone; that is a decision where no sentence says it.
"""

from __future__ import annotations

from dataclasses import replace

from autocoder.blueprint.model import AnyEffect, FieldSpec, ListRows, Operation, Read, Require, Transition, Update
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names, permissions
from autocoder.planning.workbench import EntityDraft, Workbench

FIELD = "assignee"


def plan_assignees(bench: Workbench) -> None:
    """Rows that the text assigns to people have an assignee, none at first."""
    for fact in bench.of("operation"):
        thing = bench.entity(fact.word("object")) if fact.word("object") else None
        told = bool(fact.word("assignee")) or fact.get("scope") == "assigned"
        if told and thing is not None and bench.account is not None and thing is not bench.account:
            thing.add(FIELD, FieldSpec(type="ref", to=bench.account.name, optional=True, read_only=True), fact)


def plan_assignment(bench: Workbench, fact: Fact) -> bool:
    """The operation that assigns a row. False where nobody signs in, so that there is nobody to give it to."""
    thing = bench.entity(fact.word("object"))
    if thing is None or FIELD not in thing.fields or bench.account is None:
        return False
    verb = fact.word("verb")
    same = [f for f in bench.of("operation") if f.word("assignee") and bench.entity(f.word("object")) is thing]
    given = [f for f in same if f.word("assignee") != "self"]
    chosen: dict[str, FieldSpec] = {FIELD: FieldSpec(type="ref", to=bench.account.name)} if given else {}
    told = any(f.word("actor") for f in same)
    rule = permissions.combined(bench, thing, [f for f in same if f.word("actor")], f"{thing.row}.") if told else None
    rule = rule or permissions.usual(bench, thing, f"{thing.row}.")
    effects: list[AnyEffect] = [Read(read=thing.name, by="input.id")]
    if rule.condition:
        effects.append(Require(require=rule.condition, otherwise="forbidden"))
    if given:
        effects += _right_people(bench, given)
    else:
        effects.append(Require(require=f"{thing.row}.{FIELD} == null", otherwise="conflict"))
    effects.append(Update(update=thing.row, set={FIELD: f"input.{FIELD}" if given else "caller.id"}))
    if names.base_name(verb) in thing.changes:
        effects.append(Transition(transition=thing.row, to=names.base_name(verb)))
    operation = Operation(
        route=f"POST /{thing.plural}/{{id}}/{names.base_name(verb)}",
        access=rule.access,
        input={"id": FieldSpec(type="uuid"), **chosen},
        effects=tuple(effects),
    )
    bench.add_operation(names.operation_name(f"{verb} {thing.words}"), operation, [fact])
    _choice(bench, given, rule.access, fact)
    return True


def _right_people(bench: Workbench, given: list[Fact]) -> list[AnyEffect]:
    """Whoever is chosen has the role that the text names."""
    wanted = _roles(bench, given)
    if bench.account is None or not wanted:
        return []
    either = " || ".join(f"chosen.role == '{r}'" for r in wanted)
    message = f"This is given to a {' or a '.join(dict.fromkeys(f.word('assignee') for f in given))}."
    return [
        Read.model_validate({"read": bench.account.name, "by": f"input.{FIELD}", "as": "chosen"}),
        Require(require=either, otherwise="conflict", message=message),
    ]


def _roles(bench: Workbench, given: list[Fact]) -> tuple[str, ...]:
    """The roles of those who are given rows; none where accounts do not have them all."""
    role = bench.account.fields.get("role") if bench.account else None
    wanted = tuple(dict.fromkeys(names.field_name(f.word("assignee"), suffix="role") for f in given))
    return wanted if role is not None and set(wanted) <= set(role.values) else ()


def _choice(bench: Workbench, given: list[Fact], access: permissions.Access, fact: Fact) -> None:
    """Whoever assigns rows sees the people to choose from."""
    wanted = _roles(bench, given)
    if bench.account is None or not wanted:
        return
    people = names.plural(wanted[0] if len(wanted) == 1 else bench.account.base)
    name = f"list_{people}"
    where = " || ".join(f"role == '{r}'" for r in wanted)
    listed = ListRows(list=bench.account.name, where=where)
    bench.add_operation(name, Operation(route=f"GET /{people}", access=access, effects=(listed,)), [fact])
    bench.decide(
        f"operations.{name}",
        "added",
        f"Whoever assigns a {fact.word('object')} names one of them by its id.",
        consequence="They see the accounts of those people, without secrets.",
        source=Source.INFERRED,
    )


def of_assignees(bench: Workbench, thing: EntityDraft, rule: permissions.Rule, row: str, name: str) -> permissions.Rule:
    """A rule narrowed to rows that are assigned to the caller, where those who may are those who are given rows."""
    given = {f.word("assignee") for f in bench.of("operation") if bench.entity(f.word("object")) is thing} - {
        "",
        "self",
    }
    acting = {f.word("role") for f in rule.facts}
    if FIELD not in thing.fields or rule.condition is not None or not acting or not acting <= given:
        return rule
    bench.decide(
        f"operations.{name}.rows",
        "those assigned to the caller",
        f"A {thing.words} is assigned to a {' or a '.join(sorted(acting))}; nothing lets others change it.",
        "every row",
        source=Source.INFERRED,
    )
    return replace(rule, condition=f"{row}{FIELD} == caller.id")
