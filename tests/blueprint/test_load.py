from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocoder.blueprint import load, upgrades
from autocoder.blueprint.load import load_architecture, load_deployment
from autocoder.diagnostics import StageFailed
from autocoder.diagnostics.render import terminal

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "language_example"
HEAD = 'schema_version: "1.0.0"\nsystem: {name: a}\n'


def problems(text, load=load_architecture):
    with pytest.raises(StageFailed) as failed:
        load(text, file="a.yaml")
    return failed.value.diagnostics


def test_the_complete_example_loads():
    design = load_architecture((EXAMPLE / "architecture.yaml").read_bytes(), file="architecture.yaml").model
    assert list(design.operations) == ["shorten", "follow", "list_links", "delete_link"]
    assert design.entities["Link"].fields["expires_at"].default == "=now + 30d"
    environments = load_deployment((EXAMPLE / "deployment.yaml").read_bytes(), file="deployment.yaml").model
    assert environments.environments["production"].replicas == {"api": 2}


def test_yaml_is_read_as_version_1_2():
    text = HEAD + "entities: {Switch: {fields: {no: text, on: boolean, day: {type: enum, values: [no, yes, off, 1e]}}}}"
    fields = load_architecture(text, file="a.yaml").model.entities["Switch"].fields
    assert list(fields) == ["no", "on", "day"]
    assert fields["day"].values == ("no", "yes", "off", "1e")


@pytest.mark.parametrize("value", ["2026-01-01", "0.1.0", "12:30:00", "0777_", "=now", "~x"])
def test_values_that_older_yaml_converts_stay_text(value):
    text = HEAD + f"entities: {{A: {{fields: {{b: {{type: text, default: {value}}}}}}}}}"
    assert load_architecture(text, file="a.yaml").model.entities["A"].fields["b"].default == value


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter():
    text = ("\ufeff" + HEAD + "auth: {entity: User}\n").replace("\n", "\r\n").encode()
    (found,) = problems(text)
    assert (found.code, str(found.span)) == ("AC3011", "a.yaml:3:7")


def test_bytes_that_are_not_utf_8_are_shown_with_their_place():
    (found,) = problems(HEAD.encode() + b"auth: \xff")
    assert (found.code, str(found.span)) == ("AC3001", "a.yaml:3:7")


def test_a_huge_file_is_refused_before_it_is_read():
    (found,) = problems("#" * 8_000_001)
    assert found.code == "AC3007"


def test_aliases_that_multiply_are_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (found,) = problems("\n".join(lines))
    assert found.code == "AC3007"


def test_an_alias_stands_for_what_its_anchor_marks():
    text = HEAD + "events: {A: &fields {code: text}, B: *fields}\n"
    design = load_architecture(text, file="a.yaml").model
    assert design.events["A"] == design.events["B"]


def test_everything_wrong_is_reported_at_once():
    text = HEAD + "entities: {link: {}, 1: {}}\nentitys: {}\noperations:\n  a: {route: x, effects: [{creat: 1}, 5]}\n"
    assert [d.code for d in problems(text)] == ["AC3013", "AC3018", "AC3010", "AC3013", "AC3016", "AC3012"]


def test_suggestions_name_the_nearest():
    text = HEAD + "operations:\n  a: {rout: GET /x, effects: [{creat: Link}], acess: user}\n"
    helps = [d.help for d in problems(text)]
    assert 'did you mean "route"?' in helps
    assert 'did you mean "create"?' in helps
    assert 'did you mean "access"?' in helps


def test_unquoted_text_that_yaml_splits_is_shown_whole():
    text = HEAD + "operations:\n  a: {route: GET /, effects: [{compute: {n: min(1, 2)}}]}\n"
    assert problems(text)[0].help == 'put quotes around the whole expression: "min(1, 2)"'


def test_a_number_that_would_lose_digits_must_be_quoted():
    text = HEAD + "entities: {A: {fields: {b: {type: decimal, default: 0.10000000000000000001}}}}"
    assert problems(text)[0].help == 'put quotes around it: "0.10000000000000000001"'


