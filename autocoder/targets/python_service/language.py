"""Functions of the blueprint language that Python has not in the same meaning, emitted where they are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autocoder.ir.behaviour import Emit, Let, Reply, Step, expressions, walk_steps
from autocoder.ir.expressions import Call, Expr, Op, walk
from autocoder.ir.nodes import Handler, Operation
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import python_function
from autocoder.targets.python_service.source import Module

Source = tuple[str, tuple[tuple[str, str], ...]]

FUNCTIONS: dict[str, Source] = {
    "lower": (
        '''def lower(text: str) -> str:
    """ASCII letters in lower case, as the database does it."""
    return "".join(c.lower() if c.isascii() else c for c in text)''',
        (),
    ),
    "upper": (
        '''def upper(text: str) -> str:
    """ASCII letters in upper case, as the database does it."""
    return "".join(c.upper() if c.isascii() else c for c in text)''',
        (),
    ),
    "rounded": (
        '''def rounded(number: Decimal, places: int = 0) -> Decimal:
    """The nearest number with so many decimal places; halves go away from zero."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)''',
        (("decimal", "Decimal"), ("decimal", "ROUND_HALF_UP")),
    ),
    "whole": (
        '''def whole(number: int) -> int:
    """A computed number, which must be one of 64 bits."""
    if not -(2**63) <= number < 2**63:
        raise OverflowError
    return number''',
        (),
    ),
    "integer_in": (
        '''def integer_in(text: str) -> int | None:
    """The whole number that a text shows, or None."""
    number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,19}", text) else None
    return number if number is not None and -(2**63) <= number < 2**63 else None''',
        (("", "re"),),
    ),
    "decimal_in": (
        '''def decimal_in(text: str) -> Decimal | None:
    """The decimal number that a text shows, or None."""
    return Decimal(text) if re.fullmatch(r"[+-]?[0-9]{1,34}(\\.[0-9]{1,34})?", text) else None''',
        (("", "re"), ("decimal", "Decimal")),
    ),
    "plain": (
        '''def plain(number: Decimal) -> str:
    """A number as text, without exponent and trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text''',
        (("decimal", "Decimal"),),
    ),
}
"""Function to its source and what that imports."""

PRECISION = "setcontext(Context(prec=34, rounding=ROUND_HALF_EVEN))"
"""How exact decimals are: said once, before anything is computed."""


def functions_used(behaviours: Iterable[Operation | Handler]) -> tuple[str, ...]:
    """The functions of this module that these behaviours call."""
    found = tuple(behaviours)
    called = {python_function(node).own for node in _nodes(found) if isinstance(node, Call) and node.function != "sent"}
    if any(is_computed_integer(expr) for b in found for step in walk_steps(b.steps) for expr in _unchecked(step)):
        called.add("whole")
    return tuple(sorted(called - {""}))


def is_computed_integer(expr: Expr) -> bool:
    """Whether a value is the outcome of integer arithmetic, and so may need more than 64 bits."""
    return isinstance(expr, Op) and expr.type.name == "integer" and expr.op in ("+", "-", "*", "negate")


def _unchecked(step: Step) -> Iterator[Expr]:
    """The values of a step that no database column limits."""
    if isinstance(step, Let | Reply | Emit):
        yield from expressions(step)


def computes_decimals(behaviours: Iterable[Operation | Handler]) -> bool:
    """Whether any of them computes with decimals, so that their precision matters."""
    return any(isinstance(node, Op) and node.type.name == "decimal" for node in _nodes(behaviours))


def _nodes(behaviours: Iterable[Operation | Handler]) -> Iterator[Expr]:
    for behaviour in behaviours:
        for step in walk_steps(behaviour.steps):
            for expr in expressions(step):
                yield from walk(expr)


def add_functions(names: tuple[str, ...], module: Module) -> None:
    """Adds the source of these functions to a module."""
    for name in names:
        source, imports = FUNCTIONS[name]
        for origin, imported in imports:
            if origin:
                module.imports.add(origin, imported)
            else:
                module.plain_imports.add(imported)
        module.add(source)


def module(views: Views) -> str | None:
    """The source of `language.py`; None where the service needs none."""
    used = functions_used((*views.operations, *views.handlers))
    if not used:
        return None
    found = Module(doc="Functions that Python has not in the same meaning.", package="")
    add_functions(used, found)
    return found.text()
