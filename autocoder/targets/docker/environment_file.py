"""The environment template of one environment: which values compose reads from a file that is not tracked."""

from __future__ import annotations

from autocoder.ir.nodes import Environment
from autocoder.targets.python_service.keys import DIGEST_KEY, ENCRYPTION_KEYS, SIGNING_KEY
from autocoder.targets.runtime import ADDRESSES, PRODUCTION, Runtime

PASSWORD = "POSTGRES_PASSWORD"  # noqa: S105 # the name of a variable


def template(runtime: Runtime, environment: Environment) -> str:
    """The text of `<environment>.env.example`: names of secrets without values, and what compose lets one choose."""
    name = environment.name
    lines = [f"# Copy to deployments/env/{name}.env, fill in, and keep it out of version control."]
    for secret in secrets(runtime, environment):
        lines += [f"# {_explained(secret)}", f"{secret}="]
    if name == PRODUCTION:
        lines += ["# The base image by digest, for the build.", "BASE_IMAGE="]
        replicas = (runtime.views.replicas(environment, w) for w in runtime.views.workloads if w.port)
        ports = host_ports(runtime.port, max(replicas, default=1))
        lines += ["# One port of this machine for each replica of the API.", f"API_PORTS={ports}"]
    return "\n".join(lines) + "\n"


def secrets(runtime: Runtime, environment: Environment | None) -> tuple[str, ...]:
    """The names of the secrets that compose needs for an environment, by name."""
    wanted = runtime.variables(environment) if environment else ()
    names = {variable.name for variable in wanted if variable.secret and variable.name not in ADDRESSES}
    return tuple(sorted(names | ({PASSWORD} if runtime.stores and runtime.views.store == "postgresql" else set())))


def host_ports(first: int, replicas: int) -> str:
    """The ports of the host for a number of replicas: `8000` or `8000-8002`."""
    return str(first) if replicas == 1 else f"{first}-{first + replicas - 1}"


_EXPLAINED = {
    PASSWORD: "Letters, digits, - and _ only: it stands inside a URL.",
    SIGNING_KEY: "Signs tokens: a private key in PEM on one line, \\n for the ends of its lines. The README says how.",
    DIGEST_KEY: "Under it keys are kept as digests: at least 32 random characters.",
    ENCRYPTION_KEYS: "Encrypt secrets: 32 random bytes in URL-safe base64; older keys behind it, with commas.",
}


def _explained(secret: str) -> str:
    return _EXPLAINED.get(secret, "Secret.")
