"""The Dockerfile: one image for every entry point of the service, without root, without a package manager's cache."""

from __future__ import annotations

from string import Template

from autocoder.bundles import Bundle
from autocoder.targets.runtime import FILES_FOLDER, LIVE, MANAGEMENT_PORT, USER_ID, Runtime
from autocoder.targets.stamp import Stamp

_DOCKERFILE = Template(
    """\
# One image for every entry point: docker build --file deployments/Dockerfile .
# A production build names its base by digest: --build-arg BASE_IMAGE=$base_name@sha256:…
# A private package index goes in as a secret, never into a layer: --secret id=pip.conf,src=…
ARG BASE_IMAGE=$base

FROM $${BASE_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python3 -m venv --without-pip /app/venv
COPY generated/requirements.txt /app/generated/requirements.txt
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \\
    python3 -m pip --python /app/venv/bin/python install \\
    --require-hashes --no-deps --no-compile --only-binary :all: --requirement /app/generated/requirements.txt
COPY generated/ /app/generated/
${migrations}\
# The root file system is read-only when it runs, so the bytecode is made now; by hash, so that no clock is in it.
RUN /app/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /app/venv/lib /app/generated/src

FROM $${BASE_IMAGE}
LABEL org.opencontainers.image.title="$name" \\
      org.opencontainers.image.version="$version" \\
      $prefix.blueprint-hash="$blueprint_hash" \\
      $prefix.generator-version="$generator_version" \\
      $prefix.platform-bundle="$bundle"
COPY --from=build /app /app
${data}\
ENV PATH=/app/venv/bin:$$PATH \\
    HOST=0.0.0.0 \\
    PYTHONPATH=/app/generated/src \\
    PYTHONDONTWRITEBYTECODE=1 \\
    PYTHONUNBUFFERED=1
WORKDIR /app/generated
USER $user:$user
EXPOSE $api_port $management_port
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \\
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('$live', timeout=2)"]
ENTRYPOINT ["python", "-m", "$package"]
CMD ["all"]
"""
)

_DATA = Template(
    """\
# A named volume takes its owner from here.
RUN install -d -o $user -g $user $folder
VOLUME $folder
"""
)


def dockerfile(runtime: Runtime, bundle: Bundle, stamp: Stamp) -> str:
    """The text of `deployments/Dockerfile`."""
    base = bundle.images["python"]
    return _DOCKERFILE.substitute(
        base=base.reference,
        base_name=base.name,
        migrations="COPY migrations/ /app/migrations/\n" if runtime.stores else "",
        name=runtime.name,
        version=runtime.version,
        package=runtime.package,
        # Image labels are written in reverse domain order.
        prefix=".".join(reversed(stamp.prefix.split("."))),
        blueprint_hash=stamp.blueprint_hash,
        generator_version=stamp.generator_version,
        bundle=stamp.bundle,
        data="".join(_DATA.substitute(user=USER_ID, folder=folder) for folder in _folders(runtime)),
        user=USER_ID,
        api_port=runtime.port,
        management_port=MANAGEMENT_PORT,
        live=f"http://127.0.0.1:{MANAGEMENT_PORT}{LIVE}",
    )


def _folders(runtime: Runtime) -> list[str]:
    """The folders that the service writes to."""
    found = {"/data": runtime.views.store == "sqlite" and runtime.stores, FILES_FOLDER: runtime.files}
    return [folder for folder, written in found.items() if written]


def ignore_file(runtime: Runtime) -> str:
    """The text of `.dockerignore`: the build sees what goes into the image, and nothing else of the workspace."""
    wanted = ["generated/alembic.ini", "generated/pyproject.toml", "generated/requirements.txt", "generated/src"]
    lines = ["*", *(f"!{path}" for path in wanted), "**/__pycache__", "**/*.py[co]"]
    if runtime.stores:
        lines.insert(1, "!migrations")
    return "\n".join(lines) + "\n"
