"""Groups of rows, summed up by the database, as one statement and the records that it gives.

A mean is a sum and a number of rows, divided here: no two engines divide alike. Decimals that SQLite keeps are added up
here. Groups that are ordered by either are ordered and cut off here as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from autocoder.ir.behaviour import Aggregate, List, Order
from autocoder.ir.nodes import Entity
from autocoder.targets.python_service.expressions import Imports, literal
from autocoder.targets.python_service.names import local, model, row_attribute
from autocoder.targets.python_service.sql import SqlExpressions


def statements(step: List, entity: Entity, where: str, sql: SqlExpressions, imports: Imports) -> list[str]:
    """The statements that bind the groups; `where` is the condition as SQLAlchemy takes it."""
    keys = {name: f"{model(entity.name)}.{row_attribute(name, entity.field(name).type)}" for name in step.group}
    columns = dict(keys)
    for name, value in step.values:
        columns |= _columns(name, value, sql, imports)
    labels = ", ".join(f"{code}.label({literal(label)})" for label, code in columns.items())
    text = f"select({labels}).select_from({model(entity.name)}){where}"
    if keys:
        text += f".group_by({', '.join(keys.values())})"
    means = [name for name, value in step.values if value.function == "avg"]
    here = [name for name, value in step.values if value.added_here]
    by_here = bool(step.order) and step.order[0].field in here
    order = [_order(key, columns, entity) for key in step.order[by_here:]]
    text += f".order_by({', '.join(order)})" if order else ""
    if step.limit is not None and keys and not by_here:
        text += f".limit({step.limit})"
    bind = local(step.bind)
    lines = [
        f"groups = await session.execute({text})",
        f"{bind} = [{_record(step, means, imports)} for group in groups.mappings()]",
    ]
    return [*lines, *_by_first(step, bind, imports)] if by_here else lines


def _columns(name: str, value: Aggregate, sql: SqlExpressions, imports: Imports) -> Mapping[str, str]:
    """What the database is asked for one value."""
    if value.of is None:
        return {name: _counted(imports)}
    of = sql.value(value.of)
    if value.function in ("min", "max"):
        imports.add("sqlalchemy", "func")
        return {name: f"func.{value.function}({of})"}
    if value.of.type.name == "decimal":
        imports.add(sql.models, "Sum")
        total = f"Sum({of})"
    else:
        imports.add("sqlalchemy", "BigInteger", "cast", "func")
        total = f"cast(func.coalesce(func.sum({of}), 0), BigInteger)"
    return {name: total} if value.function == "sum" else {_sum(name): total, _count(name): _counted(imports)}


def _counted(imports: Imports) -> str:
    imports.add("sqlalchemy", "func")
    return "func.count()"


def _sum(name: str) -> str:
    return f"sum of {name}"


def _count(name: str) -> str:
    return f"count of {name}"


def _record(step: List, means: list[str], imports: Imports) -> str:
    if not means:
        return "dict(group)"
    imports.add("decimal", "Decimal")

    def value(name: str) -> str:
        if name not in means:
            return f"group[{literal(name)}]"
        mean = f"Decimal(group[{literal(_sum(name))}]) / group[{literal(_count(name))}]"
        return mean if step.group else f"{mean} if group[{literal(_count(name))}] else None"

    names = (*step.group, *(name for name, _ in step.values))
    return f"{{{', '.join(f'{literal(name)}: {value(name)}' for name in names)}}}"


def _by_first(step: List, bind: str, imports: Imports) -> list[str]:
    """Sorts by the first key; groups with the same one stay in the order in which the database gave them."""
    imports.add("operator", "itemgetter")
    first = step.order[0]
    way = ", reverse=True" if first.descending else ""
    cut = [f"del {bind}[{step.limit}:]"] if step.limit is not None else []
    return [f"{bind}.sort(key=itemgetter({literal(first.field)}){way})", *cut]


def _order(key: Order, columns: Mapping[str, str], entity: Entity) -> str:
    text = columns[key.field] + (".desc()" if key.descending else "")
    optional = any(f.name == key.field and f.type.optional for f in entity.fields)
    return f"{text}.nulls_first()" if optional else text
