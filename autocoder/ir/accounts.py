"""What a new account holds that nobody asks for over HTTP: its defaults where there is no caller, and what is left."""

from __future__ import annotations

from autocoder.ir.behaviour import Values
from autocoder.ir.effects import folded
from autocoder.ir.expressions import Bound, Const, Expr, rewrite
from autocoder.ir.nodes import Entity, Field
from autocoder.ir.types import NULL


def without_caller(default: Expr) -> Expr | None:
    """A default where nobody is signed in: what is the caller's is null, and only that is no default."""

    def nobody(node: Expr) -> Expr:
        of_caller = isinstance(node, Bound) and node.scope == "caller"
        return Const(value=None, type=NULL) if of_caller else node

    found = folded(rewrite(default, nobody))
    return None if isinstance(found, Const) and found.value is None else found


def defaults(entity: Entity) -> Values:
    """The fields that get a value by themselves, with that value; literals the model fills in."""
    found = [(f.name, without_caller(f.default)) for f in entity.fields if f.default is not None]
    return tuple((name, value) for name, value in found if value is not None and not isinstance(value, Const))


def needed(entity: Entity) -> tuple[Field, ...]:
    """The fields of a new row that somebody must say."""
    return tuple(
        f
        for f in entity.fields
        if not f.generated
        and not f.type.optional
        and f.type.format not in ("token", "digest")
        and (f.default is None or without_caller(f.default) is None)
    )
