"""Performance and budgets: the statistics on made-up times, and the gates on a real run."""

from __future__ import annotations

import json
import math
import random
from types import SimpleNamespace

import pytest

from autocoder.diagnostics import Severity, StageFailed
from autocoder.gates.budgets import Budgets
from autocoder.gates.measurement import (
    REFERENCE_SECONDS,
    Measured,
    Measurement,
    lower_bound,
    read_measurement,
)
from autocoder.gates.performance import Performance
from autocoder.gates.verdict import Status
from autocoder.ir.nodes import Budget
from autocoder.tools.process import Completed

FOLLOW = Budget(name="follow", queries=3, reply_bytes=2000, p95_us=50_000)


def document(**changes) -> dict:
    operation = {"latency": [0.01] * 100, "queries": 3, "bytes": 1500}
    return {
        "engine": "sqlite 3.40",
        "reference": [REFERENCE_SECONDS] * 20,
        "cold_start": 0.9,
        "operations": {"follow": operation},
    } | changes


def test_the_lower_bound_is_below_the_quantile_as_often_as_it_promises():
    chance = random.Random(1)
    below = sum(lower_bound([chance.random() for _ in range(200)]) <= 0.95 for _ in range(2000))
    assert 0.985 <= below / 2000 <= 1


@pytest.mark.parametrize(("n", "rank"), [(60, 53), (100, 89), (200, 182)])
def test_the_lower_bound_is_the_rank_of_the_binomial_table(n, rank):
    def at_least(k: int) -> float:
        return math.fsum(math.comb(n, i) * 0.95**i * 0.05 ** (n - i) for i in range(k, n + 1))

    assert at_least(rank) >= 0.99 > at_least(rank + 1)
    assert lower_bound(list(range(1, n + 1))) == rank


def test_too_few_samples_bound_nothing():
    assert lower_bound([]) == 0


def made_up_times(chance: random.Random, p95: float, n: int = 120) -> list[float]:
    """Log-normal times whose 95th percentile is known, as latencies of a service are."""
    sigma = 0.35
    return [p95 * math.exp(sigma * (chance.gauss(0, 1) - 1.6449)) for _ in range(n)]


def verdict_of(context, times: list[float], reference: list[float]):
    operation = Measured(latency=tuple(times), queries=3, bytes=100)
    measurement = Measurement(
        engine="sqlite 3.40", reference=tuple(reference), cold_start=1.0, operations={"follow": operation}
    )
    stand_in = SimpleNamespace(measurement=measurement, views=context.views, sandbox=context.sandbox)
    return Performance().apply(stand_in)


@pytest.mark.parametrize("slowness", [0.5, 1.0, 3.0])
def test_twice_the_objective_fails_50_of_50_and_the_objective_itself_passes_50_of_50(
    make_context, make_views, slowness
):
    context, chance = make_context({}, of=make_views(follow=FOLLOW)), random.Random(7)
    turns = [REFERENCE_SECONDS * slowness * chance.uniform(0.97, 1.1) for _ in range(40)]
    for excess, expected in ((2.0, Status.FAILED), (0.95, Status.OK)):
        for _ in range(50):
            times = made_up_times(chance, 0.050 * excess * slowness)
            assert verdict_of(context, times, turns).status is expected


