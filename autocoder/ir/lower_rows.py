"""Lowers the effects on rows: create, read, update, upsert, delete, increment, transition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.diagnostics import nearest
from autocoder.ir import effects as macros
from autocoder.ir import lower_files
from autocoder.ir.accounts import without_caller
from autocoder.ir.behaviour import BoundRow, Match, Steps, Values
from autocoder.ir.durations import microseconds
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Op, fixed_columns
from autocoder.ir.lower_failures import failure_of
from autocoder.ir.lower_order import order
from autocoder.ir.nodes import Entity, Field, Input, Lifecycle, StateChange
from autocoder.ir.types import BOOLEAN, INTEGER, TEXT

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

VERSION = "version"
"""The hidden field that counts the changes of a row, where clients may ask for a version."""


def create(to: Lowering, effect: model.Create, at: Path) -> Steps:
    entity = to.entity(effect.create, (*at, "create"))
    if entity is None:
        return ()
    to.known_fields(entity, effect.set, (*at, "set"))
    bind = to.bind_row(effect, entity.name)
    keys = to.new_keys(entity, bind)
    hashing, values = macros.hashed(new_row(to, entity, effect.set, at), secrets(entity))
    keeping, values = lower_files.kept(to, entity, values, at)
    hashing, values = (*keys, *hashing, *keeping), (*values, *to.kept_keys(entity))
    keep: tuple[str, ...] = ()
    if effect.exists:
        told = {name for name, _ in values}  # a generated key is never there already
        keep = next((k for k in entity.unique_keys if k != ("id",) and set(k) <= told), ())
        if not keep:
            to.complain("AC3110", f"{entity.name} has no unique field, so no row can be there already", (*at, "exists"))
    taken = failure_of(to, effect, "conflict", at, subject=entity.name)
    return (*hashing, *macros.create(entity.name, values, bind, keep=keep, taken=taken))


def new_row(to: Lowering, entity: Entity, given: Mapping[str, str], at: Path) -> Values:
    """A value for each field of a new row: from `set`, else the input of that name, else the default, else null."""
    values: list[tuple[str, Expr]] = []
    for f in entity.fields:
        if (f.generated or f.type.format in ("token", "digest")) and f.name not in given:
            continue
        value = new_value(to, entity, f, given, at)
        if value is not None:
            values.append((f.name, value))
    return tuple(values)


def new_value(to: Lowering, entity: Entity, f: Field, given: Mapping[str, str], at: Path) -> Expr | None:
    if f.name in given:
        return to.of_field(f, given[f.name], (*at, "set"), to.scope())
    if f.name in to.inputs and not f.read_only:
        return from_input(to, f)
    if f.default is not None and (found := default(to, f.default)) is not None:
        return found
    if f.type.optional:
        return Const(value=None, type=f.type)
    rule = "a field gets its value from `set`, an input of the same name, or a default, unless it is optional"
    lacking(to, entity, f, at, rule, f"add `{f.name}` to the input or to `set`, or give the field a default")
    return None


def lacking(to: Lowering, entity: Entity, f: Field, at: Path, rule: str, help_: str) -> None:
    """Says that a field of a new row gets no value."""
    to.complain("AC3111", f'a new {entity.name} needs a value for "{f.name}"', at, rule=rule, help=help_)


def default(to: Lowering, default: Expr) -> Expr | None:
    """A field's default here. Without a caller, what is the caller's is null, and only that is no default."""
    if to.caller is not None:
        return default
    return without_caller(default)


def from_input(to: Lowering, f: Field) -> Expr:
    given = inherit(to, f)
    type_ = given.type if given.required or given.default else given.type.or_null()
    bound = Bound(scope="input", name=f.name, type=type_)
    if type_.optional and not f.type.optional:
        if f.default is not None:
            return Op(op="??", args=(bound, f.default), type=f.type)
        to.complain(
            "AC3112",
            f'input "{f.name}" may be absent, but the field must have a value',
            ("input", f.name),
            help="make the field optional, give it a default, or require the input",
        )
    return bound


def inherit(to: Lowering, f: Field) -> Input:
    """The input that feeds a field obeys the field's own constraints where it states none."""
    given = to.inputs[f.name]
    if given.type.base != f.type.base:
        to.complain(
            "AC3113",
            f'input "{f.name}" is {given.type}, but the field is {f.type}',
            ("input", f.name),
            value=str(given.type),
            rule="an input that feeds a field has the field's type",
            help=f"declare the input as {f.type.not_null()}, or set the field with an expression",
        )
    format_ = "html" if f.type.format == "html" else given.type.format or f.type.format
    inherited = given.constraints if given.constraints != type(given.constraints)() else f.constraints
    to.inputs[f.name] = replace(
        given, type=replace(given.type, format=format_, entity=f.type.entity), constraints=inherited
    )
    return to.inputs[f.name]


