"""What a text leaves out and a service needs: rows must come about, and whoever makes them must see them.

Owns the operations that no sentence states. Each is a decision; nothing is opened to more people than the text opens.
"""

from __future__ import annotations

from autocoder.blueprint.model import (
    AccessRule,
    AnyEffect,
    Create,
    FieldSpec,
    ListRows,
    Operation,
    Output,
    Read,
    Require,
)
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import domain_verbs, lifecycles, names, permissions
from autocoder.planning.entities import owned
from autocoder.planning.parts import plan_parts
from autocoder.planning.row_operations import make_create, make_delete, make_list, make_read, make_update
from autocoder.planning.tallies import tally_of
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench

CRUD = ("create", "list", "read", "update", "delete")


def complete(bench: Workbench) -> None:
    """Adds what is missing, entity by entity."""
    silent = not bench.of("operation")
    kept = {names.type_name(t.words) for f in bench.of("subscription") if (t := tally_of(bench, f))}
    for entity in list(bench.entities.values()):
        if entity is bench.account or entity.name in kept:
            continue
        if silent or _only_as_a_whole(bench, entity):
            _crud(bench, entity)
        else:
            _missing(bench, entity)
        lifecycles.plan_steps(bench, entity)
        _downloads(bench, entity)


def _missing(bench: Workbench, entity: EntityDraft) -> None:
    needed = _referred(bench, entity)
    if not _creates(bench, entity) and (needed or _touched(bench, entity)):
        _missing_create(bench, entity)
    elif not _creates(bench, entity) and "owner" not in entity.fields:
        plan_parts(bench, entity)
    if needed and bench.account and "owner" not in entity.fields:
        _open_sight(bench, entity)
    if _creates(bench, entity) and not _shown(bench, entity) and (needed or "owner" in entity.fields):
        _missing_list(bench, entity)


def _creates(bench: Workbench, entity: EntityDraft) -> bool:
    return any(
        isinstance(e, Create) and e.create == entity.name
        for d in bench.operations.values()
        for e in d.operation.effects
    )


def _only_as_a_whole(bench: Workbench, entity: EntityDraft) -> bool:
    """Whether all that is said of rows is that they are deleted, and at most that all of them are shown."""
    about = [f for f in bench.of("operation") if f.word("object") and bench.entity(f.word("object")) is entity]
    deleted = [f for f in about if f.word("does") == "delete"]
    shown = [f for f in about if f.word("does") in {"list", "read"} and f.word("scope") == "all"]
    return bench.account is None and bool(deleted) and len(deleted) + len(shown) == len(about)


def _touched(bench: Workbench, entity: EntityDraft) -> bool:
    return any(
        entity.name in {getattr(e, v, None) for v in ("read", "list", "search")}
        for d in bench.operations.values()
        for e in d.operation.effects
    )


def _shown(bench: Workbench, entity: EntityDraft) -> bool:
    return any(
        d.operation.route.startswith("GET ")
        and any(entity.name in {getattr(e, v, None) for v in ("read", "list", "search")} for e in d.operation.effects)
        for d in bench.operations.values()
    )


def _referred(bench: Workbench, entity: EntityDraft) -> bool:
    """Whether clients name a row of it by its id."""
    return any(f.to == entity.name for d in bench.operations.values() for f in d.operation.input.values())


def _open_sight(bench: Workbench, entity: EntityDraft) -> None:
    """Whoever names a row by its id may see the rows, where the text shows them to some roles alone."""
    naming = [
        d.operation.access
        for d in bench.operations.values()
        if any(spec.to == entity.name for spec in d.operation.input.values())
    ]
    private = any(f.personal or f.type in {"email", "phone"} for f in entity.fields.values())
    for name in (f"list_{entity.plural}", f"get_{entity.base}"):
        draft = bench.operations.get(name)
        if private or draft is None or not isinstance(draft.operation.access, AccessRule):
            continue
        if all(access == draft.operation.access for access in naming):
            continue
        draft.operation = draft.operation.model_copy(update={"access": "user"})
        bench.decide(
            f"operations.{name}.access",
            "user",
            f"Others name a {entity.words} by its id, so they see which there are.",
            source=Source.INFERRED,
        )


def _downloads(bench: Workbench, entity: EntityDraft) -> None:
    """A file that is kept can be had again, by whoever may see its row."""
    seen = bench.operations.get(f"get_{entity.base}")
    for name, spec in entity.fields.items():
        if spec.type != "file" or not _creates(bench, entity):
            continue
        row = f"{entity.row}.{name}"
        rule = permissions.usual(bench, entity, f"{entity.row}.")
        effects: list[AnyEffect] = list(seen.operation.effects) if seen else [Read(read=entity.name, by="input.id")]
        if seen is None and rule.condition:
            effects.append(Require(require=rule.condition, otherwise="forbidden"))
        effects += [Require(require=f"{row} != null", otherwise="missing")] if spec.optional else []
        operation = Operation(
            route=f"GET /{entity.plural}/{{id}}/{name}",
            access=seen.operation.access if seen else rule.access,
            input={"id": FieldSpec(type="uuid")},
            effects=tuple(effects),
            output=Output(file=row),
        )
        added = f"download_{entity.base}_{name}"
        bench.add_operation(added, operation, entity.field_facts.get(name, []))
        because = f"A {entity.words} keeps a file; whoever sees the {entity.words} can have it."
        bench.decide(f"operations.{added}", "added", because, source=Source.INFERRED)


