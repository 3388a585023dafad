"""What is wrong in an expression, while it is being typed: each part with its code and place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autocoder.blueprint import expressions as syntax
from autocoder.ir.types import Type


@dataclass(kw_only=True)
class Part:
    code: str
    message: str
    start: int
    end: int
    details: dict[str, str]


class Wrong(Exception):
    """Everything that is wrong in a part of an expression."""

    def __init__(self, parts: Iterable[Part]) -> None:
        super().__init__()
        self.parts = tuple(parts)


def wrong(code: str, message: str, node: syntax.Node, **details: str) -> Wrong:
    return Wrong([Part(code=code, message=message, start=node.start, end=node.end, details=details)])


def kind_of(type_: Type) -> str:
    """A type as a person names it: `text`, `a row of User`, `null`."""
    if type_.name == "row":
        return f"a row of {type_.entity}" if type_.entity else "a row"
    return type_.name if type_.name != "list" else str(type_.not_null())
