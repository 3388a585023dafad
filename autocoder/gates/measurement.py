"""One run of the service's own benchmark, and the statistics that say what it shows.

The benchmark (`generated/benchmarks/operations.py`) prints one JSON document as the last line of stdout: `engine`,
`cold_start` (seconds), `reference` (seconds of each turn of the reference loop, taken between the requests) and
`operations`, which gives for each name `latency` (seconds, successful requests only), `queries` and `bytes` of one
request. A p95 is divided by how much slower than nominal the p95 of the reference loop was in the same process: what
a slow or busy machine does to one, it does to the other.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gates.context import GateContext
from autocoder.gates.sandboxed_run import last_lines, staged
from autocoder.tools.process import Completed
from autocoder.tools.sandbox import Limits

BENCHMARK = "generated/benchmarks/operations.py"
LIMITS = Limits(seconds=300, cpu_seconds=300)

REFERENCE_SECONDS = 0.002
"""Nominal p95 of one turn of the reference loop, on an idle core as objectives assume it. One turn is

    total = 0
    for n in range(30_000):
        total = (total * 31 + n) % 1_000_003
"""

UNSTEADY = 1.5
"""From this ratio of the reference loop's p95 to its median on, something else was using the machine."""

CONFIDENCE = 0.99
FEWEST_SAMPLES = 60
FEWEST_TURNS = 20

Seconds = Annotated[float, Field(gt=0, lt=3600, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, lt=2**53, strict=True)]


class Measured(BaseModel):
    """What one operation took."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    latency: tuple[Seconds, ...]
    queries: Count
    bytes: Count


class Measurement(BaseModel):
    """The benchmark's document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str
    reference: Annotated[tuple[Seconds, ...], Field(min_length=FEWEST_TURNS)]
    cold_start: Seconds
    operations: Mapping[str, Measured]

    @cached_property
    def slowness(self) -> float:
        """How many times slower than nominal this machine was during the run: the same percentile of both."""
        return self.slowness_at(0.95)

    def slowness_at(self, quantile: float) -> float:
        """The same at another percentile."""
        return percentile(self.reference, quantile) / REFERENCE_SECONDS

    @cached_property
    def spread(self) -> float:
        """The reference loop's p95 over its median: near 1 on an idle machine."""
        return percentile(self.reference) / percentile(self.reference, 0.5)


def measure(context: GateContext) -> Measurement:
    """Runs the benchmark in the sandbox. Raises `StageFailed` (AC5032, AC5013) where it shows nothing usable."""
    with staged(context) as stage:
        done = stage.python(["benchmarks/operations.py"], limits=LIMITS)
    if not done.ok:
        raise _unusable(f"the benchmark ended with status {done.code}", done)
    measurement = read_measurement(done)
    wanted = context.views.store
    if measurement.engine.split(" ")[0] != wanted:
        message = f"the blueprint's store is {wanted}, and the benchmark ran on {measurement.engine or 'none'}"
        raise StageFailed([Diagnostic(code="AC5013", message=message, value=measurement.engine)], exit_code=3)
    return measurement


def read_measurement(done: Completed) -> Measurement:
    """The document that the benchmark printed. Raises `StageFailed` (AC5032)."""
    lines = done.stdout.strip().splitlines() or [b""]
    try:
        return Measurement.model_validate(json.loads(lines[-1]))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _unusable(f"the benchmark's document is wrong at {place}: {first['msg']}", done) from None
    except ValueError:
        raise _unusable("the last line that the benchmark printed is not its JSON document", done) from None


def _unusable(message: str, done: Completed) -> StageFailed:
    return StageFailed([Diagnostic(code="AC5032", message=message, subject=BENCHMARK, value=last_lines(done))])


def lower_bound(samples: Sequence[float], *, quantile: float = 0.95, confidence: float = CONFIDENCE) -> float:
    """A value that the quantile of what the samples come from is above with that confidence, whatever its shape.

    The k-th smallest of n samples is below the quantile when at least k samples are, and how many are is binomial
    (n, quantile): the answer is the sample of the largest such k. 0 where there are too few samples to say anything.
    """
    rank, n = 0, len(samples)
    at_least = 1.0
    while rank < n and (at_least := at_least - _binomial(n, rank, quantile)) >= confidence:
        rank += 1
    return sorted(samples)[rank - 1] if rank else 0.0


def _binomial(n: int, k: int, p: float) -> float:
    logarithm = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(logarithm + k * math.log(p) + (n - k) * math.log1p(-p))


def percentile(samples: Sequence[float], quantile: float = 0.95) -> float:
    """The smallest sample that at least that share of the samples is not above."""
    return sorted(samples)[max(0, math.ceil(quantile * len(samples)) - 1)]
