"""The blueprint as typed data: `architecture.yaml` and `deployment.yaml`.

Owns shape, not meaning: expressions stay text here and are typed when the blueprint is lowered. Unknown keys are
refused at every level. Descriptions and examples go into the JSON Schemas, which editors show.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from autocoder.blueprint.capabilities import (
    Batching,
    Capabilities,
    Idempotency,
    IdempotencyOrTrue,
    RateLimit,
    RateLimitOrText,
)
from autocoder.blueprint.components import Binding, Component, ComponentName, Retry
from autocoder.blueprint.deployment import Deployment, Engines, Environment, Exposure, SecretRef
from autocoder.blueprint.effects import (
    EFFECTS,
    AnyEffect,
    Call,
    Compute,
    Create,
    Custom,
    DeadLetter,
    Delete,
    Effect,
    Effects,
    Increment,
    ListRows,
    Notify,
    Page,
    Publish,
    Read,
    Require,
    Search,
    SignIn,
    Transition,
    Update,
    Upsert,
    effect_verb,
)
from autocoder.blueprint.fields import FieldOrType, FieldSpec
from autocoder.blueprint.inbound import Signed, SignedOrSecret, TokenIssuer
from autocoder.blueprint.outputs import Body, Cors, ErrorAnswer, Errors, Output, Wire
from autocoder.blueprint.outside import Channel, Integration, OutsideOperation
from autocoder.blueprint.shapes import (
    SCHEMA_VERSION,
    Expression,
    Flag,
    Integer,
    Name,
    RequirementId,
    Satisfies,
    Strict,
    SystemName,
    TypeName,
    Version,
    shape_of,
)

__all__ = [
    "EFFECTS",
    "SCHEMA_VERSION",
    "AccessRule",
    "AnyEffect",
    "ApiKeys",
    "Architecture",
    "Auth",
    "Batching",
    "Binding",
    "Body",
    "Call",
    "Capabilities",
    "Channel",
    "Component",
    "Compute",
    "Cors",
    "Create",
    "Custom",
    "CustomFunction",
    "DeadLetter",
    "Delete",
    "Deployment",
    "Effect",
    "Effects",
    "Engines",
    "Entity",
    "Environment",
    "ErrorAnswer",
    "Errors",
    "Example",
    "Exposure",
    "FieldSpec",
    "Handler",
    "Idempotency",
    "Increment",
    "Integration",
    "Lifecycle",
    "ListRows",
    "Notify",
    "Operation",
    "Output",
    "OutsideOperation",
    "Page",
    "Performance",
    "Policy",
    "PolicyRule",
    "Publish",
    "RateLimit",
    "Read",
    "Require",
    "Requirement",
    "Retry",
    "Search",
    "SecretRef",
    "Security",
    "SignIn",
    "Signed",
    "System",
    "TokenIssuer",
    "Transition",
    "Update",
    "Upsert",
    "Wire",
    "effect_verb",
]


class System(Strict):
    """What is being built."""

    name: SystemName = Field(description="The system's name; it names the package, the image and the database.")
    version: Version = Field(default="0.1.0", description="The service's own version (semver).")
    description: str = Field(
        default="", description="What the service does, in a sentence.", examples=["Shortens URLs and counts clicks."]
    )


class Requirement(Strict):
    """A sentence of the prose that the design must satisfy."""

    id: RequirementId = Field(description="The number that `satisfies` names.")
    text: str = Field(description="The sentence, as it stands in the prose.", examples=["Links expire after 30 days."])
    line: Annotated[Integer, Field(ge=1)] = Field(
        default=1, description="Its line in the prose, counted from 1.", examples=[5]
    )


class ApiKeys(Strict):
    """Keys with which programs call in the name of an account."""

    entity: TypeName = Field(
        description="The entity whose rows are the keys: the accounts, or one with a reference to them.",
        examples=["ApiKey"],
    )
    field: Name = Field(description="Its field of type `token`.", examples=["token"])
    place: Annotated[str, Field(alias="in", pattern=r"^header [A-Za-z][A-Za-z0-9-]*$")] = Field(
        default="header X-API-Key", description="Where clients send the key.", examples=["header X-API-Key"]
    )
    expires: Name | None = Field(
        default=None, description="Its field of type `datetime` after which it is no good.", examples=["expires_at"]
    )


class Auth(Strict):
    """Who can sign in: an entity with a login and a password field, or whoever has a token of an issuer."""

    entity: TypeName = Field(description="The entity whose rows are the accounts.", examples=["User"])
    login: Name = Field(description="The field that names an account at login; it is unique.", examples=["email"])
    secret: Name = Field(default="password", description="The field that holds the password.", examples=["password"])
    role: Name | None = Field(
        default=None,
        description="The enum field that holds an account's role; clients never set it. Usual: `role` where there is "
        "one.",
        examples=["role"],
    )
    api_key: ApiKeys | None = Field(
        default=None,
        description="Lets programs call with a key instead of a token. Whoever deletes the key's row revokes it.",
        examples=[{"entity": "ApiKey", "field": "token", "in": "header X-API-Key"}],
    )
    issuer: TokenIssuer | None = Field(
        default=None,
        description="Who issues the tokens, in the place of passwords: `login` holds the subject, and an account is "
        "made when somebody comes for the first time.",
        examples=[{"url": {"env": "SIGN_IN_ISSUER"}, "audience": "shop-api", "role": "roles"}],
    )
    satisfies: Satisfies = ()


class StateChange(Strict):
    """A change of state that is allowed."""

    origins: Annotated[
        Annotated[Name, Tag("scalar")] | Annotated[tuple[Name, ...], Tag("list")],
        Discriminator(shape_of),
        Field(alias="from"),
    ] = Field(description="The state, or states, in which it is allowed.", examples=["open", ["open", "paused"]])
    to: Name = Field(description="The state that it leads to.", examples=["closed"])
    by: Name | None = Field(
        default=None, description="The role that may do it. Usual: whoever may ask.", examples=["agent"]
    )


class Lifecycle(Strict):
    """The states of an entity's rows, and how they may change."""

    field: Name = Field(default="status", description="The enum field that holds the state.", examples=["status"])
    initial: Name = Field(description="The state of a new row.", examples=["open"])
    transitions: dict[Name, StateChange] = Field(
        description="Name to change of state.", examples=[{"close": {"from": "open", "to": "closed", "by": "agent"}}]
    )


