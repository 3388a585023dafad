"""Lowers the effects of one operation or handler to core steps.

Resolves every name and type on the way; what does not resolve is a diagnostic at its place in the blueprint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, cast, get_args

from autocoder.blueprint import model
from autocoder.blueprint.positions import Written
from autocoder.diagnostics import Diagnostics, Span, nearest
from autocoder.ir import effects as macros
from autocoder.ir.behaviour import BoundRow, Failure, FailureClass, Match, Order, Reply, Steps, Values
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Op, fixed_columns, rewrite
from autocoder.ir.names import plural, snake
from autocoder.ir.nodes import Entity, Event, Field, Function, Input
from autocoder.ir.resolve import Scope, resolve
from autocoder.ir.types import BOOLEAN, NULL, UUID, Type, list_of, row
from autocoder.ir.typing_rules import ValueKey, not_null_if

LIST_LIMIT = 100
"""Rows that a list answers at most where nothing is stated."""

Path = tuple[str | int, ...]


class Positions(Protocol):
    """Where things stand in the blueprint's file."""

    def span(self, *path: str | int, key: bool = False) -> Span:
        """The place of a key or value; the nearest known parent's for what is not written there."""
        ...

    def written(self, *path: str | int) -> Written:
        """The place of a text, character by character."""
        ...


@dataclass(frozen=True, kw_only=True)
class World:
    """What effects may name."""

    entities: Mapping[str, Entity]
    events: Mapping[str, Event]
    functions: Mapping[str, Function]
    positions: Positions
    diagnostics: Diagnostics

    @cached_property
    def field_types(self) -> Mapping[str, Mapping[str, Type]]:
        """Entity to its fields' types by name."""
        return {name: {f.name: f.type for f in entity.fields} for name, entity in self.entities.items()}

    def fields_of(self, entity: str) -> Mapping[str, Type]:
        """Field name to type."""
        return self.field_types[entity]


