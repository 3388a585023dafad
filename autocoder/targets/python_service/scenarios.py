"""Scenarios for tests: which rows must be there so that an operation succeeds, or just fails, by its own conditions.

Conditions are solved where they compare a field of a row with a value at hand. What cannot be solved so is left to the
properties, which try random sequences.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from autocoder.ir.behaviour import (
    Ask,
    Find,
    Insert,
    Invoke,
    List,
    Match,
    Order,
    Require,
    Step,
    expressions,
    walk_steps,
)
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Get, Now, Op, conjuncts, walk
from autocoder.ir.guards import added_where_absent
from autocoder.ir.nodes import Entity, Field, Input, Operation
from autocoder.ir.types import UUID
from autocoder.ir.views import Views
from autocoder.targets.python_service import samples
from autocoder.targets.python_service.expressions import Imports, PythonExpressions, literal
from autocoder.targets.python_service.names import local
from autocoder.targets.python_service.schemas import reply_of

ID = Column(field="id", type=UUID)
_CALLER = "whoever asks"
_ANSWER = "answer of "
_SHOWN = "shown"
"""Stands for a row that a list ranges over."""
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """Source that arranges a request: rows to add, then `given`; `status` is what must come of it;
    `who` are fields of whoever asks.
    """

    name: str
    lines: tuple[str, ...]
    given: tuple[tuple[str, str], ...]
    status: int
    who: tuple[tuple[str, str], ...] = ()


@dataclass(kw_only=True)
class Scenarios:
    """Arranges requests for one operation."""

    views: Views
    operation: Operation
    imports: Imports
    rows: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    given: dict[str, str] = field(default_factory=dict[str, str])
    later: dict[str, str] = field(default_factory=dict[str, str])
    callers: set[str] = field(default_factory=set[str])
    pinned: set[str] = field(default_factory=set[str])
    who: dict[str, str] = field(default_factory=dict[str, str])
    digests: dict[str, str] = field(default_factory=dict[str, str])
    answers: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def success(self) -> Arrangement:
        """Everything that the operation asks for is there, at the edge where it just suffices."""
        return self._arranged("", None, self.status)

    @property
    def status(self) -> int:
        """The status of a success."""
        return reply_of(self.operation).status

    def failures(self) -> Iterator[Arrangement]:
        """One arrangement for each condition that can fail alone."""
        for index, step in enumerate(self.operation.steps):
            match step:
                case Find(match=match) if match.absent is not None:
                    status = self.views.status(match.absent, self.operation)
                    for part in conjuncts(match.where):
                        what = _about(part)
                        there = self._is_caller(match) or _refers(part, match.entity)
                        if what and self._solvable(part, step.bind) and not there:
                            yield self._arranged(f"{local(step.bind)}_{what}", (index, part), status)
                case Require(condition=condition, otherwise=otherwise):
                    for part in conjuncts(condition):
                        what = _about(part)
                        if what and self._solvable(part, None):
                            yield self._arranged(
                                f"without_{what}", (index, part), self.views.status(otherwise, self.operation)
                            )
                case Invoke(target="check_password", args=((_, _), (_, Bound(name=secret)))):
                    yield from self._wrong_password(secret)
                case Ask(integration=integration, operation=name, failed=None):
                    base = self._arranged(f"unless_{integration}_answers", None, self.views.status("unavailable"))
                    line = f"world.answer({literal(f'{integration}.{name}')}, 503)"
                    status = self.views.status("unavailable", self.operation)
                    yield replace(base, lines=(*base.lines, line), status=status)
                case _:
                    pass

    def _wrong_password(self, secret: str) -> Iterator[Arrangement]:
        base = self._arranged("", None, self.views.status("unauthenticated", self.operation))
        given = dict(base.given)
        wrong = tuple({**given, secret: f'{given[secret]} + "x"'}.items())
        yield replace(base, name="with_a_wrong_password", given=wrong)
        inputs = {i.name: self._good(i)[0] for i in self.operation.inputs}
        yield replace(base, name="of_nobody", lines=(), given=tuple(inputs.items()))

    def conflicts(self) -> Iterator[Arrangement]:
        """One arrangement for each unique key that a new row would break, if one is added wherever it is taken."""
        spared = added_where_absent(self.operation.steps)
        for step in walk_steps(self.operation.steps):
            if isinstance(step, Insert) and not isinstance(step.taken, tuple | str) and step.entity not in spared:
                entity = self.views.entity(step.entity)
                for key in entity.unique_keys:
                    values = dict(step.values)
                    from_input = [values.get(name) for name in key]
                    if all(isinstance(v, Bound) and v.scope == "input" for v in from_input):
                        status = self.views.status(step.taken, self.operation)
                        yield self._conflict(entity, key, values, status)

    def _conflict(self, entity: Entity, key: tuple[str, ...], values: dict[str, Expr], status: int) -> Arrangement:
        base = self._arranged("", None, status)
        given = dict(base.given)
        taken: dict[str, str] = {}
        for name in key:
            if isinstance(value := values[name], Bound):
                known = next(i for i in self.operation.inputs if i.name == value.name)
                taken[name] = given.setdefault(value.name, self._good(known)[0])
        line = adding(entity.name, taken)
        return replace(base, name=f"{'_and_'.join(key)}_taken", lines=(*base.lines, line), given=tuple(given.items()))

    def listing(self, step: List) -> Iterator[Arrangement]:
        """Rows that a list shows, some of them equal in its order, and for each condition a row that it leaves out."""
        entity = self.views.entity(step.entity)
        solved = [part for part in conjuncts(step.where) if self._solvable(part, _SHOWN)]
        base = self._arranged("", None, self.status)
        rows = [self._row(entity, solved, None, values) for values in self._in_order(entity, step.order)]
        others = [self._row(entity, solved, part, {}) for part in solved]
        yield replace(base, name="shows_its_rows_in_order", lines=(*base.lines, *rows, *others))
        if step.limit is not None and step.count is None and not step.values:
            one = self._row(entity, solved, None, {})
            many = (f"for _ in range({step.limit + 1}):", f"    {one}")
            yield replace(base, name=f"shows_at_most_{step.limit}_rows", lines=(*base.lines, *many))

    def lists(self) -> Iterator[List]:
        """The lists to which rows can be added: no guard asks how many they hold."""
        return (s for s in walk_steps(self.operation.steps) if isinstance(s, List) and not self._matters(s.bind))

    def visible_row(self, step: List) -> str:
        """Source that adds a row which a list shows."""
        solved = [part for part in conjuncts(step.where) if self._solvable(part, _SHOWN)]
        self._arranged("", None, self.status)
        return self._row(self.views.entity(step.entity), solved, None, {})

    def _row(self, entity: Entity, solved: list[Expr], broken: Expr | None, values: dict[str, str]) -> str:
        self.rows, before = {_SHOWN: dict(values)}, dict(self.given)
        for part in solved:
            self._solve(part, part is not broken, _SHOWN)
        self.given = before
        return adding(entity.name, self.rows[_SHOWN])

    def _in_order(self, entity: Entity, order: tuple[Order, ...]) -> list[dict[str, str]]:
        """Values of the fields that order: two rows that are equal, with another before and after them."""
        found: list[dict[str, str]] = [{}, {}, {}, {}]
        for key in order:
            if key.field not in {f.name for f in entity.fields}:
                continue  # a value of a group
            f = entity.field(key.field)
            if f.type.entity:
                continue  # each row refers to a row of its own
            values = samples.good(f.type, f.constraints, self.imports)
            first, second = values[0], values[1] if len(values) > 1 else values[0]
            third = "None" if f.type.optional else first
            if not any(key.field in unique for unique in entity.unique_keys):
                for row, value in zip(found, (second, first, second, third), strict=True):
                    row[key.field] = value
        return found

    # Solving.

    def _solvable(self, part: Expr, bind: str | None) -> bool:
        match part:
            case Op(op=("&&" | "||" | "!"), args=args):
                return all(self._solvable(arg, bind) for arg in args)
            case _:
                return next(self._targets(part, bind), None) is not None

    def _targets(self, part: Expr, bind: str | None) -> Iterator[tuple[str, str, str, Expr]]:
        """Each way to read a comparison as one about a field of a row, or about an input: row ("" for an input), name,
        operator, and the other side. `bind` is the row whose columns are meant.
        """
        match part:
            case Op(op=op, args=(left, right)) if op in _MIRRORED:
                for here, sign, there in ((left, op, right), (right, _MIRRORED[op], left)):
                    target = self._target(here, bind)
                    if target and not any(isinstance(node, Column) for node in walk(there)):
                        yield *target, sign, there
            case _ if part.type.name == "boolean" and (target := self._target(part, bind)):
                yield *target, "==", Const(value=True, type=part.type)
            case _:
                pass

    def _target(self, here: Expr, bind: str | None) -> tuple[str, str] | None:
        match here:
            case Column(field=name) if bind is not None:
                return bind, name
            case Bound(scope="row", name=row, field=name) if name and row in self._found() and row not in self.callers:
                return row, name
            case Bound(scope="input", name=name):
                return "", name
            case Bound(scope="caller", field=name) if name and name != "id":
                return _CALLER, name
            case Get(of=Bound(scope="local", name=bind_), field=name) if bind_ in self._asked():
                return f"{_ANSWER}{bind_}", name
            case _:
                return None

    def _asked(self) -> dict[str, Ask]:
        """The calls by what their answers are bound to."""
        return {step.bind: step for step in walk_steps(self.operation.steps) if isinstance(step, Ask)}

    def _found(self) -> dict[str, str]:
        found = {step.bind: step.match.entity for step in self.operation.steps if isinstance(step, Find)}
        shown = next((step.entity for step in self.operation.steps if isinstance(step, List)), None)
        return found | ({_SHOWN: shown} if shown else {})

    def _arranged(self, name: str, broken: tuple[int, Expr] | None, status: int) -> Arrangement:
        self.rows, self.later, self.callers, self.who, self.digests, self.answers = {}, {}, set(), {}, {}, {}
        self.given = {i.name: self._good(i)[0] for i in self.operation.inputs if i.required}
        self.pinned = set()
        for name in self._replaced():
            values = self._good(next(i for i in self.operation.inputs if i.name == name))
            self.given.setdefault(name, values[1] if len(values) > 1 else values[0])
        # What comes after the step that fails is never reached.
        reached = self.operation.steps[: broken[0] + 1] if broken else self.operation.steps
        for index, step in enumerate(reached):
            self._satisfy(step, broken[1] if broken and broken[0] == index else None)
        lines: list[str] = []
        for bind, values in self.rows.items():
            lines.append(f"{local(bind)} = {adding(self._found()[bind], values)}")
        used = " ".join([*self.given.values(), *self.later.values(), *lines])
        lines = [line if re.search(rf"\b{line.split(' = ')[0]}\[", used) else line.split(" = ", 1)[1] for line in lines]
        lines += self._answering()
        return Arrangement(
            name=name,
            lines=tuple(lines),
            given=tuple({**self.given, **self.later}.items()),
            status=status,
            who=tuple(self.who.items()),
        )

    def _answering(self) -> list[str]:
        """What systems outside have to answer."""
        lines: list[str] = []
        for bind, values in self.answers.items():
            self.imports.add("support.interface", "ANSWERS")
            asked = literal(f"{self._asked()[bind].integration}.{self._asked()[bind].operation}")
            said = ", ".join(f"{literal(name)}: {source}" for name, source in values.items())
            lines.append(f"world.answer({asked}, {{**ANSWERS[{asked}], {said}}})")
        return lines

    def _good(self, given: Input) -> list[str]:
        """Values to send; a reference is one to a row that is there."""
        if given.type.entity:
            return [f'world.add({literal(given.type.entity)})["id"]']
        return samples.good(given.type, given.constraints, self.imports)

    def _replaced(self) -> list[str]:
        """Inputs that replace a field if they are sent."""
        return [
            node.args[0].name
            for step in walk_steps(self.operation.steps)
            for expr in expressions(step)
            for node in walk(expr)
            if isinstance(node, Call) and node.function == "sent" and isinstance(node.args[0], Bound)
        ]

    def _satisfy(self, step: Step, broken: Expr | None) -> None:  # noqa: C901 # one arm a step
        match step:
            case Find(match=match, bind=bind):
                if match.absent is None and not self._matters(bind):
                    return
                if self._is_caller(match):
                    self.callers.add(bind)
                    return
                if _refers(match.where, match.entity):
                    self._refer(match.where, bind)
                    return
                self.rows.setdefault(bind, {})
                self._solve_all(match.where, broken, bind)
                if broken is None:
                    self._referred(match, bind)
            case Invoke(target="check_password", args=((_, stored), (_, Bound(name=secret)))):
                if isinstance(stored, Bound) and stored.name in self.rows:
                    self.rows[stored.name][stored.field] = self.given[secret]
            case Invoke(target="check_token", args=((_, Bound(name=row, field=key)), (_, given))):
                self.rows[row][key] = '"a key"'
                self._send_key(given, "a key")
            case Invoke(target="check_secret", args=((_, _), (_, given))):
                self._send_key(given, "only for tests")
            case Invoke(target="digest", bind=bind, args=((_, Bound(scope="input", name=name)),)):
                self.digests[bind] = name
            case Require(condition=Op(op="==", args=(Bound(scope="input", name="if_match"), _))):
                # The version of a row that was never changed, or another.
                self.given["if_match"] = literal('"1"' if broken is None else '"0"')
            case Require(condition=condition):
                self._solve_all(condition, broken, None)
            case _:
                pass

    def _referred(self, match: Match, bind: str) -> None:
        """A row that an earlier one refers to is added before that one, which refers to it."""
        for part in conjuncts(match.where):
            match part:
                case Op(op="==", args=(one, Bound(scope="row", name=row, field=name))) if (
                    one == ID and row in self.rows
                ):
                    if name and self._matters(bind):
                        self.rows = {bind: self.rows.pop(bind), **self.rows}
                        self.rows[row][name] = f'{local(bind)}["id"]'
                case _:
                    pass

    def _refer(self, where: Expr | None, bind: str) -> None:
        """Adds the row to which a row refers before that one; where it refers to one already, no other is needed."""
        value = where.args[1] if isinstance(where, Op) else None
        if not isinstance(value, Bound) or value.name not in self.rows:
            self.callers.add(bind)
            return
        referring = self.rows[value.name]
        if not referring.get(value.field, "world.add(").startswith("world.add("):
            self.callers.add(bind)
            return
        referring[value.field] = f'{local(bind)}["id"]'
        self.rows = {bind: {}, **self.rows}

    def _send_key(self, given: Expr, key: str) -> None:
        """Sends a key where the operation expects it."""
        for node in walk(given):
            if isinstance(node, Bound) and node.scope == "input":
                self.given[node.name] = literal(f"Bearer {key}" if node.name == "authorization" else key)

    def _is_caller(self, match: Match) -> bool:
        """Whether what is looked for is the caller's own row."""
        auth = self.views.auth
        own = [Bound(scope="caller", name="caller", field="id", type=UUID)]
        found = [part.args[1] for part in conjuncts(match.where) if isinstance(part, Op) and part.args[0] == ID]
        return auth is not None and match.entity == auth.entity and found == own

    def _solve_all(self, condition: Expr | None, broken: Expr | None, bind: str | None) -> None:
        """Makes every part of a condition true, but one of them false: that one last, so that it stands."""
        parts = conjuncts(condition)
        for part in (*(p for p in parts if p is not broken), *(p for p in parts if p is broken)):
            self._solve(part, part is not broken, bind)

    def _solve(self, part: Expr, want: bool, bind: str | None) -> bool:
        """Makes a condition true or false; False where it cannot."""
        match part:
            case Op(op="!", args=(inner,)):
                return self._solve(inner, not want, bind)
            case Op(op=("&&" | "||") as op, args=args):
                if (op == "&&") == want:
                    solved = [self._solve(arg, want, bind) for arg in args]
                    return all(solved)
                return any(self._solve(arg, want, bind) for arg in args)
            case _:
                return any(
                    self._hold(target, name, sign if want else _OPPOSITE[sign], other)
                    for target, name, sign, other in self._targets(part, bind)
                )

    def _matters(self, bind: str) -> bool:
        """Whether a guard asks for what a step finds."""
        return any(
            isinstance(node, Bound) and node.name == bind
            for step in self.operation.steps
            if isinstance(step, Require)
            for node in walk(step.condition)
        )

    def _hold(self, bind: str, name: str, sign: str, other: Expr) -> bool:
        """Makes a comparison true: of a row's field, or where `bind` is "" of an input; False where it cannot."""
        value = self._python(other)
        if bind == _CALLER:
            self._hold_of_caller(name, sign, value)
        elif bind.startswith(_ANSWER):
            self._answer(self._asked()[bind.removeprefix(_ANSWER)], name, sign, value)
        elif isinstance(other, Bound) and other.name in self.digests and sign == "==":
            self.rows[bind][name] = self.given[self.digests[other.name]] = '"a key"'
            return True
        elif bind:
            return self._hold_of_row(bind, name, sign, other, value)
        elif value is not None:
            given = next(i for i in self.operation.inputs if i.name == name)
            if not _fits(value, sign, given):
                return False
            self.given[name] = _beside(value, sign, given, self.imports)
            self.pinned |= {name} if sign == "==" else set()
        return value is not None

    def _hold_of_row(self, bind: str, name: str, sign: str, other: Expr, value: str | None) -> bool:
        f = self.views.entity(self._found()[bind]).field(name)
        if sign == "==" and isinstance(other, Bound) and other.scope == "input":
            sent = self.later.get(other.name, f"{local(bind)}[")
            if other.name in self.pinned:  # a condition before it says what is sent
                self.rows[bind][name] = self.given[other.name]
            elif not sent.startswith(f"{local(bind)}["):  # a row before it has what is sent
                self.rows[bind][name] = sent
            elif not f.hidden:
                self.later[other.name] = f"{local(bind)}[{literal(name)}]"
            elif other.name in self.given:
                self.rows[bind][name] = self.given[other.name]
            return True
        if sign == "!=" and f.name == ID.field and isinstance(other, Bound) and other.type.entity:
            # A reference is sent as that of a row which is there, so it must be one that nobody has.
            self.given[other.name] = _other("", f, self.imports)
            return True
        if value is None or not _fits(value, sign, f):
            return False
        self.rows[bind][name] = _beside(value, sign, f, self.imports)
        return True

    def _hold_of_caller(self, name: str, sign: str, value: str | None) -> None:
        if value is not None and self.views.auth:
            field_ = self.views.entity(self.views.auth.entity).field(name)
            self.who[name] = _beside(value, sign, field_, self.imports)

    def _answer(self, step: Ask, name: str, sign: str, value: str | None) -> None:
        """Makes a comparison with a value of an answer true."""
        received = self.views.integration(step.integration).exchange(step.operation).received
        if value is not None:
            answered = next(r for r in received if r.name == name)
            self.answers.setdefault(step.bind, {})[name] = _beside(value, sign, answered, self.imports)

    def _python(self, expr: Expr) -> str | None:
        """A value at hand as the test can say it; None where it cannot."""
        for node in walk(expr):
            match node:
                case Bound(scope="caller", field=name) if name:
                    pass
                case Bound(scope="input", name=name) if name in self.given:
                    pass
                case Bound():
                    return None
                case _:
                    pass

        def bound(node: Bound) -> str:
            return f"caller[{literal(node.field)}]" if node.scope == "caller" else self.given[node.name]

        return PythonExpressions(
            bound=bound, column=lambda node: node.field, imports=self.imports, now="world.now"
        ).render(expr)


