"""Who may do what to which rows: all sentences about one thing and one verb, taken together.

Owns the account's roles and the expressions that keep a rule. Several sentences about the same rows widen each other
("customers see their own tickets", "agents see all tickets"); nothing that one of them forbids is opened by silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from autocoder.blueprint.model import AccessRule, FieldSpec
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.rules.lexicon.nouns import ACTORS

Access = Literal["anyone", "user", "user?"] | AccessRule

SIGHT = frozenset({"list", "read", "search"})
"""What a verb does to rows, where it only looks at them."""

_TRUSTED = names.words(
    "admin administrator moderator editor operator manager staff librarian teacher reviewer agent clerk owner host "
    "dispatcher coordinator planner inspector cashier "
    "backoffice office support purchasing operations warehouse maintenance dispatch billing "
    "supervisor partner director president head boss auditor finance hr doctor nurse technician organizer organiser"
)
"""Roles that nobody gets by registering."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who may call, and the condition over the row and the caller; none where the access says it all."""

    access: Access
    condition: str | None
    facts: tuple[Fact, ...]


def plan_roles(bench: Workbench) -> None:
    """Gives the account a role where the text tells roles apart."""
    stated = [f for f in bench.of("authentication") if f.get("roles")]
    listed = [r for f in stated for r in _texts(f.get("roles"))]
    kinds = list(dict.fromkeys(f.word("entity") for f in bench.of("authentication") if f.word("entity")))
    listed += kinds if len(kinds) > 1 else []
    acting = [f.word("role") for f in (*bench.of("operation"), *bench.of("access")) if f.word("actor") == "role"]
    given = [w for f in bench.of("operation") if (w := f.word("assignee")) not in {"", "self", *ACTORS}]
    seeing = [f.word("visible") for f in bench.of("field") if f.word("visible") != "owner"]
    told = dict.fromkeys([*listed, *acting, *given, *seeing])
    found = [names.field_name(r, suffix="role") for r in told if r]
    account = bench.account
    if account is None or not found:
        return
    usual = _usual(found)
    values = tuple(dict.fromkeys([usual, *found]))
    account.add("role", FieldSpec(type="enum", values=values, default=usual, read_only=True), *stated)
    bench.decide(
        f"entities.{account.name}.fields.role",
        ", ".join(values),
        f'Operations differ by role. Whoever registers is "{usual}", and no client can set the role.',
        source=Source.INFERRED,
        consequence="Other roles are given by whoever runs the service.",
    )


def trusted(roles: Iterable[str]) -> tuple[str, ...]:
    """The roles that are positions of trust."""
    return tuple(r for r in roles if r.rpartition("_")[2] in _TRUSTED)


def above_usual(bench: Workbench, roles: Iterable[str]) -> tuple[str, ...]:
    """Those of the roles that registering does not give."""
    role = bench.account.fields.get("role") if bench.account else None
    return tuple(r for r in roles if role is None or r != role.default)


def _texts(value: object) -> Iterable[str]:
    return [str(v) for v in value] if isinstance(value, tuple) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _usual(roles: Sequence[str]) -> str:
    """The role that registering gives: the first one that is not a position of trust."""
    return next((r for r in roles if r not in trusted(roles)), "account")


def role_of(fact: Fact) -> str:
    """The value of the account's role for a fact's actor."""
    return names.field_name(fact.word("role"), suffix="role")


def rule(bench: Workbench, entity: EntityDraft, does: str, row: str) -> Rule | None:
    """The rule for all sentences that do this to an entity's rows; None where there is none.

    `row` is the prefix of its fields: empty in a condition over rows.
    """
    kinds = SIGHT if does in SIGHT else {does}
    facts = tuple(
        f
        for f in bench.of("operation")
        if f.word("does") in {*kinds, "manage"} and not f.word("path") and bench.entity(f.word("object")) is entity
    )
    return combined(bench, entity, facts, row) if facts else None


def combined(bench: Workbench, entity: EntityDraft, facts: Sequence[Fact], row: str) -> Rule:
    """What several sentences allow together. One that names nobody ("show 20 per page") opens nothing beside others."""
    about = tuple(facts)
    told = tuple(f for f in about if f.word("actor")) or about
    if bench.account is None or not all(f.word("actor") in {"user", "role"} for f in told):
        signed_in = all(_signed_in(bench, f) for f in told)
        return Rule(access="user" if signed_in else "anyone", condition=None, facts=about)
    roled = "role" in bench.account.fields
    grants = [(role_of(f) if roled and f.word("actor") == "role" else "", _whose(entity, f)) for f in told]
    whole = {role for role, whose in grants if not whose}
    parts = dict.fromkeys(
        f"caller.role == '{role}'" if role in whole else f"{row}{whose} == caller.id" for role, whose in grants
    )
    narrowed = "" not in whole and any(whose and role not in whole for role, whose in grants)
    return Rule(
        access=access_of_roles([role for role, _ in grants]),
        condition=" || ".join(parts) if narrowed else None,
        facts=about,
    )


def usual(bench: Workbench, entity: EntityDraft, row: str) -> Rule:
    """Where no sentence says who may: the owner, where rows have one; else whoever signs in, if anybody does."""
    if "owner" in entity.fields:
        return Rule(access="user", condition=f"{row}owner == caller.id", facts=())
    return Rule(access="user" if bench.account else "anyone", condition=None, facts=())


def of_owners(bench: Workbench, entity: EntityDraft, rule: Rule, row: str, name: str) -> Rule:
    """A rule for an operation that changes rows: where all users may, and rows have owners, each has their own."""
    return kept(bench, entity, rule, row, name) if rule.access == "user" else rule


def kept(bench: Workbench, entity: EntityDraft, rule: Rule, row: str, name: str) -> Rule:
    """A rule narrowed to the caller's own rows, which is a decision about the operation of that name."""
    owner = entity.fields.get("owner")
    if rule.condition is not None or owner is None or owner.optional:
        return rule
    bench.decide(
        f"operations.{name}.rows",
        "their own rows",
        f"Each {entity.words} belongs to somebody, and nothing says that others may change it.",
        "every row",
        source=Source.INFERRED,
    )
    return replace(rule, condition=f"{row}owner == caller.id")


def access_of_roles(roles: Iterable[str]) -> Access:
    """Who is signed in; only those with certain roles where each sentence names one."""
    found = tuple(dict.fromkeys(roles))
    if not found or "" in found:
        return "user"
    return AccessRule(role=found[0] if len(found) == 1 else found)


def _whose(entity: EntityDraft, fact: Fact) -> str:
    """The field that names whose rows it is about; empty where it is about all."""
    if fact.word("whose"):
        return ""  # a guard looks at the owner of what the row belongs to
    field = {"own": "owner", "assigned": "assignee"}.get(str(fact.get("scope")), "")
    return field if field in entity.fields else ""


def _signed_in(bench: Workbench, fact: Fact) -> bool:
    return bench.account is not None and fact.word("actor") in {"user", "role", ""}
