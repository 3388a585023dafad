"""The nodes and edges of the IR graph: everything that a target needs to know, language-neutral.

Owns shape only. Ids are `kind:name`. A node holds no path, no text in a programming language and no default that a
target would have to guess.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from autocoder.ir.behaviour import Failure, FailureClass, Steps
from autocoder.ir.capabilities import Batching, Capability, Idempotency, RateLimit, Signed
from autocoder.ir.expressions import Expr
from autocoder.ir.types import Type


@dataclass(frozen=True, kw_only=True)
class System:
    """The system as a whole."""

    name: str
    version: str
    description: str
    kind: Literal["system"] = "system"

    @property
    def id(self) -> str:
        return "system"


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A sentence of the prose, with its line there."""

    name: str
    text: str
    line: int
    kind: Literal["requirement"] = "requirement"

    @property
    def id(self) -> str:
        return f"requirement:{self.name}"


@dataclass(frozen=True, kw_only=True)
class Constraints:
    """What a value must satisfy beyond its type. Lengths are in code points; `minimum`, `maximum` are inclusive.

    Of a list or a map these two say how much it holds, `distinct` that no item stands twice in it, and the others what
    an item must satisfy; `fields` is what the parts of a record must.
    """

    minimum: str | None = None
    maximum: str | None = None
    length: int | None = None
    pattern: str | None = None
    values: tuple[str, ...] = ()
    distinct: bool = False
    fields: tuple[tuple[str, Constraints], ...] = ()

    @property
    def of_item(self) -> Constraints:
        """What an item of a list or a value of a map must satisfy."""
        return Constraints(pattern=self.pattern, values=self.values, fields=self.fields)

    def of_part(self, name: str) -> Constraints:
        """What a part of a record must satisfy."""
        return dict(self.fields).get(name, Constraints())


@dataclass(frozen=True, kw_only=True)
class Visibility:
    """Who sees a field: the owner of the row, whoever has one of these roles, or either of them."""

    owner: bool = False
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of an entity or an event. `generated` values are made by the service, never taken from a client;
    `column` is what the blueprint states of where the value is kept.

    A `sequence` numbers the rows with the same values in the fields `within`, from 1.
    """

    name: str
    type: Type
    constraints: Constraints = Constraints()
    default: Expr | None = None
    generated: Literal["", "uuid", "code", "sequence"] = ""
    within: tuple[str, ...] = ()
    unique: bool = False
    indexed: bool = False
    read_only: bool = False
    hidden: bool = False
    personal: bool = False
    visible: Visibility | None = None
    on_delete: Literal["refuse", "cascade", "clear"] = "refuse"
    column: str = ""


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """A change of state that is allowed; `role` may be needed for it."""

    name: str
    origins: tuple[str, ...]
    to: str
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """The states of a row, which `field` holds, and how they change."""

    field: str
    initial: str
    changes: tuple[StateChange, ...]


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A kind of row. `keys` are the unique field groups beyond single unique fields; `indexes` are fields that rows are
    looked up by, in the order of each index. `retention_us` is how long a row may stay (microseconds).
    """

    name: str
    table: str
    fields: tuple[Field, ...]
    keys: tuple[tuple[str, ...], ...]
    indexes: tuple[tuple[str, ...], ...] = ()
    retention_us: int | None = None
    computed: tuple[tuple[str, Expr], ...] = ()
    lifecycle: Lifecycle | None = None
    kind: Literal["entity"] = "entity"

    @property
    def id(self) -> str:
        return f"entity:{self.name}"

    def field(self, name: str) -> Field:
        """The field of that name. Raises `KeyError`."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    @property
    def unique_keys(self) -> tuple[tuple[str, ...], ...]:
        """Every group of fields that is unique together, the id first."""
        return (*((f.name,) for f in self.fields if f.unique), *self.keys)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A kind of event; one from `outside` is published by others."""

    name: str
    fields: tuple[Field, ...]
    outside: bool = False
    kind: Literal["event"] = "event"

    @property
    def id(self) -> str:
        return f"event:{self.name}"


