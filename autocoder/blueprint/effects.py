"""Effects: what an operation or handler does. The verb is the one key that says what."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal, cast

from pydantic import Discriminator, Field, Tag, model_validator

from autocoder.blueprint.shapes import Expression, Flag, Integer, Keep, Name, Strict, TypeName, shape_of


class Effect(Strict):
    """What every effect may carry."""

    when: Expression | None = Field(
        default=None, description="The effect happens only where this holds.", examples=["input.notify == true"]
    )
    each: Expression | None = Field(
        default=None,
        description="A list: the effect happens once for each item, in order.",
        examples=["input.lines"],
    )
    item: Name = Field(default="item", description="What the item of `each` is called.", examples=["line"])
    name: Annotated[Name | None, Field(alias="as")] = Field(
        default=None,
        description="The name that the result is bound to. Usual: the entity in snake case, plural for a list.",
        examples=["account"],
    )


class Create(Effect):
    """Adds a row."""

    create: TypeName = Field(description="The entity.")
    set: dict[Name, Expression] = Field(
        default_factory=dict[str, str],
        description="Field to value. A field that is not here takes the input of its name, then its default.",
        examples=[{"owner": "caller.id"}],
    )
    exists: Literal["return"] | None = Field(
        default=None, description="`return` answers the row that is there instead of a conflict.", examples=["return"]
    )
    otherwise: Annotated[str | int | None, Field(alias="else")] = Field(
        default=None,
        description="The failure class or status where a unique value is taken. Usual: conflict.",
        examples=["conflict", 401],
    )
    message: str | None = Field(
        default=None, description="What the client reads then.", examples=["This name is taken."]
    )


class Read(Effect):
    """Reads one row, or fails with `missing`."""

    read: TypeName = Field(description="The entity.")
    by: Expression | None = Field(default=None, description="The row's id.", examples=["input.id"])
    where: Expression | None = Field(
        default=None,
        description="A condition in which bare names are the row's fields; it fixes a unique key.",
        examples=["code == input.code && expires_at > now"],
    )
    optional: Flag = Field(default=False, description="Bind null where no row is there.", examples=[True])
    first: Flag = Field(default=False, description="Take the first of several rows, by `order`.", examples=[True])
    order: tuple[str, ...] = Field(
        default=(),
        description="Fields, or what is worked out of them, each with `asc` or `desc`.",
        examples=[["expires_at desc"]],
    )
    otherwise: Annotated[str | int | None, Field(alias="else")] = Field(
        default=None,
        description="The failure class or status where no row is there. Usual: missing.",
        examples=["unauthenticated", 401],
    )
    message: str | None = Field(default=None, description="What the client reads then.", examples=["No such link."])
    cache: Keep | None = Field(
        default=None,
        description="How long what is read of the row may be kept, where the environment has a cache. A write drops it "
        "at once, and conditions are checked again.",
        examples=["10m"],
    )


def _number_or_text(value: Any) -> str:
    return "text" if isinstance(value, str) else "number"


AtMost = Annotated[
    Annotated[Integer, Field(ge=1, le=1000), Tag("number")] | Annotated[Expression, Tag("text")],
    Discriminator(_number_or_text),
]


class Page(Strict):
    """How many rows a client gets at once."""

    limit: AtMost = Field(
        default=20,
        description="Rows at most where the client does not say; or an expression that says it, of inputs of your own.",
        examples=[20, "input.size"],
    )
    offset: Expression | None = Field(
        default=None,
        description="How many rows come before the page, where the client does not send that as `offset`.",
        examples=["(input.page - 1) * 20"],
    )
    most: Annotated[Integer, Field(ge=1, le=1000)] = Field(
        default=100, description="Rows that a client may ask for at most.", examples=[100]
    )
    cursor: Name | None = Field(
        default=None,
        description="The name of the place where the next page begins, null after the last. Clients send it as the "
        "query input `cursor` instead of `offset`; rows that are added meanwhile shift nothing. Needs an `order`.",
        examples=["next"],
    )
    number: Name | None = Field(
        default=None,
        description="The name of the query input with the number of the page, from 1, which clients send instead of "
        "`offset`.",
        examples=["page"],
    )
    size: Name = Field(
        default="limit", description="The name of the query input with the number of rows.", examples=["per_page"]
    )

    @model_validator(mode="after")
    def _one_way(self) -> Page:
        if self.number and self.cursor:
            raise ValueError("pages are numbered, or go on from a cursor, not both")
        return self


Where = Annotated[
    Expression | None,
    Field(
        description="A condition in which bare names are the rows' fields. Usual: all rows.",
        examples=["owner == caller.id"],
    ),
]
Ordered = Annotated[
    tuple[str, ...],
    Field(
        description="Fields, or what is worked out of them, each with `asc` or `desc`. Usual: the order of insertion.",
        examples=[["expires_at desc", "lower(title)"]],
    ),
]
Limit = Annotated[
    AtMost | None,
    Field(
        description="Rows at most: a number, or an expression (never more than 1000). Usual: 100.",
        examples=[20, "input.top"],
    ),
]
Offset = Annotated[
    Expression | None, Field(description="How many rows to leave out first. Usual: none.", examples=["input.skip"])
]
Paged = Annotated[
    Page | None,
    Field(
        description="Lets clients ask for a part of the list, with the query inputs `limit` and `offset`.",
        examples=[{"limit": 20, "most": 100}],
    ),
]
Total = Annotated[
    Name | None,
    Field(
        description="The name of the number of all rows that the condition selects, whatever the page.",
        examples=["total"],
    ),
]


Group = Annotated[
    Annotated[tuple[Name, ...], Tag("list")] | Annotated[dict[Name, Expression], Tag("map")], Discriminator(shape_of)
]


class ListRows(Effect):
    """Reads many rows."""

    list: TypeName = Field(description="The entity.")
    where: Where = None
    order: Ordered = ()
    limit: Limit = None
    offset: Offset = None
    page: Paged = None
    total: Total = None
    rank: Name | None = Field(
        default=None,
        description="The name of a row's position in the order, from 1; each item is then a record.",
        examples=["position"],
    )
    group: Group = Field(
        default=(),
        description="One item for each group of rows with the same values of these fields, or of what is worked out "
        "of each row under a name.",
        examples=[["day"], {"day": "date(sold_at)"}],
    )
    values: dict[Name, Expression] = Field(
        default_factory=dict[str, str],
        description="What is worked out of each group: `size(rows)`, `sum`, `avg`, `min` or `max` of "
        "`rows.map(r, …)`, or `size(distinct(rows.map(r, …)))`; `rows.filter(r, …)` takes some of them.",
        examples=[{"count": "size(rows)", "paid": "sum(rows.filter(r, r.paid).map(r, r.price))"}],
    )


class Search(Effect):
    """Reads the rows in which every word of a text occurs, in whatever case."""

    search: TypeName = Field(description="The entity.")
    fields: Annotated[tuple[Name, ...], Field(alias="in", min_length=1)] = Field(
        description="The text fields to look in; a word may occur in any of them.", examples=[["title", "text"]]
    )
    text: Annotated[Expression, Field(alias="for")] = Field(
        description="The words, with spaces between them. Without any, all rows are found.", examples=["input.q"]
    )
    where: Where = None
    order: Ordered = ()
    limit: Limit = None
    offset: Offset = None
    page: Paged = None
    total: Total = None


class Update(Effect):
    """Changes a row that was read, or all rows that a condition selects."""

    update: str = Field(description="A bound row, or an entity together with `where`.", examples=["link", "Link"])
    set: dict[Name, Expression] | None = Field(
        default=None,
        description="Field to value. Without it: the inputs that were sent, each into the field of its name.",
        examples=[{"title": "trim(input.title)"}],
    )
    where: Expression | None = Field(
        default=None, description="Which rows of an entity to change.", examples=["expires_at <= now"]
    )
    if_match: Flag = Field(
        default=False,
        description="Whether the client must send the row's version (`If-Match`) as an earlier reply gave it (`ETag`).",
        examples=[True],
    )


class Upsert(Effect):
    """Adds a row or changes the one with the same key."""

    upsert: TypeName = Field(description="The entity.")
    by: dict[Name, Expression] = Field(
        description="The fields of a unique key, with their values.", examples=[{"code": "event.code"}]
    )
    set: dict[Name, Expression] = Field(
        default_factory=dict[str, str],
        description="Field to value; `old` is the row that is there, or null.",
        examples=[{"clicks": "(old?.clicks ?? 0) + 1"}],
    )


class Delete(Effect):
    """Removes a row that was read, or all rows that a condition selects."""

    delete: str = Field(description="A bound row, or an entity together with `where`.", examples=["link", "Link"])
    where: Expression | None = Field(
        default=None, description="Which rows of an entity to remove.", examples=["expires_at <= now"]
    )


class Increment(Effect):
    """Adds to a number without losing a concurrent call."""

    increment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] = Field(
        description="The field of a bound row.", examples=["link.clicks"]
    )
    by: Expression = Field(default="1", description="How much to add.", examples=["1"])


class Transition(Effect):
    """Brings a row to another state of its entity's lifecycle, or fails with `conflict`."""

    transition: Name = Field(description="A bound row.", examples=["ticket"])
    to: Name = Field(description="The state, or the name of the transition.", examples=["closed", "close"])
    set: dict[Name, Expression] = Field(
        default_factory=dict[str, str],
        description="Other fields to set at the same time.",
        examples=[{"closed_at": "now"}],
    )
    otherwise: Annotated[str | int | None, Field(alias="else")] = Field(
        default=None,
        description="The failure class or status where the row's state does not allow it. Usual: conflict.",
        examples=["conflict", 400],
    )
    message: str | None = Field(
        default=None, description="What the client reads then.", examples=["The ticket is closed."]
    )