def test_a_busy_machine_is_reported_and_does_not_fail_an_unchanged_service(make_context, make_views):
    chance = random.Random(3)
    context = make_context({}, of=make_views(follow=FOLLOW))
    for _ in range(50):
        times, turns = made_up_times(chance, 0.040), [REFERENCE_SECONDS * chance.uniform(0.9, 1) for _ in range(60)]
        hit = [index for index in range(120) if chance.random() < 0.2]
        for index in hit:
            times[index] += 0.050
            turns[index // 2] += 0.008
        verdict = verdict_of(context, times, turns)
        assert verdict.status is Status.OK
        assert [(f.code, f.severity) for f in verdict.findings] == [("AC5033", Severity.WARNING)]


BENCHMARK = """
    import json, time

    def turn():
        begin, total = time.perf_counter(), 0
        for n in range(30_000):
            total = (total * 31 + n) % 1_000_003
        return time.perf_counter() - begin

    turns, times = [], []
    for n in range(100):
        begin = time.perf_counter()
        time.sleep({seconds})
        times.append(time.perf_counter() - begin)
        if n % 2 == 0:
            turns.append(turn())
    operation = {{"latency": times, "queries": {queries}, "bytes": 100}}
    measured = {{"engine": "sqlite 3.40", "reference": turns, "cold_start": 0.5}}
    print(json.dumps(measured | {{"operations": {{"follow": operation}}}}))
"""
LOCK = "pytest==9.0.0 --hash=sha256:00\nnot-for-this-platform==1.0 ; sys_platform == 'win32'\n"


def files(*, seconds: float = 0.001, queries: int = 3) -> dict[str, str]:
    return {
        "generated/benchmarks/operations.py": BENCHMARK.format(seconds=seconds, queries=queries),
        "generated/requirements.txt": LOCK,
    }


def test_a_fast_service_within_its_budgets_passes_both_gates_with_one_run(make_context, make_views):
    context = make_context(files(), of=make_views(follow=FOLLOW))
    performance, budgets = Performance().apply(context), Budgets().apply(context)
    assert (performance.status, performance.checks) == (Status.OK, 1)
    assert (budgets.status, budgets.checks) == (Status.OK, 5)
    assert budgets.measures["dependencies"] == 1
    assert 100_000 < budgets.measures["installed_bytes"] < 20_000_000
    assert "performance.p95_us.follow" in performance.measures
    assert context.measurement is context.measurement


@pytest.mark.slow
def test_a_slow_operation_fails_with_its_objective_and_bound(make_context, make_views):
    slow = Budget(name="follow", queries=3, reply_bytes=2000, p95_us=200, p99_us=300)
    verdict = Performance().apply(make_context(files(seconds=0.02), of=make_views(follow=slow)))
    assert verdict.status is Status.FAILED
    assert [f.code for f in verdict.findings if f.severity is Severity.ERROR] == ["AC5030", "AC5030"]
    assert verdict.findings[0].subject == "operations.follow"
    assert "p95 is at least" in verdict.findings[0].message
    assert "the objective 0.2 ms" in verdict.findings[0].message
    assert "p99 is at least" in verdict.findings[1].message
    assert "the objective 0.3 ms" in verdict.findings[1].message


def test_an_objective_without_a_measurement_could_not_run(make_context, make_views):
    other = Budget(name="shorten", queries=3, reply_bytes=2000, p95_us=50_000)
    context = make_context(files(), of=make_views(follow=FOLLOW, shorten=other))
    performance, budgets = Performance().apply(context), Budgets().apply(context)
    assert (performance.status, performance.findings[0].code) == (Status.COULD_NOT_RUN, "AC5031")
    assert (budgets.status, budgets.findings[0].code) == (Status.COULD_NOT_RUN, "AC5031")


def test_one_query_over_the_budget_fails(make_context, make_views):
    verdict = Budgets().apply(make_context(files(queries=4), of=make_views(follow=FOLLOW)))
    assert [(f.code, f.subject, f.value) for f in verdict.findings] == [("AC5040", "queries.follow", "4")]


def test_a_measure_that_grew_since_the_last_signed_build_fails(make_context, make_views):
    previous = {"queries.follow": 2, "reply_bytes.follow": 95, "something.else": 1}
    verdict = Budgets().apply(
        make_context(files(), of=make_views(follow=FOLLOW), previous=previous, baseline="s-0.1.0")
    )
    assert [(f.code, f.subject) for f in verdict.findings] == [("AC5041", "queries.follow")]
    assert verdict.summary == "5 numbers, 2 compared with s-0.1.0"


@pytest.mark.parametrize("lock", [b"", b"# nothing\n", b"\xff\xfe", b"not-installed-here==1.0\n", None])
def test_packages_that_cannot_be_counted_are_no_pass(make_context, make_views, lock):
    context = make_context(files(), of=make_views(follow=FOLLOW))
    path = context.workspace / "generated/requirements.txt"
    path.unlink()
    if lock is not None:
        path.write_bytes(lock)
    with pytest.raises(StageFailed) as failed:
        Budgets().apply(context)
    assert [(d.code, d.subject) for d in failed.value.diagnostics] == [("AC5002", "generated/requirements.txt")]
    assert failed.value.exit_code == 3


def test_a_benchmark_on_another_engine_could_not_run(make_context, make_views):
    context = make_context(files(), of=make_views(store="postgresql", follow=FOLLOW))
    with pytest.raises(StageFailed) as failed:
        Performance().apply(context)
    assert failed.value.diagnostics[0].code == "AC5013"


@pytest.mark.parametrize(
    ("printed", "place"),
    [
        ("", "not its JSON document"),
        (json.dumps(document()) + "\nbye\n", "not its JSON document"),
        ("{}", "engine"),
        (json.dumps(document(reference=[1.0])), "reference"),
        (json.dumps(document(cold_start=-1)), "cold_start"),
        (json.dumps(document(operations={"follow": {"latency": ["x"], "queries": 1, "bytes": 1}})), "latency"),
        (json.dumps(document(operations={"follow": {"latency": [1], "queries": 1.5, "bytes": 1}})), "queries"),
        (json.dumps(document(extra=1)), "extra"),
    ],
)
def test_a_document_that_cannot_be_used_says_where(printed, place):
    done = Completed(argv=(), code=0, stdout=printed.encode(), stderr=b"", timed_out=False, seconds=0)
    with pytest.raises(StageFailed) as failed:
        read_measurement(done)
    assert failed.value.diagnostics[0].code == "AC5032"
    assert place in failed.value.diagnostics[0].message


def test_what_the_service_logged_before_the_document_is_no_part_of_it():
    printed = b"a warning\n" + json.dumps(document()).encode() + b"\n"
    done = Completed(argv=(), code=0, stdout=printed, stderr=b"", timed_out=False, seconds=0)
    assert read_measurement(done).engine == "sqlite 3.40"


def test_a_benchmark_that_breaks_could_not_run(make_context, make_views):
    broken = {"generated/benchmarks/operations.py": "raise SystemExit('no database')"}
    with pytest.raises(StageFailed) as failed:
        Performance().apply(make_context(broken, of=make_views(follow=FOLLOW)))
    assert failed.value.diagnostics[0].code == "AC5032"
    assert "no database" in (failed.value.diagnostics[0].value or "")


def test_a_benchmark_that_breaks_is_run_once_for_both_gates(make_context, make_views):
    context = make_context({"generated/benchmarks/operations.py": "raise SystemExit(1)"}, of=make_views(follow=FOLLOW))
    raised = []
    for gate in (Performance(), Budgets()):
        with pytest.raises(StageFailed) as failed:
            gate.apply(context)
        raised.append(failed.value)
    assert raised[0] is raised[1]