class Entity(Strict):
    """A kind of row that the service keeps. Every row has an `id` (UUID) besides its fields."""

    fields: dict[Name, FieldOrType] = Field(
        default_factory=dict[str, FieldSpec],
        description="Field name to type.",
        examples=[{"email": {"type": "email", "unique": True}}],
    )
    table: Name | None = Field(
        default=None, description="The table, where it is not called like the entity.", examples=["short_links"]
    )
    unique: tuple[tuple[Name, ...], ...] = Field(
        default=(), description="Groups of fields that no two rows share.", examples=[[["code", "day"]]]
    )
    lifecycle: Lifecycle | None = Field(
        default=None,
        description="The states of the rows. Clients change them by `transition` alone.",
        examples=[{"initial": "open", "transitions": {"close": {"from": "open", "to": "closed"}}}],
    )
    satisfies: Satisfies = ()


class AccessRule(Strict):
    """Who may ask, beyond being signed in: one of `role`, `key`, `secret` and `signature`."""

    role: (
        Annotated[Annotated[Name, Tag("scalar")] | Annotated[tuple[Name, ...], Tag("list")], Discriminator(shape_of)]
        | None
    ) = Field(
        default=None,
        description="A role, or one of several: a value of the field `role` of whoever signs in.",
        examples=["admin", ["clerk", "admin"]],
    )
    key: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*\.[a-z][a-z0-9_]*$")] | None = Field(
        default=None, description="A row's own key: an entity and its field of type token.", examples=["Doc.edit_key"]
    )
    row: Expression | None = Field(default=None, description="The id of the row of the key.", examples=["input.id"])
    secret: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = Field(
        default=None, description="A shared secret: the environment variable that holds it.", examples=["APP_KEY"]
    )
    place: Annotated[
        str | None, Field(alias="in", pattern=r"^(header [A-Za-z][A-Za-z0-9-]*|body [a-z][a-z0-9_]*|bearer)$")
    ] = Field(
        default=None,
        description="Where the client sends the key or secret: a header, a name in the body, or as a bearer token.",
        examples=["header X-Key", "body token", "bearer"],
    )
    signature: SignedOrSecret = Field(
        default=None,
        description="Only the sender of a webhook, who signs it (HMAC-SHA256 over id, time and body). A delivery that "
        "comes again is answered as the first and not acted on twice.",
        examples=["PAYMENTS_HOOK_KEYS", {"secret": "PAYMENTS_HOOK_KEYS", "tolerance": "5m", "keep": "7d"}],
    )


