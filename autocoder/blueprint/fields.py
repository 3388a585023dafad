"""Fields of entities, events, records and inputs: a type word with its options."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from autocoder.blueprint.shapes import (
    Also,
    Expression,
    Flag,
    Integer,
    Name,
    Satisfies,
    Scalar,
    Strict,
    TypeName,
    shape_of,
)


def _shorthand(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


FieldOrType = Annotated[
    "FieldSpec",
    BeforeValidator(_shorthand),
    Also(({"type": "string", "description": "The type alone.", "examples": ["text", "url"]},)),
]


ContentType = Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9][a-z0-9.+-]*$", examples=["image/png"])]


class VisibleTo(Strict):
    """Who has a role."""

    role: Annotated[
        Annotated[Name, Tag("scalar")] | Annotated[tuple[Name, ...], Tag("list")], Discriminator(shape_of)
    ] = Field(description="The role, or one of several.", examples=["admin", ["clerk", "admin"]])


Visible = Annotated[
    Annotated[Literal["owner"], Tag("scalar")]
    | Annotated[VisibleTo, Tag("map")]
    | Annotated[
        tuple[
            Annotated[
                Annotated[Literal["owner"], Tag("scalar")] | Annotated[VisibleTo, Tag("map")], Discriminator(shape_of)
            ],
            ...,
        ],
        Tag("list"),
    ],
    Discriminator(shape_of),
]


class FieldSpec(Strict):
    """A field of an entity, an event, or an input. `name: text` is short for `name: {type: text}`."""

    type: str = Field(
        description="The type: text, integer, decimal, money, boolean, date, datetime, duration, uuid, email, url, "
        "phone, slug, enum, ref, json, record, password, secret, token, code, html, path, file, formula, "
        "predicate, or `list of` or `map of` one of them.",
        examples=["text", "integer", "url", "ref", "list of text", "map of integer"],
    )
    fields: dict[Name, FieldOrType] = Field(
        default_factory=dict[str, "FieldSpec"],
        description="The fields of a `record`, or those that a `predicate` may name.",
        examples=[{"street": "text", "zip": {"type": "text", "optional": True}}],
    )
    vars: dict[Name, FieldOrType] = Field(
        default_factory=dict[str, "FieldSpec"],
        description="What a `formula` may name.",
        examples=[{"weight": "decimal", "express": "boolean"}],
    )
    to: TypeName | None = Field(default=None, description="The entity that a `ref` refers to.", examples=["User"])
    values: tuple[str, ...] = Field(
        default=(), description="The words that an `enum` takes.", examples=[["open", "closed"]]
    )
    enum: tuple[str, ...] = Field(
        default=(),
        description="The words that a `text` may be: short for `type: enum` with `values`.",
        examples=[["open", "closed"]],
    )
    types: tuple[ContentType, ...] = Field(
        default=(), description="The content types that a `file` may have. Usual: any.", examples=[["image/png"]]
    )
    length: Annotated[Integer, Field(ge=4, le=64)] | None = Field(
        default=None, description="Characters of a generated `code`.", examples=[7]
    )
    optional: Flag = Field(default=False, description="Whether the value may be null or absent.", examples=[True])
    default: Scalar = Field(
        default=None,
        description="The value where none is given: a literal, or an expression after `=`.",
        examples=[0, "=now + 30d"],
    )
    unique: Flag = Field(
        default=False,
        description="Whether no two rows have the same value; of a list that clients send, no two items.",
        examples=[True],
    )
    min: Scalar = Field(default=None, description="The least value, or the least length of a text.", examples=[1])
    max: Scalar = Field(
        default=None,
        description="The greatest value, the greatest length, or the size of a file.",
        examples=[200, "10MB"],
    )
    pattern: str | None = Field(
        default=None, description="A regular expression (RE2) that the whole text matches.", examples=["[a-z]+"]
    )
    computed: Expression | None = Field(
        default=None,
        description="An expression over the row's own fields: the value is worked out whenever the row is shown.",
        examples=["price * count"],
    )
    sequence: tuple[Name, ...] | None = Field(
        default=None,
        description="Makes the value a number from 1 that counts the rows with the same values in these fields and is "
        "never used again.",
        examples=[["owner"]],
    )
    lookup: Flag = Field(
        default=False,
        description="Whether rows are found by this `secret`: a keyed digest of it is kept beside it.",
        examples=[True],
    )
    read_only: Flag = Field(default=False, description="Whether clients can see but never set it.", examples=[True])
    personal: Flag = Field(default=False, description="Whether it is personal data.", examples=[True])
    visible: Visible | None = Field(
        default=None,
        description="Who sees the field of an entity: who owns the row, who has a role; a list means any of them. For "
        "everybody else it is null.",
        examples=["owner", {"role": "admin"}, ["owner", {"role": "admin"}]],
    )
    indexed: Flag = Field(default=False, description="Whether the database keeps an index on it.", examples=[True])
    column: Name | None = Field(
        default=None, description="The column, where it is not called like the field of an entity.", examples=["target"]
    )
    on_delete: Literal["refuse", "cascade", "clear"] | None = Field(
        default=None,
        description="What happens to this row when the row that a `ref` refers to is deleted: the deletion is "
        "refused (usual), this row goes too, or the reference becomes null.",
        examples=["cascade"],
    )
    place: Annotated[Literal["path", "query", "header", "cookie", "body"] | None, Field(alias="in")] = Field(
        default=None,
        description="Where an input stands in the request. Usual: names in the route are path; others are body for "
        "POST, PUT and PATCH, and query for GET and DELETE.",
        examples=["query"],
    )
    message: str | None = Field(
        default=None,
        description="What the client reads where an input is absent or refused.",
        examples=["Give a web address."],
    )
    otherwise: Annotated[str | int | None, Field(alias="else")] = Field(
        default=None,
        description="The failure class or status where an input is absent or refused. Usual: malformed or invalid.",
        examples=["conflict", 400],
    )
    satisfies: Satisfies = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The words that an enum takes, whichever way they are written."""
        return self.values or self.enum


FieldSpec.model_rebuild()
