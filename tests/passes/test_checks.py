"""Every analysis refuses what it must, at its place and with the way out, and lets the rest pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from autocoder import registry
from autocoder.bundles import load
from autocoder.compilation import compile_sources
from autocoder.decisions import Decision, Source
from autocoder.diagnostics import CATALOGUE, Diagnostic, Diagnostics, StageFailed
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import Component, Edge
from autocoder.passes.load import loads
from autocoder.passes.protocol import PassContext
from tests.compiling import FIXTURES, compiled, sources

FOLDER = FIXTURES / "passes"
CASES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))["cases"]
]
ELSEWHERE = {"check_custom_bodies": "tests/test_compilation.py", "check_ports": "below"}
"""Checks whose findings no blueprint of one file can have."""


def found(case: dict[str, Any]) -> tuple[Diagnostic, ...]:
    text, deployment = (str(case.get(part, "")).replace("»", "") for part in ("text", "deployment"))
    try:
        return compile_sources(sources(text, deployment=deployment)).warnings
    except StageFailed as failed:
        return failed.diagnostics


def place(case: dict[str, Any]) -> str:
    file, text = ("deployment.yaml", str(case.get("deployment", "")))
    if "»" not in text:
        file, text = "architecture.yaml", sources(case["text"]).architecture
    before = text.split("»")[0]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name} {i}" for i, (name, _) in enumerate(CASES)])
def test_a_blueprint_gives_its_finding_at_its_place_and_nothing_else(name: str, case: dict[str, Any]) -> None:
    diagnostics = found(case)
    shown = [(d.code, str(d.span), d.message, d.rule, d.help) for d in diagnostics]
    checked = {d.code for d in diagnostics} - {"AC4101", "AC4102", "AC4106"}
    if "code" not in case:
        assert checked == set(), shown
        return
    assert checked == {case["code"]}, shown
    [first, *_] = [d for d in diagnostics if d.code == case["code"]]
    assert str(first.span) == place(case), shown
    assert case["says"] in f"{first.message} {first.rule} {first.help}", shown
    assert CATALOGUE[first.code].fix and first.help


def test_every_check_has_a_fixture_that_it_refuses() -> None:
    refused = {name for name, case in CASES if "code" in case}
    checks = {name.replace("-", "_") for name in registry.PASSES if name.startswith("check-")}
    assert checks - refused - set(ELSEWHERE) == set()
    assert all((Path(__file__).parents[2] / where).is_file() for where in ELSEWHERE.values() if where != "below")


def apply(name: str, graph: Graph) -> list[Diagnostic]:
    diagnostics = Diagnostics()
    registry.load(registry.PASSES[name])().apply(graph, PassContext(bundle=load(), diagnostics=diagnostics))
    return list(diagnostics)


SMALL = "entities: {Note: {fields: {a: text}}}\noperations: {a: {route: GET /x, effects: [{list: Note}]}}\n"


KAFKA = 'schema_version: "1.0.0"\nsystem: shop\nenvironments: {live: {engines: {broker: kafka}}}\n'


def test_a_required_port_without_a_provider_is_refused() -> None:
    graph = compiled(SMALL).graph
    api = next(c for c in graph.of_kind(Component) if c.name == "api")
    broken = graph.having([replace(api, requires=("rows", "cache"))])
    [only] = apply("check-ports", broken)
    assert (only.code, only.subject, only.value) == ("AC3158", "components.api", "cache")


def test_components_that_call_each_other_in_a_circle_are_refused() -> None:
    graph = compiled(SMALL).graph
    circle = graph.having(edges=[Edge(source="component:store", kind="calls", target="component:api")])
    [only] = apply("check-cycles", circle)
    assert (only.code, only.subject) == ("AC3157", "components.api")
    assert "api -> store -> api" in only.message


def test_a_broker_that_no_code_was_tried_against_is_refused() -> None:
    [only] = found({"text": SMALL, "deployment": KAFKA})
    assert (only.code, str(only.span), only.value) == ("AC3240", "deployment.yaml:3:41", "kafka")


def test_what_a_binding_makes_of_an_event_has_the_type_that_the_handler_reads() -> None:
    text = (
        "entities: {Total: {fields: {sum: integer}}}\nevents: {Paid: {code: text}, Counted: {cents: integer}}\n"
        "operations: {pay: {route: POST /pays, effects: [{publish: Paid, with: {code: \"'a'\"}}]}}\n"
        "handlers: {count: {on: Counted, effects: [{create: Total, set: {sum: event.cents}}]}}\n"
        "bindings: {paid: {from: Paid, to: count, set: {cents: event.code}}}\n"
    )
    [only] = found({"text": text})
    assert (only.code, str(only.span), only.value) == ("AC3058", "architecture.yaml:7:55", "event.code")


def test_a_design_in_which_nothing_runs_is_refused() -> None:
    [only] = found({"text": "entities: {Note: {fields: {a: text}}}\n"})
    assert (only.code, str(only.span)) == ("AC3241", "architecture.yaml:2:9")


def test_stated_components_are_derived_once() -> None:
    text = SMALL + "handlers: {night: {every: '0 2 * * *', effects: [{delete: Note, where: \"a == ''\"}]}}\n"
    graph = compiled(text + "components: {rows: {kind: Store}, clock: {kind: Scheduler, owns: [night]}}\n").graph
    names = {c.name: c.stated for c in graph.of_kind(Component)}
    assert names == {"api": False, "rows": True, "clock": True}
    context = PassContext(bundle=load(), diagnostics=Diagnostics())
    again = registry.load(registry.PASSES["derive-components"])().apply(graph, context)
    assert (list(again), again.edges()) == (list(graph), graph.edges())
    assert not list(context.diagnostics)


def test_each_worker_carries_the_load_of_its_own_handlers() -> None:
    text = (
        "entities: {Note: {fields: {a: text}}}\nevents: {Seen: {a: text}}\n"
        "operations: {see: {route: POST /x, effects: [{publish: Seen, with: {a: \"'a'\"}}]}}\n"
        "handlers:\n  one: {on: Seen, effects: [{create: Note, set: {a: event.a}}]}\n"
        "  two: {on: Seen, effects: [{create: Note, set: {a: event.a}}]}\n"
        "  three: {on: Seen, effects: [{create: Note, set: {a: event.a}}]}\n"
        "components: {alone: {kind: Worker, owns: [one]}, others: {kind: Worker}}\n"
        "policy: {performance: {throughput: 100/s}}\n"
    )
    assert {found.workload: found.rate for found in loads(compiled(text).graph, 360_000)} == {
        "api": 100,
        "alone": 100,
        "others": 200,
    }


def test_an_environment_with_a_load_of_its_own_is_sized_by_it() -> None:
    text = SMALL + "policy: {performance: {throughput: 2000/s}}\n"
    deployment = (
        'schema_version: "1.0.0"\nsystem: shop\nenvironments:\n  development: {}\n'
        "  staging: {overrides: {policy.performance.throughput: 900/s}}\n"
        "  production: {overrides: {policy.performance.throughput: 1200/s}}\n"
    )
    views = compiled(text, deployment=deployment).views
    assert {e.name: dict(e.replicas).get("api") for e in views.environments} == {
        "development": None,
        "staging": 2,
        "production": 3,
    }
    with pytest.raises(StageFailed) as failed:
        compiled(
            text,
            deployment=deployment.replace(
                "{overrides: {policy.performance.throughput: 900/s}",
                "{replicas: {api: 1}, overrides: {policy.performance.throughput: 900/s}",
            ),
        )
    [only] = failed.value.diagnostics
    assert (only.code, str(only.span), only.value) == ("AC3150", "deployment.yaml:5:29", "1")


OUTSIDE = (
    "integrations:\n"
    "  rates: {availability: 99.5%, base_url: {env: RATES_URL}, "
    "operations: {rate: {route: GET /rate, receive: {value: decimal}}}}\n"
    "policy: {performance: {availability: 99.9%}}\n"
    "operations:\n  show: {route: GET /rate, effects: [{call: rates.rate}], output: {body: {rate: rate.value}}}\n"
)


def test_an_operation_is_no_more_available_than_what_it_asks() -> None:
    [only] = found({"text": OUTSIDE})
    assert (only.code, str(only.span)) == ("AC3156", "architecture.yaml:5:38")
    assert "rates 99.5" in only.rule and "weakest part: rates" in only.help
    [unknown] = found({"text": OUTSIDE.replace("availability: 99.5%, ", "")})
    assert (unknown.code, str(unknown.span)) == ("AC3300", "architecture.yaml:4:10")
    assert not found(
        {
            "text": OUTSIDE.replace("{call: rates.rate}", "{call: rates.rate, failed: null}").replace(
                "rate.value", "rate?.value"
            )
        }
    )


def test_a_cache_and_systems_outside_are_components_like_others() -> None:
    text = (
        "entities: {Note: {fields: {a: {type: text, unique: true}}}}\n"
        "integrations:\n"
        "  rates: {base_url: {env: RATES_URL}, operations: {rate: {route: GET /rate, receive: {value: decimal}}}}\n"
        "  banks: {base_url: {env: BANKS_URL}, operations: {bank: {route: GET /bank, receive: {name: text}}}}\n"
        "operations:\n"
        "  show: {route: GET /rate, effects: [{call: rates.rate}], output: {body: {rate: rate.value}}}\n"
        '  find: {route: "GET /notes/{a}", effects: [{read: Note, where: "a == input.a", cache: 1m}]}\n'
    )
    deployment = 'schema_version: "1.0.0"\nsystem: shop\nenvironments: {production: {engines: {cache: redis}}}\n'

    def bindings(components: str) -> dict[str, tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]]:
        views = compiled(text + components, deployment=deployment).views
        return {c.name: (c.role, views.contained(c), views.bindings(c)) for c in views.components}

    derived, stated = (
        bindings(said)
        for said in ("", "components: {money: {kind: Integration, owns: [rates]}, copies: {kind: Cache}}\n")
    )
    assert derived["cache"] == ("Cache", ("capability:cache",), ())
    assert derived["api"][2] == (("calls", "cache"), ("calls", "rates"), ("calls", "store"))
    assert stated["copies"] == ("Cache", ("capability:cache",), ())
    assert stated["money"] == ("Integration", ("integration:rates",), ())
    assert stated["banks"] == ("Integration", ("integration:banks",), ())
    assert stated["api"][2] == (("calls", "copies"), ("calls", "money"), ("calls", "store"))
    assert "cache" not in stated and "rates" not in stated


def test_a_channel_that_nobody_uses_needs_no_worker() -> None:
    graph = compiled(SMALL + "channels: {mail: {mail: {from: shop@example.com}}}\n").graph
    assert {c.name for c in graph.of_kind(Component)} == {"api", "store"}


def test_what_a_deployment_states_is_no_decision() -> None:
    deployment = 'schema_version: "1.0.0"\nsystem: shop\nenvironments: {production: {%s}}\n'
    text = SMALL + "policy: {performance: {availability: 99%}}\n"

    def subjects(said: str) -> set[str]:
        return {d.subject for d in compiled(text, deployment=deployment % said).decisions}

    replicas = "environments.production.replicas.api"
    assert replicas in subjects("")
    assert replicas not in subjects("replicas: {api: 2}")


def test_what_a_person_changed_in_the_deployment_is_no_decision_of_planning_any_more() -> None:
    planned = Decision(subject="environments.production.replicas.api", value="2", source=Source.DEFAULT, because="so")
    deployment = 'schema_version: "1.0.0"\nsystem: shop\nenvironments: {production: {replicas: {api: %d}}}\n'
    for count, still in ((2, True), (3, False)):
        found = compile_sources(sources(SMALL, deployment=deployment % count), planned=(planned,))
        assert (planned in found.decisions) == still
        assert all(d.subject != planned.subject or d == planned for d in found.decisions)
