"""Facts to a blueprint: `architecture.yaml` and `deployment.yaml` as models, and every decision on the way.

Owns the order of planning and the requirements. Every fact ends in the blueprint or in a diagnostic; every value that
nobody stated is a decision.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
from autocoder.facts import Fact, Prose, Quote, Via
from autocoder.planning import assignments, domain_verbs, lifecycles, names
from autocoder.planning.arrivals import plan_arrival_changes, plan_arrivals
from autocoder.planning.bare_entities import plan_bare_entities
from autocoder.planning.caching import plan_caches
from autocoder.planning.calls import plan_calls
from autocoder.planning.capabilities import plan_encryption, plan_whole
from autocoder.planning.cascades import plan_cascades, plan_followers
from autocoder.planning.changes import changes_of_states
from autocoder.planning.denials import plan_denials
from autocoder.planning.endpoints import plan_endpoint_fields, plan_endpoints, plan_stamps, plan_wire
from autocoder.planning.entities import plan_entities, plan_references
from autocoder.planning.equivalents import in_known_words
from autocoder.planning.failures import plan_body
from autocoder.planning.formulas import plan_formula_fields
from autocoder.planning.guards import plan_guards
from autocoder.planning.handlers import plan_handlers
from autocoder.planning.limits import plan_limits, plan_times
from autocoder.planning.notices import plan_notices
from autocoder.planning.operations import plan_operations
from autocoder.planning.orderings import plan_orderings
from autocoder.planning.permissions import plan_roles
from autocoder.planning.platform import Tracer, plan_auth, plan_deployment, plan_policy
from autocoder.planning.repeats import plan_repeats
from autocoder.planning.row_operations import plan_filter_fields
from autocoder.planning.sign_in import plan_api_keys, plan_inactive
from autocoder.planning.state_rules import forbid_changes, plan_state_rules
from autocoder.planning.tallies import plan_tallies
from autocoder.planning.totals import plan_totals
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.protocol import Reading

_AROUND = frozenset(
    {"system", "storage", "cache", "broker", "quality", "exposure", "environment", "budget", "policy", "authentication"}
)
"""Kinds of facts that say nothing of what is kept and done: without others, the system's own sentence asks for it."""

Place = tuple[str, int]
"""A file and an offset in it."""


