"""What clients send: options that mean something where they stand, and those that do not."""

import pytest

from autocoder.ir.behaviour import Find
from autocoder.ir.nodes import Constraints
from tests.compiling import compiled, findings

DOC = """auth: {entity: User, login: email}
entities:
  User: {fields: {email: {type: email, unique: true}, password: password}}
  Doc: {fields: {text: text, key: token}}
"""


def input_of(spec: str, method: str = "POST"):
    """The one input of a small operation."""
    found = compiled(f"operations:\n  a: {{route: {method} /x, input: {{x: {spec}}}, output: {{text: \"'a'\"}}}}\n")
    return found.views.operations[0].inputs[0]


def test_the_words_of_a_text_make_it_an_enum() -> None:
    stated = input_of("{type: text, enum: [a, b]}")
    assert (stated.type.format, stated.constraints.values) == ("enum", ("a", "b"))
    assert stated == input_of("{type: enum, values: [a, b]}")


def test_a_list_that_is_unique_holds_nothing_twice() -> None:
    assert input_of("{type: list of text, unique: true}").constraints == Constraints(distinct=True)


def test_the_parts_of_a_record_have_limits_of_their_own() -> None:
    record = "{type: list of record, max: 9, fields: {zip: {type: text, pattern: '[0-9]+'}, city: text}}"
    assert input_of(record).constraints == Constraints(maximum="9", fields=(("zip", Constraints(pattern="[0-9]+")),))


def test_a_map_in_a_query_is_one_that_holds_something() -> None:
    stated = input_of("map of integer", "GET")
    assert (stated.place, stated.constraints.minimum) == ("query", "1")


def keyed(route: str, name: str, rest: str) -> str:
    """An operation with a key in its body."""
    access = f"{{key: Doc.key, in: body {name}, row: input.id}}"
    return DOC + f"operations:\n  a: {{route: '{route}', access: {access}, {rest}}}\n"


def listing(part: str) -> str:
    """An operation that shows a part of a list."""
    return DOC + f"operations:\n  a: {{route: GET /x, effects: [{{list: Doc, {part}}}]}}\n"


NOTES = """auth: {entity: User, login: email}
entities:
  User: {fields: {email: {type: email, unique: true}, password: password, active: {type: boolean, default: true}}}
  Note: {fields: {owner: {type: ref, to: User}, reader: {type: ref, to: User, optional: true}}}
"""


def reading(condition: str) -> str:
    """An operation that asks something of a note."""
    effects = f'{{read: Note, by: input.id}}, {{require: "{condition}"}}'
    return NOTES + f"operations:\n  a: {{route: 'GET /x/{{id}}', effects: [{effects}]}}\n"


def test_a_reference_is_followed_once_for_what_only_looks() -> None:
    steps = compiled(reading("note.owner.active && note.owner.email != ''")).views.operations[0].steps
    assert [step.bind for step in steps if isinstance(step, Find)] == ["note", "owner_of_note"]


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        (keyed("GET /x/{id}", "key", "output: {text: \"'a'\"}"), "AC3290", "body key"),
        (keyed("PUT /x/{id}", "text", "input: {text: text}"), "AC3290", "body text"),
        ("operations:\n  a: {route: POST /x, input: {x: {type: list of json, unique: true}}}\n", "AC3291", "true"),
        (
            "operations:\n  a: {route: POST /x, input: {x: {type: list of text, enum: [a], min: 2, unique: true}}}\n",
            "AC3291",
            "2, unique",
        ),
        ("operations:\n  a: {route: POST /x, input: {x: {type: text, unique: true}}}\n", "AC3249", "true"),
        ("operations:\n  a: {route: GET /x, input: {x: map of json}}\n", "AC3249", "map of json"),
        ("operations:\n  a: {route: GET /x, input: {x: {type: integer, enum: [a]}}}\n", "AC3249", "[a]"),
        (
            "operations:\n  a: {route: POST /x, input: {x: {type: record, fields: {y: {type: text, default: b}}}}}\n",
            "AC3249",
            "b}}}}",
        ),
        (
            "operations:\n  a: {route: POST /x, input: {x: {type: record, fields: {y: {type: text, min: z}}}}}\n",
            "AC3107",
            "z}",
        ),
        (listing("limit: 5, page: {limit: 9}"), "AC3292", "5, page"),
        (listing("offset: 5, page: {limit: 9}"), "AC3292", "5, page"),
        (listing("order: [text], page: {cursor: next, offset: 5}"), "AC3292", "5}"),
        (listing("limit: now"), "AC3058", "now"),
        (listing("limit: 1001"), "AC3015", "1001"),
        (reading("note.reader != null && note.reader.active"), "AC3293", '"note.reader'),
        (reading("note.reader.active"), "AC3057", "note.reader.active"),
        (reading("note.owner.age > 1"), "AC3053", "age"),
        (reading("[note].exists(n, n.owner.active)"), "AC3053", "active)"),
    ],
)
def test_what_means_nothing_is_refused_at_its_place(text: str, code: str, written: str) -> None:
    before = text[: text.index(written)]
    place = f"architecture.yaml:{before.count(chr(10)) + 3}:{len(before) - before.rfind(chr(10))}"
    assert (code, place) in findings(text), findings(text)
