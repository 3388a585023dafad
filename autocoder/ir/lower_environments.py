"""Lowers environments, and the objectives of the system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.diagnostics import nearest
from autocoder.ir.durations import microseconds
from autocoder.ir.lower_behaviour import Positions
from autocoder.ir.nodes import Environment, Objectives, Operation, Variable, objectives_in
from autocoder.ir.overrides import Overridable, objective_fields, overridable, overrides
from autocoder.ir.variables import LOG_LEVEL, SETTINGS, named_variables, unread_variable

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint


def objectives(blueprint: Blueprint) -> Objectives:
    """What the blueprint states of the system's quality."""
    stated = blueprint.design.policy.performance
    blueprint.satisfies("objectives", stated.satisfies, "policy", "performance")
    fields = objective_fields(stated)
    found = Objectives(
        p95_us=fields.get("p95_us"),
        p99_us=fields.get("p99_us"),
        throughput_per_hour=fields.get("throughput_per_hour"),
        availability_ppm=fields.get("availability_ppm"),
    )
    _check_latencies(blueprint, found, blueprint.source.positions, "policy", "performance", "p99")
    return found


def _check_latencies(blueprint: Blueprint, stated: Objectives, positions: Positions, *at: str) -> None:
    """A p99 is no less than the p95."""
    if stated.p95_us is None or stated.p99_us is None or stated.p99_us >= stated.p95_us:
        return
    blueprint.diagnostics.error(
        "AC3278",
        f"{'.'.join(at)}: {stated.p99_us / 1000:g}ms is less than the p95 of {stated.p95_us / 1000:g}ms",
        positions.span(*at),
        subject=".".join(at),
        rule="whoever answers 99 of 100 requests within a time answers 95 of them within it",
        help="remove p95, or state a longer p99",
    )


def environments(blueprint: Blueprint, stated: Objectives, operations: Iterable[Operation]) -> list[Environment]:
    """The environments of the deployment, checked against the design and each other."""
    deployment = blueprint.source.deployment
    if deployment.system != blueprint.design.system.name:
        blueprint.diagnostics.error(
            "AC3136",
            f'deployment.yaml is for "{deployment.system}", architecture.yaml for "{blueprint.design.system.name}"',
            blueprint.source.deployment_positions.span("system"),
            subject="system",
            value=deployment.system,
            help="give both files the same system name",
        )
    brokers = {name: spec.engines.broker for name, spec in deployment.environments.items()}
    first = next((broker for broker in brokers.values() if broker != "store"), "store")
    for name, broker in brokers.items():
        if broker not in ("store", first):
            blueprint.diagnostics.error(
                "AC3137",
                f"environments.{name}: another environment has the broker {first}",
                blueprint.source.deployment_positions.span("environments", name, "engines", "broker"),
                subject=f"environments.{name}.engines.broker",
                value=broker,
                help=f'name "{first}" or "store"',
            )
    parts = overridable(blueprint.design, operations)
    found = [_environment(blueprint, name, spec, parts) for name, spec in deployment.environments.items()]
    for environment in found:
        here = objectives_in(stated, environment)
        if here != stated:
            place = ("environments", environment.name, "overrides", "policy.performance.p99")
            _check_latencies(blueprint, here, blueprint.source.deployment_positions, *place)
    return found


def _environment(
    blueprint: Blueprint, name: str, spec: model.Environment, parts: Mapping[str, Overridable]
) -> Environment:
    _check_variables(blueprint, name, spec)
    _check_cluster(blueprint, name, spec)
    _check_products(blueprint, name, spec)
    blueprint.satisfies(f"environment:{name}", spec.satisfies, "environments", name)
    if spec.exposure:
        blueprint.satisfies(f"environment:{name}", spec.exposure.satisfies, "environments", name)
    return Environment(
        name=name,
        store=spec.engines.store,
        broker=spec.engines.broker,
        cache=spec.engines.cache,
        host=(spec.exposure.host or "") if spec.exposure else "",
        tls=spec.exposure.tls if spec.exposure and spec.exposure.host else True,
        replicas=tuple(sorted(spec.replicas.items())),
        tiers=tuple(sorted(spec.resources.items())),
        variables=tuple(sorted(_variables(spec), key=lambda variable: variable.name)),
        overrides=overrides(blueprint, parts, name, spec.overrides),
        log_retention_us=microseconds(spec.logs.retention) if spec.logs.retention else None,
    )