AccessWord = Literal["anyone", "user", "user?", "owner"]
Access = Annotated[
    Annotated[AccessWord, Tag("scalar")]
    | Annotated[AccessRule, Tag("map")]
    | Annotated[
        tuple[
            Annotated[
                Annotated[AccessWord, Tag("scalar")] | Annotated[AccessRule, Tag("map")], Discriminator(shape_of)
            ],
            ...,
        ],
        Tag("list"),
    ],
    Discriminator(shape_of),
]


class Operation(Strict):
    """Something that a client can ask for over HTTP: route, input, access, effects in order, output."""

    route: Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S*$")] = Field(
        description="Method and path. Names in braces are path inputs.", examples=["POST /links", "GET /{code}"]
    )
    access: Access = Field(
        default="anyone",
        description="Who may ask: anyone, who is signed in (`user`), either (`user?`; `caller` may be null), who owns "
        "the row that is read (`owner`), a role, who holds a key or secret, or who signed a webhook. A list means all.",
        examples=["user", {"role": "admin"}, ["owner", {"role": "editor"}]],
    )
    input: dict[Name, FieldOrType] = Field(
        default_factory=dict[str, FieldSpec],
        description="What the client sends: name to type.",
        examples=[{"target_url": "url"}],
    )
    effects: Effects = ()
    output: (
        Annotated[Annotated[Output, Tag("map")] | Annotated[tuple[Output, ...], Tag("list")], Discriminator(shape_of)]
        | None
    ) = Field(
        default=None,
        description="What is answered; in a list the first whose `when` holds. Usual: the row last created or read.",
        examples=[{"redirect": "link.target_url"}],
    )
    errors: Errors = Field(
        default=Errors(), description="How this operation's failures are answered.", examples=[{"conflict": 400}]
    )
    rate_limit: RateLimitOrText = Field(
        default=None,
        description="How often one client may ask for this.",
        examples=["10/min", {"limit": "10/min", "by": "input.email", "burst": 20}],
    )
    idempotency: IdempotencyOrTrue = Field(
        default=None,
        description="The same request with the same key happens once, and gets the same reply.",
        examples=[True, {"header": "Idempotency-Key", "keep": "24h"}],
    )
    audit: Flag | None = Field(
        default=None,
        description="Whether its changes of rows are written down with who made them. Usual: as the system.",
        examples=[True],
    )
    satisfies: Satisfies = ()


class Handler(Strict):
    """Something that runs when an event arrives (`on`) or when time comes (`every`, a cron line in UTC)."""

    on: TypeName | None = Field(default=None, description="The event.", examples=["LinkClicked"])
    every: str | None = Field(
        default=None,
        description="A cron line in UTC: minute, hour, day, month, weekday.",
        examples=["0 2 * * *"],
    )
    effects: Effects = ()
    satisfies: Satisfies = ()


