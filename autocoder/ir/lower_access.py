"""Lowers who may ask: roles, ownership, keys of rows and shared secrets become guards around the first read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from autocoder.blueprint import model
from autocoder.ir.behaviour import Failure, Find, Invoke, Match, Require, Step, Steps, Values
from autocoder.ir.expressions import Bound, Call, Const, Expr, Op
from autocoder.ir.names import snake
from autocoder.ir.nodes import Constraints, Entity, Input
from autocoder.ir.types import BOOLEAN, TEXT, UUID, row

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

PRINTABLE = "[ -~]{0,1000}"
"""What a header holds."""
Rule = str | model.AccessRule


def rules_of(access: Rule | Sequence[Rule]) -> tuple[Rule, ...]:
    """All that must hold, each by itself."""
    return (access,) if isinstance(access, str | model.AccessRule) else tuple(access)


def caller_of(rules: tuple[Rule, ...]) -> Literal["anyone", "user", "user?"]:
    """Whether somebody must be signed in."""
    if any(rule in ("user", "owner") or (isinstance(rule, model.AccessRule) and rule.role) for rule in rules):
        return "user"
    return "user?" if "user?" in rules else "anyone"


def guarded(to: Lowering, rules: tuple[Rule, ...], steps: Steps, at: Path) -> Steps:
    """The steps behind what the rules ask for."""
    before: list[Step] = []
    for rule in rules:
        if isinstance(rule, model.AccessRule):
            before += _rule(to, rule, at)
    return (*before, *_without_repetition(before, _owned(to, steps, at) if "owner" in rules else steps))


def _without_repetition(before: Sequence[Step], steps: Steps) -> Steps:
    """The steps without a first read of the row that a key has found already."""
    known = {(s.match.entity, s.match.where, s.bind) for s in before if isinstance(s, Find)}
    match steps:
        case (Find(match=match, bind=bind), *rest) if (match.entity, match.where, bind) in known:
            return tuple(rest)
        case _:
            return steps


def _rule(to: Lowering, rule: model.AccessRule, at: Path) -> Steps:
    stated = [name for name in ("role", "key", "secret", "signature") if getattr(rule, name)]
    if len(stated) != 1:
        to.complain(
            "AC3147", "a rule is one of role, key, secret and signature", at, help="make a list of several rules"
        )
        return ()
    if rule.role:
        roles = (rule.role,) if isinstance(rule.role, str) else rule.role
        return (Require(condition=to.has_role(roles, at), otherwise=Failure(failure="forbidden")),)
    if rule.signature:
        return ()  # it is checked before there are any steps
    return to.credential(rule, at)


def _owned(to: Lowering, steps: Steps, at: Path) -> Steps:
    """The steps with a guard behind the first row that is read: whoever asks owns it."""
    for index, step in enumerate(steps):
        if isinstance(step, Find) and step.match.absent is not None:
            row_ = Bound(scope="row", name=step.bind, type=row(step.match.entity))
            owner = owner_of(to, step.match.entity, row_)
            if owner is not None:
                own = Bound(scope="caller", name="caller", field="id", type=UUID)
                mine = Op(op="==", args=(owner, own), type=BOOLEAN)
                guard = Require(condition=mine, otherwise=Failure(failure="forbidden"))
                return (*steps[: index + 1], guard, *steps[index + 1 :])
    to.complain(
        "AC3138",
        "nothing that is read has an owner",
        at,
        value="owner",
        rule="`owner` is about the first row that is read, by its one reference to the accounts",
        help="read a row with one field `{type: ref, to: …}` to the accounts, or use `require`",
    )
    return steps


def owner_of(to: Lowering, entity: str, bound: Bound) -> Expr | None:
    """A row's one reference to an account; the account itself is its own."""
    names = references(to.world.entities[entity], to.caller or "")
    known = to.world.fields_of(entity)
    return replace(bound, field=names[0], type=known[names[0]]) if len(names) == 1 else None


