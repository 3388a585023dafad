"""The blueprint as typed data: `architecture.yaml` and `deployment.yaml`.

Owns shape, not meaning: expressions stay text here and are typed when the blueprint is lowered. Unknown keys are
refused at every level. Descriptions and examples go into the JSON Schemas, which editors show.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag

from autocoder.blueprint.shapes import (
    Also,
    Expression,
    Flag,
    Integer,
    Name,
    RequirementId,
    Satisfies,
    Scalar,
    Strict,
    SystemName,
    TypeName,
    Version,
)

SCHEMA_VERSION = "1.0.0"
"""Version of both files' shape (semver)."""


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


class Auth(Strict):
    """Who can sign in: an entity with a login and a password field."""

    entity: TypeName = Field(description="The entity whose rows are the accounts.", examples=["User"])
    login: Name = Field(description="The field that names an account at login; it is unique.", examples=["email"])
    secret: Name = Field(default="password", description="The field that holds the password.", examples=["password"])
    satisfies: Satisfies = ()


def _shorthand(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class FieldSpec(Strict):
    """A field of an entity, an event, or an input. `name: text` is short for `name: {type: text}`."""

    type: str = Field(
        description="The type: text, integer, decimal, money, boolean, date, datetime, duration, uuid, email, url, "
        "slug, enum, ref, password, code, or `list of` one of them.",
        examples=["text", "integer", "url", "ref", "list of text"],
    )
    to: TypeName | None = Field(default=None, description="The entity that a `ref` refers to.", examples=["User"])
    values: tuple[str, ...] = Field(
        default=(), description="The words that an `enum` takes.", examples=[["open", "closed"]]
    )
    length: Annotated[Integer, Field(ge=4, le=64)] | None = Field(
        default=None, description="Characters of a generated `code`.", examples=[7]
    )
    optional: Flag = Field(default=False, description="Whether the value may be null or absent.", examples=[True])
    default: Scalar = Field(
        default=None,
        description="The value where none is given: a literal, or an expression after `=`.",
        examples=[0, "=now + 30d"],
    )
    unique: Flag = Field(default=False, description="Whether no two rows have the same value.", examples=[True])
    min: Scalar = Field(default=None, description="The least value, or the least length of a text.", examples=[1])
    max: Scalar = Field(default=None, description="The greatest value, or the greatest length.", examples=[200])
    pattern: str | None = Field(
        default=None, description="A regular expression (RE2) that the whole text matches.", examples=["[a-z]+"]
    )
    read_only: Flag = Field(default=False, description="Whether clients can see but never set it.", examples=[True])
    personal: Flag = Field(default=False, description="Whether it is personal data.", examples=[True])
    indexed: Flag = Field(default=False, description="Whether the database keeps an index on it.", examples=[True])
    column: Name | None = Field(
        default=None, description="The column, where it is not called like the field of an entity.", examples=["target"]
    )
    on_delete: Literal["refuse", "cascade", "clear"] | None = Field(
        default=None,
        description="What happens to this row when the row that a `ref` refers to is deleted: the deletion is "
        "refused (usual), this row goes too, or the reference becomes null.",
        examples=["cascade"],
    )
    place: Annotated[Literal["path", "query", "header", "body"] | None, Field(alias="in")] = Field(
        default=None,
        description="Where an input stands in the request. Usual: names in the route are path; others are body for "
        "POST, PUT and PATCH, and query for GET and DELETE.",
        examples=["query"],
    )
    message: str | None = Field(
        default=None, description="What the client reads where the value is refused.", examples=["Give a web address."]
    )
    satisfies: Satisfies = ()


FieldOrType = Annotated[
    FieldSpec,
    BeforeValidator(_shorthand),
    Also(({"type": "string", "description": "The type alone.", "examples": ["text", "url"]},)),
]


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
    satisfies: Satisfies = ()


class Effect(Strict):
    """What every effect may carry."""

    when: Expression | None = Field(
        default=None, description="The effect happens only where this holds.", examples=["input.notify == true"]
    )
    name: Annotated[Name | None, Field(alias="as")] = Field(
        default=None,
        description="The name that the result is bound to. Usual: the entity in snake case, plural for a list.",
        examples=["account"],
    )


class Create(Effect):
    """Adds a row."""

    create: TypeName = Field(description="The entity.")
    set: dict[Name, Expression] = Field(
        default_factory=dict[str, str],
        description="Field to value. A field that is not here takes the input of its name, then its default.",
        examples=[{"owner": "caller.id"}],
    )
    exists: Literal["return"] | None = Field(
        default=None, description="`return` answers the row that is there instead of a conflict.", examples=["return"]
    )


class Read(Effect):
    """Reads one row, or fails with `missing`."""

    read: TypeName = Field(description="The entity.")
    by: Expression | None = Field(default=None, description="The row's id.", examples=["input.id"])
    where: Expression | None = Field(
        default=None,
        description="A condition in which bare names are the row's fields; it fixes a unique key.",
        examples=["code == input.code && expires_at > now"],
    )
    optional: Flag = Field(default=False, description="Bind null where no row is there.", examples=[True])
    first: Flag = Field(default=False, description="Take the first of several rows, by `order`.", examples=[True])
    order: tuple[str, ...] = Field(
        default=(), description="Fields, each with `asc` or `desc`.", examples=[["expires_at desc"]]
    )


class ListRows(Effect):
    """Reads many rows."""

    list: TypeName = Field(description="The entity.")
    where: Expression | None = Field(
        default=None,
        description="A condition in which bare names are the rows' fields. Usual: all rows.",
        examples=["owner == caller.id"],
    )
    order: tuple[str, ...] = Field(
        default=(),
        description="Fields, each with `asc` or `desc`. Usual: the order of insertion.",
        examples=[["expires_at desc"]],
    )
    limit: Annotated[Integer, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Rows at most. Usual: 100.", examples=[20]
    )


class Update(Effect):
    """Changes a row that was read, or all rows that a condition selects."""

    update: str = Field(description="A bound row, or an entity together with `where`.", examples=["link", "Link"])
    set: dict[Name, Expression] | None = Field(
        default=None,
        description="Field to value. Without it: the inputs that were sent, each into the field of its name.",
        examples=[{"title": "trim(input.title)"}],
    )
    where: Expression | None = Field(
        default=None, description="Which rows of an entity to change.", examples=["expires_at <= now"]
    )


class Upsert(Effect):
    """Adds a row or changes the one with the same key."""

    upsert: TypeName = Field(description="The entity.")
    by: dict[Name, Expression] = Field(
        description="The fields of a unique key, with their values.", examples=[{"code": "event.code"}]
    )
    set: dict[Name, Expression] = Field(
        default_factory=dict[str, str],
        description="Field to value; `old` is the row that is there, or null.",
        examples=[{"clicks": "(old?.clicks ?? 0) + 1"}],
    )


class Delete(Effect):
    """Removes a row that was read, or all rows that a condition selects."""

    delete: str = Field(description="A bound row, or an entity together with `where`.", examples=["link", "Link"])
    where: Expression | None = Field(
        default=None, description="Which rows of an entity to remove.", examples=["expires_at <= now"]
    )


class Increment(Effect):
    """Adds to a number without losing a concurrent call."""

    increment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] = Field(
        description="The field of a bound row.", examples=["link.clicks"]
    )
    by: Expression = Field(default="1", description="How much to add.", examples=["1"])


