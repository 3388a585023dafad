"""The verifier of behaviour: names are bound, fields exist, types are what the operands and functions give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autocoder.ir.behaviour import (
    Ask,
    BoundRow,
    Change,
    Choose,
    Each,
    Failure,
    Find,
    Insert,
    Invoke,
    Let,
    List,
    Match,
    Notify,
    Remove,
    Reply,
    Require,
    Step,
    Steps,
    expressions,
    ranged,
)
from autocoder.ir.client_expressions import GIVES
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Get, Now, Op, Over, Record, walk
from autocoder.ir.functions import FUNCTIONS
from autocoder.ir.lower_lists import item_type
from autocoder.ir.nodes import Channel, Entity, Function, Integration
from autocoder.ir.types import BOOLEAN, DATETIME, INTEGER, TEXT, Type, list_of, record_of
from autocoder.ir.typing_rules import arithmetic, join, signature_for

_CREDENTIALS: Mapping[str, tuple[tuple[str, ...], Type]] = {
    "hash_password": (("given",), TEXT),
    "check_password": (("stored", "given"), BOOLEAN),
    "issue_token": (("subject",), TEXT),
    "new_token": ((), TEXT),
    "digest": (("given",), TEXT),
    "check_token": (("stored", "given"), BOOLEAN),
    "check_secret": (("name", "given"), BOOLEAN),
}
"""What the built-in calls take and give."""
_VALUES: Mapping[type, frozenset[str]] = {
    bool: frozenset({"boolean"}),
    int: frozenset({"integer", "duration"}),
    str: frozenset({"text", "uuid", "date", "datetime", "decimal"}),
}


class Names:
    """The names that are bound at a point of a behaviour, with their types."""

    def __init__(
        self,
        entities: Mapping[str, Entity],
        inputs: Mapping[str, Type],
        caller: str | None,
        event: Mapping[str, Type],
        functions: Mapping[str, Function] | None = None,
        outside: Mapping[str, Integration | Channel] | None = None,
    ) -> None:
        self.entities = entities
        self.inputs = inputs
        self.caller = caller
        self.event = event
        self.functions = functions or {}
        self.outside = outside or {}
        self.rows: dict[str, str] = {}
        self.absent: set[str] = set()
        self.lists: set[str] = set()
        self.locals: dict[str, Type] = {}
        self.items: dict[str, Type | None] = {}

    def check(self, steps: Steps) -> Iterator[str]:
        for step in steps:
            entity = ranged(step)
            if entity is not None and entity not in self.entities:
                yield f"{step.kind}: no entity {entity}"
                continue
            for expr in expressions(step):
                yield from self.expression(expr, entity)
            yield from self._step(step)
            match step:
                case Choose(then=then, otherwise=otherwise):
                    yield from self.check(then)
                    yield from self.check(otherwise)
                case Each():
                    yield from self._each(step)
                case _:
                    pass

    def _each(self, step: Each) -> Iterator[str]:
        if step.items.type.name != "list":
            yield f"each: over {step.items.type}"
        if step.rows_of in self.entities:
            self.rows[step.item] = step.rows_of
        else:
            self.items[step.item] = step.items.type.item
        yield from self.check(step.body)

    def _step(self, step: Step) -> Iterator[str]:
        """Binds what a step binds, and finds what it misses."""
        match step:
            case Find(bind=bind, match=Match(entity=entity, absent=absent)):
                self.rows[bind] = entity
                self.absent |= {bind} if absent is None else set()
                yield from _about(absent, entity)
                if step.match.many:
                    yield f"find: {bind} is one row"
            case Insert(bind=bind, entity=entity, taken=taken):
                self.rows[bind] = entity
                yield from _about(taken if isinstance(taken, Failure) else None, entity)
            case Change(row=Match(entity=entity), bind=str() as bind):
                self.rows[bind] = entity
            case List():
                yield from self._list(step)
            case Let():
                self.locals[step.name] = step.value.type
            case Invoke():
                self.locals[step.bind] = step.type
                yield from self._invoke(step)
            case Ask():
                self.locals[step.bind] = step.type
                yield from self._ask(step)
            case _:
                yield from self._misses(step)
        if isinstance(step, Insert):
            known = {f.name for f in self.entities[step.entity].fields}
            yield from (f"insert: {step.entity} has no field {name}" for name, _ in step.values if name not in known)

    def _list(self, step: List) -> Iterator[str]:
        entity = self.entities[step.entity]
        item = item_type(step, entity)
        if item is None:
            self.lists.add(step.bind)
        else:
            self.locals[step.bind] = list_of(item)
        if step.total:
            self.locals[step.total] = INTEGER
        fields = {f.name for f in entity.fields}
        known = {name for name, _ in (*step.group, *step.values)} if step.values else fields
        for key in step.order:
            if (key.field not in known) if key.by is None else (key.field or step.values):
                yield f"list: no order by {key.field}"
        for name, value in step.values:
            if (value.of is None) != (value.function == "count"):
                yield f"list: {name} is a {value.function} of {value.of}"

    def _misses(self, step: Step) -> Iterator[str]:
        match step:
            case Change(row=BoundRow(bind=bind)) | Remove(row=BoundRow(bind=bind)) if bind not in self.rows:
                yield f"{step.kind}: no row is bound to {bind}"
            case Change(row=BoundRow(bind=bound), bind=bind) if bind != bound:
                yield f"change: {bound} becomes {bind}"
            case Change(row=Match(many=many, absent=absent)) if many != (absent is None):
                yield "change: one row may be absent, many rows may not"
            case Invoke(target="keep_file", type=type_) if type_.format != "file":
                yield f"keep_file gives {type_}"
            case Reply(file=file) if file is not None and (file.type.format != "file" or file.type.optional):
                yield f"reply: {file.type} is no file"
            case Notify():
                yield from self._notify(step)
            case Reply(view=str() as view) if view not in self.rows and view not in self.lists:
                yield f"reply: nothing is bound to {view}"
            case Require(otherwise=Failure(subject=str() as subject)) if subject:
                yield f"require: a guard is about no entity, not {subject}"
            case Require(condition=condition) | Choose(condition=condition) if condition.type.name != "boolean":
                yield f"{step.kind}: the condition is {condition.type}"
            case _:
                pass

    def _invoke(self, step: Invoke) -> Iterator[str]:
        """A call names what is there, with its arguments and its type."""
        if step.target == "custom":
            function = self.functions.get(step.name)
            names = [n for n, _ in function.inputs] if function else []
            wanted = (names, function.output if function else step.type)
        else:
            known, type_ = _CREDENTIALS.get(step.target, (("given",), step.type))
            wanted = (list(known), type_)
            if step.name:
                yield f"{step.target} has no name, not {step.name}"
        given = [name for name, _ in step.args]
        if any(name not in wanted[0] for name in given) or step.type != wanted[1]:
            yield f"{step.target} {step.name}: called with {given}, giving {step.type}"

    def _ask(self, step: Ask) -> Iterator[str]:
        """A call names an operation of an integration, with its arguments; it gives the reply or what stands for it."""
        known = self.outside.get(f"integration:{step.integration}")
        exchanges = {e.name: e for e in known.exchanges} if isinstance(known, Integration) else {}
        exchange = exchanges.get(step.operation)
        if exchange is None:
            yield f"ask: nothing is called {step.integration}.{step.operation}"
            return
        given = {name for name, _ in step.args}
        reply = record_of((r.name, r.type) for r in exchange.received)
        unknown = given - {i.name for i in exchange.sent}
        missing = {i.name for i in exchange.sent if i.required} - given
        optional = step.failed is not None and step.failed.type.optional
        if unknown or missing or step.type != (reply.or_null() if optional else reply):
            yield f"ask: {step.operation} is called with {sorted(given)}, giving {step.type}"

    def _notify(self, step: Notify) -> Iterator[str]:
        """A message names a channel; mail has an address, a subject and a text."""
        known = self.outside.get(f"channel:{step.channel}")
        if not isinstance(known, Channel):
            yield f"notify: no channel is called {step.channel}"
        elif known.transport == "mail" and [n for n, _ in step.values if n != "html"] != ["to", "subject", "text"]:
            yield f"notify: mail of {[n for n, _ in step.values]}"

    def expression(self, expr: Expr, ranged: str | None) -> Iterator[str]:
        """What is broken in an expression; `ranged` is the entity whose columns it may name."""
        for node in walk(expr):
            match node:
                case Column(field=field, type=type_):
                    yield from self._field(ranged, field, type_)
                case Bound():
                    yield from self._bound(node)
                case Over():
                    self.items[node.item] = node.items.type.item
                    yield from _over(node)
                case _:
                    yield from _value(node)

    def _field(self, entity: str | None, field: str, type_: Type, *, nullable: bool = False) -> Iterator[str]:
        if entity is None:
            yield f"column {field} stands where no row is ranged over"
            return
        try:
            actual = self.entities[entity].field(field).type
        except KeyError:
            yield f"{entity} has no field {field}"
            return
        # A value that may be null can be narrowed; it never becomes one that may.
        widened = type_.optional and not actual.optional and not nullable
        if actual.base != type_.base or widened:
            yield f"{entity}.{field} is {actual}, not {type_}"

    def _bound(self, node: Bound) -> Iterator[str]:
        match node.scope:
            case "row" | "caller":
                yield from self._row(node)
            case "input":
                yield from _same(node, self.inputs.get(node.name))
            case "event":
                yield from _same(node, self.event.get(node.name))
            case "item":
                yield from self._item(node)
            case "local":
                if node.name not in self.lists:
                    yield from _same(node, self.locals.get(node.name))

    def _item(self, node: Bound) -> Iterator[str]:
        if node.name not in self.items:
            yield f"no item is named {node.name}"
        elif (type_ := self.items[node.name]) is not None and type_.name == "row" and node.field:
            yield from self._field(type_.entity, node.field, node.type, nullable=type_.optional)
        elif type_ is not None and not node.field:
            yield from _same(node, type_)

    def _row(self, node: Bound) -> Iterator[str]:
        entity = self.caller if node.scope == "caller" else self.rows.get(node.name)
        if node.name in self.locals:
            return  # a row that a condition left out is null
        if entity is None:
            yield f"no row is bound to {node.name}"
        elif node.field:
            nullable = node.scope == "caller" or node.name in self.absent
            yield from self._field(entity, node.field, node.type, nullable=nullable)


def _about(failure: Failure | None, entity: str) -> Iterator[str]:
    if failure is not None and failure.subject != entity:
        yield f"a failure about {failure.subject!r} where {entity} is meant"


def _over(node: Over) -> Iterator[str]:
    wanted = {"map": list_of(node.body.type), "filter": node.items.type.not_null()}.get(node.op, BOOLEAN)
    condition = node.op == "map" or node.body.type == BOOLEAN
    if node.items.type.name != "list" or node.items.type.optional or node.type != wanted or not condition:
        yield f"{node.op} over {node.items.type} is not {node.type}"


def _value(node: Const | Now | Op | Call | Get | Record) -> Iterator[str]:
    match node:
        case Const(value=None, type=type_):
            wrong = not type_.optional
        case Const(value=value, type=type_):
            wrong = type_.name not in _VALUES[type(value)] or type_.optional
        case Now(type=type_):
            wrong = type_ != DATETIME
        case Call():
            wrong = node.type != _result(node)
        case Op():
            wrong = not _fits(node)
        case Get():
            wrong = node.of.type.name not in ("record", "row", "map", "json")
        case Record():
            given = record_of((name, value.type) for name, value in node.values)
            wrong = node.type.optional or node.type.base != given.base
    if wrong:
        yield f"{node.kind} is not {node.type}"


def _result(call: Call) -> Type | None:
    """What a function gives, None where none of that name takes these arguments."""
    if call.function == "sent":
        return BOOLEAN
    if call.function == "micros":
        return INTEGER if call.args[0].type.name in ("date", "datetime", "duration") else None
    if call.function in ("read_cursor", "cursor_after"):
        return call.type
    if call.function in GIVES:
        return GIVES[call.function]
    types = [arg.type for arg in call.args]
    signature = signature_for(FUNCTIONS[call.function], types) if call.function in FUNCTIONS else None
    return signature.result_of(types[0] if types else None) if signature else None


def _fits(node: Op) -> bool:
    """Whether an operator's type is what its operands give."""
    types = [arg.type for arg in node.args]
    match node.op:
        case "+" | "-" | "*" | "/" | "%":
            return node.type == arithmetic(node.op, types[0].not_null(), types[1].not_null())
        case "negate":
            return node.type.base == types[0].base and not node.type.optional
        case "??":
            return _joined(node.type, types[0].not_null(), types[1])
        case "?:":
            return types[0].name == "boolean" and _joined(node.type, types[1], types[2])
        case "[]":
            return node.type.name == "list"
        case "at":
            return types[0].name in ("list", "map", "json") and node.type.optional
        case _:
            return node.type == BOOLEAN


def _joined(type_: Type, first: Type, second: Type) -> bool:
    """One or the other; a branch that a condition proved not to be null may be narrower than its type."""
    found = join(first, second)
    return found is not None and found.base == type_.base and (found.optional or not type_.optional)


def _same(node: Bound, type_: Type | None) -> Iterator[str]:
    if type_ is None or node.field:
        yield f"nothing is named {node.scope}.{node.name}{f'.{node.field}' if node.field else ''}"
    elif type_.base != node.type.base or (node.type.optional and not type_.optional):
        yield f"{node.scope}.{node.name} is {type_}, not {node.type}"
