"""The fold that says in words what an operation or handler does: docstrings, API descriptions, the reference page."""

from __future__ import annotations

from typing import assert_never

from autocoder.diagnostics.articles import with_articles
from autocoder.ir.behaviour import (
    Ask,
    BoundRow,
    Change,
    Choose,
    Each,
    Emit,
    Find,
    Insert,
    Invoke,
    Let,
    List,
    Match,
    Notify,
    Order,
    Remove,
    Reply,
    Require,
    SetAside,
    Step,
    Steps,
    Values,
)
from autocoder.ir.capabilities import RateLimit
from autocoder.ir.expressions import Bound, Call, Column, Const, Expr, Get, Now, Op, Over, Record, conjuncts
from autocoder.ir.lower_secrets import source_of
from autocoder.ir.names import plural, snake
from autocoder.ir.nodes import Entity, Handler, Operation
from autocoder.ir.types import Type
from autocoder.ir.views import Views

_SIGNS = {
    "&&": "and",
    "||": "or",
    "==": "is",
    "!=": "is not",
    "??": "or else",
    "in": "is one of",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
}
_IN_TIME = {"<": "is before", "<=": "is not after", ">": "is after", ">=": "is not before"}
_FUNCTIONS = {
    "eval": "what {0} gives",
    "selects": "{0} selects it",
    "contains": "{0} contains {1}",
    "starts_with": "{0} starts with {1}",
    "ends_with": "{0} ends with {1}",
    "replace": "{0} with {2} for {1}",
    "lower": "{0} in lower case",
    "upper": "{0} in upper case",
    "trim": "{0} without spaces around it",
    "size": "the length of {0}",
    "date": "the day of {0}",
    "micros": "{0}",
    "min": "the smaller of {0} and {1}",
    "max": "the larger of {0} and {1}",
    "abs": "{0} without its sign",
    "text": "{0} as text",
    "int": "{0} as a whole number",
    "decimal": "{0} as a decimal",
    "round": "{0}, rounded",
    "floor": "{0}, rounded down",
    "ceil": "{0}, rounded up",
    "split": "the parts of {0} between {1}",
    "words": "the words of {0}",
    "join": "{0}, joined",
    "substr": "a part of {0}",
    "pad": "{0}, filled up to {1} characters",
    "matches": "{0} matches {1}",
    "extract": "what {1} finds in {0}",
    "pow": "{0} to the power of {1}",
    "sum": "the sum of {0}",
    "avg": "the mean of {0}",
    "distinct": "each of {0} once",
    "first": "the first of {0}",
    "last": "the last of {0}",
    "range": "the numbers up to {0}",
    "keys": "the keys of {0}",
    "values": "the values of {0}",
    "is_number": "{0} is a number",
    "is_text": "{0} is text",
    "json": "the JSON in {0}",
    "csv": "{0} as CSV",
    "placeholders": "the placeholders of {0}",
    "fill": "{0} with its placeholders filled",
    "escape": "{0}, escaped",
    "sha256": "the SHA-256 of {0}",
    "draw": "a drawn number from {0} to {1}",
    "shuffle": "{0}, shuffled",
}
_FAILURES = {
    "malformed": "the request is refused",
    "invalid": "the request is refused as invalid",
    "unauthenticated": "the caller is not let in",
    "forbidden": "it is forbidden",
    "missing": "there is no such thing",
    "conflict": "it conflicts",
    "limited": "the caller has to wait",
    "unavailable": "it is unavailable",
}


def sentences(steps: Steps) -> list[str]:
    """What the steps do, one clause each, in order."""
    return [clause for step in steps for clause in _step(step)]


def operation_doc(operation: Operation, views: Views) -> str:
    """One line for an operation's docstring: what it does, then the requirements it satisfies."""
    return _line(operation.steps, operation.id, views, _capabilities(operation))


