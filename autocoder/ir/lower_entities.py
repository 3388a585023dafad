"""Lowers entities: fields with their defaults, computed values, numbers in sequence, lifecycles, and the accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, cast

from autocoder.blueprint import model
from autocoder.blueprint.expressions import names_in
from autocoder.ir.audit import AUDIT
from autocoder.ir.expressions import Column, Const, Expr, rewrite, walk
from autocoder.ir.field_types import ID_FIELD
from autocoder.ir.lower_capabilities import is_audited
from autocoder.ir.lower_rows import VERSION
from autocoder.ir.lower_secrets import digest_of, with_digest_fields
from autocoder.ir.lower_visibility import problems
from autocoder.ir.names import snake, table_name
from autocoder.ir.nodes import Entity, Field, Lifecycle, StateChange
from autocoder.ir.resolve import Scope, resolve
from autocoder.ir.types import INTEGER, TEXT, Type

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

RESERVED_FIELDS = frozenset({"id", "seq"})
"""Fields that every entity has already."""


def with_key(entity: Entity, stated: model.Auth) -> Entity:
    """The entity of API keys: a key is one account's alone."""
    spec = stated.api_key
    if spec is None or entity.name != spec.entity:
        return entity
    fields = (replace(f, unique=True) if f.name == spec.field else f for f in entity.fields)
    return replace(entity, fields=tuple(fields))


def is_role(entity: Entity, name: str) -> bool:
    """Whether a field can hold an account's role."""
    return any(f.name == name and f.type.format == "enum" for f in entity.fields)


