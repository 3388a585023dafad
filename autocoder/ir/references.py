"""References that an expression follows: `doc.owner.email` is a field of the row to which `doc.owner` refers."""

from __future__ import annotations

from autocoder.ir.expressions import Bound, Expr, Get


def is_followed(of: Expr) -> bool:
    """Whether a value is a reference of one row that is at hand, whose row can be read before the expression."""
    root = of
    while isinstance(root, Get):
        root = root.of
    at_hand = isinstance(root, Bound) and root.scope in ("row", "caller") and root.name != "old"
    return at_hand and of.type.name == "uuid" and of.type.entity is not None
