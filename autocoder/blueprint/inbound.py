"""What comes in from others: webhooks, which their sender signs, and tokens, which an issuer signs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from autocoder.blueprint.deployment import VariableName
from autocoder.blueprint.outputs import HeaderName
from autocoder.blueprint.outside import FromEnvironment
from autocoder.blueprint.shapes import Also, Keep, Name, Strict, shape_of


class SignedHeaders(Strict):
    """The headers of a signed delivery. The usual ones are those of its scheme."""

    id: HeaderName | None = Field(
        default=None,
        description="Holds the id of the delivery, which is the same every time it is sent.",
        examples=["Webhook-Id", "X-GitHub-Delivery"],
    )
    timestamp: HeaderName | None = Field(
        default=None,
        description="Holds when it was sent, in seconds since 1970. Where it is the header of the signature: `t=` and "
        "the time, beside signatures with commas between them.",
        examples=["Webhook-Timestamp", "Stripe-Signature"],
    )
    signature: HeaderName | None = Field(
        default=None,
        description="Holds the signature; several with spaces between them.",
        examples=["Webhook-Signature", "X-Hub-Signature-256"],
    )


class SignatureScheme(Strict):
    """What a sender signs with HMAC-SHA256, and how it writes the signature."""

    signs: str = Field(
        pattern=r"^[^{}]*(\{(id|timestamp)\}[^{}]*)*\{body\}$",
        max_length=100,
        description="What is signed: the bytes of the body, and what stands before them.",
        examples=["{timestamp}.{body}"],
    )
    written: str = Field(
        pattern=r"^[^{}\s]*\{(hex|base64)\}$",
        max_length=100,
        description="How the signature stands in its header.",
        examples=["sha256={hex}", "{base64}"],
    )


SchemeName = Literal["standard", "github", "stripe"]
Scheme = Annotated[
    Annotated[SchemeName, Tag("scalar")] | Annotated[SignatureScheme, Tag("map")], Discriminator(shape_of)
]


class Signed(Strict):
    """What a webhook of another system is signed with, and how long it is good. A variable alone is short for it."""

    secret: VariableName = Field(
        description="The variable that holds the sender's keys, with commas between them while they change.",
        examples=["PAYMENTS_HOOK_KEYS"],
    )
    scheme: Scheme = Field(
        default="standard",
        description="How it is signed: as Standard Webhooks says, as GitHub or Stripe do it, or as is said here.",
        examples=["github", {"signs": "v0:{timestamp}:{body}", "written": "v0={hex}"}],
    )
    headers: SignedHeaders = Field(
        default=SignedHeaders(),
        description="Where the sender puts what proves it.",
        examples=[{"id": "Svix-Id", "timestamp": "Svix-Timestamp", "signature": "Svix-Signature"}],
    )
    id: Name | None = Field(
        default=None,
        description="The input of the body that holds the id of the delivery, where no header does.",
        examples=["event_id"],
    )
    tolerance: Keep | None = Field(
        default=None,
        description="How far the sender's clock may be from this one, either way, where the time is signed. Usual: 5m.",
        examples=["5m"],
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

ClaimName = Annotated[str, Field(min_length=1, max_length=200, examples=["roles"])]
Claim = Annotated[
    Annotated[ClaimName, Tag("scalar")] | Annotated[tuple[ClaimName, ...], Tag("list")], Discriminator(shape_of)
]
"""A claim by its name, or by the names that lead to it."""


class TokenIssuer(Strict):
    """Who signs people in and issues the tokens that they show (OpenID Connect)."""

    url: FromEnvironment = Field(
        description="Where it is, as its tokens name it: https, from the environment alone. Its keys are found by "
        "`/.well-known/openid-configuration` below it.",
        examples=[{"env": "SIGN_IN_ISSUER"}],
    )
    audience: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="What its tokens call this system; tokens for others are refused.", examples=["shop-api"]
    )
    subject: ClaimName = Field(
        default="sub", description="The claim that says who somebody is. It names the account.", examples=["sub"]
    )
    role: Claim | None = Field(
        default=None,
        description="The claim that holds the role, or a list of them; names that lead to it for one within another.",
        examples=["roles", ["realm_access", "roles"]],
    )
    roles: dict[str, Name] = Field(
        default_factory=dict[str, str],
        description="What the issuer calls a role, and the role; others mean nothing. Usual: the same names.",
        examples=[{"shop-admins": "admin"}],
    )
