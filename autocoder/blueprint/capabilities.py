"""Capabilities of the running service: how often it may be asked, what happens once, what is written down."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from autocoder.blueprint.outputs import HeaderName
from autocoder.blueprint.shapes import Also, Flag, Integer, Keep, Strict

Rate = Annotated[str, Field(pattern=r"^[1-9]\d{0,5}/(s|min|m|h|d)$", examples=["10/min", "1000/h"])]


class RateLimit(Strict):
    """How often one client may ask. `10/min` is short for `{limit: 10/min}`."""

    limit: Rate = Field(description="Requests in a time, on average.", examples=["10/min"])
    by: Annotated[str, Field(pattern=r"^(address|caller|input\.[a-z][a-z0-9_]*)$")] | None = Field(
        default=None,
        description="Whose requests count together: an `address`, a `caller`, or all with the same value of an input. "
        "Usual: the caller where somebody signs in, else the address.",
        examples=["address", "caller", "input.email"],
    )
    burst: Annotated[Integer, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="Requests at once after a pause. Usual: as many as `limit` says.", examples=[20]
    )


class Idempotency(Strict):
    """A request that comes again with the same key happens once. `true` is short for `{}`."""

    header: HeaderName = Field(
        default="Idempotency-Key", description="The header that holds the key.", examples=["Idempotency-Key"]
    )
    keep: Keep = Field(default="24h", description="How long a reply is kept for its key.", examples=["24h"])


def _limit_alone(value: Any) -> Any:
    return {"limit": value} if isinstance(value, str) else value


def _usual(value: Any) -> Any:
    return {} if value is True else value


RateLimitOrText = Annotated[
    RateLimit | None,
    BeforeValidator(_limit_alone),
    Also(({"type": "string", "description": "The limit alone.", "examples": ["10/min"]},)),
]
IdempotencyOrTrue = Annotated[
    Idempotency | None,
    BeforeValidator(_usual),
    Also(({"const": True, "description": "With the usual header and time.", "examples": [True]},)),
]


class Batching(Strict):
    """Events are handled together: many in one transaction, and each as soon as the batch is full or has waited."""

    size: Annotated[Integer, Field(ge=10, le=1000)] = Field(
        default=50, description="Events at most that one transaction handles.", examples=[200]
    )
    wait: Annotated[str, Field(pattern=r"^\d+(\.\d+)?(ms|s)$")] = Field(
        description="How long the first event of a batch waits for others at most.", examples=["2s"]
    )


class Capabilities(Strict):
    """What the whole service can do beside its operations; an operation may state the first three for itself."""

    rate_limit: RateLimitOrText = Field(
        default=None,
        description="How often one client may ask, over all operations that state no limit of their own.",
        examples=["600/min", {"limit": "600/min", "by": "address", "burst": 100}],
    )
    idempotency: IdempotencyOrTrue = Field(
        default=None,
        description="Requests that come again happen once: of every POST and PATCH operation that can.",
        examples=[True, {"header": "Idempotency-Key", "keep": "24h"}],
    )
    audit: Flag = Field(
        default=False,
        description="Whether each change of a row is written down with who made it, in the same transaction.",
        examples=[True],
    )
    batching: Batching | None = Field(
        default=None,
        description="Events wait for each other and are handled together: fewer transactions, later effects.",
        examples=[{"size": 200, "wait": "2s"}],
    )
    tracing: Flag = Field(
        default=False,
        description="Whether requests and statements are traced with OpenTelemetry, where an OTLP endpoint is set.",
        examples=[True],
    )
