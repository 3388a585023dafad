"""The blueprint as typed data: `architecture.yaml` and `deployment.yaml`.

Owns shape, not meaning: expressions stay text here and are typed when the blueprint is lowered. Unknown keys are
refused at every level.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

SCHEMA_VERSION = "1.0.0"
"""Version of both files' shape (semver)."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60, examples=["target_url"])]
TypeName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=60, examples=["Link"])]
SystemName = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", examples=["link-shortener"])]
RequirementId = Annotated[str, Field(pattern=r"^R[1-9][0-9]*$", examples=["R1"])]


def _expression(value: Any) -> Any:
    """YAML reads `1` and `true` as values; in an expression's place they are the literals that they look like."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return "null" if value is None else value


Expression = Annotated[
    str,
    BeforeValidator(_expression),
    Field(description="An expression of the blueprint language.", examples=["link.owner == caller.id"]),
]
Scalar = str | int | float | bool | None


class Strict(BaseModel):
    """Base of every blueprint model: closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, protected_namespaces=())


class System(Strict):
    """What is being built."""

    name: SystemName
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")] = "0.1.0"
    description: str = ""


class Requirement(Strict):
    """A sentence of the prose that the design must satisfy."""

    id: RequirementId
    text: str
    line: Annotated[int, Field(ge=1)] = 1


class Auth(Strict):
    """Who can sign in: an entity with a login and a password field."""

    entity: TypeName
    login: Name
    secret: Name = Field(default="password", description="The field that holds the password.")
    satisfies: tuple[RequirementId, ...] = ()