class Compute(Effect):
    """Names values for later effects."""

    compute: dict[Name, Expression] = Field(
        description="Name to value.", examples=[{"total": "input.price * input.count"}]
    )


class Require(Effect):
    """Stops the operation where the condition does not hold."""

    require: Expression = Field(description="What must hold.")
    otherwise: Annotated[str | int, Field(alias="else")] = Field(
        default="invalid",
        description="The failure class (malformed, invalid, unauthenticated, forbidden, missing, conflict, limited or "
        "unavailable), or a status from 400 to 599.",
        examples=["forbidden", "conflict", 402],
    )
    message: str | None = Field(
        default=None, description="What the client reads then.", examples=["Only the owner can do this."]
    )


class SignIn(Effect):
    """Issues a token to a bound account, or to the one whose login and password the inputs of these names give."""

    sign_in: str = Field(description="The entity of the accounts, or a bound account.", examples=["User", "user"])
    otherwise: Annotated[str | int | None, Field(alias="else")] = Field(
        default=None,
        description="The failure class or status where login and password do not fit. Usual: unauthenticated.",
        examples=[400],
    )
    message: str | None = Field(
        default=None, description="What the client reads then.", examples=["Invalid e-mail or password."]
    )


class Publish(Effect):
    """Publishes an event in the operation's transaction."""

    publish: TypeName = Field(description="The event.", examples=["LinkClicked"])
    values: Annotated[dict[Name, Expression], Field(alias="with")] = Field(
        default_factory=dict[str, str],
        description="The event's fields, with their values.",
        examples=[{"code": "link.code", "at": "now"}],
    )


