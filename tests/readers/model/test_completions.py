"""Completions: frozen under the hash of their whole request, replayed without a connection, or refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.readers.model.completions import Completion, Frozen, Request, Use, with_frozen
from autocoder.readers.model.replies import Body
from autocoder.readers.model.session import Session, written_by_model
from autocoder.readers.model.settings import Configuration, ModelSettings
from tests.model_server import rows, says, serving

NOWHERE = "http://127.0.0.1:9/v1"
FIRST, SECOND = {"source": "first\n"}, {"source": "second\n"}


def request(**changes) -> Request:
    given = {
        "task": "fill-body",
        "subject": "price",
        "model": "scripted",
        "mode": "tools",
        "prompt": "fill-body/v1",
        "prompt_sha256": "0" * 64,
        "schema": Body.model_json_schema(),
        "parameters": {"temperature": 0},
        "messages": ({"role": "user", "content": "u"},),
    }
    return Request(**(given | changes))


def asked(make_completer, *answers, **more):
    with serving(*map(says, answers or (FIRST,))) as server:
        completer = make_completer(server.url, **more)
        answer = completer.complete(request(), Body)
    return answer.source, completer, len(server.requests)


def frozen_from(make_completer) -> Frozen:
    _, completer, _ = asked(make_completer)
    return Frozen(completions=completer.used)


def test_a_frozen_completion_needs_no_connection(make_completer):
    frozen = frozen_from(make_completer)
    completer = make_completer(NOWHERE, frozen=frozen, use=Use.FROZEN)
    assert completer.complete(request(), Body).source == "first\n"
    assert (completer.used, completer.meter.usage.calls, completer.meter.replayed) == (frozen.completions, 0, 1)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model": "larger"}, "the model"),
        ({"mode": "json"}, "the mode"),
        ({"prompt": "fill-body/v2", "prompt_sha256": "1" * 64}, "the prompt's version, the prompt's text"),
        ({"schema": {"type": "object"}}, "the schema of answers"),
        ({"parameters": {"temperature": 1}}, "the parameters"),
        ({"messages": ({"role": "user", "content": "v"},)}, "the messages"),
    ],
)
def test_every_part_of_a_request_counts_and_is_named_where_it_changed(make_completer, change, named: str):
    completer = make_completer(NOWHERE, frozen=frozen_from(make_completer), use=Use.FROZEN)
    with pytest.raises(StageFailed) as caught:
        completer.complete(request(**change), Body)
    (found,) = caught.value.diagnostics
    assert found.code == "AC1114"
    assert f"changed: {named}" in found.message


def test_a_completion_that_was_never_there_is_named(make_completer):
    with pytest.raises(StageFailed) as caught:
        make_completer(NOWHERE, use=Use.FROZEN).complete(request(), Body)
    assert caught.value.diagnostics[0].message == (
        "no frozen completion answers fill-body (price); there is none about it"
    )


def test_what_is_frozen_is_not_asked_again_unless_it_is_to_be(make_completer):
    frozen = frozen_from(make_completer)
    assert asked(make_completer, SECOND, frozen=frozen)[::2] == ("first\n", 0)
    assert asked(make_completer, SECOND, frozen=frozen, use=Use.REFRESH)[::2] == ("second\n", 1)


def test_an_answer_outlives_a_build_that_ended_in_questions(make_completer, tmp_path: Path):
    with serving(says(FIRST)) as server:
        for _ in range(2):
            completer = make_completer(server.url, cache=tmp_path / "cache")
            assert completer.complete(request(), Body).source == "first\n"
    assert len(server.requests) == 1
    (file,) = (tmp_path / "cache").iterdir()
    file.write_text("{ damaged")
    assert asked(make_completer, cache=tmp_path / "cache")[2] == 1


def test_a_frozen_build_does_not_look_into_the_cache(make_completer, tmp_path: Path):
    with serving(says(FIRST)) as server:
        make_completer(server.url, cache=tmp_path).complete(request(), Body)
        again = make_completer(server.url, cache=tmp_path, use=Use.FROZEN)
        with pytest.raises(StageFailed):
            again.complete(request(), Body)


# Answers that are checked.


def check(body: Body) -> str:
    return "" if body.source == "second\n" else "AC5010 it says first\nassert 1 == 2"


def test_a_wrong_answer_is_sent_back_with_the_exact_problem(make_completer):
    with serving(says(FIRST), says(SECOND)) as server:
        completer = make_completer(server.url)
        assert completer.complete(request(), Body, check).source == "second\n"
    assert server.requests[1]["messages"][-1]["content"].endswith("AC5010 it says first\nassert 1 == 2")
    (completion,) = completer.used.values()
    assert [r.problem for r in completion.rejected] == ["AC5010 it says first\nassert 1 == 2"]
    assert completion.calls == 2


def test_repairs_end(make_completer):
    with serving(*(says({"source": str(n)}) for n in range(9))) as server, pytest.raises(StageFailed) as caught:
        make_completer(server.url, repairs=3).complete(request(), Body, check)
    (found,) = caught.value.diagnostics
    assert (found.code, len(server.requests)) == ("AC1117", 4)
    assert "after 3 repairs: AC5010 it says first" in found.message


def test_the_same_wrong_answer_twice_ends_repairs_at_once(make_completer):
    with serving(says(FIRST)) as server, pytest.raises(StageFailed) as caught:
        make_completer(server.url, repairs=9).complete(request(), Body, check)
    assert (caught.value.diagnostics[0].code, len(server.requests)) == ("AC1117", 2)


def test_a_frozen_answer_passes_the_same_checks(make_completer):
    completer = make_completer(NOWHERE, frozen=frozen_from(make_completer), use=Use.FROZEN)
    with pytest.raises(StageFailed) as caught:
        completer.complete(request(), Body, check)
    assert caught.value.diagnostics[0].code == "AC1117"


# The lock.


@pytest.mark.parametrize("text", ["[]", "{", '{"completions": {"a": {"task": 1}}}', '{"reader": 7}'])
def test_a_lock_that_autocoder_did_not_write_is_refused(text: str):
    with pytest.raises(StageFailed) as caught:
        Frozen.of_lock(text)
    assert caught.value.diagnostics[0].code == "AC1115"


def test_a_lock_that_names_an_unknown_reader_is_refused():
    with pytest.raises(StageFailed) as caught:
        Session(frozen=Frozen(reader="guess")).read("A list.", file="x.md")
    assert caught.value.diagnostics[0].code == "AC1115"


def test_the_lock_keeps_completions_and_everything_else_in_it(make_completer):
    frozen = frozen_from(make_completer)
    text = with_frozen('{"version": 1, "bundle": "b"}', frozen)
    assert (json.loads(text)["bundle"], Frozen.of_lock(text)) == ("b", frozen)
    assert with_frozen(text, frozen) == text


def test_a_body_is_the_models_as_long_as_nobody_changes_a_letter(make_completer):
    frozen = frozen_from(make_completer)
    assert list(written_by_model(frozen, {"price": "first\n", "other": "first\n"})) == ["price"]
    assert written_by_model(frozen, {"price": "first \n"}) == {}
    assert Session(frozen=frozen).kept({"price": "mine\n"}).completions == {}
    assert Session(frozen=frozen).kept({"price": "first\n"}).completions == frozen.completions


# Sessions.

TEXT = "Operators can re-frobnicate gizmos."
FACT = (
    1,
    "operation",
    {"actor": ("user", "Operators"), "verb": ("re-frobnicate", "re-frobnicate"), "object": ("gizmo", "gizmos")},
)
FEWER = (
    1,
    "operation",
    {
        "verb": ("re-frobnicate", "Operators can re-frobnicate"),
        "object": ("gizmo", "gizmos"),
        "actor": ("role", "Operators"),
    },
)


def session(url: str, **more) -> Session:
    return Session(configuration=Configuration(model=ModelSettings(url=url, model="scripted")), **more)


def read_once(**more):
    with serving(says(rows(FACT))) as server:
        first = session(server.url, chosen="model", **more)
        return first.read(TEXT, file="x.md"), first.kept({})


def test_a_frozen_reading_is_the_same_without_any_configuration():
    reading, frozen = read_once()
    again = Session(frozen=frozen, use=Use.FROZEN)
    assert (again.read(TEXT, file="x.md").facts, again.kept({})) == (reading.facts, frozen)


def test_a_changed_text_is_named_when_it_is_frozen():
    _, frozen = read_once()
    with pytest.raises(StageFailed) as caught:
        Session(frozen=frozen, use=Use.FROZEN).read("Operators can re-frobnicate widgets.", file="x.md")
    assert "changed: the messages" in caught.value.diagnostics[0].message


def test_the_reader_is_chosen_and_never_an_accident(monkeypatch):
    monkeypatch.setenv("AUTOCODER_MODEL_URL", NOWHERE)
    monkeypatch.setenv("AUTOCODER_MODEL", "scripted")
    _, frozen = read_once()
    assert session(NOWHERE).reader_name == "rules"
    assert session(NOWHERE, frozen=frozen).reader_name == "model"
    assert session(NOWHERE, frozen=frozen, chosen="rules").reader_name == "rules"
    configured = Session(configuration=Configuration(reader="model"))
    assert configured.reader_name == "model"


def test_asking_again_shows_which_facts_change():
    _, frozen = read_once()
    heard: list[tuple[str, str]] = []
    with serving(says(rows(FEWER))) as server:
        fresh = session(
            server.url, frozen=frozen, use=Use.REFRESH, talk=lambda stage, text: heard.append((stage, text))
        )
        fresh.read(TEXT, file="x.md")
        fresh.read(TEXT, file="x.md")
    assert len(server.requests) == 1
    changes = [text for stage, text in heard if stage == "facts"]
    assert [line[0] for line in changes] == ["-", "+"]
    assert "actor=role" in changes[1]


def test_a_lock_holds_no_clock_and_no_place():
    _, frozen = read_once()
    assert "127.0.0.1" not in json.dumps(frozen.as_data())
    assert read_once()[1] == frozen


def test_completions_stand_in_the_order_of_their_hashes():
    completion = Completion(
        task="t", subject="s", model="m", mode="tools", prompt="p", prompt_sha256="", schema_sha256="", parameters={},
        messages_sha256="", reply={}, calls=1, input_tokens=1, output_tokens=1,
    )  # fmt: skip
    made = Session()
    made.completer.used.update({"b": completion, "a": completion})
    assert list(made.kept({}).completions) == ["a", "b"]
