"""What is kept for a time and is no thing of its own: one field of rows, which is emptied earlier than they go.

Owns which words of a text name such a field, or a value that is worked out ("one-minute averages"), and no thing.
"""

from __future__ import annotations

from autocoder.blueprint.model import FieldSpec, Handler, Update
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.workbench import EntityDraft, Workbench

_WORKED_OUT = names.words("average mean minimum maximum median aggregate")
NIGHTLY = "15 3 * * *"


def is_no_thing(bench: Workbench, fact: Fact) -> bool:
    """Whether what is kept for a time is a field of something, or worked out of other rows."""
    words = fact.word("entity")
    told = [f for f in bench.of("field") if f.word("of") == words]
    told += [f for f in bench.of("operation") if f.word("object") == words]
    if told or fact.kind != "lifecycle" or fact.word("state") != "deleted":
        return False
    named = any(_names(f.word("name"), words) and f.word("of") != words for f in bench.of("field"))
    return named or words.rpartition(" ")[2] in _WORKED_OUT


def _names(name: str, words: str) -> bool:
    """Whether a field is called so, or by a longer name that ends so: "shipping address"."""
    return f" {name}".endswith(f" {words}")


def plan_erasure(bench: Workbench, fact: Fact) -> bool:
    """Empties a text when its time is over. False where the words name no text, or more than one."""
    found = [
        (entity, name)
        for entity in bench.entities.values()
        for name in entity.fields
        if f"_{name}".endswith(f"_{names.base_name(fact.word('entity'))}") and _may_be_empty(entity, name)
    ]
    if len(found) != 1 or not fact.word("after") or fact.word("of"):
        return False
    entity, name = found[0]
    entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), fact)
    where = f"created_at <= now - {fact.word('after')} && {name} != ''"
    effect = Update.model_validate({"update": entity.name, "set": {name: "''"}, "where": where})
    bench.handlers[f"empty_old_{names.plural(name)}"] = (Handler(every=NIGHTLY, effects=(effect,)), [fact])
    bench.use(fact)
    bench.decide(
        f"entities.{entity.name}.fields.{name}.erased",
        "emptied at night",
        f"A {entity.words} is kept longer than its {fact.word('entity')}, so that one is emptied.",
        consequence=f"Who reads an older {entity.words} sees an empty {fact.word('entity')}.",
    )
    return True


def _may_be_empty(entity: EntityDraft, name: str) -> bool:
    spec = entity.fields[name]
    return spec.type == "text" and not spec.unique and spec.min is None and spec.pattern is None
