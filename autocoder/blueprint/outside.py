"""What the service reaches beyond itself: systems that it asks (integrations), and ways to tell people and systems
something (channels).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from autocoder.blueprint.deployment import VariableName
from autocoder.blueprint.fields import FieldOrType, FieldSpec
from autocoder.blueprint.shapes import Integer, Name, Satisfies, Strict

Availability = Annotated[str, Field(pattern=r"^\d{2}(\.\d+)?%$", examples=["99.9%"])]
Seconds = Annotated[str, Field(pattern=r"^\d+(\.\d+)?(ms|s)$", examples=["2s"])]


class FromEnvironment(Strict):
    """An address that each environment states under `env` in `deployment.yaml`."""

    env: VariableName = Field(description="The variable that holds the address.", examples=["PAYMENTS_URL"])


class Credential(Strict):
    """A secret that the service sends to prove who it is."""

    secret: VariableName = Field(description="The variable that holds the secret.", examples=["PAYMENTS_TOKEN"])
    place: Annotated[str, Field(alias="in", pattern=r"^(header [A-Za-z][A-Za-z0-9-]*|bearer)$")] = Field(
        default="bearer", description="Where it is sent.", examples=["bearer", "header X-Api-Key"]
    )


class Retry(Strict):
    """How often a call is tried before it fails."""

    attempts: Annotated[Integer, Field(ge=1, le=10)] = Field(
        default=3, description="Attempts at most; between them the wait grows.", examples=[3]
    )


class Breaker(Strict):
    """When the other side is left alone for a while."""

    failures: Annotated[Integer, Field(ge=1, le=1000)] = Field(
        default=5, description="Calls in a row that fail until no more are made.", examples=[5]
    )
    reset: Seconds = Field(default="30s", description="How long none is made then.", examples=["30s"])


class OutsideOperation(Strict):
    """Something that the other side does when it is asked over HTTP."""

    route: Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S*$")] = Field(
        description="Method and path below the address. Names in braces are values of `send`.",
        examples=["POST /charges", "GET /rates/{currency}"],
    )
    send: dict[Name, FieldOrType] = Field(
        default_factory=dict[str, FieldSpec],
        description="What is sent: name to type; in the path, the query (GET, DELETE) or the JSON body.",
        examples=[{"amount": "integer", "currency": "text"}],
    )
    receive: dict[Name, FieldOrType] = Field(
        default_factory=dict[str, FieldSpec],
        description="What a reply must hold: name to type. Anything else in it is ignored.",
        examples=[{"id": "text", "status": "text"}],
    )


class Integration(Strict):
    """A system outside that operations and handlers ask over HTTP, by the effect `call`."""

    base_url: FromEnvironment = Field(
        description="Where it is: http or https, from the environment alone.", examples=[{"env": "PAYMENTS_URL"}]
    )
    auth: Credential | None = Field(
        default=None, description="What the service proves itself with.", examples=[{"secret": "PAYMENTS_TOKEN"}]
    )
    timeout: Seconds = Field(default="5s", description="How long one attempt may take.", examples=["2s"])
    retry: Retry = Field(
        default=Retry(),
        description="How often it is tried; every attempt of one call has the same Idempotency-Key.",
        examples=[{"attempts": 3}],
    )
    breaker: Breaker = Field(
        default=Breaker(),
        description="When it is left alone: calls then fail at once.",
        examples=[{"failures": 5, "reset": "30s"}],
    )
    availability: Availability | None = Field(
        default=None,
        description="The share of calls that it answers, as whoever runs it promises. It counts against the "
        "availability of operations that fail with it.",
        examples=["99.95%"],
    )
    operations: dict[Name, OutsideOperation] = Field(
        description="What it can be asked.", examples=[{"charge": {"route": "POST /charges"}}]
    )
    satisfies: Satisfies = ()


class Mail(Strict):
    """Mail over the SMTP server that SMTP_URL names."""

    sender: Annotated[str, Field(alias="from", pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")] = Field(
        description="The address that it comes from.", examples=["shop@example.com"]
    )


class Signature(Strict):
    """What a webhook is signed with."""

    secret: VariableName = Field(description="The variable that holds the key.", examples=["ORDERS_HOOK_KEY"])


class Webhook(Strict):
    """JSON over HTTP to one address, signed as Standard Webhooks says."""

    url: FromEnvironment = Field(
        description="Where it goes: http or https, from the environment alone.", examples=[{"env": "ORDERS_HOOK_URL"}]
    )
    sign: Signature = Field(description="What it is signed with.", examples=[{"secret": "ORDERS_HOOK_KEY"}])


class Channel(Strict):
    """A way to tell somebody something, by the effect `notify`: mail or a webhook."""

    mail: Mail | None = Field(default=None, description="Mail.", examples=[{"from": "shop@example.com"}])
    webhook: Webhook | None = Field(
        default=None,
        description="A webhook.",
        examples=[{"url": {"env": "ORDERS_HOOK_URL"}, "sign": {"secret": "ORDERS_HOOK_KEY"}}],
    )
    satisfies: Satisfies = ()
