"""Maps in queries, `data[key]=value`: constants in the module of an operation, which read them and describe them."""

from __future__ import annotations

from autocoder.ir.nodes import Input, Operation
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import literal, render_default, type_hint
from autocoder.targets.python_service.names import short
from autocoder.targets.python_service.schemas import Hints
from autocoder.targets.python_service.source import Module


def is_map(given: Input) -> bool:
    """Whether an input is a map in the query."""
    return given.place == "query" and given.type.name == "map"


def described(operation: Operation) -> list[str]:
    """What the description says of the operation beyond its signature, as `openapi_extra` takes it."""
    maps = [f"{constant(operation, given)}.described" for given in operation.inputs if is_map(given)]
    return [f'"parameters": [{", ".join(maps)}]'] if maps else []


def constant(operation: Operation, given: Input) -> str:
    """The constant that reads a map."""
    return short(f"{operation.name}_{given.name}").upper()


def add_constants(operation: Operation, views: Views, hints: Hints, module: Module) -> None:
    """Adds what reads the maps of an operation, before its function."""
    for given in (i for i in operation.inputs if is_map(i)):
        module.imports.add(f"{hints.package}.types", "Entries")
        hints.used.add("Entries")
        hint = hints.limited(given.type, given.constraints)
        more = "" if given.required else ", required=False"
        if given.default is not None:
            more += f", usual={render_default(given.default, module.imports)}"
        name = constant(operation, given)
        module.add(f"{name} = Entries({literal(views.wire_name(given))}, {hint}{more})")


def parameter(operation: Operation, given: Input, name: str, module: Module) -> str:
    """The parameter of a map."""
    module.imports.add("typing", "Annotated")
    module.imports.add("fastapi", "Depends")
    type_ = given.type if given.required or given.default is not None else given.type.or_null()
    return f"{name}: Annotated[{type_hint(type_, module.imports)}, Depends({constant(operation, given)})]"
