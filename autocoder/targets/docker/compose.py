"""The compose files: a development one that stands alone, and an overlay for production on one machine."""

from __future__ import annotations

import re
from typing import Any

from autocoder.bundles import Bundle
from autocoder.ir.nodes import Environment, Workload
from autocoder.targets.docker.environment_file import PASSWORD, secrets
from autocoder.targets.runtime import (
    ADDRESSES,
    BROKER_PORTS,
    BROKER_SCHEMES,
    BROKER_VARIABLE,
    CACHE_PORT,
    CACHE_VARIABLE,
    DEVELOPMENT,
    FILES_FOLDER,
    PRODUCTION,
    STORE_VARIABLE,
    Runtime,
)
from autocoder.targets.yaml_text import dump

Data = dict[str, Any]


def development(runtime: Runtime, bundle: Bundle) -> str:
    """The text of `docker-compose.yml`: the service and the store it names, migrations first."""
    services: Data = {}
    if _server(runtime):
        services["postgresql"] = _postgresql(runtime, bundle)
        services["migrate"] = _process(runtime, bundle, "migrate") | {
            "healthcheck": {"disable": True},
            "depends_on": {"postgresql": {"condition": "service_healthy"}},
        }
    if _broker(runtime):
        services[runtime.broker] = _broker_server(runtime, bundle)
    if runtime.cache:
        services[_CACHE] = {"image": bundle.images[runtime.cache].reference, "command": _CACHE_COMMAND}
    for name, port in _processes(runtime):
        services[name] = _process(runtime, bundle, name)
        if _server(runtime):
            services[name]["depends_on"] = {"migrate": {"condition": "service_completed_successfully"}}
        if _broker(runtime) and name in runtime.views.running("Worker"):
            services[name]["depends_on"][runtime.broker] = {"condition": "service_started"}
        if port:
            # Loopback: what is reachable from outside is for the operator to say.
            services[name]["ports"] = [f"127.0.0.1:${{API_PORTS:-{runtime.port}}}:{port}"]
    document: Data = {"name": runtime.name, "services": services}
    if runtime.stores:
        document["volumes"] = {"data": {}, **({"events": {}} if _broker(runtime) else {})}
        document["volumes"] |= {"files": {}} if runtime.files else {}
    return dump(
        document, header=f"docker compose --env-file deployments/env/{DEVELOPMENT}.env --file {_FILE} up --build"
    )


_CACHE = "cache"
_CACHE_COMMAND = ["redis-server", "--save", "", "--maxmemory", "64mb", "--maxmemory-policy", "volatile-lru"]
"""What is kept is a copy: nothing of it survives the server, and names without a time are never evicted."""
_FILE = "deployments/docker-compose.yml"
_OVERLAY = "deployments/docker-compose.prod.yml"


def production(runtime: Runtime, bundle: Bundle) -> str:
    """The text of `docker-compose.prod.yml`, laid over the development file."""
    environment = _named(runtime, PRODUCTION)
    services: Data = {}
    if _server(runtime):
        services["postgresql"] = {"restart": "unless-stopped"}
        services["migrate"] = _hardened(runtime, environment)
    if _broker(runtime):
        services[runtime.broker] = {"restart": "unless-stopped"}
    if runtime.cache:
        services[_CACHE] = {"restart": "unless-stopped"}
    for name, _ in _processes(runtime):
        workload = next((w for w in runtime.views.workloads if w.entry_point == name), None)
        services[name] = _hardened(runtime, environment) | {
            "restart": "unless-stopped",
            "deploy": _deploy(runtime, bundle, environment, workload),
        }
    header = f"docker compose --env-file deployments/env/{PRODUCTION}.env --file {_FILE} --file {_OVERLAY} up"
    return dump({"services": services}, header=header)


def _processes(runtime: Runtime) -> list[tuple[str, int | None]]:
    """Entry point and port of each process. SQLite is one process's database, so all of them run in one."""
    if not _server(runtime) and runtime.stores:
        return [("all", runtime.port)]
    return [(workload.entry_point, workload.port) for workload in runtime.views.workloads]


def _server(runtime: Runtime) -> bool:
    return runtime.stores and runtime.views.store == "postgresql"


def _broker(runtime: Runtime) -> bool:
    """Whether a broker runs beside the processes. One process has no need of it."""
    return bool(runtime.broker) and _server(runtime)


_BROKERS: dict[str, Data] = {
    "nats": {"command": ["--jetstream", "--store_dir=/data"], "volumes": ["events:/data"]},
    # It keeps its data below its own name, which is that of the container.
    "rabbitmq": {"hostname": "rabbitmq", "volumes": ["events:/var/lib/rabbitmq"]},
    "redis": {"command": ["redis-server", "--appendonly", "yes", "--dir", "/data"], "volumes": ["events:/data"]},
}