def read(to: Lowering, effect: model.Read, at: Path) -> Steps:
    entity = to.entity(effect.read, (*at, "read"))
    if entity is None:
        return ()
    where = to.where(entity, effect.where, effect.by, at)
    fixed = fixed_columns(where)
    keys = order(to, entity, effect.order, at)
    broken = isinstance(where, Const)  # a diagnostic stands in for the condition
    if not effect.first and not broken and not any(set(key) <= fixed for key in entity.unique_keys):
        to.complain(
            "AC3114",
            f"may find several rows of {entity.name}",
            (*at, "where"),
            rule="`read` fixes a unique key, or says `first: true` with an `order`",
            help="compare one of these with a value: " + ", ".join("+".join(k) for k in entity.unique_keys),
        )
    bind = to.bind_row(effect, entity.name, optional=effect.optional)
    absent = None if effect.optional else failure_of(to, effect, "missing", at, subject=entity.name)
    return macros.read(entity.name, where, bind, absent=absent, order=keys, keep_us=kept_for(effect.cache))


def kept_for(duration: str | None) -> int:
    """How long what is read may be kept, in microseconds."""
    return microseconds(duration) if duration else 0


def update(to: Lowering, effect: model.Update, at: Path) -> Steps:
    target = to.target(effect.update, effect.where, (*at, "update"), at)
    if target is None:
        return ()
    entity = to.world.entities[target.entity]
    guard = to.same_version(target, at) if effect.if_match else ()
    if effect.set is None:
        keeping, values = lower_files.kept(to, target, sent(to, entity, target, at), at)
        return (*guard, *keeping, *macros.update(target, (*values, *next_version(entity))))
    to.known_fields(entity, effect.set, (*at, "set"))
    columns = entity.name if isinstance(target, Match) else None
    values: Values = tuple(
        (name, to.of_field(entity.field(name), text, (*at, "set"), to.scope(columns=columns)))
        for name, text in effect.set.items()
        if name in to.world.fields_of(entity.name)
    )
    hashing, values = macros.hashed(values, secrets(entity))
    keeping, values = lower_files.kept(to, target, values, at)
    unproved(to, target)
    return (*guard, *hashing, *keeping, *macros.update(target, (*values, *next_version(entity))))


def unproved(to: Lowering, target: BoundRow | Match) -> None:
    """What a guard proved of a row's fields no longer holds once they are set."""
    if isinstance(target, BoundRow):
        to.there = frozenset(key for key in to.there if key[:2] != ("row", target.bind) or not key[2])


def next_version(entity: Entity) -> Values:
    """The version that a changed row gets, where clients may ask for one."""
    if VERSION not in {f.name for f in entity.fields if f.hidden}:
        return ()
    column = Column(field=VERSION, type=INTEGER)
    return ((VERSION, Op(op="+", args=(column, Const(value=1, type=INTEGER)), type=INTEGER)),)


def sent(to: Lowering, entity: Entity, target: BoundRow | Match, at: Path) -> Values:
    """Each input that was sent replaces the field of its name; one that was not leaves it."""
    values: list[tuple[str, Expr]] = []
    for f in entity.fields:
        if f.name in to.inputs and to.inputs[f.name].place in ("body", "form") and not f.read_only:
            given = inherit(to, f)
            kept = (
                Bound(scope="row", name=target.bind, field=f.name, type=f.type)
                if isinstance(target, BoundRow)
                else Column(field=f.name, type=f.type)
            )
            if given.place == "form" and not given.required:
                # A field of a form is there or not; it is never null.
                new = Bound(scope="input", name=f.name, type=given.type.or_null())
                values.append((f.name, Op(op="??", args=(new, kept), type=f.type)))
                continue
            to.inputs[f.name] = replace(given, type=replace(given.type, optional=f.type.optional))
            new = Bound(scope="input", name=f.name, type=to.inputs[f.name].type)
            if given.required:
                values.append((f.name, new))
                continue
            sent = Call(function="sent", args=(new,), type=BOOLEAN)
            values.append((f.name, Op(op="?:", args=(sent, new, kept), type=f.type)))
    if not values:
        to.complain("AC3115", f"no input names a field of {entity.name}", at, help="add inputs, or use `set`")
    return tuple(values)


