"""Lowers who issues tokens: which claims say who somebody is and what he may do, and the account that it makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.ir.behaviour import Insert, Steps, Values
from autocoder.ir.expressions import Bound, Const, Expr, walk
from autocoder.ir.nodes import Constraints, Entity, Field, Issuer
from autocoder.ir.types import TEXT

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

_ISSUER = ("auth", "issuer")


def issuer(blueprint: Blueprint, stated: model.Auth, accounts: Entity, role: str) -> Issuer | None:
    """Who issues tokens; None where passwords prove who somebody is."""
    spec = stated.issuer
    if spec is None:
        return None
    _check_passwords(blueprint, stated)
    field = next((f for f in accounts.fields if f.name == role), None)
    words = _words(blueprint, spec, field)
    path = (spec.role,) if isinstance(spec.role, str) else spec.role or ()
    return Issuer(
        address=spec.url.env,
        audience=spec.audience,
        subject=spec.subject,
        role=path,
        roles=words,
        usual=_usual(field),
        account=_account(blueprint, stated, accounts, role),
    )


def _check_passwords(blueprint: Blueprint, stated: model.Auth) -> None:
    if "secret" in stated.model_fields_set:
        rule = "the issuer proves who somebody is, so there are no passwords"
        blueprint.complain("AC3286", "nothing checks a password", rule, "auth", "secret", help="leave it out")
    for entity, spec in blueprint.design.entities.items():
        for name, field in spec.fields.items():
            if field.type == "password":
                at = ("entities", entity, "fields", name)
                blueprint.complain("AC3286", "nothing checks a password", "an issuer signs people in", *at)


def _words(blueprint: Blueprint, spec: model.TokenIssuer, field: Field | None) -> tuple[tuple[str, str], ...]:
    """What the issuer calls each role, the weakest role first: in the order of the field's values."""
    if field is None or spec.role is None:
        if (field is None) != (spec.role is None):
            what = "accounts have no role" if field is None else "no claim says who has a role"
            rule = "the field that holds the role and the claim that says it belong together"
            key = ("role",) if spec.role is not None else ()
            blueprint.complain("AC3287", what, rule, *_ISSUER, *key)
        return ()
    known = field.constraints.values
    for word, role in spec.roles.items():
        if role not in known:
            blueprint.unknown("AC3287", "accounts have no role", role, known, *_ISSUER, "roles", word)
    if not field.type.optional and field.default is None:
        rule = "whoever has none of the roles has the default one, or none where the field is optional"
        blueprint.complain("AC3287", f"{field.name} has no default", rule, *_ISSUER, "role")
    stated = spec.roles or {role: role for role in known}
    for role in sorted({*known} - {*stated.values(), _usual(field)}):
        rule = "each role but the default one is what some word of the issuer leads to"
        blueprint.complain("AC3287", f"nothing leads to the role {role}", rule, *_ISSUER, "roles")
    return tuple(sorted(((w, r) for w, r in stated.items() if r in known), key=lambda pair: known.index(pair[1])))


def _usual(field: Field | None) -> str:
    default = field.default if field else None
    return str(default.value) if isinstance(default, Const) and default.value is not None else ""


def _account(blueprint: Blueprint, stated: model.Auth, accounts: Entity, role: str) -> Steps:
    """One step that adds the account where it is not there, and gives it the role that the token says."""
    values: Values = tuple(_values(blueprint, stated, accounts, role))
    changed = tuple((name, value) for name, value in values if name == role and role)
    return (
        Insert(
            entity=accounts.name,
            values=values,
            bind="account",
            key=(stated.login,),
            taken=changed or "keep",
        ),
    )


def _values(blueprint: Blueprint, stated: model.Auth, accounts: Entity, role: str) -> Iterator[tuple[str, Expr]]:
    for f in accounts.fields:
        if f.name == stated.login:
            if f.type != TEXT or f.constraints != Constraints():
                rule = "what an issuer calls somebody can be any text"
                blueprint.complain("AC3288", "it does not take every subject", rule, "auth", "login")
            yield f.name, Bound(scope="input", name="subject", type=f.type)
        elif f.name == role and role:
            yield f.name, Bound(scope="input", name="role", type=f.type)
        elif f.generated:
            continue
        elif f.default is not None and not _asks_caller(f.default):
            yield f.name, f.default
        elif f.type.optional:
            yield f.name, Const(value=None, type=f.type)
        else:
            blueprint.complain(
                "AC3288",
                "a new account has no value for it",
                "an account is made when somebody comes for the first time, of what stands in the token",
                *("entities", accounts.name, "fields", f.name),
                help="make it optional, or give it a default",
            )


def _asks_caller(default: Expr) -> bool:
    return any(isinstance(node, Bound) and node.scope == "caller" for node in walk(default))
