"""A small system as an IR graph: a link shortener with an API, a worker, a scheduler and a database."""

import sys
from dataclasses import replace
from types import ModuleType

import pytest

from autocoder.bundles import Bundle, load
from autocoder.ir.behaviour import BoundRow, Emit, Failure, Find, Insert, Match, Remove, Reply
from autocoder.ir.expressions import Bound, Column, Now, Op
from autocoder.ir.graph import Graph
from autocoder.ir.nodes import (
    Auth,
    Budget,
    Component,
    Edge,
    Entity,
    Environment,
    Event,
    Field,
    Handler,
    Input,
    Node,
    Objectives,
    Operation,
    Requirement,
    ServiceBudget,
    System,
    Variable,
    Workload,
)
from autocoder.ir.types import BOOLEAN, DATETIME, FILE, TEXT, UUID, Type
from autocoder.ir.views import Views
from autocoder.targets.stamp import Stamp

EMAIL = Type(name="text", format="email")
PASSWORD = Type(name="text", format="password")


def workload(name: str, port: int | None = None) -> Workload:
    return Workload(
        name=name,
        entry_point=name,
        port=port,
        cpu_request="100m",
        cpu_limit="500m",
        memory_request="128Mi",
        memory_limit="256Mi",
    )


def code_is_given() -> Op:
    given = Bound(scope="input", name="code", type=TEXT)
    return Op(op="==", args=(Column(field="code", type=TEXT), given), type=BOOLEAN)


DEVELOPMENT = Environment(
    name="development", store="postgresql", broker="store", cache="none", host="", tls=True, replicas=(), variables=()
)
PRODUCTION = Environment(
    name="production",
    store="postgresql",
    broker="store",
    cache="none",
    host="go.example.com",
    tls=True,
    replicas=(("api", 2),),
    variables=(
        Variable(name="DATABASE_URL", secret="link-shortener-db", key="url"),
        Variable(name="LOG_LEVEL", value="INFO"),
    ),
)
FIND = Find(match=Match(entity="Link", where=code_is_given(), absent=Failure(failure="missing")), bind="link")
CODE = Input(name="code", place="path", type=TEXT)
NODES: tuple[Node, ...] = (
    System(name="link-shortener", version="0.1.0", description="Shortens URLs."),
    Requirement(name="R1", text="Anyone can shorten a URL.", line=3),
    Auth(entity="User", login="email", secret="password"),
    Entity(
        name="User",
        table="users",
        fields=(
            Field(name="id", type=UUID, generated="uuid", unique=True, read_only=True),
            Field(name="email", type=EMAIL, unique=True, personal=True),
            Field(name="password", type=PASSWORD, hidden=True),
        ),
        keys=(),
    ),
    Entity(
        name="Link",
        table="links",
        fields=(
            Field(name="id", type=UUID, generated="uuid", unique=True, read_only=True),
            Field(name="code", type=TEXT, generated="code", unique=True),
            Field(name="target_url", type=TEXT),
            Field(name="expires_at", type=DATETIME),
        ),
        keys=(),
    ),
    Event(name="LinkClicked", fields=(Field(name="code", type=TEXT),)),
    Operation(
        name="shorten",
        method="POST",
        path="/links",
        access="user?",
        inputs=(Input(name="target_url", place="body", type=TEXT),),
        steps=(Insert(entity="Link", values=(), bind="link"), Reply(status=201, view="link")),
    ),
    Operation(
        name="follow",
        method="GET",
        path="/{code}",
        access="anyone",
        inputs=(CODE,),
        steps=(
            FIND,
            Emit(event="LinkClicked", values=()),
            Reply(status=302, redirect=Bound(scope="row", name="link", field="target_url", type=TEXT)),
        ),
    ),
    Operation(
        name="delete_link",
        method="DELETE",
        path="/links/{code}",
        access="user",
        inputs=(CODE,),
        steps=(FIND, Remove(row=BoundRow(entity="Link", bind="link")), Reply(status=204)),
    ),
    Handler(name="count_click", event="LinkClicked", schedule="", steps=(Emit(event="LinkClicked", values=()),)),
    Handler(
        name="cleanup",
        event="",
        schedule="0 2 * * *",
        steps=(
            Remove(
                row=Match(
                    entity="Link",
                    where=Op(op="<=", args=(Column(field="expires_at", type=DATETIME), Now()), type=BOOLEAN),
                    many=True,
                )
            ),
        ),
    ),
    Component(name="api", role="APIEndpoint", provides=("http",), requires=("rows",)),
    Component(name="store", role="Store", provides=("rows",), requires=()),
    Component(name="worker", role="Worker", provides=("events",), requires=("rows",)),
    Component(name="scheduler", role="Scheduler", provides=(), requires=("rows",)),
    workload("api", 8000),
    workload("worker"),
    workload("scheduler"),
    DEVELOPMENT,
    PRODUCTION,
    Objectives(p95_us=50_000, throughput_per_hour=1_800_000, availability_ppm=999_000),
    Budget(name="shorten", queries=1, reply_bytes=600, p95_us=50_000),
    Budget(name="follow", queries=2, reply_bytes=256, p95_us=50_000),
    Budget(name="delete_link", queries=2, reply_bytes=256, p95_us=None),
    ServiceBudget(dependencies=60, installed_bytes=150_000_000, cold_start_us=5_000_000),
)
EDGES = tuple(
    Edge(source=source, kind=kind, target=target)
    for source, kind, target in (
        ("workload:api", "runs", "component:api"),
        ("workload:worker", "runs", "component:worker"),
        ("workload:scheduler", "runs", "component:scheduler"),
        ("component:api", "calls", "component:store"),
        ("component:worker", "calls", "component:store"),
        ("component:scheduler", "calls", "component:store"),
        ("operation:shorten", "satisfies", "requirement:R1"),
    )
)


def build(*changed: Node, without: tuple[str, ...] = ()) -> Views:
    """The system with these nodes in the place of those of the same id, and without some."""
    nodes = {node.id: node for node in NODES} | {node.id: node for node in changed}
    kept = {id_: node for id_, node in nodes.items() if id_ not in without}
    edges = [edge for edge in EDGES if edge.source in kept and edge.target in kept]
    return Views(Graph.of(kept.values(), edges))


@pytest.fixture
def system() -> ModuleType:
    """This module: test files cannot import each other."""
    return sys.modules[__name__]


@pytest.fixture
def views() -> Views:
    return build()


@pytest.fixture
def views_with_files() -> Views:
    """The system with a picture of each link."""
    link = next(node for node in NODES if isinstance(node, Entity) and node.name == "Link")
    return build(replace(link, fields=(*link.fields, Field(name="picture", type=FILE.or_null()))))


@pytest.fixture
def sqlite_views() -> Views:
    return build(replace(DEVELOPMENT, store="sqlite"), replace(PRODUCTION, store="sqlite", replicas=()))


@pytest.fixture
def bundle() -> Bundle:
    return load()


@pytest.fixture
def stamp() -> Stamp:
    return Stamp(blueprint_hash="ab" * 32, generator_version="0.1.0", bundle="2026.11")
