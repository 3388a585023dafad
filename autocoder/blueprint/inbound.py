"""What comes in from other systems: webhooks, which their sender signs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from autocoder.blueprint.deployment import VariableName
from autocoder.blueprint.outputs import HeaderName
from autocoder.blueprint.shapes import Also, Keep, Strict


class SignedHeaders(Strict):
    """The headers of a signed delivery. The usual ones are those of Standard Webhooks."""

    id: HeaderName = Field(
        default="Webhook-Id",
        description="Holds the id of the delivery, which is the same every time it is sent.",
        examples=["Webhook-Id", "Svix-Id"],
    )
    timestamp: HeaderName = Field(
        default="Webhook-Timestamp",
        description="Holds when it was sent, in seconds since 1970.",
        examples=["Webhook-Timestamp", "Svix-Timestamp"],
    )
    signature: HeaderName = Field(
        default="Webhook-Signature",
        description="Holds `v1,` and the signature in base64; several with spaces between them.",
        examples=["Webhook-Signature", "Svix-Signature"],
    )


class Signed(Strict):
    """What a webhook of another system is signed with, and how long it is good. A variable alone is short for it."""

    secret: VariableName = Field(
        description="The variable that holds the sender's keys, with commas between them while they change.",
        examples=["PAYMENTS_HOOK_KEYS"],
    )
    headers: SignedHeaders = Field(
        default=SignedHeaders(),
        description="Where the sender puts what proves it.",
        examples=[{"id": "Svix-Id", "timestamp": "Svix-Timestamp", "signature": "Svix-Signature"}],
    )
    tolerance: Keep = Field(
        default="5m", description="How far the sender's clock may be from this one, either way.", examples=["5m"]
    )
    keep: Keep = Field(
        default="7d",
        description="How long the id of a delivery and its reply are kept; longer than the sender tries again.",
        examples=["7d"],
    )


def _secret_alone(value: Any) -> Any:
    return {"secret": value} if isinstance(value, str) else value


SignedOrSecret = Annotated[
    Signed | None,
    BeforeValidator(_secret_alone),
    Also(({"type": "string", "description": "The variable alone.", "examples": ["PAYMENTS_HOOK_KEYS"]},)),
]
