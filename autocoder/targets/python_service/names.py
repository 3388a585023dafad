"""Python names for names of the blueprint."""

from __future__ import annotations

import builtins
import keyword

from autocoder.ir.types import Type
from autocoder.targets.python_service.module_names import OTHERS, STANDARD

ATTRIBUTES_TAKEN = frozenset(
    {"metadata", "registry", "query"}
    | {"construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json"}
    | {"update_forward_refs", "validate", "model_config", "model_fields", "model_fields_set", "model_dump"}
)
"""Attributes that the mapper's and the schemas' base classes have already."""
PARAMETERS = frozenset({"session", "now", "caller", "body", "event", "self"})
"""Parameter names that the emitted handlers use for other things."""
MODULE_NAMES = frozenset(
    {"and_", "case", "datetime", "date", "delete", "func", "literal", "or_", "not_", "select", "timedelta", "update"}
    | {
        "check_password",
        "hash_password",
        "insert_into",
        "issue_token",
        "problems",
        "publish",
        "router",
        "transactional",
    }
    | {"ceil", "decimal_in", "floor", "integer_in", "lower", "plain", "rounded", "upper", "whole"}
)
"""Names that emitted modules import or define beside what the blueprint names."""
CLASSES_TAKEN = frozenset(
    {"Base", "Caller", "Delivery", "Dialect", "Event", "Mapped", "MetaData", "Now", "OptionalCaller", "Sequence"}
    | {"Session", "SignedIn", "Timestamp", "Turn", "Text", "Integer", "BigInteger", "DateTime", "ForeignKey", "JSON"}
    | {"Annotated", "Any", "APIRouter", "AsyncSession", "ClassVar", "Decimal", "DeclarativeBase", "Field", "Header"}
    | {"Literal", "Query", "RedirectResponse", "UUID", "UniqueConstraint", "CheckConstraint", "BaseModel", "ConfigDict"}
    | {"Conflict", "Failure", "Forbidden", "Invalid", "Limited", "Missing", "Problem", "Unauthenticated", "Unavailable"}
    | {"Boolean", "Day", "Email", "Number", "Slug", "Str", "Time", "Url", "UTC", "None", "True", "False"}
)
"""Classes and types that emitted modules import or define."""


def package(system: str) -> str:
    """`link-shortener` to `link_shortener`; a name that Python or its libraries own gets a suffix."""
    name = system.replace("-", "_")
    return f"{name}_service" if keyword.iskeyword(name) or name in _TAKEN_PACKAGES else name


_TAKEN_PACKAGES = STANDARD | OTHERS


def attribute(field: str) -> str:
    """The attribute of a field: a keyword or a name that the base classes own gets an underscore."""
    return f"{field}_" if keyword.iskeyword(field) or field in ATTRIBUTES_TAKEN else field


def function(name: str) -> str:
    """The function or module of an operation or handler; a name that means something else gets an underscore."""
    taken = keyword.iskeyword(name) or name in MODULE_NAMES or hasattr(builtins, name)
    return f"{name}_" if taken else name


def local(name: str) -> str:
    """The variable of a bound row or a computed value."""
    return f"{name}_" if name in PARAMETERS or name in ("name", "value") else function(name)


def model(entity: str) -> str:
    """The class of an entity's rows or of an event."""
    return f"{entity}Row" if entity in CLASSES_TAKEN or hasattr(builtins, entity) else entity


def column(field: str, type_: Type) -> str:
    """The column's name: a reference is stored as the id that it is."""
    return f"{field}_id" if type_.entity and type_.name == "uuid" else field


def row_attribute(field: str, type_: Type) -> str:
    """The attribute that holds a column."""
    return attribute(column(field, type_))


def parameter(name: str, taken: frozenset[str] = frozenset()) -> str:
    """A parameter for an input; one that is a keyword or means something else in a handler gets an underscore."""
    unsafe = keyword.iskeyword(name) or name in PARAMETERS or name in MODULE_NAMES or name in taken
    return f"{name}_" if unsafe or (hasattr(builtins, name) and name not in ("id", "type", "format")) else name


def pascal(name: str) -> str:
    """`delete_link` to `DeleteLink`."""
    return "".join(part.capitalize() for part in name.split("_"))
