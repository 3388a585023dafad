"""Alerts on the stated objectives, whose numbers gate the build too, and on events that do not arrive.

Latency: the p95 and the p99 over five minutes, by operation. Availability: how fast the error budget burns, each time
over a long and a short window, so that an alert comes early and goes when the trouble goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from autocoder.ir.nodes import Environment, Objectives
from autocoder.targets.kubernetes.metadata import Namer
from autocoder.targets.observability.scraping import SYSTEM_LABEL

Data = dict[str, Any]

_LATE_SECONDS = 300

_MILLION = 1_000_000
# Share of a month's error budget that burns before the alert: 2 % in 1 h, 5 % in 6 h.
_BURNS = (
    ("fast", Decimal("14.4"), "1h", "5m", "critical"),
    ("slow", Decimal("6"), "6h", "30m", "warning"),
)


def prometheus_rule(namer: Namer) -> Data:
    """The PrometheusRule of the system."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": namer.metadata(namer.system),
        "spec": {"groups": _groups(namer, namer.views.objectives)},
    }


def environment_patch(namer: Namer, environment: Environment) -> Sequence[Data]:
    """The JSON patch of the rule where an environment has objectives of its own; nothing where it has none."""
    objectives = namer.views.objectives_in(environment)
    if objectives == namer.views.objectives:
        return ()
    return ({"op": "replace", "path": "/spec/groups", "value": _groups(namer, objectives)},)


def _groups(namer: Namer, objectives: Objectives) -> list[Data]:
    rules = [_down(namer), *_latency(namer, objectives), *_availability(namer, objectives), *_deliveries(namer)]
    return [{"name": f"{namer.system}.objectives", "rules": rules}]


def _down(namer: Namer) -> Data:
    return _alert("ProcessDown", f"up{_select(namer)} == 0", "5m", "critical", "A process does not answer.")


def _latency(namer: Namer, objectives: Objectives) -> list[Data]:
    by_limit: dict[tuple[int, int], list[str]] = {}
    here = {95: objectives.p95_us, 99: objectives.p99_us}
    for name, budget in sorted(namer.views.budgets.items()):
        for percentile, limit in budget.latencies:
            by_limit.setdefault((percentile, here[percentile] or limit), []).append(name)
    return [_slow(namer, percentile, limit, names) for (percentile, limit), names in sorted(by_limit.items())]


def _slow(namer: Namer, percentile: int, limit_us: int, operations: list[str]) -> Data:
    # Operation names hold letters, digits and underscores only.
    selected = _select(namer, f'operation=~"{"|".join(operations)}"')
    rate = f"sum by (namespace, operation, le) (rate(http_request_duration_seconds_bucket{selected}[5m]))"
    limit = _plain(Decimal(limit_us) / _MILLION)
    milliseconds = _plain(Decimal(limit_us) / 1000)
    what = f"The p{percentile} of {{{{ $labels.operation }}}} is over its objective of {milliseconds} ms."
    name = {95: "LatencyOverObjective", 99: "TailLatencyOverObjective"}[percentile]
    return _alert(name, f"histogram_quantile(0.{percentile}, {rate}) > {limit}", "10m", "warning", what)


def _availability(namer: Namer, objectives: Objectives) -> list[Data]:
    stated = objectives.availability_ppm
    if stated is None or stated >= _MILLION:
        return []
    allowed = Decimal(_MILLION - stated) / _MILLION
    return [
        _alert(
            f"ErrorBudgetBurns{name.title()}",
            " and ".join(f"{_error_ratio(namer, window)} > {_plain(factor * allowed)}" for window in (long, short)),
            "2m",
            severity,
            f"Errors use up the budget of {_plain(100 * allowed)}% {_plain(factor)} times too fast.",
        )
        for name, factor, long, short, severity in _BURNS
    ]


def _deliveries(namer: Namer) -> list[Data]:
    """Events that wait too long for their handlers, and those that were given up."""
    if not namer.views.delivers:
        return []
    late = f"max by (namespace) (deliveries_oldest_seconds{_select(namer)}) > {_LATE_SECONDS}"
    dead = f"max by (namespace) (deliveries_dead{_select(namer)}) > 0"
    return [
        _alert("DeliveriesLate", late, "5m", "warning", f"An event has waited for more than {_LATE_SECONDS} seconds."),
        _alert("DeliveriesGivenUp", dead, "1m", "warning", "A handler failed at every attempt; its event is kept."),
    ]


def _error_ratio(namer: Namer, window: str) -> str:
    errors = _select(namer, 'status=~"5.."')
    failed = f"sum by (namespace) (rate(http_requests_total{errors}[{window}]))"
    return f"({failed} / sum by (namespace) (rate(http_requests_total{_select(namer)}[{window}])))"


def _select(namer: Namer, *more: str) -> str:
    return "{" + ",".join((f'{SYSTEM_LABEL}="{namer.system}"', *more)) + "}"


def _alert(name: str, expression: str, duration: str, severity: str, summary: str) -> Data:
    labels: Mapping[str, str] = {"severity": severity}
    return {"alert": name, "expr": expression, "for": duration, "labels": labels, "annotations": {"summary": summary}}


def _plain(number: Decimal) -> str:
    """Without an exponent and without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
