"""The edges that follow from what the nodes say. The verifier derives them again and compares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autocoder.ir.behaviour import (
    Ask,
    Change,
    Emit,
    Find,
    Insert,
    Invoke,
    List,
    Match,
    Notify,
    Remove,
    Steps,
    walk_steps,
)
from autocoder.ir.nodes import Edge, EdgeKind, Entity, Handler, Node, Operation

DERIVED: tuple[EdgeKind, ...] = ("refers", "reads", "writes", "publishes", "consumes", "invokes", "asks", "notifies")


def derived_edges(nodes: Iterable[Node]) -> Iterator[Edge]:
    """References between entities, and what each behaviour reads, writes, publishes, consumes and invokes."""
    for node in nodes:
        match node:
            case Entity():
                for field in node.fields:
                    if field.type.entity:
                        yield Edge(source=node.id, kind="refers", target=f"entity:{field.type.entity}")
            case Operation():
                yield from _of_steps(node.id, node.steps)
            case Handler():
                yield from _of_steps(node.id, node.steps)
                if node.event:
                    yield Edge(source=node.id, kind="consumes", target=f"event:{node.event}")
            case _:
                pass


def _of_steps(node_id: str, steps: Steps) -> Iterator[Edge]:
    for step in walk_steps(steps):
        match step:
            case Find(match=Match(entity=entity)) | List(entity=entity):
                yield Edge(source=node_id, kind="reads", target=f"entity:{entity}")
            case Insert(entity=entity):
                yield Edge(source=node_id, kind="writes", target=f"entity:{entity}")
            case Change(row=row) | Remove(row=row):
                yield Edge(source=node_id, kind="writes", target=f"entity:{row.entity}")
            case Emit(event=event):
                yield Edge(source=node_id, kind="publishes", target=f"event:{event}")
            case Invoke(target="custom", name=name):
                yield Edge(source=node_id, kind="invokes", target=f"function:{name}")
            case Ask(integration=name):
                yield Edge(source=node_id, kind="asks", target=f"integration:{name}")
            case Notify(channel=name):
                yield Edge(source=node_id, kind="notifies", target=f"channel:{name}")
            case _:
                pass
