"""Lowers what `policy` says of security to rules over the design, which the policy gate evaluates with the owner's own.

Their names have a dot, which no owner's rule has.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from autocoder.ir.nodes import Operation, Rule

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint


def rules(blueprint: Blueprint, operations: Iterable[Operation]) -> Iterator[Rule]:
    """The owner's own rules, and those that `policy.security` stands for."""
    policy = blueprint.design.policy
    for own in policy.rules:
        yield Rule(name=own.id, over=own.over, expression=own.expr, because=own.because)
    open_ = policy.security.open_operations
    if open_ is not None:
        known = {operation.name for operation in operations}
        for index, name in enumerate(open_):
            if name not in known:
                path = ("policy", "security", "open_operations", index)
                blueprint.unknown("AC3120", "no operation is named", name, known, *path)
        yield Rule(
            name="security.open",
            over="design",
            expression=f"operations.all(o, o.access == 'user' || o.name in {json.dumps(list(open_))})",
            because="policy.security.open_operations names the operations that need nobody to sign in",
        )
    if policy.security.tls == "everywhere":
        yield Rule(
            name="security.tls",
            over="design",
            expression="environments.all(e, e.host == '' || e.tls)",
            because="policy.security.tls is everywhere",
        )
