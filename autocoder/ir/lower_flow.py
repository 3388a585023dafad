"""Lowers the effects on values: compute, require, publish, custom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.ir import effects as macros
from autocoder.ir.behaviour import Steps
from autocoder.ir.client_expressions import FORMATS
from autocoder.ir.expressions import Expr
from autocoder.ir.lower_failures import failure_of
from autocoder.ir.types import BOOLEAN, TEXT, row
from autocoder.ir.typing_rules import not_null_if

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path


def compute(to: Lowering, effect: model.Compute, at: Path) -> Steps:
    values: list[tuple[str, Expr]] = []
    for name, text in effect.compute.items():
        value = to.expression(text, (*at, "compute", name), to.scope())
        to.locals[name] = value.type
        values.append((name, value))
    return macros.compute(tuple(values))


def require(to: Lowering, effect: model.Require, at: Path) -> Steps:
    condition = to.expression(effect.require, (*at, "require"), to.scope(), BOOLEAN)
    to.there |= not_null_if(condition, outcome=True)
    return macros.require(condition, failure_of(to, effect, "invalid", at))


def sign_in(to: Lowering, effect: model.SignIn, at: Path) -> Steps:
    bind = effect.name or "access_token"
    auth = to.world.auth
    if auth is None:
        to.complain("AC3132", "nobody can sign in", (*at, "sign_in"), help="say under `auth` who signs in")
        return ()
    if auth.issuer is not None:
        to.complain("AC3289", "the issuer signs people in", (*at, "sign_in"), help="leave the operation out")
        return ()
    to.locals[bind] = TEXT
    accounts = [name for name, type_ in to.rows.items() if type_ == row(auth.entity)]
    if effect.sign_in in accounts:
        return macros.issued(effect.sign_in, bind)
    if effect.sign_in != auth.entity:
        to.unknown("account", effect.sign_in, (auth.entity, *accounts), (*at, "sign_in"))
    to.known(to.inputs, {auth.login: "", auth.secret: ""}, (*at, "sign_in"), "the input")
    to.rows["account"] = row(auth.entity)
    wrong = failure_of(to, effect, "unauthenticated", at, message=f"wrong {auth.login} or {auth.secret}")
    return macros.sign_in(auth.entity, auth.login, auth.secret, wrong, bind)


def publish(to: Lowering, effect: model.Publish, at: Path) -> Steps:
    event = to.world.events.get(effect.publish)
    if event is None:
        to.unknown("event", effect.publish, to.world.events, (*at, "publish"))
        return ()
    values: list[tuple[str, Expr]] = []
    known = {f.name: f for f in event.fields}
    to.known(known, effect.values, (*at, "with"), f"event {event.name}")
    for f in event.fields:
        if f.name in effect.values:
            text = effect.values[f.name]
            values.append((f.name, to.of_field(f, text, (*at, "with"), to.scope())))
        elif not f.type.optional:
            to.complain("AC3119", f'event {event.name} needs "{f.name}"', at, help=f"add `{f.name}` to `with`")
    return macros.publish(event.name, tuple(values))


def dead_letter(to: Lowering, effect: model.DeadLetter, at: Path) -> Steps:
    if to.event is None:
        rule = "a handler with `on` has an event, an operation or a schedule has none"
        to.complain("AC3120", "no event is named that could be kept", (*at, "dead_letter"), help=rule)
    return macros.dead_letter(effect.dead_letter)


def custom(to: Lowering, effect: model.Custom, at: Path) -> Steps:
    function = to.world.functions.get(effect.custom)
    if function is None:
        to.unknown("custom function", effect.custom, to.world.functions, (*at, "custom"))
        return ()
    known = dict(function.inputs)
    to.known(known, effect.values, (*at, "with"), f"function {function.name}")
    args: list[tuple[str, Expr]] = []
    for name, type_ in function.inputs:
        if name in effect.values:
            args.append((name, to.expression(effect.values[name], (*at, "with", name), to.scope(), type_)))
        elif not type_.optional:
            to.complain("AC3119", f'function {function.name} needs "{name}"', at, help=f"add `{name}` to `with`")
    bind = effect.name or function.name
    # What a person's function makes is not sanitised or checked, whatever it is called.
    unchecked = function.output.format in ("html", *FORMATS)
    output = replace(function.output, format="", fields=()) if unchecked else function.output
    to.locals[bind] = output
    return macros.custom(function.name, tuple(args), bind, output)
