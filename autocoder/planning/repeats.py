"""What comes again: done twice without harm, or put in the place of the first.

Owns the key of such rows (who, and of what), and the creations that keep it.
"""

from __future__ import annotations

from autocoder.blueprint.model import Create, FieldSpec, Upsert
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import domain_verbs, names
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench


def plan_repeats(bench: Workbench) -> None:
    """Every sentence about something that comes again."""
    for fact in bench.of("policy"):
        topic = fact.word("topic")
        if topic not in {"repetition", "replacement"}:
            continue
        entity = _entity(bench, fact)
        made = _made(bench, entity) if entity else None
        keys = _keys(bench, entity) if entity else ()
        if entity is None or made is None or not keys:
            _refuse(bench, fact)
            continue
        if topic == "repetition":
            _once(entity, made, keys)
        else:
            _replaced(bench, entity, made, keys)
        made.facts.append(fact)
        bench.use(fact)


def _refuse(bench: Workbench, fact: Fact) -> None:
    bench.refuse(
        "AC2001",
        "nothing says which two of them are the same",
        fact,
        rule="what comes again is told by who does it and of what, or by an e-mail address",
        help='say who does it, and to what, like "Members like recipes."',
    )


def _entity(bench: Workbench, fact: Fact) -> EntityDraft | None:
    """The rows that it is about: the record that the verb leaves, or what an operation of that verb makes."""
    if fact.word("entity") and (known := bench.entity(fact.word("entity"))):
        return known
    for told in bench.of("operation"):
        if told.word("verb") == fact.word("verb") and domain_verbs.is_record(bench, told):
            return bench.entity(domain_verbs.record_name(bench, told))
    return None


def _made(bench: Workbench, entity: EntityDraft) -> OperationDraft | None:
    found = [
        d
        for d in bench.operations.values()
        if any(isinstance(e, Create) and e.create == entity.name for e in d.operation.effects)
    ]
    return found[0] if len(found) == 1 else None


def _keys(bench: Workbench, entity: EntityDraft) -> tuple[str, ...]:
    """The fields that two of the same agree in: who and of what; else an address."""
    refs = [n for n, s in entity.fields.items() if s.type == "ref" and n != "owner" and not s.optional]
    if "owner" in entity.fields and len(refs) == 1:
        return ("owner", refs[0])
    emails = [n for n, s in entity.fields.items() if s.type == "email"]
    return (emails[0], *refs) if len(emails) == 1 and entity is not bench.account else ()


def _unique(entity: EntityDraft, keys: tuple[str, ...]) -> None:
    if len(keys) == 1:
        entity.fields[keys[0]] = entity.fields[keys[0]].model_copy(update={"unique": True})
    elif keys not in entity.unique:
        entity.unique.append(keys)


def _once(entity: EntityDraft, made: OperationDraft, keys: tuple[str, ...]) -> None:
    """The row that is there is the answer."""
    _unique(entity, keys)
    effects = tuple(
        e.model_copy(update={"exists": "return"}) if isinstance(e, Create) and e.create == entity.name else e
        for e in made.operation.effects
    )
    made.operation = made.operation.model_copy(update={"effects": effects})


def _replaced(bench: Workbench, entity: EntityDraft, made: OperationDraft, keys: tuple[str, ...]) -> None:
    """The row that is there gets the new values."""
    _unique(entity, keys)
    by = {k: "caller.id" if k == "owner" else f"input.{k}" for k in keys}
    values = {n: f"input.{n}" for n in made.operation.input if n not in keys}
    if not values:
        _once(entity, made, keys)
        return
    if "updated_at" not in entity.fields:
        entity.add("updated_at", FieldSpec(type="datetime", default="=now", read_only=True))
        because = "A later one takes the place of the first; this says when."
        bench.decide(f"entities.{entity.name}.fields.updated_at", "datetime", because, source=Source.INFERRED)
    effects = tuple(
        Upsert(upsert=entity.name, by=by, set={**values, "updated_at": "now"})
        if isinstance(e, Create) and e.create == entity.name
        else e
        for e in made.operation.effects
    )
    made.operation = made.operation.model_copy(update={"effects": effects})
    bench.decide(
        f"operations.{names.operation_name(f'create {entity.words}')}.replaces",
        ", ".join(keys),
        f"The same {' and '.join(k.replace('_', ' ') for k in keys)} have one {entity.words}; a later one replaces it.",
        source=Source.INFERRED,
    )
