"""What environments change of the design: settings of the service, variables and alerts of each environment."""

import json
from pathlib import Path

import pytest

from autocoder.compilation import Compiled, emit
from autocoder.targets.yaml_text import load_all
from tests.compiling import compiled
from tests.targets.python_service.emitted import write
from tests.targets.python_service.linted import lint

TEXT = """
requirements: [{id: R1, text: Anyone adds a note.}]
entities: {Note: {fields: {title: text}}}
events: {Noted: {title: text}}
integrations:
  rates: {base_url: {env: RATES_URL}, timeout: 50ms, operations: {rate: {route: GET /rate, receive: {value: decimal}}}}
operations:
  show: {route: GET /rate, rate_limit: 10/min, effects: [{call: rates.rate}], output: {body: {rate: rate.value}}}
  notes: {route: GET /notes, effects: [{list: Note}]}
  add:
    route: POST /n
    input: {title: text}
    effects: [{create: Note}, {publish: Noted, with: {title: input.title}}]
    satisfies: [R1]
handlers:
  nightly: {every: "0 2 * * *", effects: [{delete: Note, where: "title == ''"}]}
  again: {on: Noted, effects: [{update: Note, set: {title: "'b'"}, where: "title == event.title"}]}
capabilities: {rate_limit: {limit: 600/min, burst: 100}, batching: {size: 20, wait: 1s}}
policy: {performance: {p95: 300ms, p99: 400ms, availability: 99%}}
"""
DEPLOYMENT = """
schema_version: "1.0.0"
system: shop
environments:
  development: {}
  staging:
    logs: {level: debug, retention: 7d}
    overrides:
      integrations.rates.timeout: 90ms
      integrations.rates.retry.attempts: 1
      integrations.rates.breaker.reset: 5s
      operations.show.rate_limit.limit: 1000/min
      capabilities.rate_limit.burst: 500
      capabilities.batching.wait: 3s
      handlers.nightly.every: "*/5 * * * *"
      policy.performance.p95: 350ms
      policy.performance.availability: 90%
"""
CHANGED = {
    "BATCHING_WAIT": "3",
    "HANDLER_NIGHTLY_SCHEDULE": "*/5 * * * *",
    "INTEGRATION_RATES_ATTEMPTS": "1",
    "INTEGRATION_RATES_RESET": "5",
    "INTEGRATION_RATES_TIMEOUT": "0.09",
    "OPERATION_SHOW_LIMIT_BURST": "1000",
    "OPERATION_SHOW_LIMIT_EVERY": "0.06",
    "SYSTEM_LIMIT_BURST": "500",
}


@pytest.fixture(scope="module")
def found() -> Compiled:
    return compiled(TEXT, deployment=DEPLOYMENT)


def text(found: Compiled, path: str) -> str:
    return emit(found)[path].content.decode()


def test_each_environment_states_what_it_changes(found: Compiled) -> None:
    overlays = "deployments/kubernetes/overlays"
    [staging] = load_all(text(found, f"{overlays}/staging/config-map.yaml"))
    assert staging["data"] == {"ENVIRONMENT": "staging", "LOG_LEVEL": "DEBUG", **CHANGED}
    [development] = load_all(text(found, f"{overlays}/development/config-map.yaml"))
    assert development["data"] == {"ENVIRONMENT": "development"}


def test_its_alerts_have_its_own_numbers(found: Compiled) -> None:
    folder = "deployments/observability/overlays"
    [[patch]] = load_all(text(found, f"{folder}/staging/objectives-patch.yaml"))
    rules = {rule["alert"]: rule["expr"] for rule in patch["value"][0]["rules"]}
    assert rules["LatencyOverObjective"].endswith("> 0.35")
    assert rules["TailLatencyOverObjective"].endswith("> 0.4") and "quantile(0.99" in rules["TailLatencyOverObjective"]
    assert "> 1.44" in rules["ErrorBudgetBurnsFast"]
    assert f"{folder}/development/objectives-patch.yaml" not in emit(found)


def test_how_long_logs_are_kept_is_said_to_the_log_store(found: Compiled) -> None:
    [kept] = load_all(text(found, "deployments/observability/overlays/staging/log-retention.yaml"))
    [[entry]] = load_all(kept["data"]["retention-stream.yaml"])
    assert entry == {"selector": '{namespace="shop-staging"}', "priority": 1, "period": "168h"}
    assert "Logs are kept 7 days" in text(found, "deployments/kubernetes/PREREQUISITES.md")


def test_what_no_environment_changes_is_no_setting() -> None:
    plain = compiled(TEXT)
    assert "settings()" not in text(plain, "generated/src/shop/limits.py")
    assert "schedule" not in text(plain, "generated/src/shop/settings.py")


SHOWN = """
import json
from datetime import timedelta
from shop import scheduler, worker
from shop.integrations.rates import SYSTEM
from shop.limits import SHOW_LIMIT, SYSTEM_LIMIT
limits = [[limit.every, limit.burst] for limit in (SHOW_LIMIT, SYSTEM_LIMIT)]
outside = [SYSTEM.timeout, SYSTEM.attempts, SYSTEM.failures, SYSTEM.reset]
batches = [worker.BATCH, worker.WAIT.total_seconds()]
print(json.dumps([limits, outside, batches, scheduler.JOBS["nightly"][0]]))
"""


@pytest.mark.slow
def test_the_service_takes_what_its_environment_says_and_else_what_the_design_says(
    found: Compiled, tmp_path: Path
) -> None:
    service = write(found, tmp_path)
    assert lint(tmp_path) == ""
    usual, staging = (json.loads(service.run("-c", SHOWN, **more).stdout) for more in ({}, CHANGED))
    assert usual == [[[6_000_000, 10], [100_000, 100]], [0.05, 3, 5, 30], [20, 1], "0 2 * * *"]
    assert staging == [[[60_000, 1000], [100_000, 500]], [0.09, 1, 5, 5], [20, 3], "*/5 * * * *"]
    refused = service.run("-c", SHOWN, HANDLER_NIGHTLY_SCHEDULE="sometimes")
    assert refused.returncode and "must be a cron line" in refused.stderr
