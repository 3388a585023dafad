"""Tries to break out of a sandbox and prints what it managed to do, as JSON; the probe of the levels runs it inside.

Takes the path of a file outside and the port of a listener on the loopback outside. Imports the standard library alone.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

_CHILDREN = 48


def main(argv: list[str]) -> None:
    """Prints one JSON object: attempt to whether it succeeded."""
    canary, port = Path(argv[1]), int(argv[2])
    attempts: dict[str, Callable[[], object]] = {
        "started": _write_here,
        "network": _send,
        "loopback": lambda: socket.create_connection(("127.0.0.1", port), timeout=2),
        "outside_read": canary.read_bytes,
        "outside_written": canary.with_name("written").touch,
        "processes": _many_processes,
        "inherited": lambda: os.environ["USER"],
    }
    print(json.dumps({name: _succeeds(attempt) for name, attempt in attempts.items()}))


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, KeyError):
        return False
    return True


def _write_here() -> None:
    Path("probe").write_text("x", encoding="ascii")


def _send() -> None:
    """A datagram to a documentation address leaves wherever there is a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"x", ("192.0.2.1", 9))


def _many_processes() -> None:
    children: list[int] = []
    try:
        for _ in range(_CHILDREN):
            child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv)