def adding(entity: str, values: Mapping[str, str]) -> str:
    """Source that adds a row; a field that Python has as a keyword is given in a dictionary."""
    plain = [f"{name}={source}" for name, source in values.items() if not keyword.iskeyword(name)]
    quoted = ", ".join(f"{literal(name)}: {source}" for name, source in values.items() if keyword.iskeyword(name))
    return f"world.add({', '.join([literal(entity), *plain, *([f'**{{{quoted}}}'] if quoted else [])])})"


def _refers(part: Expr | None, entity: str) -> bool:
    """Whether a condition finds the row that a row at hand refers to: it is always there."""
    if not isinstance(part, Op) or part.op != "==" or len(part.args) != 2:
        return False
    key, value = part.args
    at_hand = isinstance(value, Bound) and value.scope in ("row", "caller") and bool(value.field)
    return isinstance(key, Column) and key.field == "id" and at_hand and value.type.entity == entity


def _about(part: Expr) -> str:
    """What a condition is about, as a part of a test's name."""
    fields = [node.field for node in walk(part) if isinstance(node, Column | Bound) and node.field]
    times = any(isinstance(node, Now) for node in walk(part))
    others = {"==": "of_another", "!=": "that_is_the_same", "<": "not_below", ">": "not_above"}
    if not isinstance(part, Op) or part.op not in _OPPOSITE or not fields:
        return ""
    how = "at_the_edge_of_its" if times else others.get(part.op, "beyond_its")
    return f"{how}_{fields[0]}"