def references(entity: Entity, accounts: str) -> list[str]:
    """The fields that may say who owns a row: `owner`, else every reference to the accounts."""
    if entity.name == accounts:
        return ["id"]
    found = [f.name for f in entity.fields if f.type.entity == accounts and f.type.name == "uuid"]
    return ["owner"] if "owner" in found else found


def credential(to: Lowering, rule: model.AccessRule, at: Path) -> Steps:
    """A row's key or a shared secret, which the client sends."""
    given = _given(to, rule, at)
    if rule.secret:
        args = (("name", Const(value=rule.secret, type=TEXT)), ("given", given))
        return _checked("check_secret", args, "secret_is_right")
    name, _, field_name = (rule.key or "").partition(".")
    entity = to.entity(name, (*at, "key"))
    if entity is None:
        return ()
    field = next((f for f in entity.fields if f.name == field_name and f.type.format == "token"), None)
    if field is None or rule.row is None:
        what = f"{name} has no token field {field_name}" if field is None else "no `row` says whose key it is"
        to.complain("AC3139", what, at, help="for example {key: Doc.edit_key, in: header X-Key, row: input.id}")
        return ()
    where = to.where(entity, None, rule.row, at, key="row")
    bind = snake(name)
    to.rows[bind] = row(name)
    find = Find(
        match=Match(entity=name, where=where, absent=Failure(failure="missing", subject=name)),
        bind=bind,
    )
    stored = Bound(scope="row", name=bind, field=field_name, type=field.type)
    return (
        *to.taken(),
        find,
        *_checked("check_token", (("stored", stored), ("given", given)), f"{field_name}_is_right"),
    )


def _checked(target: Literal["check_secret", "check_token"], args: Values, bind: str) -> Steps:
    known = Bound(scope="local", name=bind, type=BOOLEAN)
    return (
        Invoke(target=target, name="", args=args, bind=bind, type=BOOLEAN),
        Require(condition=known, otherwise=Failure(failure="unauthenticated")),
    )


def _in_body(to: Lowering, name: str, at: Path) -> Expr:
    """What the client sends beside the other inputs of the body."""
    known = to.inputs.get(name)
    if known is not None or not to.has_body:
        problem = f'"{name}" is an input already' if known else "a GET or DELETE has no body"
        rule = "a key in the body is a name of its own there, in a POST, PUT or PATCH"
        to.complain("AC3290", problem, (*at, "in"), value=name, rule=rule, help="choose another name, or a header")
    form = any(given.place == "form" for given in to.inputs.values())
    limits = Constraints(pattern=PRINTABLE)
    to.inputs[name] = Input(name=name, place="form" if form else "body", type=TEXT, required=False, constraints=limits)
    sent = Bound(scope="input", name=name, type=TEXT.or_null())
    return Op(op="??", args=(sent, Const(value="", type=TEXT)), type=TEXT)


def _given(to: Lowering, rule: model.AccessRule, at: Path) -> Expr:
    """What the client sends, nothing where it sends nothing."""
    where, _, name = (rule.place or "bearer").partition(" ")
    if where == "body":
        return _in_body(to, name, at)
    header = (rule.place or "bearer").removeprefix("header ")
    name = "authorization" if header == "bearer" else header.lower().replace("-", "_")
    given = Input(name=name, place="header", type=TEXT, required=False, constraints=Constraints(pattern=PRINTABLE))
    to.inputs.setdefault(name, given)
    if rule.place is None:
        to.complain(
            "AC3139", "nothing says where the client sends it", at, help="add `in: header X-Key` or `in: bearer`"
        )
    sent = Bound(scope="input", name=name, type=TEXT.or_null())
    text = Op(op="??", args=(sent, Const(value="", type=TEXT)), type=TEXT)
    if header != "bearer":
        return text
    return Call(
        function="replace", args=(text, Const(value="Bearer ", type=TEXT), Const(value="", type=TEXT)), type=TEXT
    )