def _variables(spec: model.Environment) -> Iterator[Variable]:
    for key, value in spec.env.items():
        if isinstance(value, str):
            yield Variable(name=key, value=value)
        else:
            secret, _, inner = value.secret.partition("/")
            yield Variable(name=key, secret=secret, key=inner)
    if spec.logs.level:
        yield Variable(name=LOG_LEVEL, value=spec.logs.level.upper())


def _check_variables(blueprint: Blueprint, environment: str, spec: model.Environment) -> None:
    """A variable is one that the service reads, and has one value."""
    own = named_variables(blueprint.design)
    for name in spec.env:
        at = ("environments", environment, "env", name)
        where = blueprint.source.deployment_positions.span(*at, key=True)
        subject = ".".join(at)
        if name == LOG_LEVEL and spec.logs.level:
            blueprint.diagnostics.error(
                "AC3279",
                f"{subject}: the level is stated by `logs` too",
                where,
                subject=subject,
                rule="a setting has one value",
                help="remove one of them",
            )
        elif unread_variable(name, own):
            blueprint.diagnostics.warning(
                "AC3280",
                f"{subject}: the service does not read it",
                where,
                subject=subject,
                value=name,
                rule="a variable is a setting of the service, or one that the design names",
                help=nearest(name, own | SETTINGS),
            )


def _check_cluster(blueprint: Blueprint, environment: str, spec: model.Environment) -> None:
    """What only a cluster's manifests can say is not stated where SQLite keeps the rows, which no cluster runs."""
    if spec.engines.store != "sqlite" or not blueprint.design.entities:
        return
    stated = [("resources", name) for name in spec.resources]
    stated += [("logs", "retention")] if spec.logs.retention else []
    stated += [("overrides", path) for path in spec.overrides if path.startswith("policy.performance.")]
    for path in stated:
        at = ("environments", environment, *path)
        blueprint.diagnostics.error(
            "AC3281",
            f"{'.'.join(at)}: nothing takes this where SQLite keeps the rows",
            blueprint.source.deployment_positions.span(*at),
            subject=".".join(at),
            rule="sizes, alerts and the keeping of logs are those of a cluster, and SQLite is the file of one process",
            help="name `engines: {store: postgresql}`, or remove it",
        )


def _check_products(blueprint: Blueprint, environment: str, spec: model.Environment) -> None:
    """What is stated of products and of the way in has something to serve."""
    design = blueprint.design
    kept = any(
        isinstance(effect, model.Read) and effect.cache
        for behaviour in (*design.operations.values(), *design.handlers.values())
        for effect in behaviour.effects
    )
    limited = any([design.capabilities.rate_limit, *(o.rate_limit for o in design.operations.values())])
    found = (
        (
            spec.exposure is not None and not spec.exposure.host and not spec.exposure.tls,
            ("exposure", "tls"),
            "nobody reaches it from outside",
            "name its `host`",
        ),
        (
            spec.engines.broker != "store" and not any(handler.on for handler in design.handlers.values()),
            ("engines", "broker"),
            "no handler has `on`",
            "add one",
        ),
        (
            spec.engines.cache != "none" and not kept and not limited,
            ("engines", "cache"),
            "nothing is kept or counted",
            "add `cache` or `rate_limit`",
        ),
    )
    for wrong, path, why, instead in found:
        if wrong:
            _in_vain(blueprint, why, instead, environment, *path)


def _in_vain(blueprint: Blueprint, why: str, instead: str, environment: str, *path: str) -> None:
    at = ("environments", environment, *path)
    blueprint.diagnostics.warning(
        "AC4112",
        f"{'.'.join(at)}: it changes nothing, because {why}",
        blueprint.source.deployment_positions.span(*at),
        subject=".".join(at),
        rule="what is stated changes what is emitted",
        help=f"remove it, or {instead}",
    )
