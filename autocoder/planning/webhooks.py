"""Webhooks of others, from prose: where they arrive, how their sender signs them, and what is kept of each.

Owns what known senders put into a delivery. One of whom nothing is known is taken to do as Standard Webhooks says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from autocoder.blueprint.inbound import SchemeName, Signed
from autocoder.blueprint.model import AccessRule, Create, FieldSpec, Operation, Output
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.workbench import EntityDraft, Workbench

_TEXT = FieldSpec(type="text")
_JSON = FieldSpec(type="json")
_PERHAPS = FieldSpec(type="json", optional=True)
INPUTS: Mapping[SchemeName, Mapping[str, FieldSpec]] = {
    "standard": {"type": _TEXT, "data": _JSON},
    "github": {
        "x_github_event": FieldSpec.model_validate({"type": "text", "in": "header"}),
        "action": FieldSpec(type="text", optional=True),
        "repository": _PERHAPS,
        "sender": _PERHAPS,
    },
    "stripe": {"type": _TEXT, "data": _JSON},
}
"""What a delivery holds that is kept."""
FIELDS: Mapping[str, str] = {"x_github_event": "event"}
"""What a field is called that comes from an input of another name."""
_ARRIVING = frozenset({"receive", "accept", "take", "get", "process", "handle"})


def arrives(fact: Fact) -> bool:
    """Whether a sentence says that the service receives webhooks."""
    return (
        fact.kind == "operation"
        and not fact.word("actor")
        and fact.word("verb") in _ARRIVING
        and fact.word("object").rpartition(" ")[2] == "webhook"
    )


def sender_of(fact: Fact) -> str:
    """Who sends the webhooks, as a name: "github"; "" where nobody says."""
    return names.snake(names.type_name(before)) if (before := fact.word("object").rpartition(" ")[0]) else ""


def scheme_of(fact: Fact) -> SchemeName:
    """How the sender signs."""
    return next((known for known in get_args(SchemeName) if known == sender_of(fact)), "standard")


def plan_payload(bench: Workbench, entity: EntityDraft) -> bool:
    """Gives the rows of webhooks of which nothing is said what their sender puts into them."""
    arriving = next((f for f in bench.of("operation") if arrives(f) and bench.entity(f.word("object")) is entity), None)
    if arriving is None:
        return False
    inputs = INPUTS[scheme_of(arriving)]
    for name, spec in inputs.items():
        entity.add(FIELDS.get(name, name), FieldSpec(type=spec.type, optional=spec.optional), arriving)
    because = "Nothing is said of what is kept of a webhook; these are what every delivery of this sender has."
    bench.decide(f"entities.{entity.name}.fields", ", ".join(FIELDS.get(n, n) for n in inputs), because)
    return True


def plan_arrival(bench: Workbench, fact: Fact) -> bool:
    """Takes webhooks that their sender signed, each once, and keeps them."""
    entity = bench.entity(fact.word("object"))
    if entity is None:
        return False
    sender, scheme = sender_of(fact), scheme_of(fact)
    inputs = {n: s for n, s in INPUTS[scheme].items() if FIELDS.get(n, n) in entity.fields}
    others = {n: s for n, s in entity.fields.items() if n not in {FIELDS.get(i, i) for i in inputs} and not s.read_only}
    secret = f"{sender or 'webhook'}_hook_keys".upper()
    name = f"receive_{sender}_webhook" if sender else "receive_webhook"
    operation = Operation(
        route=f"POST /hooks/{sender.replace('_', '-')}" if sender else "POST /hooks",
        access=AccessRule(signature=Signed(secret=secret, scheme=scheme)),
        input={**inputs, **others},
        effects=(Create(create=entity.name, set={FIELDS[n]: f"input.{n}" for n in inputs if n in FIELDS}),),
        output=Output(status=204),
    )
    bench.add_operation(name, operation, [fact])
    bench.decide(
        f"operations.{name}.access",
        f"signed with a key in {secret}",
        "Anybody could send what nobody signs."
        if scheme != "standard"
        else "Anybody could send what nobody signs; nothing says how, so as Standard Webhooks says.",
        "scheme: github, stripe, or what the sender's documentation says",
        consequence="what is not signed like this is refused",
    )
    return True