@dataclass(frozen=True, kw_only=True)
class Entities:
    """The entities of a blueprint."""

    blueprint: Blueprint

    @property
    def design(self) -> model.Architecture:
        """What is lowered."""
        return self.blueprint.design

    def all(self) -> list[Entity]:
        """Every entity, complete."""
        found = [self.entity(name, spec) for name, spec in self.design.entities.items()]
        if is_audited(self.design) and AUDIT.name not in self.design.entities:
            found.append(AUDIT)
        for name in self.design.policy.retention:
            if name not in self.design.entities:
                known = self.design.entities
                self.blueprint.unknown("AC3120", "no entity is named", name, known, "policy", "retention", name)
        if self.design.auth:
            auth = self.design.auth
            found = [with_key(self.with_login(e, auth) if e.name == auth.entity else e, auth) for e in found]
        self.seen_by(found)
        versioned = self.versioned
        found = [self.with_version(e) if e.name in versioned else e for e in found]
        scope = Scope(entities={e.name: {f.name: f.type for f in e.fields} for e in found})
        return [self.with_computed(self.with_defaults(e, scope)) if e is not AUDIT else e for e in found]

    def entity(self, name: str, spec: model.Entity) -> Entity:
        """An entity with its own fields."""
        blueprint = self.blueprint
        stored = {key: field for key, field in spec.fields.items() if field.computed is None}
        own = blueprint.fields(stored, "entities", name, "fields")

        def complain(code: str, message: str, rule: str, field: str) -> None:
            blueprint.complain(code, message, rule, "entities", name, "fields", field)

        fields = (ID_FIELD, *with_digest_fields(own, stored, complain))
        known = {f.name for f in fields}
        for index, key in enumerate(spec.unique):
            for part in key:
                if part not in known:
                    blueprint.unknown("AC3121", f"{name} has no field", part, known, "entities", name, "unique", index)
        self.reserved(spec.fields, name)
        self.distinct_columns(spec.fields, name)
        blueprint.satisfies(f"entity:{name}", spec.satisfies, "entities", name)
        for f, s in spec.fields.items():
            blueprint.satisfies(f"entity:{name}", s.satisfies, "entities", name, "fields", f)
        keys = [tuple(digest_of(n) if digest_of(n) in known else n for n in key) for key in spec.unique]
        for f in fields:
            if f.generated == "sequence":
                self.known_scope(name, f, known)
                keys.append((*f.within, f.name))
        fields = tuple(replace(f, column=stored[f.name].column or "") if f.name in stored else f for f in fields)
        kept = retention_of(self.design.policy.retention.get(name))
        table = spec.table or table_name(name)
        entity = Entity(name=name, table=table, fields=fields, keys=tuple(keys), retention_us=kept)
        return self.with_lifecycle(entity, spec.lifecycle) if spec.lifecycle else entity

    def known_scope(self, name: str, f: Field, known: Iterable[str]) -> None:
        """A sequence counts within fields that are there."""
        for part in f.within:
            if part not in known or part == f.name:
                path = ("entities", name, "fields", f.name, "sequence")
                self.blueprint.unknown("AC3121", f"{name} has no field", part, known, *path)

    def reserved(self, fields: Iterable[str], name: str) -> None:
        """Every entity has an id and an order of insertion already, and a version where clients ask for one."""
        taken_here = RESERVED_FIELDS | ({VERSION} if name in self.versioned else set[str]())
        for taken in sorted(taken_here & set(fields)):
            self.blueprint.diagnostics.error(
                "AC3103",
                f'{name}: every entity has "{taken}" already',
                self.blueprint.source.positions.span("entities", name, "fields", taken, key=True),
                subject=f"entities.{name}.fields.{taken}",
                help="leave it out, or choose another name",
            )

    def distinct_columns(self, fields: Mapping[str, model.FieldSpec], name: str) -> None:
        """No two fields share a column. A reference `owner` is stored as `owner_id` where nothing else is stated."""
        owners: dict[str, str] = dict.fromkeys(sorted(RESERVED_FIELDS), "the row itself")
        for f, spec in sorted(fields.items(), key=lambda item: item[1].type != "ref"):
            column = spec.column or (f"{f}_id" if spec.type == "ref" else f)
            if column in owners and f not in RESERVED_FIELDS:
                message = f'its column "{column}" is that of {owners[column]}'
                self.blueprint.taken(message, column, "entities", name, "fields", f)
            owners.setdefault(column, f'"{f}"')

    def with_login(self, entity: Entity, auth: model.Auth) -> Entity:
        """The login is unique by nature, the password is never shown, and nobody gives a role to themselves."""
        known = {f.name for f in entity.fields}
        proven = () if auth.issuer else (("secret", auth.secret),)
        for part, name in (("login", auth.login), *proven):
            if name not in known:
                self.blueprint.unknown("AC3121", f"{entity.name} has no field", name, known, "auth", part)
        self.account(entity, auth)
        role = auth.role or "role"
        fields: list[Field] = []
        for f in entity.fields:
            unique, hidden = f.unique or f.name == auth.login, f.hidden or ("secret", f.name) in proven
            given = f.read_only or (f.name == role and f.type.format == "enum")
            given = given or (auth.issuer is not None and f.name == auth.login)
            fields.append(replace(f, unique=unique, hidden=hidden, read_only=given))
        return replace(entity, fields=tuple(fields))

    def account(self, entity: Entity, auth: model.Auth) -> None:
        """The login is a text that is always there, the secret a password."""
        proven = () if auth.issuer else (("secret", auth.secret, "password"),)
        for part, name, wanted in (("login", auth.login, ""), *proven):
            type_ = next((f.type for f in entity.fields if f.name == name), None)
            if type_ is not None and (type_.base != TEXT or type_.optional or wanted not in ("", type_.format)):
                self.blueprint.diagnostics.error(
                    "AC3148",
                    f"auth.{part}: {entity.name}.{name} is {type_}, not {wanted or 'text'}",
                    self.blueprint.source.positions.span("auth", part),
                    subject=f"auth.{part}",
                    value=name,
                    rule="an account is named by a text that is always there, and proven by a password",
                    help=f"give {entity.name}.{name} the type {wanted or 'email'}, without `optional`",
                )

    def seen_by(self, entities: list[Entity]) -> None:
        """Who sees a field is somebody, and what is worked out shows no field that not everybody sees."""
        auth = self.design.auth
        accounts = next((e for e in entities if auth and e.name == auth.entity), None)
        role = (auth.role or "role") if auth else ""
        for entity in entities:
            for name, problem, hint in problems(entity, accounts, role):
                path = ("entities", entity.name, "fields", name, "visible")
                self.blueprint.complain("AC3224", problem, hint, *path)

    # Versions.

    @cached_property
    def versioned(self) -> frozenset[str]:
        """The entities of which clients must send a version."""
        found: set[str] = set()
        for operation in self.design.operations.values():
            rows: dict[str, str] = {}
            for effect in operation.effects:
                if isinstance(effect, model.Read):
                    rows[effect.name or snake(effect.read)] = effect.read
                elif isinstance(effect, model.Update) and effect.if_match:
                    found.add(rows.get(effect.update, ""))
        return frozenset(found)

    def with_version(self, entity: Entity) -> Entity:
        """The entity with a number that counts the changes of a row."""
        first = Const(value=1, type=INTEGER)
        version = Field(name=VERSION, type=INTEGER, default=first, read_only=True, hidden=True)
        return replace(entity, fields=(*entity.fields, version))

    # Defaults and computed values.

    def with_defaults(self, entity: Entity, scope: Scope) -> Entity:
        """The entity with the defaults that its fields state."""
        specs = self.design.entities[entity.name].fields
        fields: list[Field] = []
        for f in entity.fields:
            spec = specs.get(f.name)
            if spec is None or spec.default is None:
                fields.append(f)
            else:
                span = self.blueprint.source.positions.written("entities", entity.name, "fields", f.name, "default")
                fields.append(replace(f, default=self.blueprint.default(spec, f.type, span, scope)))
        return replace(entity, fields=tuple(fields))

    def with_computed(self, entity: Entity) -> Entity:
        """The entity with what is worked out of its own fields, and of what is worked out of them."""
        specs = {n: s for n, s in self.design.entities[entity.name].fields.items() if s.computed is not None}
        worked_out = self.blueprint.fields(specs, "entities", entity.name, "fields")
        scope = Scope(columns={f.name: f.type for f in (*entity.fields, *worked_out)})
        types = {f.name: f.type for f in worked_out}
        found: dict[str, Expr] = {}
        for name in self.in_order(entity, {n: s.computed or "" for n, s in specs.items()}):
            value = self.computed_value(entity, name, specs[name], types[name], scope)
            found[name] = rewrite(value, lambda node: found.get(node.field, node) if isinstance(node, Column) else node)
        self.shows_what_all_see(entity, found)
        return replace(entity, computed=tuple((name, found[name]) for name in specs))

    def in_order(self, entity: Entity, texts: Mapping[str, str]) -> tuple[str, ...]:
        """The names of computed values, each after those that it is worked out of."""
        needs = {name: sorted(names_in(text) & texts.keys()) for name, text in texts.items()}
        try:
            return tuple(TopologicalSorter(needs).static_order())
        except CycleError as error:
            circle = cast("list[str]", error.args[1])
            name = min(circle)
            self.blueprint.complain(
                "AC3298",
                f"it is worked out of itself: {' of '.join(reversed(circle))}",
                "a computed value is worked out of stored fields in the end",
                *("entities", entity.name, "fields", name, "computed"),
            )
            return tuple(texts)

    def computed_value(self, entity: Entity, name: str, spec: model.FieldSpec, type_: Type, scope: Scope) -> Expr:
        """What a field is worked out of; null after a diagnostic."""
        path = ("entities", entity.name, "fields", name)
        span = self.blueprint.source.positions.written(*path, "computed")
        text, diagnostics = spec.computed or "", self.blueprint.diagnostics
        value = resolve(text, scope, expected=type_, span=span, diagnostics=diagnostics)
        if any(getattr(spec, option) for option in ("unique", "indexed", "sequence")) or spec.default is not None:
            fix = "it has no default, is not unique, and has no index"
            self.blueprint.complain("AC3145", "a computed value is not stored", fix, *path)
        if value is None:
            return Const(value=None, type=type_.or_null())
        return replace(value, type=replace(value.type, optional=type_.optional))

    def shows_what_all_see(self, entity: Entity, computed: Mapping[str, Expr]) -> None:
        """What is worked out of a field that not everybody sees would show it."""
        hidden = {f.name for f in entity.fields if f.visible}
        for name, value in computed.items():
            shown = [n.field for n in walk(value) if isinstance(n, Column) and n.field in hidden]
            if shown:
                message = f"it shows {shown[0]}, which not everybody sees"
                rule = "what is worked out is shown to everybody: work it out where it is answered"
                self.blueprint.complain("AC3223", message, rule, "entities", entity.name, "fields", name, "computed")

    # Lifecycles.

    def with_lifecycle(self, entity: Entity, spec: model.Lifecycle) -> Entity:
        """The entity with its states: clients change them by transitions alone."""
        path = ("entities", entity.name, "lifecycle")
        field = next((f for f in entity.fields if f.name == spec.field), None)
        if field is None or field.type.format != "enum":
            message = f'"{spec.field}" is no enum field of {entity.name}'
            rule = "the states are the values of an enum field"
            self.blueprint.complain("AC3144", message, rule, *path, "field")
            return entity
        states = field.constraints.values
        changes = tuple(
            StateChange(name=name, origins=_listed(change.origins), to=change.to, role=change.by or "")
            for name, change in spec.transitions.items()
        )
        named = [("initial", spec.initial)]
        named += [(f"transitions.{c.name}", state) for c in changes for state in (*c.origins, c.to)]
        for part, state in named:
            if state not in states:
                rule = f"the states are {', '.join(states)}"
                self.blueprint.complain("AC3144", f'"{state}" is no state', rule, *path, *part.split("."))
        first = Const(value=spec.initial, type=replace(field.type, optional=False))
        fields = tuple(replace(f, read_only=True, default=first) if f.name == field.name else f for f in entity.fields)
        lifecycle = Lifecycle(field=field.name, initial=spec.initial, changes=changes)
        return replace(entity, fields=fields, lifecycle=lifecycle)


def _listed(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names


def retention_of(text: str | None) -> int | None:
    return None if text is None else int(text[:-1]) * {"d": 86_400_000_000, "h": 3_600_000_000}[text[-1]]
