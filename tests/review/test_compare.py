"""What differs between two versions, and what of it breaks clients or stored data."""

from __future__ import annotations

import pytest

from autocoder.compilation import Sources, compile_sources, emit
from autocoder.review.compare import Comparison, compare
from autocoder.review.report import compared_text
from tests.compiling import fixture, sources

BASE = """auth: {entity: User, login: email}
entities:
  User: {fields: {email: email, password: password}}
  Link:
    fields:
      code: text
      clicks: {type: integer, max: 100}
      kind: {type: enum, values: [a, b]}
      note: {type: text, optional: true}
events: {Seen: {code: text}}
operations:
  add:
    route: POST /links
    access: user
    input: {code: text, clicks: {type: integer, max: 50}}
    effects: [{create: Link, set: {kind: "'a'"}}, {publish: Seen, with: {code: link.code}}]
  show: {route: "GET /links/{id}", effects: [{read: Link, by: input.id}]}
handlers:
  seen: {on: Seen, effects: [{create: Link, set: {code: event.code, clicks: "1", kind: "'b'"}}]}
"""

SHOW = next(line for line in BASE.splitlines(keepends=True) if line.startswith("  show:"))


def compared(*changes: tuple[str, str]) -> Comparison:
    text = BASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    before, after = (compile_sources(sources(t)) for t in (BASE, text))
    return compare(before, after, (emit(before), emit(after)))


def breaks(found: Comparison) -> set[tuple[str, str]]:
    return {(b.audience, b.subject) for b in found.breaks}


def test_the_same_blueprint_in_another_order_does_not_differ() -> None:
    parts = BASE.partition("operations:\n")
    other = parts[1] + parts[2] + parts[0]
    before, after = (compile_sources(sources(t)) for t in (BASE, other))
    found = compare(before, after, (emit(before), emit(after)))
    assert (found.differences, found.breaks) == ((), ())
    assert set(found.files) <= {"autocoder.lock"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (SHOW, "", {("clients", "operations.show")}),
        ("GET /links/{id}", "GET /link/{id}", {("clients", "operations.show")}),
        ("GET /links/{id}\", ", "GET /links/{id}\", access: user, ", {("clients", "operations.show.access")}),
        ("input: {code: text, ", "input: {code: text, more: text, ", {("clients", "operations.add.input.more")}),
        ("input: {code: text, ", "input: {code: text, more: {type: text, optional: true}, ", set()),
        ("type: integer, max: 50", "type: integer, max: 40", {("clients", "operations.add.input.clicks")}),
        ("type: integer, max: 50", "type: integer, max: 60", set()),
        ("max: 100", "max: 90", {("data", "entities.Link.fields.clicks")}),
        ("values: [a, b]", "values: [a, b, c]", set()),
        ("by: input.id}]", "by: input.id}], output: {status: 202}", {("clients", "operations.show.output.status")}),
        ("by: input.id}]", "by: input.id}], output: {body: {code: link.code}}", {
            ("clients", f"operations.show.output.{name}") for name in ("id", "clicks", "kind", "note")
        }),
        ("note: {type: text, optional: true}", "note: {type: integer, optional: true}", {
            ("clients", "operations.add.output.note"), ("clients", "operations.show.output.note"),
            ("data", "entities.Link.fields.note"),
        }),
        ("      note: {type: text, optional: true}\n", "", {
            ("clients", "operations.add.output.note"), ("clients", "operations.show.output.note"),
            ("data", "entities.Link.fields.note"),
        }),
        ("      code: text", "      code: text\n      extra: {type: text, default: x}", set()),
        ("      code: text", "      code: {type: text, unique: true}", {("data", "entities.Link.unique")}),
        ("Seen: {code: text}", "Seen: {code: {type: text, optional: true}}", set()),
    ],
)  # fmt: skip
def test_what_breaks_is_said_and_nothing_else(old: str, new: str, expected: set[tuple[str, str]]) -> None:
    if "Seen: {code: {" in new:
        changes = [(old, new), ("code: event.code", "code: \"event.code ?? 'x'\"")]
    else:
        changes = [(old, new)]
    assert breaks(compared(*changes)) == expected


def test_a_required_new_field_has_no_value_in_old_rows() -> None:
    found = compared(
        ("      code: text", "      code: text\n      day: text"),
        ("set: {kind: \"'a'\"}", "set: {kind: \"'a'\", day: \"'x'\"}"),
        ("kind: \"'b'\"}", "kind: \"'b'\", day: \"'y'\"}"),
    )
    assert ("data", "entities.Link.fields.day") in breaks(found)


def test_a_change_is_named_with_the_files_that_it_changes() -> None:
    found = compared(("max: 50", "max: 60"))
    assert [(d.kind, d.path, d.before, d.after) for d in found.differences] == [
        ("changed", "operations.add.input.clicks.max", "50", "60")
    ]
    assert found.files["generated/src/shop/schemas.py"] == "changed"
    assert "generated/src/shop/clock.py" not in found.files


def test_an_element_that_is_new_is_one_difference() -> None:
    found = compared(("handlers:", "  ping: {route: GET /ping, effects: [{list: Link}]}\nhandlers:"))
    assert [(d.kind, d.path) for d in found.differences] == [("added", "operations.ping")]
    assert found.breaks == ()


def test_another_store_is_a_break_of_data() -> None:
    first = fixture("language_example")
    staging = first.deployment.replace("production", "staging")
    moved = staging.replace("store: postgresql", "store: sqlite").replace("replicas: {api: 2}", "replicas: {api: 1}")
    before, after = (
        compile_sources(Sources(architecture=first.architecture, deployment=text)) for text in (staging, moved)
    )
    found = compare(before, after, (emit(before), emit(after)))
    assert breaks(found) == {("data", "environments.staging.engines.store")}


def test_files_in_which_only_a_hash_differs_are_told_apart() -> None:
    found = compared(("{kind: \"'a'\"}", "{kind: \"'b'\"}"))
    assert found.files["deployments/kubernetes/base/deployment-api.yaml"] == "stamped"
    assert found.files["deployments/kubernetes/base/job-migrate.yaml"] == "stamped"
    assert found.files["generated/src/shop/operations/links.py"] == "changed"
    assert "deployment-api.yaml" not in compared_text(found)
    assert "more in their hashes alone)" in compared_text(found)
