"""Capabilities of the running service as the IR knows them: limits, keys of requests, and what each may cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CapabilityName = Literal["audit", "cache", "idempotency", "rate_limit", "tracing"]
OVERHEAD_US: Mapping[CapabilityName, int] = {
    "audit": 1500,
    "cache": 1500,
    "idempotency": 3500,
    "rate_limit": 1000,
    "tracing": 1500,
}
"""Microseconds that a capability may add to a request that uses it; `benchmarks/capability_overhead.py` holds it to
that.
"""
SYSTEM = "system"
"""The name of the limit that all operations share."""


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """One request each `every_us` microseconds on average and `burst` at once, for each client apart.

    A client is an address, a caller (an address where nobody is signed in), or a value of the input that `input`
    names. Limits of the same `name` count together.
    """

    name: str
    every_us: int
    burst: int
    by: Literal["address", "caller", "input"]
    input: str = ""


@dataclass(frozen=True, kw_only=True)
class Idempotency:
    """Requests with the same value of the input happen once; the reply is kept for `keep_us` microseconds."""

    input: str
    keep_us: int


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Only who signed a request with one of the keys in the variable `secret` is let in: HMAC-SHA256 over the body to
    the byte with `before` before it, in its header as `written` says.

    `before` may hold `{id}` and `{timestamp}`; a time in `time_header` (`t=…` where that is the header of the
    signature) is at most `tolerance_us` microseconds from now. Without `time_header` no time is signed. Without
    `id_header` the body holds the id. Of `encoded` keys those that begin with `whsec_` are base64.
    """

    secret: str
    before: str
    written: str
    id_header: str
    time_header: str
    signature_header: str
    tolerance_us: int
    encoded: bool


@dataclass(frozen=True, kw_only=True)
class Batching:
    """Events are handled together: at most `size` in one transaction, once these are there or the first has waited for
    `wait_us` microseconds.
    """

    size: int
    wait_us: int
    kind: Literal["batching"] = "batching"

    @property
    def id(self) -> str:
        return "batching"


@dataclass(frozen=True, kw_only=True)
class Capability:
    """Something that the service as a whole can do, and the microseconds that it may add to a request."""

    name: CapabilityName
    overhead_us: int
    kind: Literal["capability"] = "capability"

    @property
    def id(self) -> str:
        return f"capability:{self.name}"
