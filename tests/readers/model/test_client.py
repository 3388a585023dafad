"""The client against a server that speaks the protocol, and misbehaves on purpose."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.readers.model.completions import Request
from autocoder.readers.model.replies import Body
from tests.model_server import KEY, Script, completion, fails, message_of, says, send, serving

ANSWER = {"source": "x = 1\n"}


def request(**changes) -> Request:
    given = {
        "task": "fill-body",
        "subject": "x",
        "model": "scripted",
        "mode": "tools",
        "prompt": "fill-body/v1",
        "prompt_sha256": "0" * 64,
        "schema": Body.model_json_schema(),
        "parameters": {"temperature": 0, "max_tokens": 100},
        "messages": ({"role": "system", "content": "s"}, {"role": "user", "content": "u"}),
    }
    return Request(**(given | changes))


def failure(completer, **changes):
    with pytest.raises(StageFailed) as caught:
        completer.complete(request(**changes), Body)
    (found,) = caught.value.diagnostics
    return found


def cut(handler, asked) -> None:
    """Promises more than it sends, and hangs up."""
    text = completion(message_of(asked, json.dumps(ANSWER)))
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(text) + 100))
    handler.end_headers()
    handler.wfile.write(text[:40].encode())
    handler.wfile.flush()
    handler.close_connection = True


def silent(handler, _asked) -> None:
    handler.served.release.wait(30)
    handler.close_connection = True


def empty(handler, _asked) -> None:
    send(handler, 200, json.dumps({"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": []}))


def refusal(handler, _asked) -> None:
    send(handler, 200, completion({"content": None, "refusal": "I can not help with that."}))


def truncated(handler, asked) -> None:
    send(handler, 200, completion(message_of(asked, '{"source": "x = '), finish="length"))


def page(handler, _asked) -> None:
    send(handler, 200, "<html>a proxy</html>", content_type="text/html")


@pytest.mark.parametrize("mode", ["tools", "json_schema", "json"])
def test_an_answer_is_asked_for_in_the_way_that_the_endpoint_takes(make_completer, mode):
    with serving(says(ANSWER)) as server:
        completer = make_completer(server.url, mode=mode)
        assert completer.complete(request(mode=mode), Body).source == "x = 1\n"
    (asked,) = server.requests
    assert ("tools" in asked) == (mode == "tools")
    assert asked.get("response_format", {}).get("type") == {"json_schema": "json_schema", "json": "json_object"}.get(
        mode
    )
    assert (asked["model"], asked["temperature"], asked["max_tokens"]) == ("scripted", 0, 100)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("script", "code", "calls"),
    [
        (fails(401, f"Incorrect API key provided: {KEY}"), "AC1103", 1),
        (fails(403), "AC1103", 1),
        (fails(404, "The model does not exist"), "AC1104", 1),
        (fails(429, "slow down", retry_after="0"), "AC1105", 3),
        (fails(500, "out of order", retry_after="0"), "AC1108", 3),
        (fails(400, "temperature is not supported"), "AC1108", 1),
        (fails(302, location="http://203.0.113.1/"), "AC1108", 1),
        (cut, "AC1107", 3),
        (empty, "AC1109", 1),
        (refusal, "AC1109", 1),
        (truncated, "AC1109", 1),
        (page, "AC1109", 1),
    ],
)
def test_a_fault_is_named_and_the_key_stays_secret(make_completer, monkeypatch, script: Script, code: str, calls: int):
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    with serving(script) as server:
        found = failure(make_completer(server.url, retries=2))
    assert (found.code, len(server.requests)) == (code, calls)
    assert KEY not in f"{found.message}{found.help}{found.value}{found.notes}"


def test_an_endpoint_that_never_answers_is_given_up(make_completer):
    with serving(silent) as server:
        found = failure(make_completer(server.url, retries=0, timeout=0.2))
    assert (found.code, len(server.requests)) == ("AC1106", 1)


def test_no_endpoint_at_all_is_named(make_completer):
    with serving(says(ANSWER)) as server:
        gone = server.url
    found = failure(make_completer(gone, retries=0))
    assert found.code == "AC1107"
    assert gone in found.message


def test_the_pause_that_the_endpoint_asks_for_is_kept_and_then_it_goes_on(make_completer, monkeypatch):
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    with serving(fails(429, retry_after="7"), fails(503), says(ANSWER)) as server:
        completer = make_completer(server.url)
        completer.complete(request(), Body)
    assert pauses == [7.0, 1.0]
    assert completer.meter.usage.calls == 3


def test_a_pause_longer_than_the_time_left_is_not_waited_for(make_completer):
    with serving(fails(429, retry_after="3600")) as server:
        found = failure(make_completer(server.url, max_seconds=60))
    assert (found.code, found.subject) == ("AC1110", "max_seconds")


@pytest.mark.parametrize("wrong", ['{"source": "x =', '{"text": 1}', "no JSON at all"])
def test_an_answer_out_of_form_is_asked_for_again_with_what_is_wrong(make_completer, wrong: str):
    with serving(says(wrong), says(ANSWER)) as server:
        completer = make_completer(server.url)
        assert completer.complete(request(), Body).source == "x = 1\n"
    assert len(server.requests) == 2
    assert "validation error" in json.dumps(server.requests[1]["messages"][2:])
    assert completer.meter.usage.input_tokens == 200


def test_an_answer_that_never_fits_ends_after_the_last_try(make_completer):
    with serving(*(says({"wrong": n}) for n in range(9))) as server:
        found = failure(make_completer(server.url, reasks=2))
    assert (found.code, len(server.requests)) == ("AC1112", 3)
    assert any("source" in note.message for note in found.notes)


def test_a_model_that_repeats_its_wrong_answer_is_not_asked_on(make_completer):
    with serving(says({"wrong": 1})) as server:
        found = failure(make_completer(server.url, reasks=9))
    assert (found.code, len(server.requests)) == ("AC1111", 2)


@pytest.mark.parametrize(
    ("limits", "named", "calls"),
    [
        ({"max_calls": 1}, "max_calls", 1),
        ({"max_tokens": 300}, "max_tokens", 1),
        ({"max_cost": 0.0004, "input_price": 1.0, "output_price": 1.0}, "max_cost", 1),
        ({"max_cost": 1.0}, "max_cost", 0),
    ],
)
def test_the_call_that_could_go_over_a_limit_is_not_made(make_completer, limits, named: str, calls: int):
    with serving(says({"wrong": 1})) as server:
        found = failure(make_completer(server.url, **limits))
    assert (found.code, found.subject, len(server.requests)) == ("AC1110", named, calls)


def test_what_was_spent_is_summed_up(make_completer):
    with serving(says(ANSWER)) as server:
        completer = make_completer(server.url, input_price=10, output_price=100)
        completer.complete(request(), Body)
    assert completer.meter.summary.startswith("1 call, 100 + 20 tokens, ")
    assert completer.meter.summary.endswith("cost 0.0030")


def test_somebody_who_waits_hears_of_it(make_completer, monkeypatch):
    monkeypatch.setattr("autocoder.readers.model.meter._BEAT", 0.01)
    heard: list[str] = []

    def slow(handler, asked) -> None:
        handler.served.release.wait(0.2)
        says(ANSWER)(handler, asked)

    with serving(slow) as server:
        completer = make_completer(server.url)
        completer.meter.progress = heard.append
        completer.complete(request(), Body)
    assert heard[0].startswith("waiting for scripted (x), ")


def test_other_machines_are_not_asked_while_the_switch_is_on(make_completer):
    found = failure(make_completer("https://models.example.com/v1"))
    assert found.code == "AC1113"


@pytest.mark.parametrize("settings", [{"url": ""}, {"model": ""}])
def test_without_a_configured_model_nothing_is_asked(make_completer, settings):
    completer = make_completer("http://127.0.0.1:1/v1")
    completer.client.settings = completer.settings.model_copy(update=settings)
    assert failure(completer).code == "AC1101"


def test_variables_of_other_programs_choose_nothing(make_completer, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-other")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://models.example.com/v1")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-other")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-other")
    with serving(says(ANSWER)) as server:
        completer = make_completer(server.url)
        monkeypatch.delenv("AUTOCODER_MODEL_KEY")
        completer.complete(request(), Body)
    assert "other" not in json.dumps(server.headers)


def test_nothing_is_logged_not_even_when_asked_to(tmp_path: Path):
    code = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
from autocoder.readers.model.client import OpenAIClient
from autocoder.readers.model.meter import Meter
from autocoder.readers.model.replies import Body
from autocoder.readers.model.settings import ModelSettings
from autocoder.diagnostics import StageFailed
from tests.readers.model.test_client import request
settings = ModelSettings(url=sys.argv[1], model="scripted", retries=0)
client = OpenAIClient(settings, Meter(settings=settings, progress=lambda _t: None))
try:
    client.ask(request(), request().messages, Body)
except StageFailed as failed:
    print(failed)
"""
    with serving(fails(500, "a fault")) as server:
        done = subprocess.run(
            [sys.executable, "-c", code, server.url],
            cwd=Path(__file__).parents[3],
            env={"AUTOCODER_MODEL_KEY": KEY, "OPENAI_LOG": "debug", "PATH": ""},
            capture_output=True,
            text=True,
        )
    assert "AC1108" in done.stdout
    assert KEY not in done.stdout + done.stderr
    assert "Retrying" not in done.stderr
    assert '"content"' not in done.stderr and "'content'" not in done.stderr
