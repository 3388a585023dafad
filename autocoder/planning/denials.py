"""What certain people may not do, or not see: "students cannot delete courses", "notes are never shown to clients".

Owns how operations keep it: by the roles that may call them, and by the rows that a list leaves out. A rule that
nothing breaks holds already.
"""

from __future__ import annotations

from autocoder.blueprint.model import AccessRule, AnyEffect, ListRows, Read, Require, Search
from autocoder.facts import Fact
from autocoder.planning import lifecycles, names, permissions
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench


def plan_denials(bench: Workbench) -> None:
    """Every sentence that forbids something to people of a role, or to whoever owns the row."""
    for fact in bench.of("access"):
        role = permissions.role_of(fact)
        thing = bench.entity(fact.word("object")) if fact.word("object") else None
        if fact.get("allowed") is not False or id(fact) in bench.planned or thing is None:
            continue
        if fact.get("actor") == "nobody" and fact.get("scope") == "own":
            _keep(bench, fact, thing, _not_their_own(bench, fact, thing))
        elif fact.get("actor") in {"role", "user"} and fact.word("role") and not fact.word("scope"):
            _keep(bench, fact, thing, _not_by(bench, fact, thing, role))


def _keep(bench: Workbench, fact: Fact, thing: EntityDraft, kept: bool) -> None:
    if kept:
        bench.use(fact)
        thing.facts.append(fact)


def _meant(bench: Workbench, fact: Fact, thing: EntityDraft) -> list[OperationDraft]:
    """The operations that do what a sentence forbids."""
    looks = fact.word("does") in permissions.SIGHT
    found: list[OperationDraft] = []
    for name, draft in bench.operations.items():
        if draft.operation.route.startswith("GET ") != looks:
            continue
        told = [f for f in draft.facts if f.kind == "operation" and bench.entity(f.word("object")) is thing]
        same = any(lifecycles.verb_of(f) == fact.word("verb") for f in told)
        seen = looks and draft.operation.route.split("/")[1] == thing.plural
        if same or seen or name == f"{fact.word('does')}_{thing.base}":
            found.append(draft)
    return found


def _not_their_own(bench: Workbench, fact: Fact, thing: EntityDraft) -> bool:
    """Nobody may approve their own report: whoever made the row is sent away."""
    meant = _meant(bench, fact, thing)
    if "owner" not in thing.fields or not meant:
        return False
    for draft in meant:
        effects = draft.operation.effects
        read = next((n for n, e in enumerate(effects) if isinstance(e, Read) and e.read == thing.name), None)
        if read is None:
            return False
        guard = Require(require=f"{thing.row}.owner != caller.id", otherwise="forbidden")
        told = (*effects[: read + 1], guard, *effects[read + 1 :])
        draft.operation = draft.operation.model_copy(update={"effects": told})
    return True


def _not_by(bench: Workbench, fact: Fact, thing: EntityDraft, role: str) -> bool:
    account = bench.account
    values = account.fields["role"].values if account and "role" in account.fields else ()
    if role not in values:
        return False
    hidden = _rows(thing, fact)
    if hidden is None:
        return False
    for draft in _meant(bench, fact, thing):
        if hidden:
            _leave_out(draft, thing, role, hidden)
            continue
        access = draft.operation.access
        roles = access.role if isinstance(access, AccessRule) and access.role else values if access == "user" else ()
        left = tuple(r for r in ((roles,) if isinstance(roles, str) else roles) if r != role)
        if not left:
            return False
        if role in roles:
            draft.operation = draft.operation.model_copy(update={"access": permissions.access_of_roles(left)})
    return True


def _rows(thing: EntityDraft, fact: Fact) -> str | None:
    """The condition on the rows that it is about: empty for all, None where the rows do not know it."""
    state = names.state_name(fact.word("state")) if fact.word("state") else ""
    if not state:
        return ""
    if state in thing.fields and thing.fields[state].type == "boolean":
        return f"{{row}}{state} == false"
    status = thing.fields.get("status")
    return f"{{row}}status != '{state}'" if status is not None and state in status.values else None


def _leave_out(draft: OperationDraft, thing: EntityDraft, role: str, rows: str) -> None:
    """Lists leave those rows out for the role; one of them is not there."""
    effects: list[AnyEffect] = []
    for effect in draft.operation.effects:
        of = effect.list if isinstance(effect, ListRows) else effect.search if isinstance(effect, Search) else ""
        if isinstance(effect, ListRows | Search) and of == thing.name:
            told = f"(caller.role != '{role}' || {rows.replace('{row}', '')})"
            before = f"({effect.where})" if effect.where and "||" in effect.where else effect.where
            effect = effect.model_copy(update={"where": f"{before} && {told}" if before else told})
        effects.append(effect)
        if isinstance(effect, Read) and effect.read == thing.name:
            row = f"{effect.name or thing.row}."
            condition = f"caller.role != '{role}' || {rows.replace('{row}', row)}"
            effects.append(Require(require=condition, otherwise="missing"))
    access = "user" if draft.operation.access == "anyone" else draft.operation.access
    draft.operation = draft.operation.model_copy(update={"effects": tuple(effects), "access": access})
