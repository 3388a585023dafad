"""People as rows name them: a field that is somebody who signs in, and who makes such rows."""

from __future__ import annotations

from autocoder.blueprint.model import FieldSpec
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import domain_verbs
from autocoder.planning.workbench import EntityDraft, Workbench


def somebody(bench: Workbench, entity: EntityDraft, name: str, facts: list[Fact]) -> None:
    """A field that is somebody who signs in: whoever makes the row, where it is they who make it."""
    words, subject = name.replace("_", " "), f"entities.{entity.name}.fields.{name}"
    bench.decisions[:] = [d for d in bench.decisions if d.subject != f"{subject}.type"]
    if bench.account is None:
        return
    if words in makers(bench, entity):
        del entity.fields[name]
        entity.add("owner", FieldSpec(type="ref", to=bench.account.name, read_only=True), *facts)
        entity.field_facts.pop(name, None)
        because = f"A {words} who makes a {entity.words} is signed in; nobody makes one for somebody else."
        bench.decide(subject, "owner", because, f"the {words} is chosen", source=Source.INFERRED)
        return
    entity.fields[name] = FieldSpec(type="ref", to=bench.account.name, optional=entity.fields[name].optional)
    bench.decide(f"{subject}.type", f"ref to {bench.account.name}", f"A {words} signs in.", source=Source.INFERRED)


def makers(bench: Workbench, entity: EntityDraft) -> frozenset[str]:
    """Who makes such rows, as the text calls them."""
    acting = (f for f in bench.of("operation") if f.word("actor") in {"user", "role"} and f.word("object"))
    return frozenset(
        f.word("role")
        for f in acting
        if bench.entity(domain_verbs.record_name(bench, f) or f.word("object")) is entity
        and (f.word("does") in {"create", "manage"} or domain_verbs.makes(f) or domain_verbs.is_record(bench, f))
    ) - {""}