def place_of(quote: Quote) -> Place:
    """Where a quote starts."""
    return quote.prose.file, quote.start


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A planned blueprint. `diagnostics` are warnings; errors have stopped the stage."""

    architecture: Architecture
    deployment: Deployment
    decisions: tuple[Decision, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def plan(reading: Reading, system_name_hint: str, agreed: Collection[Place] = ()) -> Plan:
    """The blueprint of a reading.

    `system_name_hint` names the system where the text does not (the folder, or the file without its ending). Facts
    whose sentences start at one of `agreed` may be left out where the blueprint has no place for them. Raises
    `StageFailed` with every other fact that has none.
    """
    facts, left = _told(reading), list[Fact]()
    while True:
        draft = _Draft(reading, facts, system_name_hint)
        refused = {id(f) for f, _ in draft.bench.refused if place_of(f.evidence[0]) in agreed}
        if not refused:
            break
        left += [f for f in facts if id(f) in refused]
        facts = tuple(f for f in facts if id(f) not in refused)
    for _, diagnostic in draft.bench.refused:
        draft.bench.diagnostics.add(diagnostic)
    _left_out(draft.bench, reading, agreed)
    return draft.finish(reading)


def examine(reading: Reading) -> list[tuple[Fact, Diagnostic]]:
    """The facts that have no place in the blueprint, each with its diagnostic; without them the rest has one.

    Raises `StageFailed` where nothing is left to build.
    """
    facts, left = _told(reading), list[tuple[Fact, Diagnostic]]()
    while True:
        draft = _Draft(reading, facts, "service")
        if not draft.bench.refused:
            break
        left += draft.bench.refused
        refused = {id(f) for f, _ in draft.bench.refused}
        facts = tuple(f for f in facts if id(f) not in refused)
    draft.finish(reading)
    return left


def _told(reading: Reading) -> tuple[Fact, ...]:
    """The facts, those about changes of states as such."""
    return changes_of_states(in_known_words(lifecycles.changes_of_routes(reading.facts)))


class _Draft:
    """Everything planned from some facts; `finish` makes the blueprint of it."""

    def __init__(self, reading: Reading, facts: Sequence[Fact], hint: str) -> None:
        self.bench = bench = Workbench(facts=tuple(sorted(facts, key=lambda f: f.start)))
        self.system = _system(bench, reading, hint)
        _answers(bench, reading)
        self.requirements, self.trace = _requirements(bench, reading.prose)
        plan_entities(bench)
        domain_verbs.define_entities(bench)
        plan_references(bench)
        plan_filter_fields(bench)
        plan_formula_fields(bench)
        plan_times(bench)
        assignments.plan_assignees(bench)
        lifecycles.plan_lifecycles(bench)
        plan_followers(bench)
        plan_arrival_changes(bench)
        plan_tallies(bench)
        forbid_changes(bench)
        plan_roles(bench)
        plan_endpoint_fields(bench)
        plan_bare_entities(bench)
        plan_encryption(bench)
        plan_endpoints(bench)
        plan_operations(bench)
        plan_stamps(bench)
        plan_state_rules(bench)
        plan_limits(bench)
        plan_guards(bench)
        plan_orderings(bench)
        plan_repeats(bench)
        plan_cascades(bench)
        plan_arrivals(bench)
        plan_handlers(bench)
        plan_inactive(bench)
        self.keys = plan_api_keys(bench)
        plan_calls(bench)
        plan_notices(bench)
        plan_totals(bench)
        plan_caches(bench)
        self.whole = plan_whole(bench)
        self.wire = plan_wire(bench)
        self.errors = plan_body(bench)
        plan_denials(bench)
        self.auth = plan_auth(bench, self.trace, self.keys)
        self.policy = plan_policy(bench, self.trace)
        self.deployment = plan_deployment(bench, self.system.name, self.trace)
        _unplanned(bench)

    def finish(self, reading: Reading) -> Plan:
        """The plan. Raises `StageFailed` for what was refused, and where there is nothing to build."""
        bench, trace = self.bench, self.trace
        _nothing_to_build(bench, reading)
        bench.diagnostics.stop()
        architecture = Architecture(
            schema_version=SCHEMA_VERSION,
            system=self.system,
            requirements=self.requirements,
            auth=self.auth,
            wire=self.wire,
            errors=self.errors,
            capabilities=self.whole.capabilities,
            cors=self.whole.cors,
            integrations={n: i.model_copy(update={"satisfies": trace(f)}) for n, (i, f) in bench.integrations.items()},
            channels={n: c.model_copy(update={"satisfies": trace(f)}) for n, (c, f) in bench.channels.items()},
            functions={
                n: f.model_copy(update={"satisfies": trace([fact])}) for n, (f, fact) in bench.functions.items()
            },
            entities={e.name: _entity(e, trace) for e in _ordered(bench)},
            events=bench.events,
            consumes=tuple(bench.consumes),
            operations={
                name: _traced(
                    d.operation, trace([*d.facts, *_denied(bench), *self.whole.facts]) or trace(bench.of("system"))
                )
                for name, d in bench.operations.items()
            },
            handlers={n: h.model_copy(update={"satisfies": trace(facts)}) for n, (h, facts) in bench.handlers.items()},
            policy=self.policy,
        )
        return Plan(
            architecture=architecture,
            deployment=self.deployment,
            decisions=tuple(bench.decisions),
            diagnostics=tuple(bench.diagnostics),
        )


def _denied(bench: Workbench) -> list[Fact]:
    """That there are no users holds for every operation."""
    return [f for f in bench.of("authentication") if f.get("needed") is False and not f.word("entity")]


def _left_out(bench: Workbench, reading: Reading, agreed: Collection[Place]) -> None:
    """What people agreed to leave out, sentence by sentence."""
    for sentence in reading.sentences:
        if place_of(sentence.span) in agreed:
            bench.decide(
                f"left_out.line{sentence.span.place.line}.column{sentence.span.place.column}",
                " ".join(sentence.span.text.split()),
                "It is not understood, or has no place in the blueprint, as a whole.",
                consequence="What the warnings name of it is not built.",
                source=Source.ANSWERED,
            )


def _system(bench: Workbench, reading: Reading, hint: str) -> System:
    facts = bench.of("system")
    named = next((f for f in facts if f.word("name")), None)
    subject = next((f.word("subject") for f in facts if f.word("subject")), "")
    words = named.word("name") if named else hint or subject
    name = names.system_name(words)
    if named is None:
        source = "its file, folder or blueprint does" if hint else "it is called after what it is about"
        bench.decide("system.name", name, f"The text does not name the system; {source}.")
    bench.decide("system.version", "0.1.0", "A new system starts here.")
    described = [f for f in facts if f.word("form") or f.word("purpose") or f.word("subject")]
    description = names.sentence(described[0].evidence[0].text) if described else ""
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
    for number, sentence in enumerate(s for s in reading.sentences if s.written and s.facts):
        quote = " ".join(sentence.span.text.split())
        bench.decide(
            f"reading.line{sentence.span.place.line}.means{number + 1}",
            sentence.written,
            f'"{quote}" is taken to mean it; the text does not say it.',
            source=Source.INFERRED,
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


def _requirements(bench: Workbench, prose: Prose) -> tuple[tuple[Requirement, ...], Tracer]:
    """The sentences that ask for something, numbered in order of the text."""
    bench_facts = [f for f in bench.facts if f.evidence[0].prose is prose]
    only_system = all(f.kind in _AROUND for f in bench_facts)
    asked = [f for f in bench_facts if f.kind != "system" or (only_system and not f.word("name"))]
    quotes = {f.evidence[0].start: f.evidence[0] for f in asked}
    requirements: list[Requirement] = []
    ids: dict[int, str] = {}
    for number, (start, quote) in enumerate(sorted(quotes.items()), 1):
        ids[start] = f"R{number}"
        requirements.append(Requirement(id=ids[start], text=names.sentence(quote.text), line=quote.place.line))
    return tuple(requirements), Tracer(ids, prose)


def _ordered(bench: Workbench) -> list[EntityDraft]:
    """The account first, then in order of appearance."""
    rest = [e for e in bench.entities.values() if e is not bench.account]
    return [*([bench.account] if bench.account else []), *rest]


def _entity(entity: EntityDraft, trace: Tracer) -> Entity:
    fields = {
        name: spec.model_copy(update={"satisfies": trace(entity.field_facts.get(name, []))})
        for name, spec in entity.fields.items()
    }
    lifecycle = lifecycles.lifecycle_of(entity)
    if lifecycle:  # it says where a row starts, and that no client sets its state
        fields["status"] = fields["status"].model_copy(update={"default": None, "read_only": False})
    return Entity(fields=fields, unique=tuple(entity.unique), lifecycle=lifecycle, satisfies=trace(entity.facts))


def _traced(operation: Operation, satisfies: tuple[str, ...]) -> Operation:
    return operation.model_copy(update={"satisfies": satisfies})


def _nothing_to_build(bench: Workbench, reading: Reading) -> None:
    if bench.operations or bench.handlers or bench.account or bench.diagnostics.errors:
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