def _shorthand(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class FieldSpec(Strict):
    """A field of an entity, an event, or an input."""

    type: Annotated[str, Field(examples=["text", "integer", "url", "ref", "list of text"])]
    to: TypeName | None = None
    values: tuple[str, ...] = ()
    length: Annotated[int, Field(ge=4, le=64)] | None = None
    optional: bool = False
    default: Scalar = None
    unique: bool = False
    min: Scalar = None
    max: Scalar = None
    pattern: str | None = None
    read_only: bool = False
    personal: bool = False
    indexed: bool = False
    on_delete: Literal["refuse", "cascade", "clear"] | None = None
    place: Annotated[Literal["path", "query", "header", "body"] | None, Field(alias="in")] = None
    message: str | None = None
    satisfies: tuple[RequirementId, ...] = ()


FieldOrType = Annotated[FieldSpec, BeforeValidator(_shorthand)]


class Entity(Strict):
    """A kind of row that the service keeps."""

    fields: dict[Name, FieldOrType] = Field(default_factory=dict[str, FieldSpec])
    unique: tuple[tuple[Name, ...], ...] = ()
    satisfies: tuple[RequirementId, ...] = ()


class Effect(Strict):
    """What every effect may carry."""

    when: Expression | None = None
    name: Annotated[Name | None, Field(alias="as", description="The name that the result is bound to.")] = None


class Create(Effect):
    """Adds a row."""

    create: TypeName
    set: dict[Name, Expression] = Field(default_factory=dict[str, str])
    exists: Literal["return"] | None = None


class Read(Effect):
    """Reads one row, or fails with `missing`."""

    read: TypeName
    by: Expression | None = None
    where: Expression | None = None
    optional: bool = False
    first: bool = False
    order: tuple[str, ...] = ()


class ListRows(Effect):
    """Reads many rows."""

    list: TypeName
    where: Expression | None = None
    order: tuple[str, ...] = ()
    limit: Annotated[int, Field(ge=1, le=1000)] | None = None


class Update(Effect):
    """Changes a row that was read, or all rows that a condition selects."""

    update: str
    set: dict[Name, Expression] | None = None
    where: Expression | None = None


class Upsert(Effect):
    """Adds a row or changes the one with the same key."""

    upsert: TypeName
    by: dict[Name, Expression]
    set: dict[Name, Expression] = Field(default_factory=dict[str, str])


class Delete(Effect):
    """Removes a row that was read, or all rows that a condition selects."""

    delete: str
    where: Expression | None = None


class Increment(Effect):
    """Adds to a number without losing a concurrent call."""

    increment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", examples=["link.clicks"])]
    by: Expression = "1"


class Compute(Effect):
    """Names values for later effects."""

    compute: dict[Name, Expression]


class Require(Effect):
    """Stops the operation where the condition does not hold."""

    require: Expression
    otherwise: Annotated[str, Field(alias="else", examples=["forbidden", "conflict"])] = "invalid"
    message: str | None = None


class Publish(Effect):
    """Publishes an event in the operation's transaction."""

    publish: TypeName
    values: Annotated[dict[Name, Expression], Field(alias="with")] = Field(default_factory=dict[str, str])


class Custom(Effect):
    """Calls a typed function whose body a person owns."""

    custom: Name
    values: Annotated[dict[Name, Expression], Field(alias="with")] = Field(default_factory=dict[str, str])


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


class Output(Strict):
    """What an operation answers. Without it: the row last created or read."""

    status: Annotated[int, Field(ge=200, le=399)] | None = None
    body: Expression | dict[str, Expression] | None = None
    redirect: Expression | None = None


class Operation(Strict):
    """Something that a client can ask for over HTTP: route, input, access, effects in order, output."""

    route: Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S*$", examples=["POST /links"])]
    access: Literal["anyone", "user", "user?"] = "anyone"
    input: dict[Name, FieldOrType] = Field(default_factory=dict[str, FieldSpec])
    effects: tuple[AnyEffect, ...] = ()
    output: Output | None = None
    satisfies: tuple[RequirementId, ...] = ()


class Handler(Strict):
    """Something that runs when an event arrives (`on`) or when time comes (`every`, a cron line in UTC)."""

    on: TypeName | None = None
    every: Annotated[str, Field(examples=["0 2 * * *"])] | None = None
    effects: tuple[AnyEffect, ...] = ()
    satisfies: tuple[RequirementId, ...] = ()


class Example(Strict):
    """A call of a custom function with its result."""

    given: dict[Name, Any]
    gives: Any


class CustomFunction(Strict):
    """The signature of a custom function and examples that its body must satisfy."""

    input: dict[Name, FieldOrType]
    output: FieldOrType
    description: str = ""
    examples: tuple[Example, ...] = ()
    satisfies: tuple[RequirementId, ...] = ()


class Performance(Strict):
    """Objectives. They cover the operations that the blueprint states."""

    p95: Annotated[str, Field(pattern=r"^\d+(\.\d+)?(ms|s)$", examples=["50ms"])] | None = None
    throughput: Annotated[str, Field(pattern=r"^\d+(\.\d+)?/(s|min|h)$", examples=["500/s"])] | None = None
    availability: Annotated[str, Field(pattern=r"^\d{2}(\.\d+)?%$", examples=["99.9%"])] | None = None
    satisfies: tuple[RequirementId, ...] = ()


class PolicyRule(Strict):
    """The owner's own rule over the design, in CEL."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    over: Literal["design"] = "design"
    expr: str
    because: str


class Policy(Strict):
    """What must hold."""

    performance: Performance = Performance()
    rules: tuple[PolicyRule, ...] = ()


class Architecture(Strict):
    """`architecture.yaml`: the design, the same in every environment."""

    schema_version: str
    system: System
    requirements: tuple[Requirement, ...] = ()
    auth: Auth | None = None
    entities: dict[TypeName, Entity] = Field(default_factory=dict[str, Entity])
    events: dict[TypeName, dict[Name, FieldOrType]] = Field(default_factory=dict[str, dict[str, FieldSpec]])
    operations: dict[Name, Operation] = Field(default_factory=dict[str, Operation])
    handlers: dict[Name, Handler] = Field(default_factory=dict[str, Handler])
    functions: dict[Name, CustomFunction] = Field(default_factory=dict[str, CustomFunction])
    policy: Policy = Policy()


class Engines(Strict):
    """The products that stand behind the ports."""

    store: Literal["postgresql", "sqlite"] = "postgresql"
    broker: Literal["store"] = "store"


class Exposure(Strict):
    """How the service is reached from outside."""

    host: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)] | None = None
    tls: bool = True
    satisfies: tuple[RequirementId, ...] = ()


class SecretRef(Strict):
    """A value that stands in a secret: `name/key`."""

    secret: Annotated[str, Field(pattern=r"^[a-z0-9-]+/[A-Za-z0-9._-]+$", examples=["link-shortener-db/url"])]


class Environment(Strict):
    """What one environment changes."""

    engines: Engines = Engines()
    exposure: Exposure | None = None
    replicas: dict[Name, Annotated[int, Field(ge=1, le=100)]] = Field(default_factory=dict[str, int])
    env: dict[Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")], str | SecretRef] = Field(
        default_factory=dict[str, "str | SecretRef"]
    )
    satisfies: tuple[RequirementId, ...] = ()


class Deployment(Strict):
    """`deployment.yaml`: what differs per environment."""

    schema_version: str
    system: SystemName
    environments: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")], Environment]
