"""Lowers how callers prove who they are: the accounts, their role, and the keys with which programs call for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.ir.lower_entities import is_role
from autocoder.ir.lower_issuer import issuer
from autocoder.ir.nodes import ApiKeys, Auth, Entity

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

_WRONG = "AC3225"


def auth(blueprint: Blueprint, entities: Sequence[Entity]) -> Auth | None:
    """Who can sign in, and the field that holds a role where there is one."""
    stated = blueprint.design.auth
    if stated is None:
        return None
    known = {e.name: e for e in entities}
    entity = known.get(stated.entity)
    fields = {f.name for f in entity.fields} if entity else set[str]()
    if stated.role is not None and entity and stated.role not in fields:
        blueprint.unknown("AC3121", f"{entity.name} has no field", stated.role, fields, "auth", "role")
    role = stated.role or ("role" if entity and is_role(entity, "role") else "")
    role = role if role in fields else ""
    return Auth(
        entity=stated.entity,
        login=stated.login,
        secret="" if stated.issuer else stated.secret,
        role=role,
        api_keys=_api_keys(blueprint, stated, known),
        issuer=issuer(blueprint, stated, entity, role) if entity and stated.login in fields else None,
    )


def _api_keys(blueprint: Blueprint, stated: model.Auth, entities: Mapping[str, Entity]) -> ApiKeys | None:
    """The keys of accounts; None after a diagnostic."""
    spec = stated.api_key
    if spec is None:
        return None
    at = ("auth", "api_key")
    entity = entities.get(spec.entity)
    if entity is None:
        blueprint.unknown("AC3120", "no entity is named", spec.entity, entities, *at, "entity")
        return None
    formats = {f.name: f.type.format or f.type.name for f in entity.fields}
    for key, name, wanted in (("field", spec.field, "token"), ("expires", spec.expires, "datetime")):
        if name is not None and formats.get(name) != wanted:
            message = f"{entity.name} has no field {name} of type {wanted}"
            blueprint.complain(_WRONG, message, "a key is a token, and ends at a time", *at, key)
    refers = [f for f in entity.fields if f.type.entity == stated.entity and f.type.name == "uuid"]
    if entity.name != stated.entity and (len(refers) != 1 or refers[0].type.optional):
        message = f"{entity.name} has not one reference to {stated.entity}"
        blueprint.complain(_WRONG, message, "each key belongs to one account", *at, "entity")
        return None
    return ApiKeys(
        entity=entity.name,
        field=spec.field,
        header=spec.place.removeprefix("header "),
        account=refers[0].name if entity.name != stated.entity else "",
        expires=spec.expires or "",
    )
