"""Python names for names of the blueprint."""

from __future__ import annotations

import builtins
import keyword
import re

from autocoder.ir.names import fitting
from autocoder.ir.types import Type
from autocoder.targets.python_service import reserved_names
from autocoder.targets.python_service.module_names import OTHERS, STANDARD

ATTRIBUTES_TAKEN = frozenset(
    {"metadata", "registry", "query"}
    | {"construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json"}
    | {"update_forward_refs", "validate"}
)
"""Attributes that the mapper's and the schemas' base classes have already."""
PROTECTED = ("model_", "own_model_")
"""How no field of a schema may begin."""
LONGEST = 36
"""Characters of a name in emitted code."""
SCHEMAS = ("Kept", "Reply", "Request", "Result", "Row")
"""How the names of schemas end, and of classes that need another name."""
AMBIGUOUS = frozenset({"I", "O", "l"})
"""Names that look like numbers."""
BUILTINS = AMBIGUOUS | frozenset(dir(builtins))
USUAL = frozenset({"format", "id", "type"})
"""Parameters that are called so although Python has something of that name."""
TYPES = frozenset({"bool", "bytes", "dict", "int", "list", "object", "str"})
"""Types that the annotations beside a field name."""
PARAMETERS = frozenset({"body", "call_key", "caller", "event", "now", "request", "response", "self", "session"})
"""Parameters of the emitted handlers."""
LOCALS = frozenset({"error", "given", "html", "n", "name", "reply", "row", "rows", "token", "value", "world"})
"""Variables that emitted code, its oracle and its tests have beside those that the blueprint names."""


def package(system: str) -> str:
    """`link-shortener` to `link_shortener`; a name that Python or its libraries own gets a suffix."""
    name = system.replace("-", "_")
    return f"{name}_service" if keyword.iskeyword(name) or name in _TAKEN_PACKAGES else name


_TAKEN_PACKAGES = STANDARD | OTHERS


def attribute(field: str) -> str:
    """The attribute of a field: a keyword or a name that a class body needs gets an underscore."""
    if field.startswith(PROTECTED):
        return short(f"own_{field}")
    return _free(field, ATTRIBUTES_TAKEN | AMBIGUOUS | TYPES | reserved_names.functions())


def function(name: str, taken: frozenset[str] = frozenset()) -> str:
    """The function or module of an operation or handler; a name that means something else gets an underscore."""
    return _free(name, BUILTINS | reserved_names.functions() | taken)


def local(name: str) -> str:
    """The variable of a bound row or a computed value."""
    return _free(name, BUILTINS | PARAMETERS | LOCALS | reserved_names.functions())


def model(entity: str) -> str:
    """The class of an entity's rows or of an event."""
    taken = entity in BUILTINS | reserved_names.classes() or entity.endswith(SCHEMAS)
    return short(f"{entity}Row" if taken else entity)


def short(name: str) -> str:
    """The name; a very long one cut, with the beginning of its hash, so that a line of code has room for it."""
    return fitting(name, LONGEST)


def _free(name: str, taken: frozenset[str]) -> str:
    """The name, with underscores where it is taken; never the same for two names."""
    bare, free = name.rstrip("_"), name.rstrip("_")
    while free in taken or keyword.iskeyword(free):
        free += "_"
    return short(free + name[len(bare) :])


def column(field: str, type_: Type) -> str:
    """The column's name: a reference is stored as the id that it is."""
    return f"{field}_id" if type_.entity and type_.name == "uuid" else field


def row_attribute(field: str, type_: Type) -> str:
    """The attribute that holds a column."""
    return attribute(column(field, type_))


def parameter(name: str, taken: frozenset[str] = frozenset()) -> str:
    """A parameter for an input; one that is a keyword or means something else in a handler gets an underscore."""
    return _free(name, (BUILTINS - USUAL) | PARAMETERS | LOCALS | reserved_names.functions() | taken)


def pascal(name: str) -> str:
    """`delete_link` to `DeleteLink`; never the same for two names.

    >>> pascal("log_in"), pascal("step_1"), pascal("step1")
    ('LogIn', 'Step_1', 'Step1')
    """
    return short(re.sub(r"(?:^|(?<=[a-z0-9])_)([a-z])", lambda found: found[1].upper(), name))
