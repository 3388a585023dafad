"""Groups of rows, summed up by the database, as one statement and the records that it gives.

A mean is a sum and a number of rows, divided here: no two engines divide alike. Decimals that SQLite keeps are added up
here. Groups that are ordered by either are ordered and cut off here as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from autocoder.ir.behaviour import Aggregate, List, Order
from autocoder.ir.expressions import Column
from autocoder.ir.nodes import Entity
from autocoder.targets.python_service.expressions import Imports, literal
from autocoder.targets.python_service.names import local, model
from autocoder.targets.python_service.sql import SqlExpressions


def statements(step: List, entity: Entity, where: str, sql: SqlExpressions, imports: Imports) -> list[str]:
    """The statements that bind the groups; `where` is the condition as SQLAlchemy takes it."""
    lines, keys = _keys(step, sql)
    columns = dict(keys)
    for name, value in step.values:
        columns |= _columns(name, value, sql, imports)
    labels = ", ".join(f"{code}.label({literal(label)})" for label, code in columns.items())
    text = f"select({labels}).select_from({model(entity.name)}){where}"
    if keys:
        text += f".group_by({', '.join(keys.values())})"
    means = [name for name, value in step.values if value.function == "avg"]
    by_here = bool(step.order) and step.order[0].field in {n for n, v in step.values if v.added_here}
    order = [_order(key, columns, step) for key in step.order[by_here:]]
    text += f".order_by({', '.join(order)})" if order else ""
    start, count = _page(step, sql)
    if keys and not by_here:
        text += f".limit({count})" if count else ""
        text += f".offset({start})" if start else ""
    bind = local(step.bind)
    lines += _total(step, f"select({', '.join(keys.values())}){where}.distinct()", imports)
    lines += [
        f"groups = await session.execute({text})",
        f"{bind} = [{_record(step, means, imports)} for group in groups.mappings()]",
    ]
    if by_here:
        lines += _by_first(step, bind, imports)
        lines += (
            [f"{bind} = {bind}[{start} : {start} + {count}]"] if start else [f"del {bind}[{count}:]"] if count else []
        )
    return [*lines, *_ranked(step, bind, start)]


def _keys(step: List, sql: SqlExpressions) -> tuple[list[str], dict[str, str]]:
    """What groups have in common; what is worked out has a name, so that it is one value in the whole statement."""
    lines: list[str] = []
    keys: dict[str, str] = {}
    for name, value in step.group:
        keys[name] = sql.value(value)
        if not isinstance(value, Column):
            named = local(f"{step.bind}_by_{name}")
            lines.append(f"{named} = {keys[name]}")
            keys[name] = named
    return lines, keys


def _page(step: List, sql: SqlExpressions) -> tuple[str, str]:
    """The first group that is shown, and how many are; "" for from the first on, and for all."""
    start = sql.python.render(step.offset) if step.offset is not None else ""
    count = sql.python.render(step.count) if step.count is not None else str(step.limit or "")
    return start, count


def _total(step: List, keys: str, imports: Imports) -> list[str]:
    if not step.total:
        return []
    imports.add("sqlalchemy", "func")
    count = f"select(func.count()).select_from({keys}.subquery())"
    return [f"{local(step.total)} = await session.scalar({count}) or 0"]


def _ranked(step: List, bind: str, start: str) -> list[str]:
    if not step.rank:
        return []
    first = f"{start} + 1" if start else "1"
    record = f"{{{literal(step.rank)}: position, **group}}"
    return [f"{bind} = [{record} for position, group in enumerate({bind}, {first})]"]


def _columns(name: str, value: Aggregate, sql: SqlExpressions, imports: Imports) -> Mapping[str, str]:
    """What the database is asked for one value."""
    some = f".filter({', '.join(sql.conditions(value.where))})" if value.where is not None else ""
    imports.add("sqlalchemy", "func")
    if value.of is None:
        return {name: f"func.count(){some}"}
    of = sql.value(value.of)
    if value.function == "distinct":
        imports.add("sqlalchemy", "distinct")
        return {name: f"func.count(distinct({of})){some}"}
    if value.function in ("min", "max"):
        return {name: f"func.{value.function}({of}){some}"}
    if value.of.type.name == "decimal":
        imports.add(sql.models, "Sum")
        total = f"Sum({of}){some}"
    else:
        imports.add("sqlalchemy", "BigInteger", "cast")
        total = f"cast(func.coalesce(func.sum({of}){some}, 0), BigInteger)"
    return {name: total} if value.function == "sum" else {_sum(name): total, _count(name): f"func.count(){some}"}


def _sum(name: str) -> str:
    return f"sum of {name}"


def _count(name: str) -> str:
    return f"count of {name}"


def _record(step: List, means: list[str], imports: Imports) -> str:
    if not means:
        return "dict(group)"
    imports.add("decimal", "Decimal")
    optional = {name for name, value in step.values if value.type.optional}

    def value(name: str) -> str:
        if name not in means:
            return f"group[{literal(name)}]"
        mean = f"Decimal(group[{literal(_sum(name))}]) / group[{literal(_count(name))}]"
        return f"{mean} if group[{literal(_count(name))}] else None" if name in optional else mean

    names = (name for name, _ in (*step.group, *step.values))
    return f"{{{', '.join(f'{literal(name)}: {value(name)}' for name in names)}}}"


def _by_first(step: List, bind: str, imports: Imports) -> list[str]:
    """Sorts by the first key, null first; groups with the same one stay in the database's order."""
    first = step.order[0]
    key, way = literal(first.field), ", reverse=True" if first.descending else ""
    if dict(step.values)[first.field].type.optional:
        there = "is" if first.descending else "is not"
        return [f"{bind}.sort(key=lambda group: (group[{key}] {there} None, group[{key}]){way})"]
    imports.add("operator", "itemgetter")
    return [f"{bind}.sort(key=itemgetter({key}){way})"]


def _order(key: Order, columns: Mapping[str, str], step: List) -> str:
    text = columns[key.field] + (".desc()" if key.descending else "")
    types = {name: value.type for name, value in (*step.group, *step.values)}
    return f"{text}.nulls_first()" if types[key.field].optional else text