_STEPS = {
    "datetime": "timedelta(microseconds=1)",
    "duration": "timedelta(microseconds=1)",
    "date": "timedelta(days=1)",
    "integer": "1",
    "decimal": 'Decimal("0.01")',
}
"""The least difference of two values."""


def _fits(value: str, sign: str, f: Field | Input) -> bool:
    """Whether a number that stands in that relation to `value` is within the limits that there are."""
    if f.type.name != "integer" or sign not in {"<", ">"} or not re.fullmatch(r"-?\d+", value):
        return True
    limit = f.constraints.minimum if sign == "<" else f.constraints.maximum
    return limit is None or int(limit) != int(value)


def _beside(value: str, sign: str, f: Field | Input, imports: Imports) -> str:
    """The value nearest to `value` that stands in that relation to it."""
    step = _STEPS.get(f.type.name, "")
    if "Decimal" in step:
        imports.add("decimal", "Decimal")
    if "timedelta" in step:
        imports.add("datetime", "timedelta")
    match sign:
        case "==" | "<=" | ">=":
            return value
        case ">":
            return f"{value} + {step}" if step else f'{value} + "x"'
        case "<":
            return f"{value} - {step}" if step else '""'
        case _:
            return _other(value, f, imports)


def _other(value: str, f: Field | Input, imports: Imports) -> str:
    """Any other value."""
    match f.type.name:
        case "uuid" if f.type.entity:
            return f'world.add({literal(f.type.entity)})["id"]'
        case "uuid":
            imports.add("uuid", "UUID")
            return "UUID(int=8)"
        case "boolean":
            return f"not {value}"
        case "record" if isinstance(f, Field) and f.type.format == "file":
            return samples.file_of(f, imports)
        case _:
            candidates = samples.good(f.type, f.constraints, imports)
            return next((candidate for candidate in candidates if candidate != value), f'{value} + "x"')