@dataclass(frozen=True, kw_only=True)
class Input:
    """One value that a client sends. Not `required`: it may be absent; null only if its type says so. `refused` is how
    it fails where it is absent or does not fit, None as is usual; `message` what the client reads then.
    """

    name: str
    place: Literal["path", "query", "header", "cookie", "body", "form"]
    type: Type
    required: bool = True
    constraints: Constraints = Constraints()
    default: Expr | None = None
    message: str | None = None
    refused: Failure | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How a class of failure is answered; None and "" where nothing is stated."""

    failure: FailureClass
    status: int | None = None
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Wire:
    """How requests and replies look in the whole system. `failure_body` is over the names of `failure_names`."""

    case: Literal["snake", "camel"] = "snake"
    unknown_fields: Literal["ignore", "reject"] = "ignore"
    origins: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    failure_body: Expr | None = None
    kind: Literal["wire"] = "wire"

    @property
    def id(self) -> str:
        return "wire"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What a client can ask for. `steps` is the behaviour, `plan` the same behaviour as statements for the store;
    `wrapper` is the key of the body under which its inputs stand.
    """

    name: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    access: Literal["anyone", "user", "user?"]
    inputs: tuple[Input, ...]
    steps: Steps
    plan: Steps = ()
    stated: bool = True
    answers: tuple[Answer, ...] = ()
    wrapper: str = ""
    limit: RateLimit | None = None
    once: Idempotency | None = None
    signed: Signed | None = None
    kind: Literal["operation"] = "operation"

    @property
    def id(self) -> str:
        return f"operation:{self.name}"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How an event reaches a handler: tried `attempts` times; after the first failure it waits `wait_us`, then always
    twice as long as before, but never longer than `longest_us` (microseconds).

    Not `repeats`: never started twice. Not `keeps`: forgotten when it is given up.
    """

    attempts: int = 10
    wait_us: int = 2_000_000
    longest_us: int = 86_400_000_000
    repeats: bool = True
    keeps: bool = True


@dataclass(frozen=True, kw_only=True)
class Handler:
    """What runs on an event (`event`, by `delivery`) or when time comes (`schedule`, a cron line in UTC)."""

    name: str
    event: str
    schedule: str
    steps: Steps
    plan: Steps = ()
    delivery: Delivery | None = None
    kind: Literal["handler"] = "handler"

    @property
    def id(self) -> str:
        return f"handler:{self.name}"


@dataclass(frozen=True, kw_only=True)
class Example:
    """A call of a custom function with its result, as JSON-ready values."""

    given: tuple[tuple[str, str | int | bool | None], ...]
    gives: str | int | bool | None


@dataclass(frozen=True, kw_only=True)
class Function:
    """A custom function: a typed hole. `body` is the owned file's text."""

    name: str
    inputs: tuple[tuple[str, Type], ...]
    output: Type
    description: str
    examples: tuple[Example, ...]
    body: str
    kind: Literal["function"] = "function"

    @property
    def id(self) -> str:
        return f"function:{self.name}"


@dataclass(frozen=True, kw_only=True)
class ApiKeys:
    """Keys of accounts, sent in `header`: a token field of an entity, whose field `account` refers to the account (""
    where the accounts hold it), good until the time in `expires` ("": for ever).
    """

    entity: str
    field: str
    header: str
    account: str = ""
    expires: str = ""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One thing that a system outside can be asked: how it is sent, and what a reply must hold."""

    name: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    sent: tuple[Input, ...]
    received: tuple[Input, ...]


@dataclass(frozen=True, kw_only=True)
class Integration:
    """A system outside that this one asks. `address` and `secret` are environment variables, `header` is where the
    secret stands ("" without one). After `failures` calls in a row that fail, none is made for `reset_us`.
    """

    name: str
    address: str
    secret: str
    header: str
    timeout_us: int
    attempts: int
    failures: int
    reset_us: int
    exchanges: tuple[Exchange, ...]
    availability_ppm: int | None = None
    kind: Literal["integration"] = "integration"

    @property
    def id(self) -> str:
        return f"integration:{self.name}"

    def exchange(self, name: str) -> Exchange:
        """What it is asked under that name. Raises `StopIteration`."""
        return next(e for e in self.exchanges if e.name == name)


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way to tell somebody something: mail from `sender`, or a webhook to what the variable `address` holds, signed
    with what the variable `secret` holds.
    """

    name: str
    transport: Literal["mail", "webhook"]
    sender: str = ""
    address: str = ""
    secret: str = ""
    kind: Literal["channel"] = "channel"

    @property
    def id(self) -> str:
        return f"channel:{self.name}"


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Who issues tokens: `address` is the variable that says where it is. `role` leads to the claim that holds roles
    (nothing where they come from nowhere), `roles` are its words for them, the weakest first; `usual` is the role of
    whoever has none of these ("": null). `account` makes the account of the inputs `subject` and `role`, or changes it.
    """

    address: str
    audience: str
    subject: str
    role: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]
    usual: str
    account: Steps


@dataclass(frozen=True, kw_only=True)
class Auth:
    """Who can sign in, by the password in `secret` or by a token of the issuer."""

    entity: str
    login: str
    secret: str
    role: str = ""
    api_keys: ApiKeys | None = None
    issuer: Issuer | None = None
    kind: Literal["auth"] = "auth"

    @property
    def id(self) -> str:
        return "auth"


Role = Literal["APIEndpoint", "Store", "Cache", "Worker", "Scheduler", "Integration"]


@dataclass(frozen=True, kw_only=True)
class Component:
    """A part of the system: what it is and the ports it needs (`requires`) and offers (`provides`); `port` is the
    number of the one that takes requests.
    """

    name: str
    role: Role
    provides: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    port: int | None = None
    stated: bool = False
    kind: Literal["component"] = "component"

    @property
    def id(self) -> str:
        return f"component:{self.name}"


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A process: one entry point of the image. Quantities are Kubernetes text ("100m", "128Mi")."""

    name: str
    entry_point: str
    port: int | None
    cpu_request: str
    cpu_limit: str
    memory_request: str
    memory_limit: str
    kind: Literal["workload"] = "workload"

    @property
    def id(self) -> str:
        return f"workload:{self.name}"


