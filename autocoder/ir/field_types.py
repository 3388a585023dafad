"""What the type words of the blueprint mean: a field's text becomes a type, constraints, and how it is generated."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autocoder.blueprint.model import FieldSpec
from autocoder.diagnostics import Diagnostics, Span, nearest
from autocoder.ir import client_expressions
from autocoder.ir.limits import bytes_in
from autocoder.ir.nodes import Constraints, Field, Visibility
from autocoder.ir.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    FILE,
    INTEGER,
    JSON,
    SCALAR,
    TEXT,
    UUID,
    Format,
    Type,
    list_of,
    map_of,
    record_of,
)

_PLAIN: dict[str, Type] = {
    "text": TEXT,
    "integer": INTEGER,
    "decimal": DECIMAL,
    "boolean": BOOLEAN,
    "date": DATE,
    "datetime": DATETIME,
    "duration": DURATION,
    "uuid": UUID,
    "json": JSON,
    "scalar": SCALAR,
    "file": FILE,
}
_TEXTS: dict[str, Format] = {
    "email": "email",
    "url": "url",
    "slug": "slug",
    "code": "code",
    "password": "password",
    "enum": "enum",
    "phone": "phone",
    "token": "token",
    "html": "html",
    "path": "path",
    "secret": "secret",
    "formula": "formula",
    "predicate": "predicate",
}
TYPE_WORDS = (*_PLAIN, *_TEXTS, "money", "ref", "record", "list of …", "map of …")
"""Every type word, as a diagnostic lists them."""

CODE_LENGTH = 8
"""Length of a generated code where nothing is stated."""


PASSWORD_LENGTH = (8, 128)
"""Least and greatest length of a new password where nothing is stated."""


@dataclass(frozen=True, kw_only=True)
class TypeContext:
    """What a type word may refer to, and where complaints go."""

    entities: frozenset[str]
    diagnostics: Diagnostics


def type_of(spec: FieldSpec, span: Span, subject: str, context: TypeContext) -> Type:
    """The type of a field. An unknown word is a diagnostic, and text stands in so that the stage can go on."""
    word = "enum" if spec.enum and spec.type.strip() == "text" else spec.type.strip()
    if word.startswith("list of "):
        inner = spec.model_copy(update={"type": word.removeprefix("list of "), "optional": False})
        found = list_of(type_of(inner, span, subject, context))
    elif word.startswith("map of "):
        inner = spec.model_copy(update={"type": word.removeprefix("map of "), "optional": False})
        found = map_of(type_of(inner, span, subject, context))
    elif word == "record":
        found = _record(spec, span, subject, context)
    elif word == "ref":
        found = _reference(spec, span, subject, context)
    elif word == "money":
        found = Type(name="integer", format="money")
    elif word in client_expressions.FORMATS:
        found = _client_expression(spec, _TEXTS[word], span, subject, context)
    elif word in _TEXTS:
        found = Type(name="text", format=_TEXTS[word])
    elif word in _PLAIN:
        found = _PLAIN[word]
    else:
        context.diagnostics.error(
            "AC3101",
            f'{subject}: unknown type "{word}"',
            span,
            subject=subject,
            value=word,
            rule="a type is one of " + ", ".join(TYPE_WORDS),
            help=nearest(word, (*_PLAIN, *_TEXTS, "money", "ref")),
        )
        found = TEXT
    if any(part is not None and part.format == "file" for part in (found.item, *(t for _, t in found.fields))):
        context.diagnostics.error(
            "AC3264",
            f"{subject}: a file stands alone",
            span,
            subject=subject,
            value=word,
            rule="a file is a field of an entity or an input",
            help="make an entity with a file and a ref to this one",
        )
    return found.or_null() if spec.optional else found


def _record(spec: FieldSpec, span: Span, subject: str, context: TypeContext) -> Type:
    if not spec.fields:
        context.diagnostics.error(
            "AC3106",
            f"{subject}: the record has no fields",
            span,
            subject=subject,
            help="add `fields: {street: text}`, or use json for any value",
        )
    return record_of(
        (name, type_of(inner, span, f"{subject}.fields.{name}", context)) for name, inner in spec.fields.items()
    )


def _client_expression(spec: FieldSpec, format_: Format, span: Span, subject: str, context: TypeContext) -> Type:
    named = spec.vars if format_ == "formula" else spec.fields
    fields = tuple((n, type_of(inner, span, f"{subject}.{n}", context)) for n, inner in named.items())
    found = Type(name="text", format=format_, fields=fields)
    for problem, rule in client_expressions.problems(spec, found):
        context.diagnostics.error("AC3268", f"{subject}: {problem}", span, subject=subject, value=format_, rule=rule)
    return found


def _reference(spec: FieldSpec, span: Span, subject: str, context: TypeContext) -> Type:
    if spec.to not in context.entities:
        context.diagnostics.error(
            "AC3102",
            f'{subject}: refers to "{spec.to or ""}", which is no entity',
            span,
            subject=subject,
            value=spec.to or "",
            rule="a ref names an entity in `to`",
            help=nearest(spec.to or "", context.entities),
        )
    return Type(name="uuid", entity=spec.to)


def constraints_of(spec: FieldSpec) -> Constraints:
    """The constraints that a field states, `length` of a code by convention."""
    length = spec.length or (CODE_LENGTH if spec.type == "code" else None)
    least, most = PASSWORD_LENGTH if spec.type == "password" else (None, None)
    least, most = (stated if stated is not None else usual for stated, usual in ((spec.min, least), (spec.max, most)))
    if spec.type == "file":
        most = None if spec.max is None else bytes_in(spec.max)
    return Constraints(
        minimum=None if least is None else str(least),
        maximum=None if most is None else str(most),
        length=length,
        pattern=spec.pattern,
        values=spec.types if spec.type == "file" else spec.words,
        fields=_of_parts(spec) if spec.type.split(" of ")[-1].strip() == "record" else (),
    )


def sent_constraints(spec: FieldSpec) -> Constraints:
    """The constraints of what clients send: no item of a list that is `unique` stands twice in it."""
    return replace(constraints_of(spec), distinct=spec.unique and spec.type.startswith("list of "))


def _of_parts(spec: FieldSpec) -> tuple[tuple[str, Constraints], ...]:
    """The constraints of the parts of a record that state any."""
    found = ((name, sent_constraints(part)) for name, part in spec.fields.items())
    return tuple((name, part) for name, part in found if part != Constraints())


def field_of(name: str, spec: FieldSpec, span: Span, subject: str, context: TypeContext) -> Field:
    """A field without its default, which needs the names that surround it."""
    type_ = type_of(spec, span, subject, context)
    return Field(
        name=name,
        type=type_,
        constraints=constraints_of(spec),
        generated="sequence" if spec.sequence is not None else "code" if type_.format == "code" else "",
        within=spec.sequence or (),
        unique=spec.unique,
        indexed=spec.indexed,
        read_only=spec.read_only or type_.format == "token",
        hidden=type_.format in ("password", "token", "secret"),
        personal=spec.personal or type_.format in ("email", "phone", "secret"),
        visible=_visible(spec),
        on_delete=spec.on_delete or "refuse",
    )


def _visible(spec: FieldSpec) -> Visibility | None:
    """Who sees a field; None where everybody does."""
    if spec.visible is None:
        return None
    told = spec.visible if isinstance(spec.visible, tuple) else (spec.visible,)
    named = [part.role for part in told if not isinstance(part, str)]
    roles = tuple(role for names in named for role in ((names,) if isinstance(names, str) else names))
    return Visibility(owner="owner" in told, roles=roles)


ID_FIELD = Field(name="id", type=UUID, generated="uuid", unique=True, read_only=True)
"""The public identity that every entity has."""
