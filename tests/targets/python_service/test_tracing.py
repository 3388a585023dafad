"""Traces over OTLP to a real receiver: one span a request and one a statement, without what a client sent."""

from __future__ import annotations

import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from autocoder.compilation import Compiled, compile_sources, emit
from tests.compiling import sources
from tests.targets.python_service.emitted import ON_SQLITE, write
from tests.targets.python_service.linted import lint

NOTES = (
    "capabilities: {tracing: %s}\nentities: {Note: {fields: {name: {type: text, unique: true}}}}\n"
    "operations: {show: {route: 'GET /notes/{name}', effects: [{read: Note, where: name == input.name}]}}\n"
)


@cache
def traced(wanted: str = "true") -> Compiled:
    return compile_sources(sources(NOTES % wanted, deployment=ON_SQLITE.format(name="shop")))


def test_tracing_is_emitted_where_it_is_stated() -> None:
    paths = {file.path for file in emit(traced())}
    assert "generated/src/shop/tracing.py" in paths
    own = ("generated/src", "generated/requirements")
    without = [f.content for f in emit(traced("false")) if f.path.startswith(own)]
    assert not any(b"opentelemetry-sdk" in content or b"tracing" in content for content in without)


@pytest.mark.slow
def test_a_request_and_its_statements_are_traced_to_a_collector(tmp_path: Path) -> None:
    service = write(traced(), tmp_path / "service")
    assert lint(service.project / "src") == ""
    done = service.pytest("tests/test_tracing.py", "tests/test_interface.py")
    assert done.returncode == 0, done.stdout[-3000:]
    received: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    collector = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{collector.server_address[1]}"
    variables = {"DATABASE_URL": f"sqlite:///{tmp_path}/shop.db", "OTEL_EXPORTER_OTLP_ENDPOINT": address}
    try:
        with service.serving(tmp_path / "log", **variables) as server:
            assert httpx.get(f"{server.url}/notes/ada?token=secretive").status_code == 404
    finally:
        collector.shutdown()
        collector.server_close()
    (tmp_path / "spans").write_bytes(b"".join(received))
    sent = b"".join(received)
    assert b"GET /notes/{name}" in sent
    assert b"SELECT" in sent
    assert b"/v1" not in sent
    assert b"ada" not in sent.replace(b"metadata", b"")
    assert b"secretive" not in sent