def _capabilities(operation: Operation) -> str:
    """What holds of every request, beside what it does."""
    found = [limit_in_words(operation.limit)] if operation.limit else []
    if operation.signed and operation.once:
        sent, kept = _duration(operation.signed.tolerance_us), _duration(operation.once.keep_us)
        when = f", no longer than {sent} ago," if operation.signed.time_header else ""
        found.append(f"Only a request that its sender signed{when} gets in")
        key = operation.signed.id_header or operation.once.input
        found.append(f"One whose {key} came in the last {kept} gets the reply of the first")
    elif operation.once:
        header, kept = operation.once.input.replace("_", "-"), _duration(operation.once.keep_us)
        found.append(f"A request with the same {header} happens once in {kept}, and gets the same reply")
    return "".join(f" {text}." for text in found)


def limit_in_words(limit: RateLimit) -> str:
    """`At most 10 requests at once and then one each 6 seconds, for each address`."""
    who = f"value of {words(limit.input)}" if limit.input else limit.by
    each = _duration(limit.every_us)
    many = f"{limit.burst} request{'' if limit.burst == 1 else 's'}"
    return f"At most {many} at once and then one each {each.removeprefix('1 ')}, for each {who}"


def handler_doc(handler: Handler, views: Views) -> str:
    """One line for a handler's docstring."""
    return _line(handler.steps, handler.id, views)


def entity_doc(entity: Entity, views: Views) -> str:
    """One line for a row's docstring."""
    ids = ", ".join(r.name for r in views.satisfied_by(entity.id))
    return f"{with_article(entity.name).capitalize()}." + (f" ({ids})" if ids else "")


def words(name: str) -> str:
    """`DailyTotal` and `daily_total` to `daily total`."""
    return snake(name).replace("_", " ")


def _line(steps: Steps, node_id: str, views: Views, more: str = "") -> str:
    clauses = sentences(steps) or ["answer"]
    ids = ", ".join(r.name for r in views.satisfied_by(node_id))
    text = "; ".join(clauses)
    return text[0].upper() + text[1:] + "." + more + (f" ({ids})" if ids else "")


def _step(step: Step) -> list[str]:  # noqa: C901 # one arm a step
    match step:
        case Find(match=match, keep_us=kept):
            cached = f" (kept for {_duration(kept)})" if kept else ""
            return [f"find the {words(match.entity)}{_where(match.where)}{cached}"]
        case List(entity=entity, where=where, group=group) if step.values:
            by = f" by {' and '.join(expression(value) for _, value in group)}" if group else ""
            return [f"sum up the {words(plural(snake(entity)))}{by}{_where(where)}"]
        case List(entity=entity, where=where, order=order):
            return [f"list the {words(plural(snake(entity)))}{_where(where)}{_order(order)}"]
        case Insert(entity=entity, taken=taken, key=key):
            keys = " and ".join(words(k) for k in key)
            if taken == "keep":
                return [f"add {with_article(entity)} unless there is one of the same {keys}"]
            return [f"add {with_article(entity)}" + (f", or change the one of the same {keys}" if key else "")]
        case Change(row=row, values=values):
            return [_change(row, values)]
        case Remove(row=row):
            return [f"delete {_rows(row)}"]
        case Require(condition=condition):
            return [f"refuse unless {_condition(condition)}"]
        case Emit(event=event):
            return [f"publish {event}"]
        case Invoke(target="custom", name=name):
            return [f"call {words(name)}"]
        case Ask(integration=integration, operation=operation, failed=failed):
            otherwise = f", or take {expression(failed)} for its answer" if failed is not None else ""
            return [f"ask {words(integration)} to {words(operation)}{otherwise}"]
        case SetAside():
            return ["keep the event as a dead letter"]
        case Notify(channel=channel):
            return [f"notify by {words(channel)}"]
        case Invoke(target="check_password"):
            return ["check the password"]
        case Invoke(target="issue_token"):
            return ["issue a token"]
        case Invoke(target="keep_file", args=((_, given),)):
            return [f"keep {expression(given)}"]
        case Choose(condition=condition, then=then, otherwise=otherwise):
            there = tuple(s for s in otherwise if not (isinstance(s, Let) and isinstance(s.value, Const)))
            done, instead = (" and ".join(sentences(side)) for side in (then, there))
            said = [f"if {_condition(condition)}, {done}"] if done else []
            return [*said, f"otherwise {instead}"] if instead else said
        case Each(items=items, item=item, body=body):
            return [f"for each {words(item)} of {expression(items)}, {' and '.join(sentences(body))}"]
        case Invoke(target="check_secret" | "check_token"):
            return ["check the key"]
        case Let(name=name):
            return [f"work out the {words(name)}"]
        case Invoke() | Reply():
            return []
        case _:
            assert_never(step)


