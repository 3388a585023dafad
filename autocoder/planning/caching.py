"""What reads keep in a cache: which operation, for how long, in what.

Owns the cache of rows that the text asks for. Where it names no product, production gets one, which is a decision.
"""

from __future__ import annotations

from autocoder.blueprint.model import Read
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning.row_operations import make_read
from autocoder.planning.workbench import Workbench

USUAL = "10m"
"""How long a row is kept where the text does not say."""


def plan_caches(bench: Workbench) -> None:
    """The read of a thing that is cached."""
    for fact in bench.of("cache"):
        if fact.word("object"):
            _cache(bench, fact)


def cached(bench: Workbench) -> list[Fact]:
    """The facts for which an environment has a cache."""
    return [f for f in bench.of("cache") if f.word("engine") == "redis" or (f.word("object") and _kept(bench, f))]


def _kept(bench: Workbench, fact: Fact) -> bool:
    return any(fact in d.facts for d in bench.operations.values())


def _cache(bench: Workbench, fact: Fact) -> None:
    entity = bench.entity(fact.word("object"))
    shows = bench.operations.get(f"get_{entity.base}") if entity else None
    listed = bench.operations.get(f"list_{entity.plural}") if entity else None
    if entity is not None and shows is None and listed is not None:
        make_read(bench, entity, next((f for f in listed.facts if f.kind == "operation"), None))
        shows = bench.operations[f"get_{entity.base}"]
        bench.decide(
            f"operations.get_{entity.base}",
            "added",
            f"One {entity.words} is to be kept in a cache, so there is an operation that shows one.",
            source=Source.INFERRED,
        )
    effects = shows.operation.effects if shows else ()
    if entity is None or shows is None or not effects or not isinstance(effects[0], Read):
        bench.refuse(
            "AC2001",
            f'nothing shows a single "{fact.said("object")}" whose row could be kept in a cache',
            fact,
            rule="a cache keeps the row that one operation reads by its key; lists are always read anew",
            help='say who sees one, like "Anyone can view a product."',
        )
        return
    keeps = fact.word("keeps") or USUAL
    if not fact.word("keeps"):
        bench.decide(f"operations.get_{entity.base}.cache", USUAL, "Nothing says for how long it is kept.")
    read = effects[0].model_copy(update={"cache": keeps})
    shows.operation = shows.operation.model_copy(update={"effects": (read, *effects[1:])})
    shows.facts.append(fact)
    bench.use(fact)
