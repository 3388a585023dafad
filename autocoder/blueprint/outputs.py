"""What operations answer: successes, failures, and how both look on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from autocoder.blueprint.shapes import Also, Expression, Integer, Name, Strict, TypeName, shape_of

BodyKey = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]*\??$", max_length=60, examples=["total", "note?"])]
Body = Annotated[
    Annotated[Expression, Tag("scalar")] | Annotated[dict[BodyKey, Expression], Tag("map")],
    Discriminator(shape_of),
]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=60, examples=["X-Total-Count"])]


class Output(Strict):
    """What an operation answers. Without it: the row last created or read."""

    when: Expression | None = Field(
        default=None,
        description="In a list of outputs: this one answers where the condition holds, else the next.",
        examples=["created"],
    )
    status: Annotated[Integer, Field(ge=200, le=399)] | None = Field(
        default=None,
        description="The status. Usual: 201 after `create`, 204 after `delete`, 302 for a redirect, else 200.",
        examples=[202],
    )
    body: Body | None = Field(
        default=None,
        description="An expression (a bound row or list, a computed value), or a map of expressions. A key that ends "
        "in `?` is left out where its value is null.",
        examples=["link", {"total": "size(links)", "note?": "link.note"}],
    )
    html: str | None = Field(
        default=None,
        description="A page: `{{x}}` is the escaped value of an expression, `{{{x}}}` a value of type html as it is, "
        "`{{#each xs as x}}…{{/each}}` and `{{#if c}}…{{#else}}…{{/if}}` repeat and choose.",
        examples=["<h1>{{link.title}}</h1>"],
    )
    text: Expression | None = Field(default=None, description="Plain text.", examples=["csv(rows)"])
    file: Expression | None = Field(
        default=None, description="A file of a row, which the client saves.", examples=["document.scan"]
    )
    redirect: Expression | None = Field(default=None, description="The address to go to.", examples=["link.target_url"])
    headers: dict[HeaderName, Expression] = Field(
        default_factory=dict[str, str],
        description="Header to its value, a text.",
        examples=[{"X-Total-Count": "text(total)"}],
    )


class ErrorAnswer(Strict):
    """How one class of failure is answered. `400` is short for `{status: 400}`."""

    status: Annotated[Integer, Field(ge=400, le=599)] | None = Field(
        default=None, description="The status.", examples=[400]
    )
    message: str | None = Field(
        default=None, description="What the client reads where nothing else is stated.", examples=["Invalid token."]
    )


def _status_alone(value: Any) -> Any:
    return {"status": value} if isinstance(value, int) and not isinstance(value, bool) else value


Answer = Annotated[
    ErrorAnswer | None,
    BeforeValidator(_status_alone),
    Also(({"type": "integer", "minimum": 400, "maximum": 599, "description": "The status alone.", "examples": [400]},)),
]


class Errors(Strict):
    """How failures are answered. Usual: problem details (RFC 9457) with the status of the class."""

    malformed: Answer = Field(
        default=None, description="An input is absent or of another type. Usual: 422.", examples=[400]
    )
    invalid: Answer = Field(default=None, description="A value breaks a constraint. Usual: 422.", examples=[400])
    unauthenticated: Answer = Field(default=None, description="Nobody is signed in. Usual: 401.", examples=[401])
    forbidden: Answer = Field(default=None, description="The caller may not do this. Usual: 403.", examples=[404])
    missing: Answer = Field(default=None, description="There is no such row. Usual: 404.", examples=[410])
    conflict: Answer = Field(
        default=None, description="A value is taken, or the state does not allow it. Usual: 409.", examples=[400]
    )
    limited: Answer = Field(default=None, description="The caller asks too often. Usual: 429.", examples=[429])
    unavailable: Answer = Field(
        default=None, description="An outside system does not answer. Usual: 503.", examples=[502]
    )
    body: dict[BodyKey, Expression] | None = Field(
        default=None,
        description="What a failure's body holds, over `message`, `class`, `status`, `title`, and `fields` (each with "
        "`field` and `message`). For the whole system only.",
        examples=[{"error": "message"}],
    )


class Wire(Strict):
    """How JSON looks, in the whole system."""

    case: Literal["snake", "camel"] = Field(
        default="snake", description="How names are written in JSON and in queries.", examples=["camel"]
    )
    unknown_fields: Literal["ignore", "reject"] = Field(
        default="ignore", description="What happens to fields that no operation asks for.", examples=["reject"]
    )
    time: Literal["rfc3339"] = Field(
        default="rfc3339",
        description="How times are written: `2026-03-01T12:00:00Z`, in UTC, with microseconds where there are any.",
        examples=["rfc3339"],
    )
    wrap: dict[TypeName, Name] = Field(
        default_factory=dict[str, str],
        description="Entity to the key under which requests and replies hold its rows; a list has its plural.",
        examples=[{"User": "user"}],
    )


class Cors(Strict):
    """Which web pages of other origins may call."""

    origins: tuple[str, ...] = Field(
        default=("*",), description="Origins, or `*` for all.", examples=[["https://app.example.com"]]
    )
