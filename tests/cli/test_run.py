"""`autocoder run`: a service on loopback, from its start to its end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "generated" / "todo", tmp_path / "todo"))


def free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(two.getsockname()[1])


@contextmanager
def running(folder: Path, ports: tuple[int, int], *more: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    words = ["run", str(folder), "--port", str(ports[0]), "--management-port", str(ports[1]), *more]
    with subprocess.Popen(
        [sys.executable, "-m", "autocoder", *words],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def announced(process: subprocess.Popen[str]) -> dict[str, str]:
    """What `run` says when the service is ready: name to value."""
    assert process.stderr
    shown: dict[str, str] = {}
    for line in process.stderr:
        if line.startswith("  "):
            name, _, value = line.strip().partition(" ")
            shown[name] = value.strip()
        if "stop" in shown:
            break
    return shown


def eventually(holds: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if holds():
                return True
        time.sleep(0.05)
    return False


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_and_runs_again_with_its_data(workspace: Path, end: signal.Signals) -> None:
    for turn in range(2):
        ports = free_ports()
        with running(workspace, ports) as process:
            assert process.stderr
            # The first line comes only when the service answers.
            assert process.stderr.readline() == f"  api       http://127.0.0.1:{ports[0]}\n"
            listed = httpx.get(f"http://127.0.0.1:{ports[0]}/todos")
            assert (listed.status_code, len(listed.json())) == (200, turn)
            assert httpx.post(f"http://127.0.0.1:{ports[0]}/todos", json={"title": "Milk"}).status_code == 201
            process.send_signal(end)
            assert process.wait(20) == 0
            assert "Traceback" not in process.stderr.read()
        assert eventually(lambda ports=ports: all(is_free(port) for port in ports), 5)


def test_data_of_another_schema_is_not_served(workspace: Path) -> None:
    first = workspace / "migrations" / "versions" / "0001_first_schema.py"
    for turn in ("made", "refused", "new"):
        ports = free_ports()
        with running(workspace, ports, *(["--new-data"] if turn == "new" else [])) as process:
            if turn == "refused":
                _, err = process.communicate(timeout=60)
                assert (process.returncode, "AC3254" in err) == (1, True)
                continue
            assert eventually(lambda ports=ports: httpx.get(f"http://127.0.0.1:{ports[0]}/todos").json() == [])
            assert httpx.post(f"http://127.0.0.1:{ports[0]}/todos", json={"title": "Milk"}).status_code == 201
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        first.write_text(first.read_text(encoding="utf-8") + "# built again\n", encoding="utf-8")


@pytest.mark.parametrize("which", [0, 1])
def test_a_port_that_is_in_use_is_named(workspace: Path, which: int) -> None:
    ports = free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[which]))
        other.listen()
        with running(workspace, ports) as process:
            out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    option = ("--port", "--management-port")[which]
    assert err.startswith(f"error[AC8221] {option} {ports[which]}: the port cannot be used: Address already in use\n")
    assert "http://" not in err + out


def test_two_ports_are_not_the_same(workspace: Path) -> None:
    (port, _) = free_ports()
    with running(workspace, (port, port)) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"--port and --management-port are both {port}" in err


def test_a_service_that_cannot_start_is_reported(workspace: Path) -> None:
    with running(workspace, free_ports(), DATABASE_URL="sqlite:////no/such/folder/x.db") as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "AC8222" in err
    assert "before it answered" in err
    assert "http://" not in err + out.replace("https://sqlalche.me", "")


def test_real_servers_run_as_long_as_the_service(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ROOT / "generated" / "link-shortener", tmp_path / "shop"))
    design = (folder / "deployment.yaml").read_text(encoding="utf-8")
    text = design.replace("development: {}", "development: {engines: {broker: nats}}")
    (folder / "deployment.yaml").write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "autocoder", "compile", str(folder)], check=True, cwd=ROOT)
    ports = free_ports()
    with running(folder, ports, "--real") as process:
        url = f"http://127.0.0.1:{ports[0]}"
        shown = announced(process)
        made = httpx.post(f"{url}/links", json={"target_url": "https://example.com/"})
        assert made.status_code == 201
        assert httpx.get(f"{url}/{made.json()['code']}").status_code == 302
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    servers = {name: address for name, address in shown.items() if name in ("postgresql", "nats")}
    assert servers["postgresql"].startswith("postgresql://postgres@127.0.0.1:")
    for address in servers.values():
        assert is_free(int(address.rsplit(":", 1)[1].split("/")[0]))
    assert len(servers) == 2
