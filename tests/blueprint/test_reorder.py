from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from autocoder.blueprint.format import format_architecture
from autocoder.blueprint.load import load_architecture
from autocoder.blueprint.reorder import reorder

EXAMPLE = (Path(__file__).parents[1] / "fixtures" / "language_example" / "architecture.yaml").read_text(
    encoding="utf-8"
)

UNORDERED = """\
# yaml-language-server: $schema=x
# what it does
system: {description: "x", name: a}   # short

operations:
  # the second one
  b:
    # why
    effects:
      - where: "a == 1"   # only these
        # rows
        list: Link
      - {set: {b: "1", a: "2"}, create: Link}
    route: |-
      GET /x

  a: {effects: [], route: GET /y}
# the version
schema_version: "1.0.0"
"""

ORDERED = """\
# yaml-language-server: $schema=x
# the version
schema_version: "1.0.0"

# what it does
system: {name: a, description: "x"}   # short
operations:
  # the second one
  b:
    route: |-
      GET /x
    # why
    effects:
      - # rows
        list: Link
        where: "a == 1"   # only these
      - {create: Link, set: {b: "1", a: "2"}}

  a: {route: GET /y, effects: []}
"""


def in_order(text):
    return reorder(load_architecture(text, file="a.yaml"))


def test_keys_move_with_their_values_and_comments():
    assert in_order(UNORDERED) == ORDERED


def test_what_is_in_order_stays_as_it_is():
    assert in_order(EXAMPLE) == EXAMPLE
    assert in_order(ORDERED) == ORDERED


def test_windows_line_ends_stay():
    assert in_order("system: {name: a}\r\nschema_version: 1.0.0") == "schema_version: 1.0.0\r\nsystem: {name: a}"


def test_braces_with_comments_between_the_entries_stay():
    text = 'schema_version: "1.0.0"\nsystem: {description: x, # why\n  name: a}\n'
    assert in_order(text) == text


def test_an_alias_that_would_stand_before_its_anchor_is_refused():
    text = (
        'schema_version: "1.0.0"\nsystem: {name: a}\nentities: {A: {}}\n'
        "handlers: {h: {every: 0 2 * * *, effects: &e [{delete: A}]}}\n"
        "operations: {o: {route: GET /, effects: *e}}\n"
    )
    assert in_order(text) is None


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_any_order_of_the_sections_comes_back_to_one(chance):
    text = format_architecture(load_architecture(EXAMPLE, file="a.yaml").model, schema="x")
    header, *lines = text.splitlines()
    sections = []
    for line in lines:
        if line[0] != " ":
            sections.append([])
        sections[-1].append(line)
    chance.shuffle(sections)
    mixed = "\n".join([header, *("\n".join(section) for section in sections)]) + "\n"
    assert in_order(mixed) == text