@dataclass(frozen=True, kw_only=True)
class Variable:
    """An environment variable of an environment: a value, or a key of a secret."""

    name: str
    value: str = ""
    secret: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Override:
    """What an environment changes: a field of a node (by id; the system's own limit is that of `system`), and its value
    there.
    """

    node: str
    field: str
    value: str | int


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One place where the system runs. `tiers` are the sizes of workloads, by the bundle's names; logs are kept for
    `log_retention_us` microseconds, None where nothing is stated.
    """

    name: str
    store: Literal["postgresql", "sqlite"]
    broker: Literal["store", "nats", "rabbitmq", "redis"]
    cache: Literal["none", "redis"]
    host: str
    tls: bool
    replicas: tuple[tuple[str, int], ...]
    variables: tuple[Variable, ...]
    tiers: tuple[tuple[str, str], ...] = ()
    overrides: tuple[Override, ...] = ()
    log_retention_us: int | None = None
    kind: Literal["environment"] = "environment"

    @property
    def id(self) -> str:
        return f"environment:{self.name}"


@dataclass(frozen=True, kw_only=True)
class Objectives:
    """What the blueprint states of the system's quality. None where nothing is stated."""

    p95_us: int | None
    throughput_per_hour: int | None
    availability_ppm: int | None
    p99_us: int | None = None
    kind: Literal["objectives"] = "objectives"

    @property
    def id(self) -> str:
        return "objectives"


def objectives_in(stated: Objectives, environment: Environment) -> Objectives:
    """What an environment is held to: the stated objectives, with what it changes of them."""
    changed = {o.field: o.value for o in environment.overrides if o.node == stated.id and isinstance(o.value, int)}
    return replace(stated, **changed)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What one operation may use; `p95_us` and `p99_us` only where an objective covers it."""

    name: str
    queries: int
    reply_bytes: int
    p95_us: int | None
    p99_us: int | None = None
    kind: Literal["budget"] = "budget"

    @property
    def latencies(self) -> tuple[tuple[int, int], ...]:
        """The stated latencies: percentile and microseconds."""
        stated = ((95, self.p95_us), (99, self.p99_us))
        return tuple((percentile, limit) for percentile, limit in stated if limit is not None)

    @property
    def id(self) -> str:
        return f"budget:{self.name}"


@dataclass(frozen=True, kw_only=True)
class ServiceBudget:
    """What the service as a whole may use."""

    dependencies: int
    installed_bytes: int
    cold_start_us: int
    kind: Literal["service_budget"] = "service_budget"

    @property
    def id(self) -> str:
        return "service_budget"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The owner's own rule over the design, in CEL."""

    name: str
    over: Literal["design"]
    expression: str
    because: str
    kind: Literal["rule"] = "rule"

    @property
    def id(self) -> str:
        return f"rule:{self.name}"


Node = (
    System
    | Requirement
    | Entity
    | Event
    | Operation
    | Handler
    | Function
    | Integration
    | Channel
    | Auth
    | Component
    | Workload
    | Environment
    | Objectives
    | Budget
    | ServiceBudget
    | Rule
    | Wire
    | Capability
    | Batching
)

EdgeKind = Literal[
    "satisfies",  # anything -> requirement
    "refers",  # entity -> entity that a field of it points to
    "reads",  # operation, handler -> entity
    "writes",  # operation, handler -> entity
    "publishes",  # operation, handler -> event
    "consumes",  # handler -> event
    "invokes",  # operation, handler -> function
    "asks",  # operation, handler -> integration
    "notifies",  # operation, handler -> channel
    "contains",  # component -> operation, handler, entity, integration, channel, capability
    "calls",  # component -> component, request and response
    "delivers",  # component -> component, events
    "runs",  # workload -> component
    "bounds",  # budget -> operation
]


@dataclass(frozen=True, kw_only=True, order=True)
class Edge:
    """A directed edge between two nodes, by id."""

    source: str
    kind: EdgeKind
    target: str