def _broker_server(runtime: Runtime, bundle: Bundle) -> Data:
    return {"image": bundle.images[runtime.broker].reference, **_BROKERS[runtime.broker]}


def _named(runtime: Runtime, name: str) -> Environment | None:
    return next((e for e in runtime.views.environments if e.name == name), None)


def _process(runtime: Runtime, bundle: Bundle, entry_point: str) -> Data:
    process: Data = {
        "image": runtime.image,
        "build": {
            "context": "..",
            "dockerfile": "deployments/Dockerfile",
            "args": {"BASE_IMAGE": f"${{BASE_IMAGE:-{bundle.images['python'].reference}}}"},
        },
        "command": [entry_point],
        "environment": _environment(runtime, _named(runtime, DEVELOPMENT))
        | _store_url(runtime)
        | _broker_url(runtime)
        | _cache_url(runtime),
    }
    if runtime.stores and not _server(runtime):
        process["volumes"] = ["data:/data"]
    if runtime.files and entry_point != "migrate":
        process.setdefault("volumes", []).append(f"files:{FILES_FOLDER}")
    return process


def _environment(runtime: Runtime, environment: Environment | None) -> Data:
    stated = runtime.variables(environment) if environment else ()
    values = {v.name: _literal(v.value) for v in stated if not v.secret}
    wanted = {name: _required(name) for name in secrets(runtime, environment) if name != PASSWORD}
    return {name: value for name, value in sorted({**values, **wanted}.items()) if name not in ADDRESSES}


def _store_url(runtime: Runtime) -> Data:
    if not runtime.stores:
        return {}
    if not _server(runtime):
        return {STORE_VARIABLE: f"sqlite+aiosqlite:////data/{runtime.package}.db"}
    user = runtime.package
    return {STORE_VARIABLE: f"postgresql+asyncpg://{user}:{_required(PASSWORD)}@postgresql:5432/{user}"}


def _broker_url(runtime: Runtime) -> Data:
    if not _broker(runtime):
        return {}
    broker = runtime.broker
    return {BROKER_VARIABLE: f"{BROKER_SCHEMES[broker]}://{broker}:{BROKER_PORTS[broker]}"}


def _cache_url(runtime: Runtime) -> Data:
    return {CACHE_VARIABLE: f"redis://{_CACHE}:{CACHE_PORT}"} if runtime.cache else {}


def _postgresql(runtime: Runtime, bundle: Bundle) -> Data:
    user = runtime.package
    return {
        "image": bundle.images["postgresql"].reference,
        "environment": {"POSTGRES_USER": user, "POSTGRES_DB": user, PASSWORD: _required(PASSWORD)},
        "volumes": ["data:/var/lib/postgresql"],
        "healthcheck": {
            "test": ["CMD-SHELL", f"pg_isready --username {user} --dbname {user}"],
            "interval": "2s",
            "timeout": "3s",
            "retries": 30,
        },
    }


def _hardened(runtime: Runtime, environment: Environment | None) -> Data:
    hint = "${BASE_IMAGE:?name the base image by digest, python@sha256:...}"
    # An overlay adds to what it lies on; null takes a development value out again.
    inherited = dict.fromkeys(_environment(runtime, _named(runtime, DEVELOPMENT)))
    return {
        "build": {"args": {"BASE_IMAGE": hint}},
        "environment": inherited | _environment(runtime, environment),
        "read_only": True,
        "tmpfs": ["/tmp"],  # noqa: S108 # a path inside the container
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }


def _deploy(runtime: Runtime, bundle: Bundle, environment: Environment | None, workload: Workload | None) -> Data:
    if workload is None:
        return {"replicas": 1}
    tier = dict(environment.tiers).get(workload.name) if environment else None
    size = bundle.tiers[tier] if tier else workload
    return {
        "replicas": runtime.views.replicas(environment, workload) if environment else 1,
        "resources": {
            "limits": {"cpus": _cpus(size.cpu_limit), "memory": _memory(size.memory_limit)},
            "reservations": {"cpus": _cpus(size.cpu_request), "memory": _memory(size.memory_request)},
        },
    }


def _cpus(quantity: str) -> str:
    """Kubernetes' `500m` as compose's `0.5`."""
    return f"{int(quantity[:-1]) / 1000:g}" if quantity.endswith("m") else quantity


def _memory(quantity: str) -> str:
    """Kubernetes' `256Mi` as compose's `256m`: both count in powers of two."""
    match = re.fullmatch(r"(\d+)(Ki|Mi|Gi)", quantity)
    if match is None:
        raise ValueError(f"memory {quantity!r} is not in Ki, Mi or Gi")
    return match[1] + match[2][0].lower()


def _literal(value: str) -> str:
    """A value that compose must not interpolate."""
    return value.replace("$", "$$")


def _required(name: str) -> str:
    return f"${{{name}:?set {name} in the environment file}}"
