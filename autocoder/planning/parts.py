"""Rows that are parts of others, of which nothing else is said: "each invoice has lines with a quantity and a price".

Owns the operations by which parts come about and are seen: for those who make the whole, and see it.
"""

from __future__ import annotations

from autocoder.blueprint.model import AnyEffect, FieldSpec, ListRows, Operation, Read, Require
from autocoder.decisions import Source
from autocoder.planning.row_operations import creation, input_fields
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench


def plan_parts(bench: Workbench, entity: EntityDraft) -> None:
    """How a part is added and seen, where its whole is made by an operation and a relation says that it has parts."""
    told = [f for f in bench.of("relation") if bench.entity(f.word("entity")) is entity]
    wholes = [w for f in told if (w := bench.entity(f.word("to"))) and w is not entity and w is not bench.account]
    whole = wholes[0] if wholes else None
    made = bench.operations.get(f"create_{whole.base}") if whole else None
    if whole is None or made is None or not entity.field_facts:
        return
    reference = next((n for n, f in entity.fields.items() if f.to == whole.name and not f.optional), "")
    if not reference:
        return
    entity.fields[reference] = entity.fields[reference].model_copy(update={"on_delete": "cascade"})
    _add(bench, entity, whole, reference, made)
    _list(bench, entity, whole, reference, made)
    bench.decide(
        f"entities.{entity.name}.of",
        whole.name,
        f"A {entity.words} is a part of a {whole.words}: who makes the {whole.words} adds its {entity.plural}, "
        "and they go with it.",
        f"say who adds {entity.plural}",
        source=Source.INFERRED,
    )


def _add(bench: Workbench, entity: EntityDraft, whole: EntityDraft, reference: str, made: OperationDraft) -> None:
    operation = Operation(
        route=f"POST /{entity.plural}",
        access=made.operation.access,
        input=input_fields(entity),
        effects=(*_whole(whole, reference, guarded=True), creation(entity)),
    )
    bench.add_operation(f"create_{entity.base}", operation, entity.field_facts[reference])


def _list(bench: Workbench, entity: EntityDraft, whole: EntityDraft, reference: str, made: OperationDraft) -> None:
    """The parts of one whole, for those who see it."""
    seen = next((d for n in (f"get_{whole.base}", f"list_{whole.plural}") if (d := bench.operations.get(n))), made)
    guarded = seen is made or "owner == caller.id" in str(seen.operation.effects)
    operation = Operation(
        route=f"GET /{whole.plural}/{{id}}/{entity.plural}",
        access=seen.operation.access,
        input={"id": FieldSpec(type="uuid")},
        effects=(
            *_whole(whole, "id", guarded=guarded, listed=True),
            ListRows(list=entity.name, where=f"{reference} == input.id"),
        ),
    )
    bench.add_operation(f"list_{entity.plural}", operation, entity.field_facts[reference])


def _whole(whole: EntityDraft, given: str, *, guarded: bool, listed: bool = False) -> list[AnyEffect]:
    """Reads the whole, which must be there, and be the caller's where it belongs to somebody."""
    owner, row = whole.fields.get("owner"), f"{whole.row}_row"
    mine = guarded and owner is not None and not owner.optional
    if not mine and not listed:
        return []
    read = Read.model_validate({"read": whole.name, "by": f"input.{given}", "as": row})
    return [read, Require(require=f"{row}.owner == caller.id", otherwise="forbidden")] if mine else [read]
