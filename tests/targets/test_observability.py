import re
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from autocoder.bundles import Bundle
from autocoder.gates.custom_resources import SCHEMAS
from autocoder.ir.nodes import Objectives
from autocoder.ir.views import Views
from autocoder.targets.observability import Observability
from autocoder.targets.stamp import Stamp
from autocoder.targets.tree import Tree
from autocoder.targets.yaml_text import load_all

FOLDER = "deployments/observability"


@pytest.fixture
def tree(views: Views, bundle: Bundle, stamp: Stamp) -> Tree:
    return Observability().apply(views, bundle, stamp)


def load(tree: Tree, name: str) -> Any:
    return load_all(tree[f"{FOLDER}/base/{name}.yaml"].content.decode())[0]


QUIET = ["ProcessDown", "DeliveriesLate", "DeliveriesGivenUp"]
"""Alerts that need no stated number."""


def alerts(tree: Tree) -> dict[str, Any]:
    [group] = load(tree, "prometheus-rule")["spec"]["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


@pytest.mark.parametrize("name", ["pod-monitor", "prometheus-rule"])
def test_the_custom_resources_fit_their_schemas(tree: Tree, name: str) -> None:
    manifest = load(tree, name)
    schema = SCHEMAS[manifest["apiVersion"], manifest["kind"]]
    jsonschema.Draft202012Validator(schema).validate(manifest)


def test_every_file_says_where_it_came_from(tree: Tree, stamp: Stamp) -> None:
    for name in ("pod-monitor", "prometheus-rule"):
        assert stamp.annotations.items() <= load(tree, name)["metadata"]["annotations"].items()


def test_latency_alerts_at_the_budget_of_the_operations_that_have_one(tree: Tree) -> None:
    expression = alerts(tree)["LatencyOverObjective"]["expr"]
    assert expression.endswith("> 0.05")
    assert 'operation=~"follow|shorten"' in expression
    assert "delete_link" not in expression


def test_availability_alerts_where_the_error_budget_burns(tree: Tree) -> None:
    assert re.findall(r"> ([0-9.]+)", alerts(tree)["ErrorBudgetBurnsFast"]["expr"]) == ["0.0144", "0.0144"]
    assert re.findall(r"> ([0-9.]+)", alerts(tree)["ErrorBudgetBurnsSlow"]["expr"]) == ["0.006", "0.006"]


def test_events_that_do_not_arrive_have_alerts(tree: Tree) -> None:
    found = alerts(tree)
    assert "deliveries_oldest_seconds" in found["DeliveriesLate"]["expr"]
    assert found["DeliveriesGivenUp"]["expr"].endswith("> 0")


def test_a_number_that_nobody_stated_has_no_alert(system, bundle: Bundle, stamp: Stamp) -> None:
    nothing = Objectives(p95_us=None, throughput_per_hour=None, availability_ppm=None)
    budgets = [replace(b, p95_us=None) for b in system.build().budgets.values()]
    assert list(alerts(Observability().apply(system.build(nothing, *budgets), bundle, stamp))) == QUIET


def test_every_series_is_of_this_system(tree: Tree) -> None:
    for rule in alerts(tree).values():
        selectors = re.findall(r"\w+(\{[^}]*\})", rule["expr"])
        assert selectors
        assert all('system="link-shortener"' in selector for selector in selectors)


def test_every_process_is_scraped_on_the_management_port(tree: Tree) -> None:
    spec = load(tree, "pod-monitor")["spec"]
    assert spec["selector"]["matchLabels"] == {"app.kubernetes.io/name": "link-shortener"}
    assert spec["podMetricsEndpoints"][0]["port"] == "management"


def test_a_system_on_sqlite_is_not_in_a_cluster(sqlite_views: Views, bundle: Bundle, stamp: Stamp) -> None:
    assert len(Observability().apply(sqlite_views, bundle, stamp)) == 0
