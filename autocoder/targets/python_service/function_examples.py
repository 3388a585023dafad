"""The examples of custom functions as tests: each call gives its result, and the same one every time."""

from __future__ import annotations

from autocoder.ir.nodes import Function
from autocoder.ir.types import Type
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import literal, type_hint
from autocoder.targets.python_service.source import Imports, Module

FILE = "tests/test_functions.py"
INDENT = "    "


def signature(function: Function) -> str:
    """The Python line that a body starts with, annotations and all, after the imports that they need."""
    imports = Imports()
    given = ", ".join(f"{name}: {type_hint(type_, imports)}" for name, type_ in function.inputs)
    line = f"def {function.name}({given}) -> {type_hint(function.output, imports)}:"
    needed = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.names.items())]
    return "\n".join([*needed, line])


def test_name(function: Function) -> str:
    """The name of the test that holds a function's examples."""
    return f"test_{function.name}_gives_what_its_examples_say"


def module(views: Views, package: str) -> str:
    """`tests/test_functions.py`; empty where no function has an example."""
    functions = [f for f in views.functions if f.examples]
    if not functions:
        return ""
    found = Module(doc="The examples of the custom functions.", package=package)
    for function in functions:
        found.imports.add(f"{package}.custom.{function.name}", function.name)
        found.add(_test(function, found.imports))
    return found.text()


def _test(function: Function, imports: Imports) -> str:
    types = dict(function.inputs)
    lines = [f"def {test_name(function)}() -> None:"]
    for example in function.examples:
        given = ", ".join(f"{name}={value(types[name], v, imports)}" for name, v in example.given if name in types)
        call, gives = f"{function.name}({given})", value(function.output, example.gives, imports)
        compared = "is" if example.gives is None or isinstance(example.gives, bool) else "=="
        lines.append(f"{INDENT}assert {call} {compared} {gives}")
        lines += (
            [f"{INDENT}assert type({call}) is int"] if compared == "==" and function.output.name == "integer" else []
        )
        lines.append(f"{INDENT}assert {call} == {call}  # the same every time")
    return "\n".join(lines)


def value(type_: Type, given: object, imports: Imports) -> str:
    """A value of the blueprint as Python of this type."""
    constructors = {
        "decimal": ("decimal", "Decimal", "Decimal({})"),
        "date": ("datetime", "date", "date.fromisoformat({})"),
        "datetime": ("datetime", "datetime", "datetime.fromisoformat({})"),
        "uuid": ("uuid", "UUID", "UUID({})"),
    }
    if given is None or type_.name not in constructors:
        return literal(given)
    origin, name, call = constructors[type_.name]
    imports.add(origin, name)
    return call.format(literal(str(given)))