class Compute(Effect):
    """Names values for later effects."""

    compute: dict[Name, Expression] = Field(
        description="Name to value.", examples=[{"total": "input.price * input.count"}]
    )


class Require(Effect):
    """Stops the operation where the condition does not hold."""

    require: Expression = Field(description="What must hold.")
    otherwise: Annotated[str, Field(alias="else")] = Field(
        default="invalid",
        description="The failure class: malformed, invalid, unauthenticated, forbidden, missing, conflict, limited or "
        "unavailable.",
        examples=["forbidden", "conflict"],
    )
    message: str | None = Field(
        default=None, description="What the client reads then.", examples=["Only the owner can do this."]
    )


class Publish(Effect):
    """Publishes an event in the operation's transaction."""

    publish: TypeName = Field(description="The event.", examples=["LinkClicked"])
    values: Annotated[dict[Name, Expression], Field(alias="with")] = Field(
        default_factory=dict[str, str],
        description="The event's fields, with their values.",
        examples=[{"code": "link.code", "at": "now"}],
    )


class Custom(Effect):
    """Calls a typed function whose body a person owns."""

    custom: Name = Field(description="The function, declared under `functions`.", examples=["shipping_cost"])
    values: Annotated[dict[Name, Expression], Field(alias="with")] = Field(
        default_factory=dict[str, str],
        description="The function's inputs, with their values.",
        examples=[{"weight": "input.weight"}],
    )


EFFECTS: dict[str, type[Effect]] = {
    "create": Create,
    "read": Read,
    "list": ListRows,
    "update": Update,
    "upsert": Upsert,
    "delete": Delete,
    "increment": Increment,
    "compute": Compute,
    "require": Require,
    "publish": Publish,
    "custom": Custom,
}
"""Verb to model. The verb is the one key of an effect that says what it does."""


def effect_verb(value: Any) -> str | None:
    """The verb of an effect given as raw data or as a model; None if it has none or several."""
    keys = cast("Collection[str]", value if isinstance(value, dict) else getattr(value, "model_fields_set", ()))
    verbs = [verb for verb in EFFECTS if verb in keys]
    return verbs[0] if len(verbs) == 1 else None


