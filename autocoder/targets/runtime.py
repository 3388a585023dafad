"""How an emitted service runs, whatever runs it: paths and ports, its entry points, and the variables it reads.

Shared by the targets that describe a deployment. Knows no engine's format.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from autocoder.ir.nodes import Environment, Variable
from autocoder.ir.views import Views
from autocoder.targets.python_service import keys, outside, overrides
from autocoder.targets.python_service.names import package
from autocoder.targets.python_service.uploads import keeps_files

API_PORT = 8000
MANAGEMENT_PORT = 9000
LIVE = "/health/live"
READY = "/health/ready"
METRICS = "/metrics"
USER_ID = 10001
"""Uid and gid of the service: a number, because Kubernetes proves "not root" by the number alone."""
PRODUCTION = "production"
DEVELOPMENT = "development"
ENVIRONMENT_VARIABLE = "ENVIRONMENT"
STORE_VARIABLE = "DATABASE_URL"
BROKER_VARIABLE = "BROKER_URL"
CACHE_VARIABLE = "CACHE_URL"
PROXIES_VARIABLE = "FORWARDED_ALLOW_IPS"
PROXIES = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
"""Private addresses: an ingress has one of them, and says whose request it passes on."""
FILES_VARIABLE = "FILES_FOLDER"
FILES_FOLDER = "/files"
"""Where a volume with the files of the service is mounted."""
ADDRESSES = (STORE_VARIABLE, BROKER_VARIABLE, CACHE_VARIABLE)
"""Variables that compose sets itself: it starts the servers."""
BROKER_PORTS = {"nats": 4222, "rabbitmq": 5672, "redis": 6379}
BROKER_SCHEMES = {"nats": "nats", "rabbitmq": "amqp", "redis": "redis"}

CACHE_PORT = 6379
STORE_PORT = 5432
OTLP_PORT = 4318
SCHEME_PORTS = {"http": 80, "https": 443, "smtp": 25, "smtps": 465}


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """The running service of a system. `image` is `name:version`, without a registry."""

    views: Views

    @property
    def name(self) -> str:
        """The system's name."""
        return self.views.system.name

    @property
    def package(self) -> str:
        """The Python package that `python -m` starts."""
        return package(self.name)

    @property
    def version(self) -> str:
        """The system's version."""
        return self.views.system.version

    @property
    def port(self) -> int:
        """The port that requests come to."""
        stated = (c.port for c in self.views.components if c.role == "APIEndpoint" and c.port)
        return next(stated, API_PORT)

    @property
    def image(self) -> str:
        """The image by name and version."""
        return f"{self.name}:{self.version}"

    @property
    def stores(self) -> bool:
        """Whether the service keeps anything, and so has migrations."""
        return any(component.role == "Store" for component in self.views.components)

    @property
    def files(self) -> bool:
        """Whether the service keeps files, and so needs a volume that all its processes share."""
        return keeps_files(self.views)

    @property
    def broker(self) -> str:
        """The broker between the processes, "" where there is none: events go through the store, or there are none."""
        return self.views.broker

    @property
    def cache(self) -> str:
        """What the processes share for a while, "" where there is nothing to share or no server for it."""
        return self.views.cache

    def outside_ports(self, environment: Environment) -> tuple[int, ...]:
        """The ports of systems outside and of mail: those of addresses that the environment states, else the usual."""
        stated = {variable.name: variable.value for variable in environment.variables}
        found: set[int] = set()
        for name, usual in outside.usual_ports(self.views).items():
            address = urlsplit(stated.get(name, ""))
            port = address.port or SCHEME_PORTS.get(address.scheme)
            found.update((port,) if port else usual)
        return tuple(sorted(found))

    def variables(self, environment: Environment) -> tuple[Variable, ...]:
        """The variables of an environment by name: what the blueprint states, and what the service needs beside it.

        The secret of the store is `<system>-db`, key `url`, that of the broker `<system>-broker`, key `url`, that
        of the cache `<system>-cache`, key `url`; the one of the service's own keys `<system>-auth`.
        Elsewhere than in production it does without these keys. What is outside is in `<system>-outside`, a key for
        each variable.
        """
        needed = [Variable(name=ENVIRONMENT_VARIABLE, value=environment.name)]
        if self.files:
            needed.append(Variable(name=FILES_VARIABLE, value=FILES_FOLDER))
        if self.stores:
            needed.append(Variable(name=STORE_VARIABLE, secret=f"{self.name}-db", key="url"))
        if self.broker and environment.broker != "store":
            needed.append(Variable(name=BROKER_VARIABLE, secret=f"{self.name}-broker", key="url"))
        if environment.name == PRODUCTION:
            kept = keys.needed(self.views)
            needed += [Variable(name=name, secret=f"{self.name}-auth", key=key) for name, key in kept.items()]
        if self.cache and environment.cache != "none":
            needed.append(Variable(name=CACHE_VARIABLE, secret=f"{self.name}-cache", key="url"))
        if environment.host and any(o.limit and o.limit.by != "input" for o in self.views.operations):
            needed.append(Variable(name=PROXIES_VARIABLE, value=PROXIES))
        needed += [
            Variable(name=name, secret=f"{self.name}-outside", key=name.lower().replace("_", "-"))
            for name in sorted(outside.variables(self.views))
        ]
        needed += overrides.variables(environment)
        found = {variable.name: variable for variable in (*needed, *environment.variables)}
        return tuple(found[name] for name in sorted(found))
