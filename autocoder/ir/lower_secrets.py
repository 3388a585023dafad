"""Secrets are encrypted where they are kept, so a row is found by a keyed digest that is kept beside its secret."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from autocoder.blueprint.fields import FieldSpec
from autocoder.ir.behaviour import Change, Choose, Each, Insert, Step, Steps, Values
from autocoder.ir.expressions import Column, Const, Expr, Op, rewrite
from autocoder.ir.nodes import Constraints, Entity, Field

Complain = Callable[[str, str, str, str], None]
"""Takes a code, a message, a rule and the field."""


def digest_of(name: str) -> str:
    """The field that keeps the digest of a secret."""
    return f"{name}_digest"


def source_of(name: str) -> str:
    """The secret of which a field keeps the digest."""
    return name.removesuffix("_digest")


def with_digest_fields(
    fields: tuple[Field, ...], specs: Mapping[str, FieldSpec], complain: Complain
) -> tuple[Field, ...]:
    """The fields, and a digest behind each secret that rows are found by; what is unique then is the digest."""
    found: list[Field] = []
    for f in fields:
        spec = specs.get(f.name, FieldSpec(type="text"))
        if f.type.format != "secret":
            if spec.lookup:
                complain(
                    "AC3220", f"`lookup` stands with {f.type}, not with a secret", "only a secret needs it", f.name
                )
            found.append(f)
            continue
        if spec.default is not None:
            rule = "a default is the same in each row and stands in this file"
            complain("AC3222", "a secret has no default", rule, f.name)
        found.append(replace(f, unique=False, indexed=False))
        if spec.lookup or f.unique:
            if digest_of(f.name) in specs:
                complain("AC3105", f'"{digest_of(f.name)}" keeps the digest', "choose another name", digest_of(f.name))
            type_ = replace(f.type, format="digest")
            digest = Field(name=digest_of(f.name), type=type_, unique=f.unique, read_only=True, hidden=True)
            found.append(replace(digest, constraints=Constraints()))
    return tuple(found)


def with_digests(steps: Steps, entities: Mapping[str, Entity]) -> Steps:
    """The steps with a digest wherever a secret that rows are found by is written."""
    return tuple(_with_digests(step, entities) for step in steps)


def _with_digests(step: Step, entities: Mapping[str, Entity]) -> Step:
    match step:
        case Insert(entity=entity, values=values, taken=taken):
            changed = _values(taken, entities[entity]) if isinstance(taken, tuple) else taken
            return replace(step, values=_values(values, entities[entity]), taken=changed)
        case Change(row=row, values=values):
            return replace(step, values=_values(values, entities[row.entity]))
        case Choose(then=then, otherwise=otherwise):
            return replace(step, then=with_digests(then, entities), otherwise=with_digests(otherwise, entities))
        case Each(body=body):
            return replace(step, body=with_digests(body, entities))
        case _:
            return step


def _values(values: Values, entity: Entity) -> Values:
    digests = {f.name for f in entity.fields if f.type.format == "digest"}
    found: list[tuple[str, Expr]] = []
    for name, value in values:
        found.append((name, value))
        if digest_of(name) in digests:
            found.append((digest_of(name), value))
    return tuple(found)


def looked_up(where: Expr, entity: Entity) -> Expr:
    """A condition over rows in which a comparison with a secret is one with its digest."""
    digests = {f.name: f.type for f in entity.fields if f.type.format == "digest"}

    def change(node: Expr) -> Expr:
        match node:
            case (
                Op(op="==" | "!=", args=(Column() as column, other))
                | Op(op="==" | "!=", args=(other, Column() as column))
            ):
                type_ = digests.get(digest_of(column.field))
                if type_ is None or (isinstance(other, Const) and other.value is None):
                    return node
                kept = Column(field=digest_of(column.field), type=replace(type_, optional=column.type.optional))
                return replace(node, args=(kept, other))
            case _:
                return node

    return rewrite(where, change)