def _about(bench: Workbench, entity: EntityDraft) -> list[Fact]:
    """The facts for which an operation is added: what is done with the rows, else what names them."""
    done = owned(bench, entity) or [f for f in bench.of("operation") if bench.entity(f.word("object")) is entity]
    named = [*entity.facts, *(f for facts in entity.field_facts.values() for f in facts)]
    referring = [
        fact
        for other in bench.entities.values()
        for name, spec in other.fields.items()
        if spec.to == entity.name
        for fact in other.field_facts.get(name, ())
    ]
    return done or named or referring


def _missing_create(bench: Workbench, entity: EntityDraft) -> None:
    name, facts = f"create_{entity.base}", _about(bench, entity)
    make_create(bench, entity, name, None)
    draft = bench.operations[name]
    draft.facts = facts
    if bench.account and "owner" not in entity.fields:
        draft.operation = draft.operation.model_copy(update={"access": _keepers(bench)})
    bench.decide(
        f"operations.{name}",
        "added",
        f"Nothing says how a {entity.words} comes about; without one the other operations have nothing to do.",
        "say who creates them",
        source=Source.INFERRED,
    )


def _keepers(bench: Workbench) -> permissions.Access:
    """Who keeps what belongs to nobody: those who are trusted, where the text tells roles apart."""
    role = bench.account.fields.get("role") if bench.account else None
    trusted = permissions.trusted(role.values) if role else ()
    return AccessRule(role=trusted[0] if len(trusted) == 1 else trusted) if trusted else "user"


def _missing_list(bench: Workbench, entity: EntityDraft) -> None:
    name = f"list_{entity.plural}"
    make_list(bench, entity, None)
    draft = bench.operations[name]
    draft.facts = draft.facts or _about(bench, entity)
    _widen(bench, entity, draft)
    if bench.account and draft.operation.access == "anyone":
        draft.operation = draft.operation.model_copy(update={"access": "user"})
    bench.decide(
        f"operations.{name}",
        "added",
        f"Nothing says how people see a {entity.words}; "
        + ("they see their own." if "owner" in entity.fields else "other rows name one by its id."),
        "say who sees them",
        source=Source.INFERRED,
    )


def _widen(bench: Workbench, entity: EntityDraft, draft: OperationDraft) -> None:
    """Who works on the rows of others sees them all."""
    working = [f for f in bench.of("operation") if f.word("actor") == "role" and not domain_verbs.makes(f)]
    about = [f for f in working if f.get("scope") != "own" and f.word("does") not in {"create", "convert"}]
    named = dict.fromkeys(permissions.role_of(f) for f in about if bench.entity(f.word("object")) is entity)
    acting = permissions.above_usual(bench, named)
    rows = draft.operation.effects[0]
    if acting and "owner" in entity.fields and isinstance(rows, ListRows):
        told = [*(f"caller.role == '{r}'" for r in acting), "owner == caller.id"]
        rows = rows.model_copy(update={"where": " || ".join(told)})
        draft.operation = draft.operation.model_copy(update={"effects": (rows,)})


def _crud(bench: Workbench, entity: EntityDraft) -> None:
    """Nobody says what is done: create, list, read, change and delete."""
    make_create(bench, entity, f"create_{entity.base}", None)
    kept = any(
        f.word("state") == "deleted" and f.get("never") is True and bench.entity(f.word("entity")) is entity
        for f in bench.of("lifecycle")
    )
    for make in (make_list, make_read, make_update, *(() if kept else (make_delete,))):
        make(bench, entity, None)
    named = [*entity.facts, *(f for facts in entity.field_facts.values() for f in facts)]
    named = named or [f for f in bench.of("relation") if bench.entity(f.word("to")) is entity]
    named += [f for f in bench.of("system") if all(n.evidence[0].prose is not f.evidence[0].prose for n in named)]
    for draft in bench.operations.values():
        draft.facts = draft.facts or named
    bench.decide(
        f"operations.of.{entity.name}",
        ", ".join(CRUD[:4] if kept else CRUD),
        f"Nothing says what is done with a {entity.words}; these are what an API of it usually has.",
        "say who does what with it",
    )
    _decide_crud_access(bench, entity)


def _decide_crud_access(bench: Workbench, entity: EntityDraft) -> None:
    subject = f"operations.of.{entity.name}.access"
    if "owner" in entity.fields:
        because = "There are users, and nothing says who may do what; each has rows of their own."
        bench.decide(subject, "user, own rows", because, "anyone", source=Source.INFERRED)
        return
    bench.decide(
        subject,
        "anyone",
        "Nothing is said of signing in.",
        "say that users sign in",
        consequence="Everybody who reaches the service may change and delete everything.",
    )