class Custom(Effect):
    """Calls a typed function whose body a person owns."""

    custom: Name = Field(description="The function, declared under `functions`.", examples=["shipping_cost"])
    values: Annotated[dict[Name, Expression], Field(alias="with")] = Field(
        default_factory=dict[str, str],
        description="The function's inputs, with their values.",
        examples=[{"weight": "input.weight"}],
    )


class Call(Effect):
    """Asks a system outside, beyond any transaction, before anything is written."""

    call: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] = Field(
        description="The integration and its operation.", examples=["payments.charge"]
    )
    values: Annotated[dict[Name, Expression], Field(alias="with")] = Field(
        default_factory=dict[str, str],
        description="What is sent, by the names of `send`.",
        examples=[{"amount": "order.total"}],
    )
    failed: Expression = Field(
        default="",
        description="What stands for the reply where the call fails. Usual: the operation fails with `unavailable`.",
        examples=["null"],
    )


class Notify(Effect):
    """Sends mail or a webhook once the operation's transaction is kept, at least once, by the worker."""

    notify: Name = Field(description="The channel.", examples=["mail"])
    to: Expression | None = Field(
        default=None, description="Mail: the address, of type email.", examples=["user.email"]
    )
    subject: str | None = Field(
        default=None, description="Mail: the subject; `{{x}}` is a value.", examples=["Welcome, {{user.name}}"]
    )
    text: str | None = Field(
        default=None, description="Mail: the plain text; `{{x}}` is a value.", examples=["Hello {{user.name}}!"]
    )
    html: str | None = Field(
        default=None,
        description="Mail: the same as a page; `{{x}}` is an escaped value.",
        examples=["<p>Hello {{user.name}}!</p>"],
    )
    values: Annotated[dict[Name, Expression], Field(alias="with")] = Field(
        default_factory=dict[str, str],
        description="Webhook: the keys of its body, with their values.",
        examples=[{"order": "order.id", "total": "order.total"}],
    )


