"""Lowers files: inputs that come as a form, what a row keeps of an upload, and replies that are a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.ir import effects as macros
from autocoder.ir.behaviour import BoundRow, Match, Steps, Values
from autocoder.ir.expressions import Bound, Const, Expr, Op, parts
from autocoder.ir.nodes import Constraints, Entity, Input
from autocoder.ir.types import FILE, Type

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint
    from autocoder.ir.lower_behaviour import Lowering, Path

_IN_FORMS = frozenset({"text", "integer", "decimal", "boolean", "date", "datetime", "duration", "uuid"})
RULE = "a file comes from an input of that type, once, into a field of that type"


def as_form(blueprint: Blueprint, name: str, method: str, inputs: Mapping[str, Input]) -> dict[str, Input]:
    """The inputs; where one is a file, those of the body are fields of a form."""
    if not any(given.type.format == "file" for given in inputs.values()):
        return dict(inputs)
    found: dict[str, Input] = {}
    for given in inputs.values():
        at = ("operations", name, "input", given.name)
        is_file = given.type.format == "file"
        if is_file and (method not in ("POST", "PUT", "PATCH") or given.place != "body"):
            rule = "a file is sent in the body of POST, PUT or PATCH"
            blueprint.complain("AC3264", "a file cannot be sent here", rule, *at)
        elif given.place == "body" and not is_file and given.type.name not in _IN_FORMS:
            rule = "beside a file are the fields of a form: texts, numbers, days and the like"
            blueprint.complain("AC3264", f"{given.type} cannot be sent beside a file", rule, *at)
        found[given.name] = replace(given, place="form") if given.place == "body" else given
    return found


def kept(to: Lowering, target: Entity | BoundRow | Match, values: Values, at: Path) -> tuple[Steps, Values]:
    """Steps that keep the uploads among the values, and the values with what the row knows of them."""
    entity = target if isinstance(target, Entity) else to.world.entities[target.entity]
    many = isinstance(target, Match) or to.repeated
    uploads: list[Bound] = []
    for name, value in values:
        if entity.field(name).type.format != "file" or isinstance(value, Const):
            continue
        upload = _upload(value, name)
        if upload is None or many or upload in uploads:
            to.complain(
                "AC3263",
                f'"{name}" is set from what is no upload of its own',
                (*at, "set", name),
                value=name,
                rule=RULE,
            )
        else:
            given, of_field = to.inputs[upload.name], entity.field(name).constraints
            if given.constraints == Constraints():
                to.inputs[upload.name] = replace(given, constraints=of_field)
            uploads.append(upload)
    return macros.keeping(tuple(uploads), values)


def is_looked_into(value: Expr, expected: Type | None) -> bool:
    """Whether an expression asks more of an upload than to be kept: whether it is there may be asked."""
    match value:
        case Bound(scope="input", type=type_) if type_.format == "file":
            return expected is None or expected.format != "file"
        case Op(op="==" | "!=", args=(Bound(), Const(value=None))):
            return False
        case _:
            return any(is_looked_into(part, expected) for part in parts(value))


def _upload(value: Expr, name: str) -> Bound | None:
    """The upload that a value is; of one that may be absent, where the field stays as it is then."""
    match value:
        case Bound(scope="input", type=type_) if type_.format == "file":
            return value
        case Op(op="??", args=(Bound(scope="input") as upload, Bound(scope="row", field=field))) if field == name:
            return upload if upload.type.format == "file" else None
        case _:
            return None


def attachment(to: Lowering, text: str, at: Path) -> Expr:
    """The file that a reply is."""
    found = to.expression(text, at, to.scope())
    if found.type.format != "file" or found.type.optional or not isinstance(found, Bound) or found.scope != "row":
        to.complain(
            "AC3265",
            f"{found.type} is no file of a row that is there",
            at,
            value=text,
            rule="a reply is a file that a row keeps",
            help="read the row and name its field; of one that may be null, `require` that it is not",
        )
        return Bound(scope="row", name="", field="", type=FILE)
    return found
