"""Names that emitted modules have already, read from what emits them: the templates and this package's own modules.

Nothing is listed by hand: a name that a template or a renderer begins to use is reserved from then on.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import get_args, get_type_hints

from autocoder.ir.behaviour import Invoke
from autocoder.targets.python_service.module_names import OTHERS, STANDARD

_OWN = files("autocoder.targets.python_service")
_PLACES = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)
_NO_CODE = re.compile(r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*')
_MEMBER = re.compile(r"^    (?:def )?(\w+)(?=[:(])|\bself\.(\w+)", re.MULTILINE)
_CLASS = re.compile(r"\b[A-Z]\w*")


@cache
def classes() -> frozenset[str]:
    """Names that begin with a capital and stand in emitted code: classes, types, constants."""
    said = {name for code in (*_templates(), *_definitions()) for name in _CLASS.findall(_NO_CODE.sub("", code))}
    return frozenset(said | {name for name in _imported() if name[0].isupper()})


@cache
def functions() -> frozenset[str]:
    """Other names that modules with code of the blueprint import, or define beside that code."""
    imported = {name for name in _imported() if name[0].islower()}
    return frozenset({*imported, *_defined(), *get_args(get_type_hints(Invoke)["target"])} - {"custom"})


@cache
def members(template: str) -> frozenset[str]:
    """What the classes of a template define: methods and attributes."""
    text = (_OWN / "templates" / f"{template}.j2").read_text(encoding="utf-8")
    return frozenset(found for pair in _MEMBER.findall(text) for found in pair if found)


def _templates() -> Iterator[str]:
    """The templates of Python modules, without their places for values and conditions."""
    for path in _below(_OWN / "templates"):
        if path.name.endswith(".py.j2"):
            yield _PLACES.sub("", path.read_text(encoding="utf-8"))


def _below(folder: Traversable) -> Iterator[Traversable]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _below(item)
        else:
            yield item


@cache
def _nodes() -> tuple[ast.AST, ...]:
    """All syntax of this package's own modules."""
    own = (path for path in _OWN.iterdir() if path.name.endswith(".py"))
    return tuple(node for path in own for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def _definitions() -> tuple[str, ...]:
    """The texts in this package's modules that are code to emit: functions, classes, assignments."""
    texts = (n.value.strip() for n in _nodes() if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return tuple(text for text in texts if re.search(r"^(def|class|@|\w+ = )", text) and _parses(text))


def _defined() -> Iterator[str]:
    for node in (node for code in _definitions() for node in ast.parse(code).body):
        match node:
            case ast.FunctionDef(name=name):
                yield name
            case _:
                pass


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _imported() -> Iterator[str]:
    """What renderers ask a module to import: by `imports.add(module, *names)`, or as (module, name) in a table."""
    for node in _nodes():
        match node:
            case ast.Call(func=ast.Attribute(attr="add"), args=[ast.Constant(value=str(block))]) if " = " in block:
                yield block.split(" = ")[0]
            case ast.Call(func=ast.Attribute(attr="add"), args=[_, *names]):
                constants = (node for name in names for node in ast.walk(name) if isinstance(node, ast.Constant))
                yield from (n.value for n in constants if isinstance(n.value, str) and n.value.isidentifier())
            case ast.Tuple(elts=[ast.Constant(value=str(origin)), ast.Constant(value=str(name))]):
                if origin.split(".")[0] in STANDARD | OTHERS | {""} and name.isidentifier():
                    yield name
            case _:
                pass
