"""How often the gate `performance` is right on really measured times: unchanged work, and work of twice its objective.

Run on an idle machine: `python benchmarks/latency_gate.py [runs]`. The objective is half above what the work usually
takes. Prints both ratios; the statistics themselves are tested on made-up times in `tests/gates`.
"""

from __future__ import annotations

import json
import statistics
import sys
import time

from autocoder.gates.measurement import FEWEST_SAMPLES, REFERENCE_SECONDS, lower_bound, percentile

ROUNDS = 40
ROOM = 1.5


def turn() -> float:
    """Seconds of one turn of the reference loop."""
    begin, total = time.perf_counter(), 0
    for n in range(30_000):
        total = (total * 31 + n) % 1_000_003
    return time.perf_counter() - begin


def work(rounds: int) -> float:
    """Seconds of some real work."""
    begin = time.perf_counter()
    for _ in range(rounds):
        json.loads(json.dumps({str(n): n for n in range(40)}))
    return time.perf_counter() - begin


def measured(rounds: int) -> tuple[list[float], float]:
    """Times of the work with turns of the reference loop between them, and how much slower than nominal it was."""
    times: list[float] = []
    turns: list[float] = []
    for number in range(FEWEST_SAMPLES):
        times.append(work(rounds))
        if number % 2 == 0:
            turns.append(turn())
    return times, percentile(turns) / REFERENCE_SECONDS


def usual() -> float:
    """The p95 that the work usually has on the nominal machine, in seconds."""
    runs = [measured(ROUNDS) for _ in range(20)]
    return statistics.median(percentile(times) / slowness for times, slowness in runs)


def main(runs: int) -> None:
    """Prints how many runs were judged rightly."""
    objective = usual() * ROOM
    for name, rounds, right in (("unchanged", ROUNDS, True), ("twice the objective", round(ROUNDS * ROOM * 2), False)):
        passed = 0
        for _ in range(runs):
            times, slowness = measured(rounds)
            passed += lower_bound(times) / slowness <= objective
        print(f"{name}: {'passed' if right else 'failed'} {passed if right else runs - passed} of {runs}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