def with_article(entity: str) -> str:
    """`Upload` to `an upload`."""
    return with_articles(f"a {words(entity)}")


def _order(order: tuple[Order, ...]) -> str:
    named = ((expression(key.by) if key.by is not None else words(key.field), key.descending) for key in order)
    keys = [f"{by}{', descending' if descending else ''}" for by, descending in named]
    return f", by {' then by '.join(keys)}" if keys else ""


def _change(row: BoundRow | Match, values: Values) -> str:
    match values:
        case ((name, Op(op=("+" | "-") as op, args=(Column(field=same), by))),) if same == name:
            verb, towards = ("add", "to") if op == "+" else ("take", "from")
            return f"{verb} {expression(by)} {towards} the {words(name)} of {_rows(row)}"
        case _ if any(_is_sent(value, name) for name, value in values):
            return f"change what was sent of {_rows(row)}"
        case _:
            given = " and ".join(f"{words(name)} to {expression(value)}" for name, value in values)
            return f"set the {given} in {_rows(row)}"


def _is_sent(value: Expr, name: str) -> bool:
    """Whether a value replaces a field only where it was sent."""
    match value:
        case Op(op="?:", args=(Call(function="sent"), _, _)):
            return True
        case Op(op="??", args=(Bound(scope="input" | "local"), Bound(scope="row", field=field))):
            return field == name
        case _:
            return False


def _rows(row: BoundRow | Match) -> str:
    if isinstance(row, BoundRow):
        return f"the {words(row.entity)}"
    number = plural(snake(row.entity)) if row.many else snake(row.entity)
    return f"the {words(number)}{_where(row.where)}"


def _where(where: Expr | None) -> str:
    parts = [f"{'whose' if _begins_with_column(part) else 'where'} {_condition(part)}" for part in conjuncts(where)]
    return f" {' and '.join(parts)}" if parts else ""


def _begins_with_column(expr: Expr) -> bool:
    match expr:
        case Column():
            return True
        case Op(op="||", args=(Op(op="==", args=(Bound(scope="input"), Const(value=None))), then)):
            return _begins_with_column(then)
        case Op(op=("!" | "negate" | "?:" | "in")):
            return False
        case Op(args=(first, *_)) | Call(function=("contains" | "starts_with" | "ends_with"), args=(first, *_)):
            return _begins_with_column(first)
        case _:
            return isinstance(expr, Call) and expr.function in ("lower", "upper") and _begins_with_column(expr.args[0])


