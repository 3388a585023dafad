"""`deployment.yaml`: what differs per environment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from autocoder.blueprint.shapes import (
    SCHEMA_VERSION,
    Also,
    Flag,
    Integer,
    Name,
    Satisfies,
    Strict,
    SystemName,
    Version,
    shape_of,
)


def _emitted_broker(value: Any) -> Any:
    if value == "kafka":
        raise PydanticCustomError("broker_not_emitted", "a broker that is not emitted")
    return value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Engines(Strict):
    """The products that stand behind the ports."""

    store: Literal["postgresql", "sqlite"] = Field(
        default="postgresql", description="The database.", examples=["postgresql"]
    )
    broker: Annotated[Literal["store", "nats", "rabbitmq", "redis"], BeforeValidator(_emitted_broker)] = Field(
        default="store",
        description="What carries events to their handlers: the database itself, NATS JetStream, RabbitMQ, or Redis "
        "streams.",
        examples=["nats"],
    )
    cache: Literal["none", "redis"] = Field(
        default="none",
        description="What holds what replicas share for a while: counted requests, and what reads keep.",
        examples=["redis"],
    )


class Exposure(Strict):
    """How the service is reached from outside."""

    host: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)] | None = Field(
        default=None, description="The host name.", examples=["go.example.com"]
    )
    tls: Flag = Field(default=True, description="Whether it is reached over HTTPS only.", examples=[True])
    satisfies: Satisfies = ()


class Logs(Strict):
    """What the service writes down, and how long that stays."""

    level: Literal["debug", "info", "warning", "error"] | None = Field(
        default=None, description="The least level that is written. Usual: `info`.", examples=["debug"]
    )
    retention: Annotated[str, Field(pattern=r"^[1-9]\d{0,3}d$")] | None = Field(
        default=None,
        description="How long the cluster's log store keeps lines. Usual: as it is set up.",
        examples=["30d"],
    )


class SecretRef(Strict):
    """A value that stands in a secret: `name/key`."""

    secret: Annotated[str, Field(pattern=r"^[a-z0-9-]+/[A-Za-z0-9._-]+$")] = Field(
        description="The secret's name, a slash, and the key in it.", examples=["link-shortener-db/url"]
    )


EnvironmentName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60, examples=["production"])]
VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=60, examples=["DATABASE_URL"])]
OverriddenValue = Annotated[str, BeforeValidator(_as_text), Also(({"type": "integer"},))]
VariableValue = Annotated[Annotated[str, Tag("scalar")] | Annotated[SecretRef, Tag("map")], Discriminator(shape_of)]


class Environment(Strict):
    """What one environment changes."""

    engines: Engines = Field(
        default=Engines(), description="The products behind the ports.", examples=[{"store": "postgresql"}]
    )
    exposure: Exposure | None = Field(
        default=None,
        description="How it is reached from outside. Without it: not at all.",
        examples=[{"host": "go.example.com"}],
    )
    replicas: dict[Name, Annotated[Integer, Field(ge=1, le=100)]] = Field(
        default_factory=dict[str, int], description="Component to number of instances.", examples=[{"api": 2}]
    )
    resources: dict[Name, Literal["small", "medium", "large"]] = Field(
        default_factory=dict[str, Literal["small", "medium", "large"]],
        description="Component to the size of its instances, as the platform bundle defines it. Usual: `small`.",
        examples=[{"api": "medium"}],
    )
    env: dict[VariableName, VariableValue] = Field(
        default_factory=dict[str, "str | SecretRef"],
        description="Variable to text, or to a reference to a secret. Never a secret itself.",
        examples=[{"DATABASE_URL": {"secret": "link-shortener-db/url"}}],
    )
    logs: Logs = Field(
        default=Logs(), description="What is written down, and for how long.", examples=[{"level": "debug"}]
    )
    overrides: dict[Annotated[str, Field(max_length=200)], OverriddenValue] = Field(
        default_factory=dict[str, str],
        description="Path of a value of the design to its value here: objectives, limits, time-outs, attempts, "
        "breakers and schedules.",
        examples=[{"integrations.payments.timeout": "5s", "policy.performance.p95": "200ms"}],
    )
    satisfies: Satisfies = ()


class Deployment(Strict):
    """`deployment.yaml`: what differs per environment."""

    schema_version: Version = Field(description="The version of this file's shape.", examples=[SCHEMA_VERSION])
    system: SystemName = Field(description="The name of the system in `architecture.yaml`.")
    environments: dict[EnvironmentName, Environment] = Field(
        description="Environment to what differs there.",
        examples=[{"development": {}, "production": {"replicas": {"api": 2}}}],
    )
