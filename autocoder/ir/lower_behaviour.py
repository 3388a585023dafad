"""Lowers the effects of one operation or handler to core steps.

Resolves every name and type on the way; what does not resolve is a diagnostic at its place in the blueprint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from autocoder.blueprint import model
from autocoder.blueprint.positions import Written
from autocoder.diagnostics import Diagnostics, Span, nearest
from autocoder.ir import effects as macros
from autocoder.ir import (
    lower_access,
    lower_files,
    lower_flow,
    lower_lists,
    lower_outside,
    lower_references,
    lower_reply,
    lower_rows,
    lower_search,
    lower_visibility,
    lower_wrapping,
    times,
)
from autocoder.ir.behaviour import BoundRow, Failure, Invoke, Match, Reply, Require, Step, Steps
from autocoder.ir.expressions import Bound, Column, Const, Expr, Get, Op, Over, Record, rewrite
from autocoder.ir.lower_secrets import looked_up
from autocoder.ir.names import snake
from autocoder.ir.nodes import Auth, Channel, Constraints, Entity, Event, Field, Function, Input, Integration
from autocoder.ir.resolve import Scope, resolve
from autocoder.ir.types import BOOLEAN, JSON, NULL, TEXT, UUID, Type, list_of, record_of, row
from autocoder.ir.typing_rules import ValueKey

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
    auth: Auth | None = None
    wrap: Mapping[str, str] = field(default_factory=dict[str, str])
    integrations: Mapping[str, Integration] = field(default_factory=dict[str, Integration])
    channels: Mapping[str, Channel] = field(default_factory=dict[str, Channel])

    @cached_property
    def field_types(self) -> Mapping[str, Mapping[str, Type]]:
        """Entity to the types of its fields and computed values by name."""
        return {
            name: {f.name: f.type for f in entity.fields}
            | {computed: value.type for computed, value in entity.computed}
            for name, entity in self.entities.items()
        }

    def fields_of(self, entity: str) -> Mapping[str, Type]:
        """Field name to type."""
        return self.field_types[entity]


@dataclass(kw_only=True)
class Lowering:
    """The lowering of one behaviour: the names that are bound so far, and the steps.

    `mapped` is what another event gives for the fields of `event`, where that one arrives; `unmapped` is what it lacks.
    """

    world: World
    path: Path
    inputs: dict[str, Input] = field(default_factory=dict[str, Input])
    has_body: bool = False
    caller: str | None = None
    caller_optional: bool = False
    event: Event | None = None
    mapped: Mapping[str, Expr] | None = None
    unmapped: set[str] = field(default_factory=set[str])
    rows: dict[str, Type] = field(default_factory=dict[str, Type])
    lists: dict[str, str] = field(default_factory=dict[str, str])
    locals: dict[str, Type] = field(default_factory=dict[str, Type])
    items: dict[str, Type] = field(default_factory=dict[str, Type])
    repeated: bool = False
    before: list[Step] = field(default_factory=list[Step])
    followed: dict[str, Expr | None] = field(default_factory=dict[str, Expr | None])
    keys: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
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
            follows=True,
            locals=self.locals | {name: list_of(row(entity)) for name, entity in self.lists.items()},
            items=self.items,
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
        self,
        text: str,
        at: Path,
        scope: Scope,
        expected: Type | None = None,
        words: tuple[str, ...] = (),
        *,
        whole: bool = True,
    ) -> Expr:
        """The typed expression; after a diagnostic a null constant, so that the stage can go on. `whole` says that it
        is all that stands at its place.
        """
        written = self.world.positions.written(*self.path, *at)
        span = written if whole else Written(span=written.span)
        found = resolve(text, scope, expected=expected, span=span, diagnostics=self.world.diagnostics, words=words)
        if found is None:
            return Const(value=None, type=(expected or BOOLEAN).or_null())
        if lower_files.is_looked_into(found, expected):
            self.complain("AC3263", "an upload has no value before it is kept", at, value=text, rule=lower_files.RULE)
        return rewrite(found, lambda node: self._worked_out(self._followed(node, text, at)))

    def _followed(self, node: Expr, text: str, at: Path) -> Expr:
        """A field of the row to which a value refers as one of that row, which is read before."""
        match node:
            case Get(of=Bound(type=Type(name="uuid")) as of):
                return lower_references.follow(self, node, of, text, at)
            case _:
                return node

    def _worked_out(self, node: Expr) -> Expr:
        """A computed value as what it is worked out of."""
        match node:
            case Column():
                return node  # replaced where the entity is known
            case Bound(scope="event", name=name) if self.mapped is not None:
                if name not in self.mapped:
                    self.unmapped.add(name)
                return self.mapped.get(name, node)
            case Bound(scope="row", name=name, field=field) if (name, field) in self.keys:
                return Bound(scope="local", name=self.keys[name, field], type=TEXT)
            case Bound(scope="row" | "caller" | "item", field=field) if field:
                entity = self._entity_of(node)
                computed = dict(entity.computed).get(field) if entity else None
                return node if computed is None else rewrite(computed, lambda part: _of_same_row(part, node))
            case Over(items=items, item=item, body=body) if items.type.item and items.type.item.name == "row":
                return replace(node, body=self._worked_out_of_item(body, item, items.type.item.entity or ""))
            case _:
                return node

    def _worked_out_of_item(self, body: Expr, item: str, entity: str) -> Expr:
        """What is said of each row of a list, its computed values as what they are worked out of."""
        computed = dict(self.world.entities[entity].computed)

        def change(node: Expr) -> Expr:
            if isinstance(node, Bound) and (node.scope, node.name) == ("item", item) and node.field in computed:
                return rewrite(computed[node.field], lambda part: _of_same_row(part, node))
            return node

        return rewrite(body, change)

    def _entity_of(self, node: Bound) -> Entity | None:
        """The entity of the row that a field is taken of."""
        names = {"row": self.rows, "item": self.items}.get(node.scope)
        if names is None:
            return self.world.entities.get(self.caller or "")
        return self.world.entities.get(names[node.name].entity or "") if node.name in names else None

    def of_field(self, f: Field, text: str, at: Path, scope: Scope) -> Expr:
        """The typed expression of a field's value, which stands under the field's name."""
        return self.expression(text, (*at, f.name), scope, f.type, f.constraints.values)

    def complain(self, code: str, message: str, at: Path, **details: str) -> None:
        """A diagnostic at a place in this behaviour."""
        where = ".".join(str(part) for part in (*self.path, *at))
        span = self.world.positions.span(*self.path, *at)
        self.world.diagnostics.error(code, f"{where}: {message}", span, subject=where, **details)

    def lower(self, effects: Iterable[model.Effect]) -> Steps:
        """All effects in order."""
        steps: list[Step] = []
        for index, effect in enumerate(effects):
            for step in self._effect(effect, ("effects", index)):
                macros.join(steps, step)
        return tuple(steps)

    def taken(self) -> Steps:
        """The steps that an expression needs before it, once."""
        found = tuple(self.before)
        self.before.clear()
        self.followed = dict.fromkeys(self.followed)
        return found

    def _effect(self, effect: model.Effect, at: Path) -> Steps:
        if effect.each is None:
            return self._conditional(effect, at)
        items = self.expression(effect.each, (*at, "each"), self.scope())
        if items.type.name != "list" or items.type.optional:
            self.complain("AC3127", f"`each` goes over {items.type}, not over a list", (*at, "each"))
        if effect.item in {*self.rows, *self.locals, *self.lists, *self.items}:
            self.complain("AC3127", f'"{effect.item}" means something else already', (*at, "item"), value=effect.item)
        before = self.taken()
        known, shown = (dict(self.rows), dict(self.locals), dict(self.lists)), self.shown
        item = items.type.item or JSON
        (self.rows if item.name == "row" else self.items)[effect.item] = item
        self.repeated = True
        steps = self._conditional(effect, at)
        # What one turn binds is gone with it.
        self.repeated = False
        self.items.pop(effect.item, None)
        self.rows, self.locals, self.lists, self.shown = *known, shown
        return (*before, *macros.repeated(items, effect.item, steps))

    def _conditional(self, effect: model.Effect, at: Path) -> Steps:
        before = {*self.rows, *self.locals}
        condition = self.expression(effect.when, (*at, "when"), self.scope(), BOOLEAN) if effect.when else None
        first = self.taken() if condition else ()
        shown = self.shown
        steps = self._verb(effect, at)
        followed = self.followed
        steps = (*self.taken(), *steps)
        if condition is None:
            # What only looks leaves rows as they are.
            if isinstance(effect, _LOOKS) and not self.repeated:
                self.followed = followed
            return steps
        # What may not have happened is not what the operation answers.
        self.shown = shown
        fresh = tuple(name for name in (*self.rows, *self.locals) if name not in before)
        for name in fresh:
            names = self.rows if name in self.rows else self.locals
            names[name] = names[name].or_null()
        return (*first, *macros.conditional(condition, steps, fresh))

    def _verb(self, effect: model.Effect, at: Path) -> Steps:
        self.verbs.append(type(effect).__name__)
        lowering = _VERBS[type(effect)]
        return lowering(self, effect, at)

    def replies(self, output: model.Output | Sequence[model.Output] | None) -> Steps:
        """What the operation answers."""
        return lower_reply.replies(self, output)

    def usual_reply(self, status: int, view: str | None) -> Reply:
        """A row or list as clients see it, under its entity's key where it has one."""
        return lower_wrapping.wrapped(self, self._usual_reply(status, view), view)

    def _usual_reply(self, status: int, view: str | None) -> Reply:
        """A row or list; what else a list's name stands for as it is."""
        if view is not None and view in self.locals:
            return Reply(status=status, body=Bound(scope="local", name=view, type=self.locals[view]))
        if view is not None and (keys := {f: local for (bind, f), local in self.keys.items() if bind == view}):
            return Reply(status=status, body=self._with_keys(view, keys))
        return Reply(status=status, view=view)

    def _with_keys(self, view: str, keys: Mapping[str, str]) -> Record:
        """A new row as clients see it, with its keys, which are never shown again."""
        entity = self.world.entities[self.rows[view].entity or ""]
        values = lower_visibility.values_of(self, entity, Bound(scope="row", name=view, type=self.rows[view]))
        values += [(name, Bound(scope="local", name=local, type=TEXT)) for name, local in keys.items()]
        return Record(values=tuple(values), type=record_of((name, value.type) for name, value in values))

    # Keys of rows.

    def new_keys(self, entity: Entity, bind: str) -> Steps:
        """Makes the keys of a new row, and what is kept of them."""
        steps: list[Step] = []
        for f in (f for f in entity.fields if f.type.format == "token"):
            new = f"new_{f.name}"
            self.keys[bind, f.name] = new
            self.locals[new] = TEXT
            given = (("given", Bound(scope="local", name=new, type=TEXT)),)
            steps.append(Invoke(target="new_token", name="", args=(), bind=new, type=TEXT))
            steps.append(Invoke(target="digest", name="", args=given, bind=f"{f.name}_digest", type=TEXT))
        return tuple(steps)

    def kept_keys(self, entity: Entity) -> tuple[tuple[str, Expr], ...]:
        """What is kept of the keys of a new row."""
        names = [f.name for f in entity.fields if f.type.format == "token"]
        return tuple((name, Bound(scope="local", name=f"{name}_digest", type=TEXT)) for name in names)

    def _by_digest(self, node: Expr) -> Expr:
        """A comparison with a key as one with what is kept of it."""
        match node:
            case Op(op="==", args=(Column(field=name, type=Type(format="token")) as column, other)):
                pass
            case Op(op="==", args=(other, Column(field=name, type=Type(format="token")) as column)):
                pass
            case _:
                return node
        bind = f"{name}_digest"
        given = (("given", other),)
        self.before.append(Invoke(target="digest", name="", args=given, bind=bind, type=TEXT))
        return Op(op="==", args=(column, Bound(scope="local", name=bind, type=TEXT)), type=BOOLEAN)

    # Guards.

    def guarded(self, rules: tuple[lower_access.Rule, ...], steps: Steps) -> Steps:
        """The steps behind what the access rules ask for."""
        return lower_access.guarded(self, rules, steps, ("access",))

    def has_role(self, roles: tuple[str, ...], at: Path) -> Expr:
        """Whether the caller has one of these roles."""
        auth = self.world.auth
        if auth is None or not auth.role or self.caller is None:
            self.complain(
                "AC3147",
                "there are no roles",
                at,
                value=", ".join(roles),
                rule="a role is a value of the enum field `role` of whoever signs in",
                help="add `role: {type: enum, values: [...]}` to the accounts, and `access: user`",
            )
            return Const(value=False, type=BOOLEAN)
        field_ = self.world.entities[self.caller].field(auth.role)
        for role in roles:
            if role not in field_.constraints.values:
                hint = nearest(role, field_.constraints.values)
                self.complain("AC3147", f'nobody can have the role "{role}"', at, value=role, help=hint)
        held = Bound(
            scope="caller", name="caller", field=auth.role, type=replace(field_.type, optional=self.caller_optional)
        )
        return lower_rows.one_of(held, roles)

    def same_version(self, target: BoundRow | Match, at: Path) -> Steps:
        """The client must say which version it saw, and it must be the newest."""
        if not isinstance(target, BoundRow):
            self.complain("AC3115", "many rows have no one version", (*at, "if_match"), help="read the row first")
            return ()
        printable = Constraints(pattern=lower_access.PRINTABLE)
        given = Input(name="if_match", place="header", type=TEXT, required=False, constraints=printable)
        self.inputs.setdefault("if_match", given)
        sent = Bound(scope="input", name="if_match", type=TEXT.or_null())
        there = Op(op="!=", args=(sent, Const(value=None, type=NULL)), type=BOOLEAN)
        same = Op(op="==", args=(sent, lower_reply.etag(target.bind)), type=BOOLEAN)
        absent = Failure(failure="conflict", message="send the version as If-Match", status=428)
        other = Failure(failure="conflict", message=f"the {self.words_of(target.entity)} was changed", status=412)
        return (Require(condition=there, otherwise=absent), Require(condition=same, otherwise=other))

    def credential(self, rule: model.AccessRule, at: Path) -> Steps:
        """A key or a shared secret that the client sends."""
        return lower_access.credential(self, rule, at)

    def words_of(self, entity: str) -> str:
        """An entity as people say it."""
        return snake(entity).replace("_", " ")

    # Names.

    def entity(self, name: str, at: Path) -> Entity | None:
        entity = self.world.entities.get(name)
        if entity is None:
            self.unknown("entity", name, self.world.entities, at)
        return entity

    def unknown(self, what: str, name: str, known: Iterable[str], at: Path) -> None:
        self.complain("AC3120", f'no {what} is named "{name}"', at, value=name, help=nearest(name, known))

    def known_fields(self, entity: Entity, given: Mapping[str, object], at: Path) -> None:
        self.known({f.name: f for f in entity.fields}, given, at, f"entity {entity.name}")

    def known(self, known: Mapping[str, object], given: Mapping[str, object], at: Path, owner: str) -> None:
        for name in given:
            if name not in known:
                self.complain(
                    "AC3121", f'{owner} has no field "{name}"', (*at, name), value=name, help=nearest(name, known)
                )

    def bind_row(self, effect: model.Effect, entity: str, *, optional: bool = False) -> str:
        usual = snake(entity)
        bind = effect.name or (f"new_{usual}" if effect.each and effect.item == usual else usual)
        self.rows[bind] = row(entity, optional=optional)
        self.shown = bind
        return bind

    def target(self, name: str, where: str | None, at: Path, effect_at: Path) -> BoundRow | Match | None:
        """A bound row by its name, or all rows of an entity by a condition."""
        if name in self.rows:
            found = self.rows[name]
            if found.optional and ("row", name, "") not in self.there:
                self.complain("AC3122", f'"{name}" may be null here', at, help=f"require `{name} != null` first")
            return BoundRow(entity=found.entity or "", bind=name)
        if name in self.world.entities:
            entity = self.world.entities[name]
            return Match(entity=name, where=self.where(entity, where, None, effect_at), many=True)
        self.unknown("row or entity", name, (*self.rows, *self.world.entities), at)
        return None

    def where(self, entity: Entity, where: str | None, by: str | None, at: Path, key: str = "by") -> Expr | None:
        """The condition that selects rows, by an id or by an expression over their fields."""
        if by is not None:
            id_ = self.expression(by, (*at, key), self.scope(), UUID)
            return Op(op="==", args=(Column(field="id", type=UUID), id_), type=BOOLEAN)
        if where is None:
            return None
        return self.over_rows(entity, self.expression(where, (*at, "where"), self.scope(columns=entity.name), BOOLEAN))

    def over_rows(self, entity: Entity, expr: Expr) -> Expr:
        """An expression over rows as databases are asked: computed values worked out of columns, times solved."""
        computed = dict(entity.computed)

        def change(node: Expr) -> Expr:
            return computed.get(node.field, node) if isinstance(node, Column) else node

        found = rewrite(expr, change) if computed else expr
        return rewrite(looked_up(times.over_rows(found), entity), self._by_digest)


_LOOKS = (model.Require, model.Compute, model.Publish, model.Notify)
_VERBS: dict[type[model.Effect], Callable[..., Steps]] = {
    model.Create: lower_rows.create,
    model.Read: lower_rows.read,
    model.ListRows: lower_lists.list_,
    model.Search: lower_search.search,
    model.Update: lower_rows.update,
    model.Upsert: lower_rows.upsert,
    model.Delete: lower_rows.delete,
    model.Increment: lower_rows.increment,
    model.Transition: lower_rows.transition,
    model.Compute: lower_flow.compute,
    model.Require: lower_flow.require,
    model.SignIn: lower_flow.sign_in,
    model.Publish: lower_flow.publish,
    model.Custom: lower_flow.custom,
    model.Call: lower_outside.call,
    model.Notify: lower_outside.notify,
    model.DeadLetter: lower_flow.dead_letter,
}
"""Each verb's lowering: names and types there, meaning in `effects`."""


def _of_same_row(node: Expr, row_field: Bound) -> Expr:
    """A column as a field of a row at hand."""
    return replace(row_field, field=node.field, type=node.type) if isinstance(node, Column) else node
