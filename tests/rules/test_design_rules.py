from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest

from autocoder.ir.behaviour import Ask, BoundRow, Change, Find, List, Match, Remove, Reply, Require
from autocoder.ir.behaviour import Failure as Fail
from autocoder.ir.expressions import Bound, Op
from autocoder.ir.nodes import (
    Channel,
    Environment,
    Exchange,
    Field,
    Input,
    Integration,
    Node,
    Operation,
    Variable,
    Wire,
)
from autocoder.ir.types import BOOLEAN, TEXT, UUID, Type
from autocoder.rules.catalogue import evaluate_design
from autocoder.rules.design_rules import DESIGN_RULES

Change_ = Callable[[ModuleType], tuple[Node, ...]]


def production(system: ModuleType, **changed: object) -> tuple[Environment]:
    return (replace(system.PRODUCTION, **changed),)


def owned_link(system: ModuleType, *guard: Require) -> tuple[Node, ...]:
    entity = system.build().entity("Link")
    owner = Field(name="owner", type=Type(name="uuid", entity="User"))
    change = Change(row=BoundRow(entity="Link", bind="link"), values=())
    operation = Operation(
        name="rename",
        method="PATCH",
        path="/links/{code}",
        access="user",
        inputs=(system.CODE,),
        steps=(system.FIND, *guard, change, Reply(status=200, view="link")),
    )
    return (
        replace(entity, fields=(*entity.fields, owner)),
        operation,
        replace(system.build().operation("delete_link"), steps=(system.FIND, *guard, Reply(status=204))),
    )


def is_owner() -> Require:
    owner = Bound(scope="row", name="link", field="owner", type=UUID)
    caller = Bound(scope="caller", name="caller", field="id", type=UUID)
    return Require(condition=Op(op="==", args=(owner, caller), type=BOOLEAN), otherwise=Fail(failure="forbidden"))


def users(system: ModuleType, access: str) -> tuple[Node, ...]:
    steps = (List(entity="User", where=None, bind="users"), Reply(status=200, view="users"))
    return (Operation(name="list_users", method="GET", path="/users", access=access, inputs=(), steps=steps),)


def one_address(system: ModuleType) -> tuple[Node, ...]:
    email = Bound(scope="row", name="user", field="email", type=TEXT)
    steps = (
        Find(match=Match(entity="User", where=None), bind="user"),
        Reply(status=200, body=(("contact", email),)),
    )
    return (Operation(name="contact", method="GET", path="/contact", access="anyone", inputs=(), steps=steps),)


def asking(field: str) -> tuple[Node, ...]:
    """An operation that sends a field of a row to a system outside."""
    sent = Input(name="value", place="body", type=TEXT)
    mail = Exchange(name="mail", method="POST", path="/mails", sent=(sent,), received=())
    outside = Integration(
        name="post",
        address="POST_URL",
        secret="",
        header="",
        timeout_us=1,
        attempts=1,
        failures=1,
        reset_us=1,
        exchanges=(mail,),
    )
    value = Bound(scope="row", name="user", field=field, type=TEXT)
    steps = (
        Find(match=Match(entity="User", where=None), bind="user"),
        Ask(integration="post", operation="mail", args=(("value", value),), bind="sent", type=TEXT),
        Reply(status=204),
    )
    return (outside, Operation(name="send", method="POST", path="/mails", access="user", inputs=(), steps=steps))


