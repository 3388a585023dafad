"""Lowers what an operation answers: a row, a body, a page, a text, a file or a redirect; or one of several of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.ir.behaviour import Choose, Reply, Step, Steps, Values
from autocoder.ir.expressions import Bound, Call, Const, Expr, Op, Record
from autocoder.ir.lower_files import attachment
from autocoder.ir.lower_pages import page
from autocoder.ir.lower_rows import VERSION
from autocoder.ir.lower_visibility import visible_reply
from autocoder.ir.types import BOOLEAN, INTEGER, TEXT, record_of
from autocoder.ir.typing_rules import not_null_if

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

_FORMS = ("body", "html", "text", "file", "redirect")


def replies(to: Lowering, output: model.Output | Sequence[model.Output] | None) -> Steps:
    """What the operation answers; of several outputs the first whose condition holds."""
    if output is None or isinstance(output, model.Output):
        if output is not None and output.when is not None:
            to.complain("AC3128", "the one output has a condition", ("output", "when"), help="add an output without")
        return _hoisted(to, output or model.Output(), ("output",))
    found: Steps = ()
    for index in reversed(range(len(output))):
        found = _one_of(to, output[index], ("output", index), found)
    return found


def _one_of(to: Lowering, output: model.Output, at: Path, otherwise: Steps) -> Steps:
    if (output.when is None) == bool(otherwise):
        message = "an output before the last has no condition" if otherwise else "the last output has a condition"
        to.complain("AC3128", message, at, rule="each output but the last has a `when`")
    if output.when is None:
        return _hoisted(to, output, at)
    condition = to.expression(output.when, (*at, "when"), to.scope(), BOOLEAN)
    before = to.taken()
    there = to.there
    to.there |= not_null_if(condition, outcome=True)
    then = _hoisted(to, output, at)
    to.there = there
    return (*before, Choose(condition=condition, then=then, otherwise=otherwise))


def _hoisted(to: Lowering, output: model.Output, at: Path) -> Steps:
    reply = _reply(to, output, at)
    headers = tuple(
        (name, to.expression(text, (*at, "headers", name), to.scope(), TEXT)) for name, text in output.headers.items()
    )
    headers = (*_version(to, reply), *headers)
    steps: list[Step] = [*to.taken(), replace(visible_reply(to, reply), headers=headers)]
    return tuple(steps)


def _reply(to: Lowering, output: model.Output, at: Path) -> Reply:
    status = output.status or _usual_status(to)
    stated = [name for name in _FORMS if getattr(output, name) is not None]
    if len(stated) > 1:
        to.complain("AC3128", f"an output has one form, not {' and '.join(stated)}", at, help="make a list of outputs")
    with_body = 200 if status == 204 else status
    match stated[:1]:
        case ["redirect"]:
            target = to.expression(output.redirect or "", (*at, "redirect"), to.scope(), TEXT)
            return Reply(status=output.status or 302, redirect=target)
        case ["html"]:
            return Reply(status=with_body, html=page(to, output.html or "", (*at, "html")))
        case ["text"]:
            return Reply(status=with_body, text=to.expression(output.text or "", (*at, "text"), to.scope(), TEXT))
        case ["file"]:
            return Reply(status=with_body, file=attachment(to, output.file or "", (*at, "file")))
        case ["body"]:
            return _body(to, output.body, (*at, "body"), with_body)
        case _:
            return to.usual_reply(status, None if status == 204 else to.shown)


def _body(to: Lowering, body: str | dict[str, str] | None, at: Path, status: int) -> Reply:
    if isinstance(body, str):
        if body in to.rows or body in to.lists:
            return to.usual_reply(status, body)
        return Reply(status=status, body=_shown(to, to.expression(body, at, to.scope()), body, at))
    values: list[tuple[str, Expr]] = []
    for name, text in (body or {}).items():
        value = to.expression(text, (*at, name), to.scope())
        values.append((name.removesuffix("?"), _shown(to, value, text, (*at, name))))
    names = [name for name, _ in values]
    for name in names:
        if names.count(name) > 1:
            to.complain("AC3063", f'"{name}" stands twice in the body', at)
    type_ = record_of((name, value.type) for name, value in values)
    absent = tuple(name.removesuffix("?") for name in body or {} if name.endswith("?"))
    return Reply(status=status, body=Record(values=tuple(values), type=type_), absent=absent)


def _shown(to: Lowering, value: Expr, text: str, at: Path) -> Expr:
    """A value that clients may see. The caller is known by some fields alone, so the account is read to be shown."""
    if isinstance(value, Bound) and value.scope == "caller" and not value.field:
        to.complain(
            "AC3124",
            "the caller's row is not read here",
            at,
            value=text,
            rule="a body is made of rows that effects bound",
            help=f"add {{read: {to.caller}, by: caller.id}} and answer with that row",
        )
    return value


def _version(to: Lowering, reply: Reply) -> Values:
    """The version of a row that is shown, where its entity has one."""
    name = _row_shown(reply)
    row = to.rows.get(name)
    if row is None or row.optional or not row.entity:
        return ()
    if VERSION not in {f.name for f in to.world.entities[row.entity].fields if f.hidden}:
        return ()
    return (("ETag", etag(name)),)


def _row_shown(reply: Reply) -> str:
    """The name of the one row that a reply shows, by itself or under a key."""
    match reply.body:
        case Record(values=((_, Bound(scope="row", name=name, field="")),)):
            return name
        case _:
            return reply.view or ""


def etag(bind: str) -> Expr:
    """The entity tag of a row: its version in quotes."""
    version = Bound(scope="row", name=bind, field=VERSION, type=INTEGER)
    quote = Const(value='"', type=TEXT)
    text = Call(function="text", args=(version,), type=TEXT)
    opened = Op(op="+", args=(quote, text), type=TEXT)
    return Op(op="+", args=(opened, quote), type=TEXT)


def _usual_status(to: Lowering) -> int:
    if "Create" in to.verbs:
        return 201
    if "Delete" in to.verbs or to.shown is None:
        return 204
    return 200
