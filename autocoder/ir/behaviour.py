"""The core steps: all that a running operation or handler ever does. Effects lower to them; three folds read them.

Plain frozen data with typed expressions, never text. Only the passes, the verifier and the folds know the steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal, cast

from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Get, Now, Op, Over, Record
from autocoder.ir.types import Type

FailureClass = Literal[
    "malformed", "invalid", "unauthenticated", "forbidden", "missing", "conflict", "limited", "unavailable"
]
InvokeTarget = Literal[
    "custom",
    "hash_password",
    "check_password",
    "issue_token",
    "new_token",
    "digest",
    "check_token",
    "check_secret",
    "keep_file",
]
Values = tuple[tuple[str, Expr], ...]
"""Field to expression, in field order."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How an operation fails: the class, what it is about (an entity or field), and the author's own message and
    status.
    """

    failure: FailureClass
    subject: str = ""
    message: str | None = None
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class BoundRow:
    """A row that an earlier step bound."""

    entity: str
    bind: str
    kind: Literal["bound_row"] = "bound_row"


@dataclass(frozen=True, kw_only=True)
class Match:
    """Rows that a condition selects; `absent` is the failure where `many` is false and none is there."""

    entity: str
    where: Expr | None
    many: bool = False
    absent: Failure | None = None
    kind: Literal["match"] = "match"


@dataclass(frozen=True, kw_only=True)
class Order:
    """One key of an order: a field, or where that is "" what is worked out of each row."""

    field: str = ""
    by: Expr | None = None
    descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Find:
    """Binds one row, or fails with `match.absent`, or binds null. `lock` holds the row until the end; for `keep_us`
    microseconds what is read of it may be kept, as long as it is what the store holds.
    """

    match: Match
    bind: str
    order: tuple[Order, ...] = ()
    lock: bool = False
    keep_us: int = 0
    kind: Literal["find"] = "find"


@dataclass(frozen=True, kw_only=True)
class Insert:
    """Adds a row. On a row with the same `key`: fail with `taken`, keep what is there, or change it (`Values`)."""

    entity: str
    values: Values
    bind: str
    key: tuple[str, ...] = ()
    taken: Failure | Literal["keep"] | Values = "keep"
    kind: Literal["insert"] = "insert"


@dataclass(frozen=True, kw_only=True)
class Change:
    """Sets fields of a bound row or of all rows that match. `bind` names the changed row where it is used later."""

    row: BoundRow | Match
    values: Values
    bind: str | None = None
    kind: Literal["change"] = "change"


@dataclass(frozen=True, kw_only=True)
class Remove:
    """Removes a bound row or all rows that match."""

    row: BoundRow | Match
    kind: Literal["remove"] = "remove"


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """A value of a group of rows, or of those `where` something holds; `count` is of no expression, `distinct` the
    number of different values.
    """

    function: Literal["count", "sum", "min", "max", "avg", "distinct"]
    of: Expr | None
    type: Type
    where: Expr | None = None
    kind: Literal["aggregate"] = "aggregate"

    @property
    def added_here(self) -> bool:
        """Whether the outcome is worked out of what the database gives: a mean, and what is added up of decimals."""
        decimal = self.of is not None and self.of.type.name == "decimal"
        return self.function == "avg" or (self.function == "sum" and decimal)


@dataclass(frozen=True, kw_only=True)
class List:
    """Binds the rows that match, ordered, at most `limit`, and of these `count` after the first `offset`.

    `total` names the number of all rows that match. With `rank` each item is a record of what is shown of a row and
    its position; with `values` it is one of a group of rows with the same values of `group`.
    `after` is a place in the order, a record of its keys: rows before it and there are left out. `lock` holds the rows
    until the end.
    """

    entity: str
    where: Expr | None
    bind: str
    order: tuple[Order, ...] = ()
    limit: int | None = None
    count: Expr | None = None
    offset: Expr | None = None
    total: str = ""
    rank: str = ""
    group: Values = ()
    values: tuple[tuple[str, Aggregate], ...] = ()
    after: Expr | None = None
    lock: bool = False
    kind: Literal["list"] = "list"


@dataclass(frozen=True, kw_only=True)
class Require:
    """Fails unless the condition holds."""

    condition: Expr
    otherwise: Failure
    kind: Literal["require"] = "require"


@dataclass(frozen=True, kw_only=True)
class Let:
    """Names a value."""

    name: str
    value: Expr
    kind: Literal["let"] = "let"


@dataclass(frozen=True, kw_only=True)
class Choose:
    """Does one or the other."""

    condition: Expr
    then: tuple[Step, ...]
    otherwise: tuple[Step, ...] = ()
    kind: Literal["choose"] = "choose"


@dataclass(frozen=True, kw_only=True)
class Each:
    """Does the same for each item of a list, in order."""

    items: Expr
    item: str
    body: tuple[Step, ...]
    kind: Literal["each"] = "each"

    @property
    def rows_of(self) -> str:
        """The entity whose rows the items are, "" where they are no rows."""
        item = self.items.type.item
        return (item.entity or "") if item is not None and item.name == "row" else ""


@dataclass(frozen=True, kw_only=True)
class Emit:
    """Publishes an event through the outbox of the same transaction."""

    event: str
    values: Values
    kind: Literal["emit"] = "emit"


@dataclass(frozen=True, kw_only=True)
class Invoke:
    """Calls a function outside the steps: `custom` (an owned body), or one that knows the service's own keys."""

    target: InvokeTarget
    name: str
    args: Values
    bind: str
    type: Type
    kind: Literal["invoke"] = "invoke"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Asks a system outside, beyond any transaction. Where it fails `failed` stands for the reply, or the operation
    fails with `unavailable`.
    """

    integration: str
    operation: str
    args: Values
    bind: str
    type: Type
    failed: Expr | None = None
    kind: Literal["ask"] = "ask"


@dataclass(frozen=True, kw_only=True)
class Notify:
    """Puts a message for a channel into the outbox of the same transaction."""

    channel: str
    values: Values
    kind: Literal["notify"] = "notify"


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """Keeps the event that a handler takes as a dead letter of this handler, in the same transaction."""

    reason: str
    kind: Literal["set_aside"] = "set_aside"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Answers: a row's public view (`view` names the bound row or list), a body, a page, a text, a file, or a redirect.

    `absent` are the keys of the body that are left out where they are null.
    """

    status: int
    view: str | None = None
    body: Expr | None = None
    absent: tuple[str, ...] = ()
    html: Expr | None = None
    text: Expr | None = None
    file: Expr | None = None
    redirect: Expr | None = None
    headers: Values = ()
    kind: Literal["reply"] = "reply"


