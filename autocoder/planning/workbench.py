"""The blueprint while it is being planned.

Owns the mutable drafts of entities and operations, the decisions, and which sentence asked for what. Refuses
nothing: what cannot be planned is a diagnostic that the stage collects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autocoder.blueprint.model import Channel, CustomFunction, FieldSpec, Handler, Integration, Operation
from autocoder.decisions import Decision, Source
from autocoder.diagnostics import Diagnostic, Diagnostics
from autocoder.diagnostics.articles import with_articles
from autocoder.facts import Fact
from autocoder.planning import names


@dataclass(frozen=True, kw_only=True)
class StateDraft:
    """A change of state; without origins it is allowed from every other state."""

    origins: tuple[str, ...]
    to: str


@dataclass(kw_only=True)
class EntityDraft:
    """An entity with the facts that it comes from."""

    name: str
    words: str
    fields: dict[str, FieldSpec] = field(default_factory=dict[str, FieldSpec])
    unique: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])
    facts: list[Fact] = field(default_factory=list[Fact])
    field_facts: dict[str, list[Fact]] = field(default_factory=dict[str, list[Fact]])
    changes: dict[str, StateDraft] = field(default_factory=dict[str, StateDraft])

    @property
    def row(self) -> str:
        """The name that effects bind one row to: the entity's, in snake case."""
        return names.snake(self.name)

    @property
    def base(self) -> str:
        """The name in routes and in names of operations, where nothing is reserved."""
        return names.base_name(self.words)

    @property
    def plural(self) -> str:
        """The plural of `base`."""
        return names.plural(self.base)

    @property
    def key(self) -> str:
        """The field that routes name a row by: its generated code, else its id."""
        return next((n for n, f in self.fields.items() if f.type == "code" and f.unique), "id")

    def add(self, name: str, spec: FieldSpec, *facts: Fact) -> None:
        """Adds a field; the first definition stays."""
        self.fields.setdefault(name, spec)
        known = self.field_facts.setdefault(name, [])
        known += [f for f in facts if f not in known]


@dataclass(kw_only=True)
class OperationDraft:
    """An operation with the facts that it comes from."""

    operation: Operation
    facts: list[Fact]


@dataclass(kw_only=True)
class Workbench:
    """Everything that planning has found out so far."""

    facts: Sequence[Fact]
    entities: dict[str, EntityDraft] = field(default_factory=dict[str, EntityDraft])
    functions: dict[str, tuple[CustomFunction, Fact]] = field(default_factory=dict[str, "tuple[CustomFunction, Fact]"])
    account: EntityDraft | None = None
    aliases: dict[str, EntityDraft] = field(default_factory=dict[str, EntityDraft])
    operations: dict[str, OperationDraft] = field(default_factory=dict[str, OperationDraft])
    events: dict[str, dict[str, FieldSpec]] = field(default_factory=dict[str, dict[str, FieldSpec]])
    consumes: list[str] = field(default_factory=list[str])
    event_sources: dict[str, EntityDraft] = field(default_factory=dict[str, EntityDraft])
    handlers: dict[str, tuple[Handler, list[Fact]]] = field(default_factory=dict[str, "tuple[Handler, list[Fact]]"])
    channels: dict[str, tuple[Channel, list[Fact]]] = field(default_factory=dict[str, "tuple[Channel, list[Fact]]"])
    integrations: dict[str, tuple[Integration, list[Fact]]] = field(
        default_factory=dict[str, "tuple[Integration, list[Fact]]"]
    )
    addresses: dict[str, str] = field(default_factory=dict[str, str])
    decisions: list[Decision] = field(default_factory=list[Decision])
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    planned: set[int] = field(default_factory=set[int])
    refused: list[tuple[Fact, Diagnostic]] = field(default_factory=list[tuple[Fact, Diagnostic]])

    def of(self, kind: str) -> list[Fact]:
        """The facts of a kind, in order of the text."""
        return [f for f in self.facts if f.kind == kind]

    def use(self, *facts: Fact) -> None:
        """Marks facts as planned."""
        self.planned.update(id(f) for f in facts)

    def entity(self, words: str) -> EntityDraft | None:
        """The entity of that name; a longer name ends in it ("link" for "short link")."""
        name = names.type_name(words)
        known = self.entities.get(name) or self.aliases.get(name)
        if known:
            return known
        tail = words.rpartition(" ")[2]
        fits = [e for e in self.entities.values() if e.words.rpartition(" ")[2] == tail]
        return fits[0] if len(fits) == 1 else None

    def define(self, words: str, *facts: Fact) -> EntityDraft:
        """The entity of that name, made if it is not there."""
        found = self.entity(words)
        if found is None:
            found = EntityDraft(name=names.type_name(words), words=words)
            self.entities[found.name] = found
        found.facts += [f for f in facts if f not in found.facts]
        self.use(*facts)
        return found

    def add_operation(self, name: str, operation: Operation, facts: Sequence[Fact], *, routed: bool = False) -> None:
        """Adds an operation; one of that name that is there gets the facts. `routed` says that the route is stated."""
        known = self.operations.get(name)
        if known is not None:
            known.facts += facts
            return
        self.operations[name] = OperationDraft(operation=operation, facts=list(facts))
        if not routed:
            because = "Nothing says its route; this is the convention for what it does."
            self.decide(f"operations.{name}.route", operation.route, because)

    def decide(
        self,
        subject: str,
        value: object,
        because: str,
        *alternatives: str,
        consequence: str = "",
        source: Source = Source.DEFAULT,
    ) -> None:
        """Records a decision; the same subject twice keeps the first."""
        if all(d.subject != subject for d in self.decisions):
            text = "true" if value is True else "false" if value is False else str(value)
            self.decisions.append(
                Decision(
                    subject=subject,
                    value=text,
                    source=source,
                    because=with_articles(because),
                    alternatives=alternatives,
                    consequence=with_articles(consequence),
                )
            )

    def warn(self, code: str, message: str, fact: Fact, *, rule: str, help: str) -> None:
        """A warning at the sentence that a fact comes from."""
        quote = fact.evidence[0]
        value = " ".join(quote.text.split())
        self.diagnostics.warning(code, with_articles(message), quote.place, value=value, rule=rule, help=help)

    def refuse(self, code: str, message: str, fact: Fact, *, rule: str, help: str) -> None:
        """An error at the sentence that a fact comes from."""
        self.use(fact)
        quote = fact.evidence[0]
        value = " ".join(quote.text.split())
        self.refused.append(
            (
                fact,
                Diagnostic(
                    code=code, message=with_articles(message), span=quote.place, value=value, rule=rule, help=help
                ),
            )
        )


def merged(facts: Iterable[Fact]) -> list[Fact]:
    """The facts without repetition, in order of the text."""
    return sorted({id(f): f for f in facts}.values(), key=lambda f: f.start)