class Example(Strict):
    """A call of a custom function with its result."""

    given: dict[Name, Any] = Field(description="The inputs.", examples=[{"weight": 3}])
    gives: Any = Field(description="The result.", examples=[450])


class CustomFunction(Strict):
    """The signature of a custom function and examples that its body must satisfy."""

    input: dict[Name, FieldOrType] = Field(description="Input name to type.", examples=[{"weight": "integer"}])
    output: FieldOrType = Field(description="The type of the result.", examples=["integer"])
    description: str = Field(
        default="", description="What the function does.", examples=["The cost of shipping, in cents."]
    )
    examples: tuple[Example, ...] = Field(
        default=(),
        description="Calls with their results; they become tests.",
        examples=[[{"given": {"weight": 3}, "gives": 450}]],
    )
    satisfies: Satisfies = ()


class Performance(Strict):
    """Objectives. They cover the operations that the blueprint states."""

    p95: Annotated[str, Field(pattern=r"^\d+(\.\d+)?(ms|s)$")] | None = Field(
        default=None, description="95 of 100 requests are answered within this time.", examples=["50ms"]
    )
    p99: Annotated[str, Field(pattern=r"^\d+(\.\d+)?(ms|s)$")] | None = Field(
        default=None, description="99 of 100 requests are answered within this time.", examples=["200ms"]
    )
    throughput: Annotated[str, Field(pattern=r"^\d+(\.\d+)?/(s|min|h)$")] | None = Field(
        default=None, description="Requests that the service takes in a time.", examples=["500/s"]
    )
    availability: Annotated[str, Field(pattern=r"^\d{2}(\.\d+)?%$")] | None = Field(
        default=None, description="The share of requests that are answered.", examples=["99.9%"]
    )
    satisfies: Satisfies = ()