AnyEffect = Annotated[
    Annotated[Create, Tag("create")]
    | Annotated[Read, Tag("read")]
    | Annotated[ListRows, Tag("list")]
    | Annotated[Update, Tag("update")]
    | Annotated[Upsert, Tag("upsert")]
    | Annotated[Delete, Tag("delete")]
    | Annotated[Increment, Tag("increment")]
    | Annotated[Compute, Tag("compute")]
    | Annotated[Require, Tag("require")]
    | Annotated[Publish, Tag("publish")]
    | Annotated[Custom, Tag("custom")],
    Discriminator(
        effect_verb,
        custom_error_type="effect_verb",
        custom_error_message="an effect has exactly one verb: " + ", ".join(EFFECTS),
    ),
]
Effects = Annotated[
    tuple[AnyEffect, ...],
    Field(description="What happens, in this order, in one transaction.", examples=[[{"create": "Link"}]]),
]


def _map_or_scalar(value: Any) -> str:
    return "scalar" if isinstance(value, str) or not isinstance(value, dict | BaseModel) else "map"


BodyKey = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]*$", max_length=60, examples=["total"])]
Body = Annotated[
    Annotated[Expression, Tag("scalar")] | Annotated[dict[BodyKey, Expression], Tag("map")],
    Discriminator(_map_or_scalar),
]


class Output(Strict):
    """What an operation answers. Without it: the row last created or read."""

    status: Annotated[Integer, Field(ge=200, le=399)] | None = Field(
        default=None,
        description="The status. Usual: 201 after `create`, 204 after `delete`, 302 for a redirect, else 200.",
        examples=[202],
    )
    body: Body | None = Field(
        default=None,
        description="A bound row or list, or a map of expressions.",
        examples=["link", {"total": "size(links)"}],
    )
    redirect: Expression | None = Field(default=None, description="The address to go to.", examples=["link.target_url"])


class Operation(Strict):
    """Something that a client can ask for over HTTP: route, input, access, effects in order, output."""

    route: Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S*$")] = Field(
        description="Method and path. Names in braces are path inputs.", examples=["POST /links", "GET /{code}"]
    )
    access: Literal["anyone", "user", "user?"] = Field(
        default="anyone",
        description="Who may ask: anyone, who is signed in (`user`), or either (`user?`; `caller` may be null).",
        examples=["user"],
    )
    input: dict[Name, FieldOrType] = Field(
        default_factory=dict[str, FieldSpec],
        description="What the client sends: name to type.",
        examples=[{"target_url": "url"}],
    )
    effects: Effects = ()
    output: Output | None = Field(
        default=None,
        description="What is answered. Usual: the row last created or read.",
        examples=[{"redirect": "link.target_url"}],
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


class Policy(Strict):
    """What must hold."""

    performance: Performance = Field(
        default=Performance(), description="Objectives.", examples=[{"p95": "50ms", "throughput": "500/s"}]
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
    functions: dict[Name, CustomFunction] = Field(
        default_factory=dict[str, CustomFunction],
        description="Functions whose bodies people own.",
        examples=[{"shipping_cost": {"input": {"weight": "integer"}, "output": "integer"}}],
    )
    policy: Policy = Field(default=Policy(), description="What must hold.", examples=[{"performance": {"p95": "50ms"}}])


class Engines(Strict):
    """The products that stand behind the ports."""

    store: Literal["postgresql", "sqlite"] = Field(
        default="postgresql", description="The database.", examples=["postgresql"]
    )
    broker: Literal["store", "nats", "redis"] = Field(
        default="store",
        description="What carries events to their handlers: the database itself, NATS JetStream, or Redis streams.",
        examples=["nats"],
    )


class Exposure(Strict):
    """How the service is reached from outside."""

    host: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)] | None = Field(
        default=None, description="The host name.", examples=["go.example.com"]
    )
    tls: Flag = Field(default=True, description="Whether it is reached over HTTPS only.", examples=[True])
    satisfies: Satisfies = ()


class SecretRef(Strict):
    """A value that stands in a secret: `name/key`."""

    secret: Annotated[str, Field(pattern=r"^[a-z0-9-]+/[A-Za-z0-9._-]+$")] = Field(
        description="The secret's name, a slash, and the key in it.", examples=["link-shortener-db/url"]
    )


EnvironmentName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60, examples=["production"])]
VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=60, examples=["DATABASE_URL"])]
VariableValue = Annotated[
    Annotated[str, Tag("scalar")] | Annotated[SecretRef, Tag("map")], Discriminator(_map_or_scalar)
]


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
    env: dict[VariableName, VariableValue] = Field(
        default_factory=dict[str, "str | SecretRef"],
        description="Variable to text, or to a reference to a secret. Never a secret itself.",
        examples=[{"DATABASE_URL": {"secret": "link-shortener-db/url"}}],
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
