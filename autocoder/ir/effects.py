"""Effect macros: each verb of the language as core steps. The docstrings are the verbs' documentation.

Macros take resolved, typed arguments and know nothing of the blueprint's text; `lower_behaviour` calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce

from autocoder.ir.behaviour import (
    Ask,
    BoundRow,
    Change,
    Choose,
    Each,
    Emit,
    Failure,
    Find,
    Insert,
    Invoke,
    Let,
    List,
    Match,
    Notify,
    Order,
    Remove,
    Require,
    SetAside,
    Step,
    Steps,
    Values,
)
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Op, Over, rewrite
from autocoder.ir.types import BOOLEAN, NULL, TEXT, UUID, Type, list_of, row

EFFECTS: dict[str, Callable[..., Steps]] = {}
"""Verb to macro."""


def effect(macro: Callable[..., Steps]) -> Callable[..., Steps]:
    """Registers a macro under its name (a trailing underscore dropped)."""
    EFFECTS[macro.__name__.rstrip("_")] = macro
    return macro


@effect
def create(
    entity: str, values: Values, bind: str, *, keep: tuple[str, ...] = (), taken: Failure | None = None
) -> Steps:
    """Adds a row. A row with the same unique value is a conflict, or is kept and answered with `exists: return`."""
    conflict = taken or Failure(failure="conflict", subject=entity)
    return (Insert(entity=entity, values=values, bind=bind, key=keep, taken="keep" if keep else conflict),)


@effect
def read(
    entity: str,
    where: Expr | None,
    bind: str,
    *,
    absent: Failure | None,
    order: tuple[Order, ...] = (),
    keep_us: int = 0,
) -> Steps:
    """Reads one row; without one the operation fails with `missing`, or binds null where `optional` says so."""
    return (Find(match=Match(entity=entity, where=where, absent=absent), bind=bind, order=order, keep_us=keep_us),)


@effect
def list_(step: List) -> Steps:
    """Reads the rows that a condition selects in a stable order: a page of them, with their positions, or groups."""
    return (step,)


def paged(step: List, begin: str, place: Expr, name: str, following: Expr) -> Steps:
    """Names the place where a page begins, reads it, and names the place after it."""
    return (Let(name=begin, value=place), step, Let(name=name, value=following))


@effect
def search(step: List, fields: tuple[Column, ...], text: Expr, sought: str) -> Steps:
    """Reads the rows in which every word of a text occurs in one of some fields; A to Z count as a to z."""
    words = Call(function="words", args=(_in_lower_case(text),), type=list_of(TEXT))
    word = Bound(scope="item", name="word", type=TEXT)
    found = (Call(function="contains", args=(_in_lower_case(field), word), type=BOOLEAN) for field in fields)
    anywhere = reduce(lambda one, other: Op(op="||", args=(one, other), type=BOOLEAN), found)
    named = Bound(scope="local", name=sought, type=words.type)
    every = Over(op="all", items=named, item="word", body=anywhere, type=BOOLEAN)
    where = every if step.where is None else Op(op="&&", args=(step.where, every), type=BOOLEAN)
    return (Let(name=sought, value=words), replace(step, where=where))


def _in_lower_case(text: Expr) -> Expr:
    there = Op(op="??", args=(text, Const(value="", type=TEXT)), type=TEXT) if text.type.optional else text
    return Call(function="lower", args=(there,), type=TEXT)


@effect
def update(target: BoundRow | Match, values: Values) -> Steps:
    """Sets fields of a row, or of every row that a condition selects."""
    bind = target.bind if isinstance(target, BoundRow) else None
    return (Change(row=target, values=values, bind=bind),)


@effect
def upsert(entity: str, by: Values, new: Values, changed: Values, bind: str) -> Steps:
    """Adds a row, or changes the one with the same key; one statement, so concurrent calls lose nothing."""
    return (Insert(entity=entity, values=(*by, *new), bind=bind, key=tuple(name for name, _ in by), taken=changed),)


@effect
def delete(target: BoundRow | Match) -> Steps:
    """Removes a row, or every row that a condition selects."""
    return (Remove(row=target),)


@effect
def increment(target: BoundRow, field: str, type_: Type, by: Expr) -> Steps:
    """Adds to a number; concurrent calls lose nothing."""
    total = Op(op="+", args=(Column(field=field, type=type_), by), type=type_)
    return (Change(row=target, values=((field, total),), bind=target.bind),)


@effect
def transition(row: BoundRow, allowed: Expr, by: Expr | None, otherwise: Failure, values: Values) -> Steps:
    """Brings a row to another state of its lifecycle; from any other state it is a conflict."""
    may = (Require(condition=by, otherwise=Failure(failure="forbidden")),) if by is not None else ()
    return (*may, Require(condition=allowed, otherwise=otherwise), Change(row=row, values=values, bind=row.bind))


@effect
def compute(values: Values) -> Steps:
    """Names values for later effects."""
    return tuple(Let(name=name, value=value) for name, value in values)


@effect
def require(condition: Expr, otherwise: Failure) -> Steps:
    """Stops with a failure unless the condition holds."""
    return (Require(condition=condition, otherwise=otherwise),)


@effect
def publish(event: str, values: Values) -> Steps:
    """Publishes an event, through the outbox of the same transaction."""
    return (Emit(event=event, values=values),)


def join(steps: list[Step], step: Step) -> None:
    """Adds a step; what hangs on the same named value as the step before is done in one branch with it, or in the
    other one.
    """
    before = steps[-1] if steps else None
    if not isinstance(before, Choose) or not isinstance(step, Choose) or step.otherwise:
        steps.append(step)
    elif _named(before.condition) and step.condition == before.condition:
        steps[-1] = replace(before, then=(*before.then, *step.then))
    elif _named(before.condition) and _contrary(step.condition) == before.condition:
        steps[-1] = replace(before, otherwise=(*before.otherwise, *step.then))
    else:
        steps.append(step)


def _named(condition: Expr) -> bool:
    """Whether a condition is a value that was named before: no step changes it."""
    return isinstance(condition, Bound) and condition.scope == "local"


def _contrary(condition: Expr) -> Expr | None:
    """What a condition denies."""
    return condition.args[0] if isinstance(condition, Op) and condition.op == "!" else None


@effect
def dead_letter(reason: str) -> Steps:
    """Keeps the event that arrived as a dead letter, which nobody tries again."""
    return (SetAside(reason=reason),)


@effect
def custom(function: str, args: Values, bind: str, type_: Type) -> Steps:
    """Calls a function whose body a person owns."""
    return (Invoke(target="custom", name=function, args=args, bind=bind, type=type_),)


@effect
def call(step: Ask) -> Steps:
    """Asks a system outside, beyond any transaction; where it fails the operation does, or `failed` is the reply."""
    return (step,)


@effect
def notify(channel: str, values: Values) -> Steps:
    """Sends mail or a webhook, through the outbox of the same transaction."""
    return (Notify(channel=channel, values=values),)


def conditional(condition: Expr, steps: Steps, binds: tuple[str, ...]) -> Steps:
    """Does the steps only where the condition holds; what they bind is null otherwise."""
    nothing = tuple(Let(name=name, value=Const(value=None, type=NULL)) for name in binds)
    return (Choose(condition=condition, then=steps, otherwise=nothing),)


def repeated(items: Expr, item: str, steps: Steps) -> Steps:
    """Does the steps for each item of a list; what hangs on a value that was named before is asked once."""
    match steps:
        case (Choose(condition=condition, then=then, otherwise=()),) if _named(_contrary(condition) or condition):
            return (Choose(condition=condition, then=repeated(items, item, then)),)
        case _:
            return (Each(items=items, item=item, body=steps),)


def hashed(values: Values, secrets: frozenset[str]) -> tuple[Steps, Values]:
    """Steps that hash the passwords among the values, and the values with the hashes in their place."""
    steps: list[Invoke] = []
    changed: list[tuple[str, Expr]] = []
    for name, value in values:
        if name in secrets:
            bind = f"{name}_hash"
            steps.append(Invoke(target="hash_password", name="", args=(("given", value),), bind=bind, type=TEXT))
            changed.append((name, Bound(scope="local", name=bind, type=TEXT)))
        else:
            changed.append((name, value))
    return tuple(steps), tuple(changed)


def keeping(uploads: tuple[Bound, ...], values: Values) -> tuple[Steps, Values]:
    """Steps that write uploads where files are kept, and the values with what is known of them in their place."""
    names = {upload: Bound(scope="local", name=f"{upload.name}_file", type=upload.type) for upload in uploads}
    steps = tuple(
        Invoke(target="keep_file", name="", args=(("given", upload),), bind=named.name, type=upload.type)
        for upload, named in names.items()
    )

    def change(node: Expr) -> Expr:
        return names.get(node, node) if isinstance(node, Bound) else node

    return steps, tuple((name, rewrite(value, change)) for name, value in values)


def sign_in(entity: str, login: str, secret: str, refused: Failure, bind: str) -> Steps:
    """Checks a login and its password and issues a token; an unknown login costs and answers the same."""
    given = Bound(scope="input", name=login, type=TEXT)
    where = Op(op="==", args=(Column(field=login, type=TEXT), given), type=BOOLEAN)
    stored = Bound(scope="row", name="account", field=secret, type=TEXT.or_null())
    account = Bound(scope="row", name="account", type=row(entity, optional=True))
    there = Op(op="!=", args=(account, Const(value=None, type=NULL)), type=BOOLEAN)
    right = Bound(scope="local", name="password_is_right", type=BOOLEAN)
    return (
        Find(match=Match(entity=entity, where=where), bind="account"),
        Invoke(
            target="check_password",
            name="",
            args=(("stored", stored), ("given", Bound(scope="input", name=secret, type=TEXT))),
            bind=right.name,
            type=BOOLEAN,
        ),
        Require(condition=Op(op="&&", args=(there, right), type=BOOLEAN), otherwise=refused),
        *issued("account", bind),
    )


def issued(account: str, bind: str) -> Steps:
    """Issues a token to a bound account."""
    subject = Bound(scope="row", name=account, field="id", type=UUID)
    return (Invoke(target="issue_token", name="", args=(("subject", subject),), bind=bind, type=TEXT),)


def folded(expr: Expr) -> Expr:
    """The expression with what is known of null worked out."""

    def change(node: Expr) -> Expr:
        match node:
            case Op(op="??", args=(Const(value=None), other)):
                return other
            case Op(op="==" | "!=", args=(Const(value=None), Const(value=None))):
                return Const(value=node.op == "==", type=BOOLEAN)
            case _:
                return _chosen(node)

    return rewrite(expr, change)


def without_old(expr: Expr) -> Expr:
    """The expression where there is no old row: `old` and its fields are null."""

    def change(node: Expr) -> Expr:
        return Const(value=None, type=NULL) if isinstance(node, Bound) and node.name == "old" else node

    return folded(rewrite(expr, change))


def with_old(expr: Expr, fields: Mapping[str, Type]) -> Expr:
    """The expression where the old row is there: its fields are columns, and `old` is not null."""

    def change(node: Expr) -> Expr:
        match node:
            case Bound(scope="row", name="old", field=field) if field:
                return Column(field=field, type=fields[field])
            case Op(op="??", args=(Column() as column, _)) if not column.type.optional:
                return column
            case Op(op="==", args=(Bound(scope="row", name="old"), Const(value=None))):
                return Const(value=False, type=BOOLEAN)
            case Op(op="!=", args=(Bound(scope="row", name="old"), Const(value=None))):
                return Const(value=True, type=BOOLEAN)
            case _:
                return _chosen(node)

    return rewrite(expr, change)


def _chosen(node: Expr) -> Expr:
    """What is left of an operator whose operands became known."""
    match node:
        case Op(op="+", args=(Const(value=0), other)):
            return other
        case Op(op="?:", args=(Const(value=True), chosen, _)) | Op(op="?:", args=(Const(value=False), _, chosen)):
            return chosen
        case _:
            return node
