"""Which options a field may state where it stands: one that would do nothing is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autocoder.blueprint.fields import FieldSpec

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

OF_INPUTS = {"place": "in", "message": "message", "otherwise": "else"}
"""Options of inputs alone, as they are written."""
OF_ENTITIES = {
    name: name
    for name in ("unique", "indexed", "computed", "sequence", "read_only", "visible", "lookup", "column", "on_delete")
}
"""Options of the fields of entities alone."""


def check_options(blueprint: Blueprint) -> None:
    """Complains of options that mean nothing where they stand."""
    design = blueprint.design
    for name, entity in design.entities.items():
        _check(blueprint, entity.fields, OF_INPUTS, "an input", "entities", name, "fields")
    for name, operation in design.operations.items():
        _check(blueprint, operation.input, OF_ENTITIES, "the field of an entity", "operations", name, "input")
    for name, fields in design.events.items():
        _check(blueprint, fields, OF_INPUTS, "an input", "events", name)
        _check(blueprint, fields, OF_ENTITIES, "the field of an entity", "events", name)


def _check(
    blueprint: Blueprint, fields: Mapping[str, FieldSpec], options: Mapping[str, str], where: str, *path: str
) -> None:
    usual: dict[str, Any] = {name: FieldSpec.model_fields[name].get_default() for name in options}
    for name, spec in fields.items():
        for option, written in options.items():
            if getattr(spec, option) != usual[option]:
                message = f"`{written}` means nothing here"
                blueprint.complain("AC3249", message, f"it is an option of {where}", *path, name, written)