FAILING: list[tuple[str, str, Change_]] = [
    ("AC4101", "operations.purge.access", lambda s: (purge(s, "anyone"),)),
    ("AC4102", "operations.rename", owned_link),
    ("AC4103", "operations.list_users.output", lambda s: users(s, "anyone")),
    ("AC4103", "operations.contact.output", one_address),
    (
        "AC4104",
        "environments.production.env.API_TOKEN",
        lambda s: production(s, variables=(Variable(name="API_TOKEN", value="abc"),)),
    ),
    (
        "AC4104",
        "environments.production.env.UPSTREAM",
        lambda s: production(s, variables=(Variable(name="UPSTREAM", value="https://me:pass@example.com"),)),
    ),
    ("AC4105", "environments.production.exposure.tls", lambda s: production(s, tls=False)),
    ("AC4106", "environments.production.replicas.api", lambda s: production(s, replicas=())),
    ("AC4107", "environments.production.replicas.api", lambda s: production(s, store="sqlite")),
    ("AC4108", "environments.production.engines.store", lambda s: production(s, store="sqlite")),
    ("AC4109", f"environments.{'x' * 60}", lambda s: (replace(s.DEVELOPMENT, name="x" * 60),)),
    ("AC4109", "environments.production.exposure.host", lambda s: production(s, host="go..example.com")),
    (
        "AC4109",
        "environments.production.env.DATABASE_URL",
        lambda s: production(s, variables=(Variable(name="DATABASE_URL", secret="-db", key="url"),)),
    ),
    ("AC4110", "operations.send", lambda s: asking("email")),
    ("AC4111", "channels.mail", lambda s: (Channel(name="mail", transport="mail", sender="shop@example.com"),)),
    (
        "AC3250",
        "environments.production.env.EVENTS",
        lambda s: production(s, variables=(Variable(name="EVENTS", value="nats://nats.example.com:4222"),)),
    ),
    ("AC3251", "cors.origins", lambda s: (Wire(origins=("*",)),)),
    (
        "AC3252",
        "environments.production.replicas.api",
        lambda s: (replace(s.build().objectives, availability_ppm=None), *production(s, replicas=())),
    ),
]
PASSING: list[tuple[str, Change_]] = [
    ("AC4101", lambda s: (purge(s, "user"),)),
    ("AC4102", lambda s: owned_link(s, is_owner())),
    ("AC4103", lambda s: users(s, "user")),
    ("AC4104", lambda s: production(s, variables=(Variable(name="TOKEN_LIFETIME", value="PT1H"),))),
    ("AC4104", lambda s: production(s, variables=(Variable(name="PUBLIC_KEY", value="abc"),))),
    ("AC4105", lambda s: production(s, tls=False, host="")),
    ("AC4106", lambda s: (replace(s.build().objectives, availability_ppm=990_000), *production(s, replicas=()))),
    ("AC4107", lambda s: production(s, store="sqlite", replicas=(("api", 1),))),
    ("AC4108", lambda s: (replace(s.DEVELOPMENT, store="sqlite"),)),
    ("AC4109", lambda s: (replace(s.DEVELOPMENT, name="x" * 48),)),
    ("AC4110", lambda s: asking("id")),
    ("AC4111", lambda s: asking("id")),
    ("AC3250", lambda s: production(s, variables=(Variable(name="EVENTS", value="nats://nats.events.svc:4222"),))),
    ("AC3251", lambda s: (Wire(origins=("https://app.example.com",)),)),
    ("AC3252", lambda s: (replace(s.build().objectives, availability_ppm=None),)),
]


def purge(system: ModuleType, access: str) -> Operation:
    steps = (Remove(row=Match(entity="Link", where=None, many=True)), Reply(status=204))
    return Operation(name="purge", method="DELETE", path="/links", access=access, inputs=(), steps=steps)


def codes(system: ModuleType, change: Change_) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for finding in evaluate_design(system.build(*change(system))):
        found.setdefault(finding.code, []).append(finding.subject)
    return found


@pytest.mark.parametrize(("code", "subject", "change"), FAILING, ids=lambda v: v if isinstance(v, str) else "")
def test_a_broken_rule_is_found_at_its_place(system: ModuleType, code: str, subject: str, change: Change_) -> None:
    assert subject in codes(system, change).get(code, [])


@pytest.mark.parametrize(("code", "change"), PASSING, ids=lambda v: v if isinstance(v, str) else "")
def test_a_kept_rule_is_silent(system: ModuleType, code: str, change: Change_) -> None:
    subjects = codes(system, change).get(code, [])
    assert [s for s in subjects if s != "operations.shorten.access"] == []


def test_every_design_rule_has_a_passing_and_a_failing_fixture() -> None:
    every = {rule.code for rule in DESIGN_RULES}
    assert {code for code, *_ in FAILING} == every
    assert {code for code, _ in PASSING} == every


def test_a_public_write_that_the_prose_asks_for_is_a_warning(system: ModuleType) -> None:
    [finding] = evaluate_design(system.build())
    assert (finding.code, finding.severity, finding.subject) == ("AC4101", "warning", "operations.shorten.access")


def test_a_public_write_that_nobody_asks_for_is_an_error(system: ModuleType) -> None:
    found = [f for f in evaluate_design(system.build(purge(system, "anyone"))) if "purge" in f.subject]
    assert [f.severity for f in found] == ["error"]


def test_a_decision_silences_a_public_write(system: ModuleType) -> None:
    assert not list(evaluate_design(system.build(), decided={"operations.shorten.access"}))


def test_the_waivers_key_is_the_first_word_of_the_rule(system: ModuleType) -> None:
    [finding] = evaluate_design(system.build())
    assert finding.rule.split()[0] == "design:public-write"


def test_what_was_looked_at_is_counted(system: ModuleType) -> None:
    assert evaluate_design(system.build()).checks >= 10