class PolicyRule(Strict):
    """The owner's own rule over the design, in CEL."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")] = Field(
        description="The rule's name in reports and waivers.", examples=["no-anonymous-delete"]
    )
    over: Literal["design"] = Field(default="design", description="What the rule looks at.", examples=["design"])
    expr: str = Field(
        description="A CEL expression that is true where the rule holds.",
        examples=["operations.all(o, o.verb != 'delete' || o.access != 'anyone')"],
    )
    because: str = Field(description="Why the rule is there.", examples=["Only owners delete."])


Retention = Annotated[str, Field(pattern=r"^[1-9]\d{0,4}[dh]$", examples=["30d"])]


class Security(Strict):
    """What requests must show and how they travel. Each is a rule that the policy gate holds the design to."""

    open_operations: tuple[Name, ...] | None = Field(
        default=None,
        description="The operations that need no signed-in user, derived ones included; all others do. Without the "
        "key that is not asked.",
        examples=[["register", "login", "follow"]],
    )
    tls: Literal["production", "everywhere"] = Field(
        default="production",
        description="Where a host is served over HTTPS only: in production, or in every environment.",
        examples=["everywhere"],
    )


class Policy(Strict):
    """What must hold."""

    performance: Performance = Field(
        default=Performance(), description="Objectives.", examples=[{"p95": "50ms", "throughput": "500/s"}]
    )
    security: Security = Field(
        default=Security(), description="Who may ask, and how.", examples=[{"open_operations": ["login"]}]
    )
    approvals: Literal["required"] | None = Field(
        default=None,
        description="`required`: a package is signed only when somebody approved every decision that nobody stated.",
        examples=["required"],
    )
    retention: dict[TypeName, Retention] = Field(
        default_factory=dict[str, str],
        description="Entity to how long its rows may stay; something must delete them by then.",
        examples=[{"User": "730d"}],
    )
    rules: tuple[PolicyRule, ...] = Field(
        default=(),
        description="Rules of your own.",
        examples=[[{"id": "r", "expr": "size(operations) < 50", "because": "Small services."}]],
    )


class Architecture(Strict):
    """`architecture.yaml`: the design, the same in every environment."""

    schema_version: Version = Field(description="The version of this file's shape.", examples=[SCHEMA_VERSION])
    system: System = Field(description="What is being built.", examples=[{"name": "link-shortener"}])
    requirements: tuple[Requirement, ...] = Field(
        default=(),
        description="The sentences of the prose, numbered.",
        examples=[[{"id": "R1", "text": "Anyone can shorten a URL.", "line": 3}]],
    )
    auth: Auth | None = Field(
        default=None,
        description="Who can sign in. Registration and login are derived.",
        examples=[{"entity": "User", "login": "email"}],
    )
    entities: dict[TypeName, Entity] = Field(
        default_factory=dict[str, Entity],
        description="The kinds of rows that the service keeps.",
        examples=[{"Link": {"fields": {"target_url": "url"}}}],
    )
    events: dict[TypeName, dict[Name, FieldOrType]] = Field(
        default_factory=dict[str, dict[str, FieldSpec]],
        description="The kinds of events, each with its fields.",
        examples=[{"LinkClicked": {"code": "text", "at": "datetime"}}],
    )
    consumes: tuple[TypeName, ...] = Field(
        default=(),
        description="The events that others publish: they arrive over the broker, and this service only takes them.",
        examples=[["PaymentReceived"]],
    )
    operations: dict[Name, Operation] = Field(
        default_factory=dict[str, Operation],
        description="What clients can ask for over HTTP.",
        examples=[{"shorten": {"route": "POST /links", "effects": [{"create": "Link"}]}}],
    )
    handlers: dict[Name, Handler] = Field(
        default_factory=dict[str, Handler],
        description="What runs on an event or on time.",
        examples=[{"cleanup": {"every": "0 2 * * *", "effects": [{"delete": "Link", "where": "expires_at <= now"}]}}],
    )
    components: dict[ComponentName, Component] = Field(
        default_factory=dict[str, Component],
        description="The parts that run by themselves. What nobody states is derived.",
        examples=[{"mailing": {"kind": "Worker", "owns": ["send_invoice"]}}],
    )
    bindings: dict[Name, Binding] = Field(
        default_factory=dict[str, Binding],
        description="Binds events to handlers. What nobody states is bound by `on`.",
        examples=[{"paid": {"from": "OrderPaid", "to": "send_invoice", "when": "event.amount > 0"}}],
    )
    functions: dict[Name, CustomFunction] = Field(
        default_factory=dict[str, CustomFunction],
        description="Functions whose bodies people own.",
        examples=[{"shipping_cost": {"input": {"weight": "integer"}, "output": "integer"}}],
    )
    integrations: dict[Name, Integration] = Field(
        default_factory=dict[str, Integration],
        description="The systems outside that this one asks.",
        examples=[
            {
                "payments": {
                    "base_url": {"env": "PAYMENTS_URL"},
                    "operations": {"charge": {"route": "POST /charges", "send": {"amount": "integer"}}},
                }
            }
        ],
    )
    channels: dict[Name, Channel] = Field(
        default_factory=dict[str, Channel],
        description="The ways in which this system tells somebody something.",
        examples=[{"mail": {"mail": {"from": "shop@example.com"}}}],
    )
    errors: Errors = Field(
        default=Errors(),
        description="How failures are answered.",
        examples=[{"invalid": 400, "body": {"error": "message"}}],
    )
    wire: Wire = Field(default=Wire(), description="How JSON looks.", examples=[{"case": "camel"}])
    cors: Cors | None = Field(
        default=None,
        description="Lets web pages of other origins call. Without it browsers refuse.",
        examples=[{"origins": ["*"]}],
    )
    capabilities: Capabilities = Field(
        default=Capabilities(),
        description="What the service can do beside its operations.",
        examples=[{"rate_limit": "600/min", "audit": True}],
    )
    policy: Policy = Field(default=Policy(), description="What must hold.", examples=[{"performance": {"p95": "50ms"}}])