@dataclass(kw_only=True)
class Lowering:
    """The lowering of one behaviour: the names that are bound so far, and the steps."""

    world: World
    path: Path
    inputs: dict[str, Input] = field(default_factory=dict[str, Input])
    caller: str | None = None
    caller_optional: bool = False
    event: Event | None = None
    rows: dict[str, Type] = field(default_factory=dict[str, Type])
    lists: dict[str, str] = field(default_factory=dict[str, str])
    locals: dict[str, Type] = field(default_factory=dict[str, Type])
    there: frozenset[ValueKey] = frozenset()
    shown: str | None = None
    verbs: list[str] = field(default_factory=list[str])

    @property
    def subject(self) -> str:
        """The dotted path that diagnostics name."""
        return ".".join(str(part) for part in self.path)

    def scope(self, *, columns: str | None = None, old: str | None = None) -> Scope:
        """The names that an expression may use here; `columns` and `old` name an entity."""
        world = self.world
        rows = dict(self.rows)
        if old:
            rows["old"] = row(old, optional=True)
        return Scope(
            columns=world.fields_of(columns) if columns else None,
            inputs={name: i.type if i.required or i.default else i.type.or_null() for name, i in self.inputs.items()},
            caller=world.fields_of(self.caller) if self.caller else None,
            caller_optional=self.caller_optional,
            event={f.name: f.type for f in self.event.fields} if self.event else None,
            rows=rows,
            entities=world.field_types,
            not_null=self.there,
            locals=self.locals | {name: list_of(row(entity)) for name, entity in self.lists.items()},
            words=dict(self._words(columns, rows)),
        )

    def _words(self, columns: str | None, rows: Mapping[str, Type]) -> Iterator[tuple[ValueKey, tuple[str, ...]]]:
        """The values of every enum that has a name here."""
        entities = self.world.entities
        for f in entities[columns].fields if columns else ():
            yield ("column", f.name, ""), f.constraints.values
        for bind, type_ in rows.items():
            for f in entities[type_.entity or ""].fields:
                yield ("row", bind, f.name), f.constraints.values
        for given in self.inputs.values():
            yield ("input", given.name, ""), given.constraints.values
        for f in self.event.fields if self.event else ():
            yield ("event", f.name, ""), f.constraints.values

    def expression(
        self, text: str, at: Path, scope: Scope, expected: Type | None = None, words: tuple[str, ...] = ()
    ) -> Expr:
        """The typed expression; after a diagnostic a null constant, so that the stage can go on."""
        span = self.world.positions.written(*self.path, *at)
        found = resolve(text, scope, expected=expected, span=span, diagnostics=self.world.diagnostics, words=words)
        return found if found is not None else Const(value=None, type=(expected or BOOLEAN).or_null())

    def _of_field(self, f: Field, text: str, at: Path, scope: Scope) -> Expr:
        """The typed expression of a field's value, which stands under the field's name."""
        return self.expression(text, (*at, f.name), scope, f.type, f.constraints.values)

    def complain(self, code: str, message: str, at: Path, **details: str) -> None:
        """A diagnostic at a place in this behaviour."""
        where = ".".join(str(part) for part in (*self.path, *at))
        span = self.world.positions.span(*self.path, *at)
        self.world.diagnostics.error(code, f"{where}: {message}", span, subject=where, **details)

    def lower(self, effects: Iterable[model.Effect]) -> Steps:
        """All effects in order."""
        steps: list[object] = []
        for index, effect in enumerate(effects):
            steps += self._effect(effect, ("effects", index))
        return cast("Steps", tuple(steps))

    def _effect(self, effect: model.Effect, at: Path) -> Steps:
        before = {*self.rows, *self.locals}
        condition = self.expression(effect.when, (*at, "when"), self.scope(), BOOLEAN) if effect.when else None
        shown = self.shown
        steps = self._verb(effect, at)
        if condition is None:
            return steps
        # What may not have happened is not what the operation answers.
        self.shown = shown
        fresh = tuple(name for name in (*self.rows, *self.locals) if name not in before)
        for name in fresh:
            names = self.rows if name in self.rows else self.locals
            names[name] = names[name].or_null()
        return macros.conditional(condition, steps, fresh)

    def _verb(self, effect: model.Effect, at: Path) -> Steps:
        self.verbs.append(type(effect).__name__)
        match effect:
            case model.Create():
                return self._create(effect, at)
            case model.Read():
                return self._read(effect, at)
            case model.ListRows():
                return self._list(effect, at)
            case model.Update():
                return self._update(effect, at)
            case model.Upsert():
                return self._upsert(effect, at)
            case model.Delete():
                return self._delete(effect, at)
            case _:
                return self._rowless(effect, at)

    def _rowless(self, effect: model.Effect, at: Path) -> Steps:
        match effect:
            case model.Increment():
                return self._increment(effect, at)
            case model.Compute():
                return self._compute(effect, at)
            case model.Require():
                return self._require(effect, at)
            case model.Publish():
                return self._publish(effect, at)
            case model.Custom():
                return self._custom(effect, at)
            case _:
                raise TypeError(f"no lowering for {type(effect).__name__}")

    # One method per verb: names and types here, meaning in `effects`.

    def _create(self, effect: model.Create, at: Path) -> Steps:
        entity = self._entity(effect.create, (*at, "create"))
        if entity is None:
            return ()
        self._known_fields(entity, effect.set, (*at, "set"))
        bind = self._bind_row(effect, entity.name)
        hashing, values = macros.hashed(self._new_row(entity, effect.set, at), _secrets(entity))
        keep: tuple[str, ...] = ()
        if effect.exists:
            keep = next((k for k in entity.unique_keys if k != ("id",)), ())
            if not keep:
                self.complain(
                    "AC3110", f"{entity.name} has no unique field, so no row can be there already", (*at, "exists")
                )
        return (*hashing, *macros.create(entity.name, values, bind, keep=keep))

    def _new_row(self, entity: Entity, given: Mapping[str, str], at: Path) -> Values:
        """A value for each field of a new row: from `set`, else the input of that name, else the default, else null."""
        values: list[tuple[str, Expr]] = []
        for f in entity.fields:
            if f.generated and f.name not in given:
                continue
            value = self._new_value(entity, f, given, at)
            if value is not None:
                values.append((f.name, value))
        return tuple(values)

    def _new_value(self, entity: Entity, f: Field, given: Mapping[str, str], at: Path) -> Expr | None:
        if f.name in given:
            return self._of_field(f, given[f.name], (*at, "set"), self.scope())
        if f.name in self.inputs and not f.read_only:
            return self._from_input(f)
        if f.default is not None and (default := self._default(f.default)) is not None:
            return default
        if f.type.optional:
            return Const(value=None, type=f.type)
        self.complain(
            "AC3111",
            f'a new {entity.name} needs a value for "{f.name}"',
            at,
            rule="a field gets its value from `set`, an input of the same name, or a default, unless it is optional",
            help=f"add `{f.name}` to the input or to `set`, or give the field a default",
        )
        return None

    def _default(self, default: Expr) -> Expr | None:
        """A field's default here. Without a caller, what is the caller's is null, and only that is no default."""
        if self.caller is not None:
            return default

        def nobody(node: Expr) -> Expr:
            of_caller = isinstance(node, Bound) and node.scope == "caller"
            return Const(value=None, type=NULL) if of_caller else node

        found = macros.folded(rewrite(default, nobody))
        return None if isinstance(found, Const) and found.value is None else found

    def _from_input(self, f: Field) -> Expr:
        given = self._inherit(f)
        type_ = given.type if given.required or given.default else given.type.or_null()
        bound = Bound(scope="input", name=f.name, type=type_)
        if type_.optional and not f.type.optional:
            if f.default is not None:
                return Op(op="??", args=(bound, f.default), type=f.type)
            self.complain(
                "AC3112",
                f'input "{f.name}" may be absent, but the field must have a value',
                ("input", f.name),
                help="make the field optional, give it a default, or require the input",
            )
        return bound

    def _inherit(self, f: Field) -> Input:
        """The input that feeds a field obeys the field's own constraints where it states none."""
        given = self.inputs[f.name]
        if given.type.base != f.type.base:
            self.complain(
                "AC3113",
                f'input "{f.name}" is {given.type}, but the field is {f.type}',
                ("input", f.name),
                value=str(given.type),
                rule="an input that feeds a field has the field's type",
                help=f"declare the input as {f.type.not_null()}, or set the field with an expression",
            )
        format_ = given.type.format or f.type.format
        inherited = given.constraints if given.constraints != type(given.constraints)() else f.constraints
        self.inputs[f.name] = replace(
            given, type=replace(given.type, format=format_, entity=f.type.entity), constraints=inherited
        )
        return self.inputs[f.name]

    def _read(self, effect: model.Read, at: Path) -> Steps:
        entity = self._entity(effect.read, (*at, "read"))
        if entity is None:
            return ()
        where = self._where(entity, effect.where, effect.by, at)
        fixed = fixed_columns(where)
        order = self._order(entity, effect.order, at)
        broken = isinstance(where, Const)  # a diagnostic stands in for the condition
        if not effect.first and not broken and not any(set(key) <= fixed for key in entity.unique_keys):
            self.complain(
                "AC3114",
                f"may find several rows of {entity.name}",
                (*at, "where"),
                rule="`read` fixes a unique key, or says `first: true` with an `order`",
                help="compare one of these with a value: " + ", ".join("+".join(k) for k in entity.unique_keys),
            )
        bind = self._bind_row(effect, entity.name, optional=effect.optional)
        return macros.read(entity.name, where, bind, optional=effect.optional, order=order)

    def _list(self, effect: model.ListRows, at: Path) -> Steps:
        entity = self._entity(effect.list, (*at, "list"))
        if entity is None:
            return ()
        where = self._where(entity, effect.where, None, at)
        bind = effect.name or plural(snake(entity.name))
        self.lists[bind] = entity.name
        self.shown = bind
        order = self._order(entity, effect.order, at)
        return macros.list_(entity.name, where, bind, order=order, limit=effect.limit or LIST_LIMIT)

    def _update(self, effect: model.Update, at: Path) -> Steps:
        target = self._target(effect.update, effect.where, (*at, "update"), at)
        if target is None:
            return ()
        entity = self.world.entities[target.entity]
        if effect.set is None:
            return macros.update(target, self._sent(entity, target, at))
        self._known_fields(entity, effect.set, (*at, "set"))
        columns = entity.name if isinstance(target, Match) else None
        values: Values = tuple(
            (name, self._of_field(entity.field(name), text, (*at, "set"), self.scope(columns=columns)))
            for name, text in effect.set.items()
            if name in self.world.fields_of(entity.name)
        )
        hashing, values = macros.hashed(values, _secrets(entity))
        if isinstance(target, BoundRow):
            # What a guard proved of the row's fields no longer holds once they are set.
            self.there = frozenset(key for key in self.there if key[:2] != ("row", target.bind) or not key[2])
        return (*hashing, *macros.update(target, values))

    def _sent(self, entity: Entity, target: BoundRow | Match, at: Path) -> Values:
        """Each input that was sent replaces the field of its name; one that was not leaves it."""
        values: list[tuple[str, Expr]] = []
        for f in entity.fields:
            if f.name in self.inputs and self.inputs[f.name].place == "body" and not f.read_only:
                given = self._inherit(f)
                self.inputs[f.name] = replace(given, type=replace(given.type, optional=f.type.optional))
                new = Bound(scope="input", name=f.name, type=self.inputs[f.name].type)
                if given.required:
                    values.append((f.name, new))
                    continue
                kept = (
                    Bound(scope="row", name=target.bind, field=f.name, type=f.type)
                    if isinstance(target, BoundRow)
                    else Column(field=f.name, type=f.type)
                )
                sent = Call(function="sent", args=(new,), type=BOOLEAN)
                values.append((f.name, Op(op="?:", args=(sent, new, kept), type=f.type)))
        if not values:
            self.complain("AC3115", f"no input names a field of {entity.name}", at, help="add inputs, or use `set`")
        return tuple(values)

    def _upsert(self, effect: model.Upsert, at: Path) -> Steps:
        entity = self._entity(effect.upsert, (*at, "upsert"))
        if entity is None:
            return ()
        for part, given in (("by", effect.by), ("set", effect.set)):
            self._known_fields(entity, given, (*at, part))
        if tuple(sorted(effect.by)) not in {tuple(sorted(key)) for key in entity.unique_keys}:
            self.complain(
                "AC3116",
                f"{entity.name} is not unique by {', '.join(effect.by)}",
                (*at, "by"),
                rule="`by` names the fields of one unique key",
                help="unique keys: " + "; ".join(", ".join(k) for k in entity.unique_keys),
            )
        types = self.world.fields_of(entity.name)
        by: Values = tuple(
            (name, self._of_field(entity.field(name), text, (*at, "by"), self.scope()))
            for name, text in effect.by.items()
            if name in types
        )
        changes = {
            name: self._of_field(entity.field(name), text, (*at, "set"), self.scope(old=entity.name))
            for name, text in effect.set.items()
            if name in types
        }
        new = tuple((name, macros.without_old(value)) for name, value in changes.items())
        rest = tuple(
            (f.name, f.default if f.default is not None else Const(value=None, type=f.type))
            for f in entity.fields
            if f.name not in {*effect.by, *changes} and not f.generated
        )
        changed = tuple((name, macros.with_old(value, types)) for name, value in changes.items())
        return macros.upsert(entity.name, by, (*new, *rest), changed, self._bind_row(effect, entity.name))

    def _delete(self, effect: model.Delete, at: Path) -> Steps:
        target = self._target(effect.delete, effect.where, (*at, "delete"), at)
        return macros.delete(target) if target else ()

    def _increment(self, effect: model.Increment, at: Path) -> Steps:
        name, _, field_name = effect.increment.partition(".")
        target = self._target(name, None, (*at, "increment"), at)
        if not isinstance(target, BoundRow):
            return ()
        entity = self.world.entities[target.entity]
        type_ = self.world.fields_of(entity.name).get(field_name)
        if type_ is None or type_.base.name not in ("integer", "decimal"):
            self.complain(
                "AC3117",
                f'"{field_name}" is no number of {entity.name}',
                (*at, "increment"),
                value=effect.increment,
                help=nearest(field_name, [f.name for f in entity.fields if f.type.name in ("integer", "decimal")]),
            )
            return ()
        by = self.expression(effect.by, (*at, "by"), self.scope(), type_)
        return macros.increment(target, field_name, type_, by)

    def _compute(self, effect: model.Compute, at: Path) -> Steps:
        values: list[tuple[str, Expr]] = []
        for name, text in effect.compute.items():
            value = self.expression(text, (*at, "compute", name), self.scope())
            self.locals[name] = value.type
            values.append((name, value))
        return macros.compute(tuple(values))

    def _require(self, effect: model.Require, at: Path) -> Steps:
        condition = self.expression(effect.require, (*at, "require"), self.scope(), BOOLEAN)
        classes: tuple[str, ...] = get_args(FailureClass)
        if effect.otherwise not in classes:
            self.complain(
                "AC3118",
                f'"{effect.otherwise}" is no failure class',
                (*at, "else"),
                value=effect.otherwise,
                rule="`else` is one of " + ", ".join(classes),
                help=nearest(effect.otherwise, classes),
            )
            return ()
        self.there |= not_null_if(condition, outcome=True)
        failure = Failure(failure=cast("FailureClass", effect.otherwise), message=effect.message)
        return macros.require(condition, failure)

    def _publish(self, effect: model.Publish, at: Path) -> Steps:
        event = self.world.events.get(effect.publish)
        if event is None:
            self._unknown("event", effect.publish, self.world.events, (*at, "publish"))
            return ()
        values: list[tuple[str, Expr]] = []
        known = {f.name: f for f in event.fields}
        self._known(known, effect.values, (*at, "with"), f"event {event.name}")
        for f in event.fields:
            if f.name in effect.values:
                text = effect.values[f.name]
                values.append((f.name, self._of_field(f, text, (*at, "with"), self.scope())))
            elif not f.type.optional:
                self.complain("AC3119", f'event {event.name} needs "{f.name}"', at, help=f"add `{f.name}` to `with`")
        return macros.publish(event.name, tuple(values))

    def _custom(self, effect: model.Custom, at: Path) -> Steps:
        function = self.world.functions.get(effect.custom)
        if function is None:
            self._unknown("custom function", effect.custom, self.world.functions, (*at, "custom"))
            return ()
        known = dict(function.inputs)
        self._known(known, effect.values, (*at, "with"), f"function {function.name}")
        args: list[tuple[str, Expr]] = []
        for name, type_ in function.inputs:
            if name in effect.values:
                args.append((name, self.expression(effect.values[name], (*at, "with", name), self.scope(), type_)))
            elif not type_.optional:
                self.complain("AC3119", f'function {function.name} needs "{name}"', at, help=f"add `{name}` to `with`")
        bind = effect.name or function.name
        self.locals[bind] = function.output
        return macros.custom(function.name, tuple(args), bind, function.output)

    # Names.

    def _entity(self, name: str, at: Path) -> Entity | None:
        entity = self.world.entities.get(name)
        if entity is None:
            self._unknown("entity", name, self.world.entities, at)
        return entity

    def _unknown(self, what: str, name: str, known: Iterable[str], at: Path) -> None:
        self.complain("AC3120", f'no {what} is named "{name}"', at, value=name, help=nearest(name, known))

    def _known_fields(self, entity: Entity, given: Mapping[str, object], at: Path) -> None:
        self._known({f.name: f for f in entity.fields}, given, at, f"entity {entity.name}")

    def _known(self, known: Mapping[str, object], given: Mapping[str, object], at: Path, owner: str) -> None:
        for name in given:
            if name not in known:
                self.complain(
                    "AC3121", f'{owner} has no field "{name}"', (*at, name), value=name, help=nearest(name, known)
                )

    def _bind_row(self, effect: model.Effect, entity: str, *, optional: bool = False) -> str:
        bind = effect.name or snake(entity)
        self.rows[bind] = row(entity, optional=optional)
        self.shown = bind
        return bind

    def _target(self, name: str, where: str | None, at: Path, effect_at: Path) -> BoundRow | Match | None:
        """A bound row by its name, or all rows of an entity by a condition."""
        if name in self.rows:
            found = self.rows[name]
            if found.optional and ("row", name, "") not in self.there:
                self.complain("AC3122", f'"{name}" may be null here', at, help=f"require `{name} != null` first")
            return BoundRow(entity=found.entity or "", bind=name)
        if name in self.world.entities:
            entity = self.world.entities[name]
            return Match(entity=name, where=self._where(entity, where, None, effect_at), many=True)
        self._unknown("row or entity", name, (*self.rows, *self.world.entities), at)
        return None

    def _where(self, entity: Entity, where: str | None, by: str | None, at: Path) -> Expr | None:
        if by is not None:
            key = self.expression(by, (*at, "by"), self.scope(), UUID)
            return Op(op="==", args=(Column(field="id", type=UUID), key), type=BOOLEAN)
        if where is None:
            return None
        return self.expression(where, (*at, "where"), self.scope(columns=entity.name), BOOLEAN)

    def _order(self, entity: Entity, order: tuple[str, ...], at: Path) -> tuple[Order, ...]:
        keys: list[Order] = []
        known = self.world.fields_of(entity.name)
        for index, text in enumerate(order):
            name, _, direction = text.partition(" ")
            if name not in known or direction not in ("", "asc", "desc"):
                self.complain(
                    "AC3123",
                    f'"{text}" is no order of {entity.name}',
                    (*at, "order", index),
                    value=text,
                    rule="an order is a field, then `asc` or `desc`",
                    help=nearest(name, known),
                )
            else:
                keys.append(Order(field=name, descending=direction == "desc"))
        return tuple(keys)

    # The reply.

    def reply(self, output: model.Output | None) -> Reply:
        """What the operation answers, by what it did where nothing is stated."""
        status = output.status if output and output.status else self._usual_status()
        if output is None or (output.body is None and output.redirect is None):
            return Reply(status=status, view=None if status == 204 else self.shown)
        if output.redirect is not None:
            target = self.expression(output.redirect, ("output", "redirect"), self.scope(), Type(name="text"))
            return Reply(status=output.status or 302, redirect=target)
        if isinstance(output.body, str):
            return self._row_reply(output.body, status)
        values = tuple(
            (name, self.expression(text, ("output", "body", name), self.scope()))
            for name, text in (output.body or {}).items()
        )
        return Reply(status=200 if status == 204 else status, body=values)

    def _row_reply(self, name: str, status: int) -> Reply:
        if name not in self.rows and name not in self.lists:
            self.complain(
                "AC3124",
                f'"{name}" is no row or list that an effect bound',
                ("output", "body"),
                value=name,
                rule="a body is a bound row, a bound list, or a map of expressions",
                help=nearest(name, (*self.rows, *self.lists)),
            )
        return Reply(status=200 if status == 204 else status, view=name)

    def _usual_status(self) -> int:
        if "Create" in self.verbs:
            return 201
        if "Delete" in self.verbs or self.shown is None:
            return 204
        return 200


def _secrets(entity: Entity) -> frozenset[str]:
    return frozenset(f.name for f in entity.fields if f.type.format == "password")