class DeadLetter(Effect):
    """Keeps the event that the handler takes as a dead letter: nobody tries it again, and people decide on it."""

    dead_letter: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="Why the event cannot be handled; the log says it.", examples=["The amount is not the total."]
    )


EFFECTS: dict[str, type[Effect]] = {
    "create": Create,
    "read": Read,
    "list": ListRows,
    "search": Search,
    "update": Update,
    "upsert": Upsert,
    "delete": Delete,
    "increment": Increment,
    "transition": Transition,
    "compute": Compute,
    "require": Require,
    "sign_in": SignIn,
    "publish": Publish,
    "custom": Custom,
    "call": Call,
    "notify": Notify,
    "dead_letter": DeadLetter,
}
"""Verb to model. The verb is the one key of an effect that says what it does."""


def effect_verb(value: Any) -> str | None:
    """The verb of an effect given as raw data or as a model; None if it has none or several."""
    keys = cast("Collection[str]", value if isinstance(value, dict) else getattr(value, "model_fields_set", ()))
    verbs = [verb for verb in EFFECTS if verb in keys]
    return verbs[0] if len(verbs) == 1 else None


AnyEffect = Annotated[
    Annotated[Create, Tag("create")]
    | Annotated[Read, Tag("read")]
    | Annotated[ListRows, Tag("list")]
    | Annotated[Search, Tag("search")]
    | Annotated[Update, Tag("update")]
    | Annotated[Upsert, Tag("upsert")]
    | Annotated[Delete, Tag("delete")]
    | Annotated[Increment, Tag("increment")]
    | Annotated[Transition, Tag("transition")]
    | Annotated[Compute, Tag("compute")]
    | Annotated[Require, Tag("require")]
    | Annotated[SignIn, Tag("sign_in")]
    | Annotated[Publish, Tag("publish")]
    | Annotated[Custom, Tag("custom")]
    | Annotated[Call, Tag("call")]
    | Annotated[Notify, Tag("notify")]
    | Annotated[DeadLetter, Tag("dead_letter")],
    Discriminator(
        effect_verb,
        custom_error_type="effect_verb",
        custom_error_message="an effect has exactly one verb: " + ", ".join(EFFECTS),
    ),
]
Effects = Annotated[
    tuple[AnyEffect, ...],
    Field(description="What happens, in this order, in one transaction.", examples=[[{"create": "Link"}]]),
]
