"""Functions of the blueprint language that Python has not in the same meaning, emitted where they are called."""

from __future__ import annotations

from autocoder.ir.behaviour import expressions, walk_steps
from autocoder.ir.expressions import Call, walk
from autocoder.ir.views import Views
from autocoder.targets.python_service.source import Module

FUNCTIONS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
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
}
"""Function to its source and what that imports."""


def functions_used(views: Views) -> tuple[str, ...]:
    """The functions of this module that any behaviour calls."""
    called = {
        node.function
        for behaviour in (*views.operations, *views.handlers)
        for step in walk_steps(behaviour.steps)
        for expr in expressions(step)
        for node in walk(expr)
        if isinstance(node, Call)
    }
    return tuple(sorted(called & FUNCTIONS.keys()))


def module(names: tuple[str, ...]) -> str:
    """The source of `language.py` with these functions."""
    found = Module(doc="Functions that Python has not in the same meaning.", package="")
    for name in names:
        source, imports = FUNCTIONS[name]
        for origin, imported in imports:
            found.imports.add(origin, imported)
        found.add(source)
    return found.text()