def test_another_patch_is_read_and_a_newer_or_another_major_version_refused():
    assert load_architecture(HEAD.replace("1.0.0", "1.0.3"), file="a.yaml").model.schema_version == "1.0.3"
    for version in ("1.1.0", "2.0.0", "0.9.0"):
        (found,) = problems(HEAD.replace("1.0.0", version) + "news: 1")
        assert found.code == "AC3020"


def test_the_terminal_shows_the_line_and_what_to_do():
    text = HEAD + "operations:\n  shorten:\n    route: POST /links\n    acess: user\n"
    shown = terminal(problems(text), lambda span: text.splitlines()[span.line - 1])
    assert shown == (
        'a.yaml:6:5: error[AC3010] operations.shorten.acess: unknown key "acess"\n'
        "        acess: user\n"
        "        ^^^^^\n"
        "  value: acess\n"
        "  rule: the keys here are route, access, input, effects, output, errors, rate_limit, idempotency, audit, "
        "satisfies\n"
        '  help: did you mean "access"?\n'
        "  more: autocoder explain AC3010"
    )


def loads_or_fails(source, load):
    try:
        load(source, file="a.yaml")
    except StageFailed as failed:
        assert failed.diagnostics


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_any_input_loads_or_is_refused(source):
    loads_or_fails(source, load_architecture)
    loads_or_fails(source, load_deployment)


PIECES = st.sampled_from(
    [*"{}[]:,-?&*!|>'\"#%@`~\n\t \\=", ": ", "- ", "\n  ", "&a ", "*a", "!!str ", "---\n", "|\n", "a", "0", "1.5", "no"]
)


@given(st.lists(PIECES, max_size=40))
def test_any_row_of_yaml_signs_loads_or_is_refused(pieces):
    loads_or_fails("".join(pieces), load_architecture)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["x", "GET /", "Link", "=now", "user", "1.0.0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "schema_version",
                    "system",
                    "name",
                    "operations",
                    "entities",
                    "fields",
                    "type",
                    "effects",
                    "create",
                    "a",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(VALUES)
def test_any_data_loads_or_is_refused_with_a_place(data):
    import json

    try:
        load_architecture(json.dumps(data), file="a.yaml")
    except StageFailed as failed:
        assert all(d.span is not None and d.message for d in failed.diagnostics)


@given(st.data())
def test_changing_any_line_of_the_example_loads_or_is_refused(data):
    lines = (EXAMPLE / "architecture.yaml").read_text(encoding="utf-8").splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(lines[at])), st.integers(0, len(lines[at])))))
    lines[at] = lines[at][:start] + data.draw(st.text(max_size=3) | PIECES) + lines[at][end:]
    loads_or_fails("\n".join(lines), load_architecture)


def test_an_earlier_version_is_read_by_named_steps_that_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(data: dict[str, Any]) -> None:
        data["system"]["version"] = data["system"].pop("release")

    step = upgrades.Step(
        name="release-is-version", file="architecture", to=(1, 2), what="`release` is `version`", apply=rename
    )
    other = upgrades.Step(name="other", file="deployment", to=(1, 1), what="", apply=dict.clear)
    later = upgrades.Step(name="done", file="architecture", to=(1, 0), what="", apply=dict.clear)
    monkeypatch.setattr(upgrades, "STEPS", (other, later, step))
    monkeypatch.setattr(load, "SCHEMA_VERSION", "1.2.0")
    found = load_architecture(HEAD.replace("}", ", release: 2.0.0}"), file="a.yaml")
    assert found.model.system.version == "2.0.0"
    [note] = found.notes
    assert (note.code, note.value, str(note.span)) == ("AC3253", "release-is-version", "a.yaml:1:17")
    assert "read as 1.2.0" in note.message
    assert load_architecture(HEAD.replace("1.0.0", "1.2.0"), file="a.yaml").notes == ()


def test_a_version_before_the_first_that_steps_lead_on_from_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrades, "OLDEST", (0, 9))
    assert load_architecture(HEAD.replace("1.0.0", "0.9.4"), file="a.yaml").model
    with pytest.raises(StageFailed) as failed:
        load_architecture(HEAD.replace("1.0.0", "0.8.0"), file="a.yaml")
    [only] = failed.value.diagnostics
    assert (only.code, only.rule) == ("AC3020", "this autocoder reads 0.9 to 1.0")