Step = (
    Find
    | Insert
    | Change
    | Remove
    | List
    | Require
    | Let
    | Choose
    | Each
    | Emit
    | Invoke
    | Ask
    | Notify
    | SetAside
    | Reply
)
Steps = tuple[Step, ...]


def walk_steps(steps: Steps) -> Iterator[Step]:
    """All steps in order, those inside `Choose` and `Each` included."""
    for step in steps:
        yield step
        match step:
            case Choose(then=then, otherwise=otherwise):
                yield from walk_steps(then)
                yield from walk_steps(otherwise)
            case Each(body=body):
                yield from walk_steps(body)
            case _:
                pass


def ranged(step: Step) -> str | None:
    """The entity whose columns a step's expressions may name."""
    match step:
        case Find(match=Match(entity=entity)) | List(entity=entity) | Insert(entity=entity):
            return entity
        case Change(row=row) | Remove(row=row):
            return row.entity
        case _:
            return None


def expressions(step: Step) -> Iterator[Expr]:
    """Every expression that stands directly in a step (not in the steps inside it)."""
    for field in fields(step):
        yield from _expressions_in(getattr(step, field.name))


def _expressions_in(value: object) -> Iterator[Expr]:
    match value:
        case Const() | Column() | Bound() | Now() | Op() | Call() | Get() | Record() | Over():
            yield value
        case Match():
            yield from _expressions_in(value.where)
        case Aggregate():
            yield from _expressions_in(value.of)
            yield from _expressions_in(value.where)
        case Order():
            yield from _expressions_in(value.by)
        case tuple():
            # Keys of an order, and pairs of field and expression; steps inside `Choose` are neither.
            for item in cast("tuple[object, ...]", value):
                if isinstance(item, Order):
                    yield from _expressions_in(item)
                elif isinstance(item, tuple):
                    yield from _expressions_in(cast("tuple[object, ...]", item)[-1])
        case _:
            pass
