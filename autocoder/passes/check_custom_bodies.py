"""Looks at the body of every custom function before anything runs it: right signature, pure, no way out.

A first wall, not the only one: bodies run in the sandbox during a build.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from autocoder.diagnostics import Span
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Function
from autocoder.passes.protocol import PassContext

MODULES = frozenset(
    {"collections", "collections.abc", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools"}
    | {"hashlib", "itertools", "json", "math", "operator", "re", "statistics", "string", "textwrap", "typing"}
    | {"unicodedata", "uuid", "zoneinfo"}
)
"""Modules that compute and touch nothing."""
FORBIDDEN = frozenset(
    {"__import__", "breakpoint", "compile", "delattr", "eval", "exec", "getattr", "globals", "help", "input", "locals"}
    | {"memoryview", "open", "print", "setattr", "vars"}
)


@dataclass(frozen=True, kw_only=True)
class CheckCustomBodies:
    """Refuses a body with another signature, an import outside `MODULES`, or a name that reaches the interpreter."""

    name: ClassVar[str] = "check-custom-bodies"

    def apply(self, graph: Graph, context: PassContext) -> Graph:
        for function in graph.of_kind(Function):
            file = f"custom/{function.name}.py"
            for line, column, problem in problems(function):
                context.diagnostics.error(
                    "AC3141",
                    f"{file}: {problem}",
                    Span(file=file, line=line, column=column),
                    subject=f"functions.{function.name}",
                    rule="a body is pure: it may import " + ", ".join(sorted(MODULES)),
                    help=f"write: def {function.name}({', '.join(name for name, _ in function.inputs)})",
                )
        return graph


def problems(function: Function) -> Iterator[tuple[int, int, str]]:
    """Line, column (from 1) and what is wrong, in the order of the text."""
    try:
        tree = ast.parse(function.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line, column = getattr(error, "lineno", 1) or 1, getattr(error, "offset", 1) or 1
        yield line, column, f"it is not Python: {getattr(error, 'msg', error)}"
        return
    yield from _signature(tree, function)
    for node in ast.walk(tree):
        if problem := _problem(node):
            yield getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, problem


def _signature(tree: ast.Module, function: Function) -> Iterator[tuple[int, int, str]]:
    defined = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function.name]
    if len(defined) != 1:
        yield 1, 1, f"it must define the function {function.name} once, and not as async"
        return
    found, arguments = defined[0], defined[0].args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    wanted = [name for name, _ in function.inputs]
    if names != wanted or arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        yield found.lineno, found.col_offset + 1, f"its parameters are ({', '.join(names)}), not ({', '.join(wanted)})"


def _problem(node: ast.AST) -> str:
    match node:
        case ast.Import(names=names):
            wrong = [alias.name for alias in names if alias.name not in MODULES]
            return f"it imports {', '.join(wrong)}" if wrong else ""
        case ast.ImportFrom(module=module, level=level):
            return f"it imports from {'.' * level}{module or ''}" if level or module not in MODULES else ""
        case ast.Name(id=name) if name in FORBIDDEN or name.startswith("__"):
            return f"it uses {name}"
        case ast.Attribute(attr=name) if name.startswith("_"):
            return f"it reaches for the private {name}"
        case ast.Global() | ast.Nonlocal():
            return "it keeps state outside the function"
        case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
            return "it is asynchronous"
        case _:
            return ""
