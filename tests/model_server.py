"""A server on loopback that speaks the protocol of chat completions and replays scripts, faults included."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-test-0123456789abcdef"

Script = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass(kw_only=True)
class ModelServer:
    """What was asked, and what will be answered: one script a request, the last one again and again."""

    scripts: Sequence[Script]
    port: int = 0
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def serving(*scripts: Script) -> Iterator[ModelServer]:
    """The server, until the end of the block."""
    served = ModelServer(scripts=scripts)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            number = len(served.requests)
            served.requests.append(asked)
            served.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.served = served
            served.scripts[min(number, len(served.scripts) - 1)](self, asked)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield served
    finally:
        served.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, body: str, **headers: str) -> None:
    """A whole answer."""
    content = body.encode()
    handler.send_response(status)
    given = {"content-type": "application/json", "content-length": str(len(content)), "connection": "close"}
    for name, value in (given | {k.replace("_", "-"): v for k, v in headers.items()}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)


def completion(message: dict[str, Any], finish: str = "stop", **usage: int) -> str:
    """A chat completion with one choice."""
    counted = {"prompt_tokens": 100, "completion_tokens": 20} | usage
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": "scripted",
            "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant"} | message}],
            "usage": counted | {"total_tokens": sum(counted.values())},
        }
    )


def message_of(asked: dict[str, Any], arguments: str) -> dict[str, Any]:
    """The message that carries an answer in the way that the request asks for: a tool call or plain content."""
    if not asked.get("tools"):
        return {"content": arguments}
    name = asked["tools"][0]["function"]["name"]
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return {"content": None, "tool_calls": [call]}


def says(answer: object) -> Script:
    """Answers with a value as JSON, or with a text as it stands."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return lambda handler, asked: send(handler, 200, completion(message_of(asked, text)))


def fails(status: int, message: str = "no", **headers: str) -> Script:
    """Answers with an error."""
    return lambda handler, _asked: send(handler, status, json.dumps({"error": {"message": message}}), **headers)


def rows(*facts: tuple[int, str, dict[str, tuple[str, str]]]) -> dict[str, Any]:
    """Rows of facts: the sentence, the kind, and each slot with its value and quote."""
    return {
        "rows": [
            {"fact": number, "sentence": sentence, "kind": kind, "slot": slot, "value": value, "quote": quote}
            for number, (sentence, kind, slots) in enumerate(facts, 1)
            for slot, (value, quote) in slots.items()
        ]
    }