def upsert(to: Lowering, effect: model.Upsert, at: Path) -> Steps:
    entity = to.entity(effect.upsert, (*at, "upsert"))
    if entity is None:
        return ()
    for part, given in (("by", effect.by), ("set", effect.set)):
        to.known_fields(entity, given, (*at, part))
    if tuple(sorted(effect.by)) not in {tuple(sorted(key)) for key in entity.unique_keys}:
        to.complain(
            "AC3116",
            f"{entity.name} is not unique by {', '.join(effect.by)}",
            (*at, "by"),
            rule="`by` names the fields of one unique key",
            help="unique keys: " + "; ".join(", ".join(k) for k in entity.unique_keys),
        )
    types = to.world.fields_of(entity.name)
    by: Values = tuple(
        (name, to.of_field(entity.field(name), text, (*at, "by"), to.scope()))
        for name, text in effect.by.items()
        if name in types
    )
    changes = {
        name: to.of_field(entity.field(name), text, (*at, "set"), to.scope(old=entity.name))
        for name, text in effect.set.items()
        if name in types
    }
    keeping, kept = lower_files.kept(to, entity, tuple(changes.items()), at)
    changes = dict(kept)
    new = tuple((name, macros.without_old(value)) for name, value in changes.items())
    missing = [
        f
        for f in entity.fields
        if f.name not in {*effect.by, *changes} and not f.generated and f.type.format != "digest"
    ]
    for f in (f for f in missing if f.default is None and not f.type.optional):
        rule = "a field gets its value from `by`, `set` or a default, unless it is optional"
        lacking(to, entity, f, at, rule, f"add `{f.name}` to `set`, or give the field a default")
    rest = tuple(
        (f.name, f.default if f.default is not None else Const(value=None, type=f.type.or_null())) for f in missing
    )
    changed = tuple((name, macros.with_old(value, types)) for name, value in changes.items())
    return (*keeping, *macros.upsert(entity.name, by, (*new, *rest), changed, to.bind_row(effect, entity.name)))


def delete(to: Lowering, effect: model.Delete, at: Path) -> Steps:
    target = to.target(effect.delete, effect.where, (*at, "delete"), at)
    return macros.delete(target) if target else ()


def increment(to: Lowering, effect: model.Increment, at: Path) -> Steps:
    name, _, field_name = effect.increment.partition(".")
    target = to.target(name, None, (*at, "increment"), at)
    if not isinstance(target, BoundRow):
        return ()
    entity = to.world.entities[target.entity]
    type_ = to.world.fields_of(entity.name).get(field_name)
    if type_ is None or type_.base.name not in ("integer", "decimal"):
        to.complain(
            "AC3117",
            f'"{field_name}" is no number of {entity.name}',
            (*at, "increment"),
            value=effect.increment,
            help=nearest(field_name, [f.name for f in entity.fields if f.type.name in ("integer", "decimal")]),
        )
        return ()
    by = to.expression(effect.by, (*at, "by"), to.scope(), type_)
    return macros.increment(target, field_name, type_, by)


def transition(to: Lowering, effect: model.Transition, at: Path) -> Steps:
    target = to.target(effect.transition, None, (*at, "transition"), at)
    if not isinstance(target, BoundRow):
        return ()
    entity = to.world.entities[target.entity]
    if entity.lifecycle is None:
        to.complain("AC3125", f"{entity.name} has no lifecycle", (*at, "transition"), help="add `lifecycle` to it")
        return ()
    changes = changes_to(entity.lifecycle, effect.to)
    if not changes:
        known = {name for change in entity.lifecycle.changes for name in (change.name, change.to)}
        message = f'no transition of {entity.name} is named "{effect.to}" or leads there'
        to.complain("AC3125", message, (*at, "to"), value=effect.to, help=nearest(effect.to, known))
        return ()
    to.known_fields(entity, effect.set, (*at, "set"))
    field = entity.field(entity.lifecycle.field)
    now = Bound(scope="row", name=target.bind, field=field.name, type=field.type)
    values: Values = tuple(
        (name, to.of_field(entity.field(name), text, (*at, "set"), to.scope()))
        for name, text in effect.set.items()
        if name in to.world.fields_of(entity.name)
    )
    unproved(to, target)
    state = (field.name, Const(value=changes[0].to, type=field.type.not_null()))
    shown = to.words_of(entity.name)
    usual = f"the {shown} cannot become {changes[0].to} from its state"
    otherwise = failure_of(to, effect, "conflict", at, message=usual)
    by = to.has_role(tuple(sorted({c.role for c in changes})), at) if all(c.role for c in changes) else None
    allowed = one_of(now, tuple(sorted({origin for change in changes for origin in change.origins})))
    return macros.transition(target, allowed, by, otherwise, (state, *values, *next_version(entity)))


def changes_to(lifecycle: Lifecycle, to: str) -> tuple[StateChange, ...]:
    """The change of that name, or all that lead to that state."""
    named = tuple(change for change in lifecycle.changes if change.name == to)
    return named or tuple(change for change in lifecycle.changes if change.to == to)


def one_of(value: Expr, words: tuple[str, ...]) -> Expr:
    """Whether a text is one of some words."""
    found: Expr | None = None
    for word in words:
        equal = Op(op="==", args=(value, Const(value=word, type=TEXT)), type=BOOLEAN)
        found = equal if found is None else Op(op="||", args=(found, equal), type=BOOLEAN)
    return found or Const(value=False, type=BOOLEAN)


def secrets(entity: Entity) -> frozenset[str]:
    """The fields that hold passwords."""
    return frozenset(f.name for f in entity.fields if f.type.format == "password")
