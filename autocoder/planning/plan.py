"""Facts to a blueprint: `architecture.yaml` and `deployment.yaml` as models, and every decision on the way.

Owns the order of planning and the requirements. Every fact ends in the blueprint or in a diagnostic; every value that
nobody stated is a decision.
"""

from __future__ import annotations

from dataclasses import dataclass

from autocoder.blueprint.model import (
    SCHEMA_VERSION,
    Architecture,
    Deployment,
    Entity,
    Operation,
    Requirement,
    System,
)
from autocoder.decisions import Decision, Source
from autocoder.diagnostics import Diagnostic
from autocoder.facts import Via
from autocoder.planning import names
from autocoder.planning.endpoints import plan_endpoint_fields, plan_endpoints
from autocoder.planning.entities import plan_bare_entities, plan_entities
from autocoder.planning.handlers import plan_handlers
from autocoder.planning.operations import plan_operations
from autocoder.planning.platform import Tracer, plan_auth, plan_deployment, plan_policy
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.protocol import Reading


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A planned blueprint. `diagnostics` are warnings; errors have stopped the stage."""

    architecture: Architecture
    deployment: Deployment
    decisions: tuple[Decision, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def plan(reading: Reading, system_name_hint: str) -> Plan:
    """The blueprint of a reading.

    `system_name_hint` names the system where the text does not (the folder, or the file without its ending). Raises
    `StageFailed` with every fact that has no place in the blueprint.
    """
    bench = Workbench(facts=tuple(sorted(reading.facts, key=lambda f: f.start)))
    system = _system(bench, reading, system_name_hint)
    _answers(bench, reading)
    requirements, trace = _requirements(bench)
    plan_entities(bench)
    plan_endpoint_fields(bench)
    plan_bare_entities(bench)
    plan_endpoints(bench)
    plan_operations(bench)
    plan_handlers(bench)
    auth = plan_auth(bench, trace)
    policy = plan_policy(bench, trace)
    deployment = plan_deployment(bench, system.name, trace)
    _unplanned(bench)
    _nothing_to_build(bench, reading)
    bench.diagnostics.stop()
    architecture = Architecture(
        schema_version=SCHEMA_VERSION,
        system=system,
        requirements=requirements,
        auth=auth,
        entities={e.name: _entity(e, trace) for e in _ordered(bench)},
        events=bench.events,
        operations={name: _traced(d.operation, trace(d.facts)) for name, d in bench.operations.items()},
        handlers={n: h.model_copy(update={"satisfies": trace(facts)}) for n, (h, facts) in bench.handlers.items()},
        policy=policy,
    )
    return Plan(
        architecture=architecture,
        deployment=deployment,
        decisions=tuple(bench.decisions),
        diagnostics=tuple(bench.diagnostics),
    )


def _system(bench: Workbench, reading: Reading, hint: str) -> System:
    facts = bench.of("system")
    named = next((f for f in facts if f.word("name")), None)
    subject = next((f.word("subject") for f in facts if f.word("subject")), "")
    words = named.word("name") if named else hint or subject
    name = names.system_name(words)
    if named is None:
        source = "its file or folder does" if hint else "it is called after what it is about"
        bench.decide("system.name", name, f"The text does not name the system; {source}.")
    bench.decide("system.version", "0.1.0", "A new system starts here.")
    described = [f for f in facts if f.word("form") or f.word("purpose") or f.word("subject")]
    description = " ".join(described[0].evidence[0].text.split()) if described else ""
    bench.use(*facts)
    return System(name=name, description=description)


def _answers(bench: Workbench, reading: Reading) -> None:
    """What people answered is a decision, and so is every slot that the reader inferred."""
    for question, option in reading.answers:
        others = tuple(o.key for o in question.options if o is not option)
        bench.decide(
            f"questions.{question.id}",
            option.key,
            question.text,
            *others,
            consequence=option.consequence,
            source=Source.ANSWERED,
        )
    for fact in bench.facts:
        for name, slot in fact.slots.items():
            if slot.via is Via.INFERRED and name != "type":
                quote = " ".join(slot.span.text.split())
                bench.decide(
                    f"reading.{fact.kind}.{name}.line{fact.evidence[0].place.line}",
                    slot.value,
                    f'"{quote}" suggests it; the text does not say it.',
                    source=Source.INFERRED,
                )


def _requirements(bench: Workbench) -> tuple[tuple[Requirement, ...], Tracer]:
    """The sentences that ask for something, numbered in order of the text."""
    only_system = all(f.kind == "system" for f in bench.facts)
    asked = [f for f in bench.facts if f.kind != "system" or (only_system and not f.word("name"))]
    quotes = {f.evidence[0].start: f.evidence[0] for f in asked}
    requirements: list[Requirement] = []
    ids: dict[int, str] = {}
    for number, (start, quote) in enumerate(sorted(quotes.items()), 1):
        ids[start] = f"R{number}"
        requirements.append(Requirement(id=ids[start], text=" ".join(quote.text.split()), line=quote.place.line))
    return tuple(requirements), Tracer(ids)


def _ordered(bench: Workbench) -> list[EntityDraft]:
    """The account first, then in order of appearance."""
    rest = [e for e in bench.entities.values() if e is not bench.account]
    return [*([bench.account] if bench.account else []), *rest]


def _entity(entity: EntityDraft, trace: Tracer) -> Entity:
    fields = {
        name: spec.model_copy(update={"satisfies": trace(entity.field_facts.get(name, []))})
        for name, spec in entity.fields.items()
    }
    return Entity(fields=fields, unique=tuple(entity.unique), satisfies=trace(entity.facts))


def _traced(operation: Operation, satisfies: tuple[str, ...]) -> Operation:
    return operation.model_copy(update={"satisfies": satisfies})


def _nothing_to_build(bench: Workbench, reading: Reading) -> None:
    if bench.operations or bench.handlers or bench.diagnostics.errors:
        return
    span = reading.prose.place(0, 1) if reading.prose.text else None
    bench.diagnostics.error(
        "AC2004",
        "the text says nothing that a service could do",
        span,
        rule="a service has at least one operation or handler",
        help='say what it keeps, or who does what, like "A to-do list API." or "Anyone can add a note."',
    )


def _unplanned(bench: Workbench) -> None:
    """Nothing is lost in silence: a fact that no step took is reported."""
    for fact in bench.facts:
        if id(fact) not in bench.planned:
            bench.refuse(
                "AC2001",
                f"a fact of kind {fact.kind} is understood, but not planned yet",
                fact,
                rule="every fact ends in the blueprint",
                help="leave the sentence out, or change the blueprint by hand after planning without it",
            )


def stated(architecture: Architecture) -> tuple[Decision, ...]:
    """What the text states, as decisions of source `stated`: one per requirement."""
    return tuple(
        Decision(subject=f"requirements.{r.id}", value=r.text, source=Source.STATED, because=f"Line {r.line} says so.")
        for r in architecture.requirements
    )