def expression(expr: Expr) -> str:  # noqa: C901 # one arm a kind
    """An expression in words."""
    match expr:
        case Const():
            return _constant(expr)
        case Column(field=field, type=type_):
            return words(source_of(field) if type_.format == "digest" else field)
        case Bound():
            return _bound(expr)
        case Now():
            return "now"
        case Call(function=function, args=args):
            spoken = _FUNCTIONS.get(function, f"{words(function)} of {{0}}")
            return spoken.format(*(expression(a) for a in args))
        case Get(of=of, field=field):
            return f"the {words(field)} of {expression(of)}"
        case Record(values=values):
            return " and ".join(f"the {words(name)} ({expression(value)})" for name, value in values) or "nothing"
        case Over():
            return _over(expr)
        case Op(op="[]", args=args):
            return ", ".join(expression(a) for a in args) or "no items"
        case Op(op="at", args=(of, position)):
            return f"item {expression(position)} of {expression(of)}"
        case Op(op="!", args=(inner,)):
            return f"{expression(inner)} is false" if _is_flag(inner) else f"not ({_condition(inner)})"
        case Op(op="negate", args=(inner,)):
            return f"minus {expression(inner)}"
        case Op(op="?:", args=(condition, then, otherwise)):
            return f"{expression(then)} if {_condition(condition)}, else {expression(otherwise)}"
        case Op(op=("==" | "!=") as op, args=(Bound(field="") as row, Const(value=None))):
            return _presence(row, there=op == "!=")
        case Op(op="||", args=(Op(op="==", args=(Bound(scope="input") as given, Const(value=None))), then)):
            return f"{_condition(then)} (if {_presence(given, there=True)})"
        case Op(op=("&&" | "||") as op, args=args):
            return f" {_SIGNS[op]} ".join(_condition(a) for a in args)
        case Op(op=op, args=args):
            return f" {_sign(expr, op)} ".join(expression(a) for a in args)


def _condition(expr: Expr) -> str:
    """A condition in words, which a flag alone does not say."""
    return f"{expression(expr)} is true" if _is_flag(expr) else expression(expr)


def _is_flag(expr: Expr) -> bool:
    """Whether a value is true or false, and its name does not read as a sentence."""
    match expr:
        case Bound(type=Type(name="boolean")):
            return "_is_" not in expr.name
        case Column(type=Type(name="boolean")) | Get(type=Type(name="boolean")):
            return True
        case _:
            return False


def _over(value: Over) -> str:
    items, each, body = expression(value.items), words(value.item), expression(value.body)
    match value.op:
        case "map":
            return f"{body} for each {each} of {items}"
        case "filter":
            return f"those of {items} where {body}"
        case "all":
            return f"for every {each} of {items}, {body}"
        case "exists":
            return f"for some {each} of {items}, {body}"
        case _:
            assert_never(value.op)


def _bound(value: Bound) -> str:
    match value:
        case Bound(scope="caller", field="" | "id"):
            return "the caller"
        case Bound(scope="row", field="" | "id", name=name):
            return f"the {words(name)}"
        case Bound(scope="row" | "caller" | "item", name=name, field=field) if field:
            return f"the {words(name)}'s {words(field)}"
        case Bound(scope="event", name=name):
            return f"the event's {words(name)}"
        case Bound(scope="local" | "item", name=name):
            return f"the {words(name)}"
        case Bound(name=name):
            return f"the given {words(name)}"


def _presence(value: Bound, *, there: bool) -> str:
    match value:
        case Bound(scope="input", name=name):
            return f"{words(name)} is {'given' if there else 'not given'}"
        case Bound(scope="caller"):
            return "somebody is signed in" if there else "nobody is signed in"
        case Bound(name=name):
            return f"there is {'a' if there else 'no'} {words(name)}".replace(" a a", " an a")


def _sign(expr: Op, op: str) -> str:
    in_time = any(arg.type.name in ("date", "datetime") for arg in expr.args)
    return (_IN_TIME if in_time else _SIGNS).get(op, _SIGNS.get(op, op))


def _constant(const: Const) -> str:
    if const.value is None or const.value == "":
        return "nothing"
    if const.type.name == "duration" and isinstance(const.value, int):
        return _duration(const.value)
    return str(const.value).lower() if isinstance(const.value, bool) else str(const.value)


def _duration(microseconds: int) -> str:
    for unit, size in (("day", 86_400_000_000), ("hour", 3_600_000_000), ("minute", 60_000_000), ("second", 1_000_000)):
        if microseconds % size == 0:
            number = microseconds // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{microseconds} microseconds"


def failure(name: str) -> str:
    """A failure class in words."""
    return _FAILURES[name]
