"""The types of values. A type says what a value is everywhere: in Python, in SQL, in JSON and in the oracle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

TypeName = Literal[
    "text",
    "integer",
    "decimal",
    "boolean",
    "date",
    "datetime",
    "duration",
    "uuid",
    "null",
    "list",
    "record",
    "map",
    "json",
    "row",
]
Format = Literal[
    "",
    "email",
    "url",
    "code",
    "password",
    "enum",
    "slug",
    "money",
    "phone",
    "token",
    "secret",
    "digest",
    "html",
    "path",
    "file",
    "scalar",
    "formula",
    "predicate",
]


@dataclass(frozen=True, kw_only=True)
class Type:
    """A type. `format` narrows a text; `entity` names the entity of a row or of a reference's target.

    `item` is what a list or the values of a map hold; `fields` are those of a record, or what a formula may name.
    """

    name: TypeName
    optional: bool = False
    format: Format = ""
    item: Type | None = None
    entity: str | None = None
    fields: tuple[tuple[str, Type], ...] = ()

    def __str__(self) -> str:
        shown = self.entity if self.name == "row" else self.format or self.name
        if self.name == "list":
            shown = f"list of {self.item or 'anything'}"
        if self.name == "map":
            shown = f"map of {self.item}"
        if self.name == "record":
            shown = f"record of {', '.join(name for name, _ in self.fields)}"
        return f"{shown}{' or null' if self.optional else ''}"

    @property
    def base(self) -> Type:
        """The same type without null and without format."""
        return replace(self, optional=False, format="")

    def or_null(self) -> Type:
        """The same type with null."""
        return replace(self, optional=True)

    def not_null(self) -> Type:
        """The same type without null."""
        return replace(self, optional=False)


TEXT = Type(name="text")
INTEGER = Type(name="integer")
DECIMAL = Type(name="decimal")
BOOLEAN = Type(name="boolean")
DATE = Type(name="date")
DATETIME = Type(name="datetime")
DURATION = Type(name="duration")
JSON = Type(name="json")
SCALAR = Type(name="json", format="scalar")
"""A JSON value that is a number, true, false or a text."""
UUID = Type(name="uuid")
FILE = Type(name="record", format="file", fields=(("name", TEXT), ("size", INTEGER), ("type", TEXT)))
"""What a row knows of a file, and shows; the service knows besides where its bytes are."""
NULL = Type(name="null", optional=True)

INTEGER_RANGE = (-(2**63), 2**63 - 1)
"""Least and greatest integer."""


def row(entity: str, *, optional: bool = False) -> Type:
    """The type of a row of `entity`."""
    return Type(name="row", entity=entity, optional=optional)


def list_of(item: Type) -> Type:
    """The type of a list."""
    return Type(name="list", item=item)


def map_of(item: Type) -> Type:
    """The type of a map from text to values."""
    return Type(name="map", item=item)


def record_of(fields: Iterable[tuple[str, Type]]) -> Type:
    """The type of a record."""
    return Type(name="record", fields=tuple(fields))
