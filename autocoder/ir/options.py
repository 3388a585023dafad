"""Which options a field may state where it stands: one that would do nothing is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from autocoder.blueprint.fields import FieldSpec
from autocoder.ir.nodes import Constraints
from autocoder.ir.types import Type

if TYPE_CHECKING:
    from autocoder.blueprint.model import Operation
    from autocoder.ir.lower import Blueprint

OF_INPUTS = {"place": "in", "message": "message", "otherwise": "else"}
"""Options of inputs alone, as they are written."""
OF_ENTITIES = {
    name: name
    for name in ("unique", "indexed", "computed", "sequence", "read_only", "visible", "lookup", "column", "on_delete")
}
"""Options of the fields of entities alone."""
_TEXTS = ("text", "email", "url", "slug", "phone", "code", "password", "secret", "html", "path")
_SIZED = (*_TEXTS, "integer", "money", "decimal")
OF_TYPES: Mapping[str, tuple[str, ...]] = {
    "min": _SIZED,
    "max": (*_SIZED, "file"),
    "pattern": _TEXTS,
    "values": ("enum",),
    "enum": ("text",),
    "types": ("file",),
    "length": ("code",),
    "to": ("ref",),
    "on_delete": ("ref",),
    "fields": ("record", "predicate"),
    "vars": ("formula",),
}
"""Options that mean something for some types alone; `min` and `max` also for how much a list or a map holds."""
IN_BODY_ALONE = ("record", "json", "scalar")
"""Types of inputs that have no form in an address or a header."""


def check_options(blueprint: Blueprint) -> None:
    """Complains of options that mean nothing where they stand."""
    design = blueprint.design
    for name, entity in design.entities.items():
        _check(blueprint, entity.fields, OF_INPUTS, "an input", "entities", name, "fields")
    for name, operation in design.operations.items():
        _check(blueprint, operation.input, OF_ENTITIES, "the field of an entity", "operations", name, "input")
        _check_places(blueprint, name, operation)
    for name, fields in design.events.items():
        _check(blueprint, fields, OF_INPUTS, "an input", "events", name)
        _check(blueprint, fields, OF_ENTITIES, "the field of an entity", "events", name)


def _check(
    blueprint: Blueprint, fields: Mapping[str, FieldSpec], options: Mapping[str, str], where: str, *path: str
) -> None:
    for name, spec in fields.items():
        _check_options(blueprint, spec, options, where, *path, name)
        _check_type(blueprint, spec, *path, name)


def _check_options(blueprint: Blueprint, spec: FieldSpec, options: Mapping[str, str], where: str, *path: str) -> None:
    """Complains of options of something else; only a list that clients send has items that differ."""
    listed = path[0] == "operations" and spec.type.startswith("list of ")
    for option, written in options.items():
        usual: Any = FieldSpec.model_fields[option].get_default()
        if getattr(spec, option) != usual and not (option == "unique" and listed):
            more = ", or of a list that clients send" if option == "unique" and path[0] == "operations" else ""
            message = f"`{written}` means nothing here"
            blueprint.complain("AC3249", message, f"it is an option of {where}{more}", *path, written)


def _check_type(blueprint: Blueprint, spec: FieldSpec, *path: str) -> None:
    """Complains of options that mean nothing for a type, and of an enum without words."""
    many, word = spec.type.startswith(("list of ", "map of ")), spec.type.split(" of ")[-1].strip()
    for option, types in OF_TYPES.items():
        stated = option in spec.model_fields_set and getattr(spec, option) not in (None, (), {})
        if stated and word not in types and not (many and option in ("min", "max")):
            rule = f"it is an option of {', '.join(types)}"
            blueprint.complain("AC3249", f"`{option}` means nothing for {spec.type}", rule, *path, option)
    if path[0] == "operations" and many and spec.unique:
        _check_differ(blueprint, spec, word, *path)
    if word == "enum" and not spec.values:
        blueprint.complain("AC3249", "an enum has no words", "`values` lists what it takes", *path)
    for name, part in spec.fields.items() if word == "record" else ():
        at = (*path, "fields", name)
        _check_options(blueprint, part, OF_INPUTS, "an input", *at)
        _check_options(blueprint, part, OF_ENTITIES, "the field of an entity", *at)
        _check_options(blueprint, part, {"default": "default"}, "a field or an input: a part is there or null", *at)
        _check_type(blueprint, part, *at)


def _check_differ(blueprint: Blueprint, spec: FieldSpec, word: str, *path: str) -> None:
    """Complains of a list that must not hold anything twice, but cannot do so."""
    if word in ("record", "json", "scalar") or spec.type.count(" of ") > 1:
        rule = "they differ where they are texts, numbers, times or ids"
        blueprint.complain("AC3291", f"the items of a {spec.type} do not differ", rule, *path, "unique")
    known = {"boolean": 2, "enum": len(spec.values)}.get(word, len(spec.words) or None)
    if known is not None and isinstance(spec.min, int) and spec.min > known:
        rule = f"{known} items can differ"
        blueprint.complain("AC3291", f"{spec.min} of them cannot all differ", rule, *path, "min")


def _check_places(blueprint: Blueprint, name: str, operation: Operation) -> None:
    """Complains of inputs that no address or header can hold."""
    method, _, path = operation.route.partition(" ")
    usual = "body" if method in ("POST", "PUT", "PATCH") else "query"
    for given, spec in operation.input.items():
        place = "path" if f"{{{given}}}" in path else spec.place or usual
        word = spec.type.split(" of ")[-1]
        listed = spec.type.startswith(("list of ", "map of ")) and place not in ("query", "body")
        if place != "body" and (word in IN_BODY_ALONE or listed or spec.type.count(" of ") > 1):
            message = f"{spec.type} cannot stand in the {place}"
            blueprint.complain("AC3249", message, "take it in the body of a POST", "operations", name, "input", given)


def in_place(constraints: Constraints, type_: Type, place: str) -> Constraints:
    """The constraints of an input where it stands: a list or map without items has no form in a query."""
    empty = place == "query" and type_.name in ("list", "map") and constraints.minimum in (None, "0")
    return replace(constraints, minimum="1") if empty else constraints
