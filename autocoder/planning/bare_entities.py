"""What an entity holds of which the text says too little: the one field without which its rows would say nothing.

Owns that field: a title, or the value that the entity's own name stands for ("recipes with ratings").
"""

from __future__ import annotations

from autocoder.blueprint.model import FieldSpec
from autocoder.planning import names, webhooks
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.rules.lexicon import nouns

_ASIDE = frozenset({"owner", "expires_at", "status"})
"""Fields that say nothing of what a row is about."""

_RATED = names.words("rating score star")
"""Values that are given by hand, from 1 to 5."""

_VALUES = frozenset({"text", "integer", "decimal", "money", "date", "datetime", "url", "email", "phone", "file"})


def plan_bare_entities(bench: Workbench) -> None:
    """Gives a title to an entity of which nothing is said; to one that only refers to others, what it is called."""
    for entity in bench.entities.values():
        told = {n: f for n, f in entity.fields.items() if n not in _ASIDE}
        bare = not set(told) - {"created_at"}
        if entity is bench.account or (bare and webhooks.plan_payload(bench, entity)):
            continue
        if bare:
            _add(bench, entity, "title", FieldSpec(type="text"), "a title is the least that makes it useful")
        elif all(f.to for f in told.values()):
            _value(bench, entity)


def _value(bench: Workbench, entity: EntityDraft) -> None:
    """The rating of a rating, the text of a comment: what others are referred to with."""
    noun = entity.words.rpartition(" ")[2]
    kind = nouns.VALUE_TYPES.get(noun)
    if noun in _RATED:
        spec = FieldSpec(type="integer", min=1, max=5)
        _add(bench, entity, "stars", spec, "one to five stars are what people expect")
    elif kind in _VALUES and "status" not in entity.fields:
        _add(
            bench, entity, names.field_name(kind if kind == "text" else noun), FieldSpec(type=kind), "its name says it"
        )


def _add(bench: Workbench, entity: EntityDraft, name: str, spec: FieldSpec, because: str) -> None:
    entity.add(name, spec)
    bench.decide(
        f"entities.{entity.name}.fields.{name}",
        spec.type,
        f"Nothing is said of what a {entity.words} has; {because}.",
        "other fields: say what it has",
    )
