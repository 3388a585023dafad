"""Decimals in the database: how they are kept, and what they add up to in groups."""

from __future__ import annotations

from autocoder.ir.behaviour import List, walk_steps
from autocoder.ir.views import Views
from autocoder.targets.python_service.language import adds_decimals
from autocoder.targets.python_service.source import Module


def add_decimals(module: Module, views: Views, package: str) -> None:
    """The type of decimals, and their sum where groups have one."""
    imports = module.imports
    imports.add("decimal", "Decimal")
    imports.add("typing", "Any")
    imports.add("sqlalchemy", "Numeric")
    module.add(_EXACT)
    if any(
        isinstance(s, List) and adds_decimals(s)
        for b in (*views.operations, *views.handlers)
        for s in walk_steps(b.steps)
    ):
        imports.add(f"{package}.language", "exact_sum")
        imports.add("sqlalchemy.ext.compiler", "compiles")
        imports.add("sqlalchemy.sql.compiler", "SQLCompiler")
        imports.add("sqlalchemy.sql.functions", "FunctionElement")
        module.plain_imports.add("json")
        module.add(_SUM)


_EXACT = '''
class Exactly(types.TypeDecorator[Decimal]):
    """A decimal number; SQLite keeps it as text that sorts as the number does."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        """What the database keeps."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """To the database."""
        return sortable(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """From the database, without trailing zeros."""
        if value is None:
            return None
        return number_in(value) if dialect.name == "sqlite" else Decimal(value).normalize() + 0


OPPOSITE = str.maketrans("0123456789", "9876543210")


def sortable(number: Decimal) -> str:
    """A number as text: its sign, its size, its digits; turned round where it is negative."""
    sign, digits, _ = number.normalize().as_tuple()
    if not number:
        return "1"
    if abs(number.adjusted()) > 49:
        raise OverflowError
    text = f"{number.adjusted() + 50:02d}" + "".join(str(digit) for digit in digits)
    return "0" + text.translate(OPPOSITE) + "~" if sign else "2" + text


def number_in(text: str) -> Decimal:
    """The number that a sortable text stands for."""
    if text == "1":
        return Decimal(0)
    shown = text[1:-1].translate(OPPOSITE) if text[0] == "0" else text[1:]
    number = Decimal(f"{shown[2]}.{shown[3:] or 0}").scaleb(int(shown[:2]) - 50).normalize()
    return -number if text[0] == "0" else number
'''
_SUM = '''
class Added(types.TypeDecorator[Decimal]):
    """What decimals add up to; from SQLite come all of them, and they are added here."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        """What the database gives."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal:
        """From the database."""
        if dialect.name == "sqlite":
            return exact_sum(number_in(text) for text in json.loads(value))
        return exact_sum([] if value is None else [value])


class Sum(FunctionElement[Decimal]):
    """The sum of a column of decimals, in a group or in all rows."""

    type = Added()
    inherit_cache = True


@compiles(Sum)
def sum_in_sql(element: Sum, compiler: SQLCompiler, **options: Any) -> str:
    """Adds in the database, or gathers where it has no decimals."""
    function = "json_group_array" if compiler.dialect.name == "sqlite" else "sum"
    return f"{function}({compiler.process(element.clauses, **options)})"
'''
