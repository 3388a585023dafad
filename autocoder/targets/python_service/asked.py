"""What `models.py` has for questions that each database is asked in its own words: days, times, lists."""

from __future__ import annotations

from collections.abc import Iterator

from autocoder.ir.behaviour import expressions, walk_steps
from autocoder.ir.expressions import Call, Column, Expr, Op, walk
from autocoder.ir.views import Views
from autocoder.targets.python_service.source import Module

DAY, MICROSECONDS, HOLDS = "Day", "Microseconds", "Holds"


def asked(node: Expr) -> str:
    """The class that stands for a question, "" for what SQLAlchemy asks."""
    match node:
        case Call(function="date"):
            return DAY
        case Call(function="micros", args=(of,)) if of.type.name != "duration":
            return MICROSECONDS
        case Op(op="in", args=(_, Column())):
            return HOLDS
        case _:
            return ""


def add_questions(module: Module, views: Views) -> None:
    """The classes that some condition or value over columns needs."""
    needed = {asked(node) for node in _over_columns(views)} - {""}
    if not needed:
        return
    imports = module.imports
    imports.add("typing", "Any")
    imports.add("sqlalchemy.ext.compiler", "compiles")
    imports.add("sqlalchemy.sql.compiler", "SQLCompiler")
    imports.add("sqlalchemy.sql.functions", "FunctionElement")
    for name, text in _CLASSES.items():
        if name in needed:
            module.add(text)
    if DAY in needed:
        imports.add("datetime", "date")
        imports.add("sqlalchemy", "Date")
    if HOLDS in needed:
        imports.add("sqlalchemy", "Boolean")


def _over_columns(views: Views) -> Iterator[Expr]:
    for behaviour in (*views.operations, *views.handlers):
        for step in (*walk_steps(behaviour.steps), *walk_steps(behaviour.plan)):
            for node in (node for expr in expressions(step) for node in walk(expr)):
                if any(isinstance(part, Column) for part in walk(node)):
                    yield node


_CLASSES = {
    DAY: '''
class Day(FunctionElement[date]):
    """The day of a time, in UTC."""

    type = Date()
    inherit_cache = True


@compiles(Day)
def day_in_sql(element: Day, compiler: SQLCompiler, **options: Any) -> str:
    """The text of a time in SQLite begins with its day."""
    time = compiler.process(element.clauses, **options)
    if compiler.dialect.name == "sqlite":
        return f"substr({time}, 1, 10)"
    return f"CAST(timezone('UTC', {time}) AS DATE)"
''',
    MICROSECONDS: '''
class Microseconds(FunctionElement[int]):
    """The time since 1970, as a whole number of microseconds."""

    type = BigInteger()
    inherit_cache = True


@compiles(Microseconds)
def microseconds_in_sql(element: Microseconds, compiler: SQLCompiler, **options: Any) -> str:
    """SQLite rounds to milliseconds, so the fraction of its text is read by itself.

    PostgreSQL's driver keeps the first and the last time that Python knows as infinities.
    """
    time = compiler.process(element.clauses, **options)
    if compiler.dialect.name == "sqlite":
        seconds = f"CAST(strftime('%s', substr({time}, 1, 19)) AS INTEGER)"
        return f"({seconds} * 1000000 + CAST(substr({time}, 21, 6) AS INTEGER))"
    finite = f"least(greatest({time}, '0001-01-01 00:00:00Z'), '9999-12-31 23:59:59.999999Z')"
    return f"CAST(extract(epoch FROM {finite}) * 1000000 AS BIGINT)"
''',
    HOLDS: '''
class Holds(FunctionElement[bool]):
    """Whether a list that is kept as JSON has the one item of another."""

    type = Boolean()
    inherit_cache = True


@compiles(Holds)
def holds_in_sql(element: Holds, compiler: SQLCompiler, **options: Any) -> str:
    """Asks for the item as JSON, so that it is compared as what it is."""
    kept, sought = (compiler.process(clause, **options) for clause in element.clauses)
    if compiler.dialect.name == "sqlite":
        return f"EXISTS (SELECT 1 FROM json_each({kept}) WHERE value = json_extract({sought}, '$[0]'))"
    return f"(CAST({kept} AS JSONB) @> CAST({sought} AS JSONB))"
''',
}
