import pytest

from autocoder.blueprint.document import read_document
from autocoder.diagnostics import Diagnostics


def positions(text):
    return read_document(text, file="a.yaml", diagnostics=Diagnostics()).positions


def shown(text, span):
    """What stands at a span."""
    lines = text.splitlines()
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    return lines[span.line - 1][span.column - 1 :]


TEXT = """a: {b: [x, "y z"], c: 'd'}
e:
  f: g
  h:
    - i: j
    - k
"""


@pytest.mark.parametrize(
    ("path", "key", "place"),
    [
        (("a",), True, "1:1"),
        (("a",), False, "1:4"),
        (("a", "b"), True, "1:5"),
        (("a", "b", 1), False, "1:12"),
        (("a", "c"), False, "1:23"),
        (("e",), False, "2:1"),
        (("e", "f"), False, "3:6"),
        (("e", "h", 0, "i"), False, "5:10"),
        (("e", "h", 1), False, "6:7"),
        (("e", "h", 7, "x"), False, "4:3"),
        (("e", "f", "nothing"), True, "3:6"),
        (("nothing",), False, "1:1"),
        ((), False, "1:1"),
    ],
)
def test_a_path_has_a_place(path, key, place):
    assert str(positions(TEXT).span(*path, key=key)) == f"a.yaml:{place}"


@pytest.mark.parametrize(
    ("yaml", "part"),
    [
        ("x: plain text here", "text"),
        ("x: plain\n  folded text", "text"),
        ("x: 'it''s quoted'", "quoted"),
        ('x: "a\\tb \\u00e9 \\"c\\" quoted"', "quoted"),
        ('x: "folded\n\n   and \\\n   joined"', "joined"),
        ("x: |\n  line\n\n    deeper text\n", "deeper text"),
        ("x: |2-\n    kept indent", "indent"),
        ("x: >-\n  folded\n  block text\n\n  end", "block text"),
        ("x: &anchor anchored text", "text"),
        ("y: &a text\nx: *a", "text"),
        ("x: 12", "2"),
        ("x: '😀 after'", "after"),
        ("x: a\r\n  after", "after"),
    ],
)
def test_a_part_of_a_text_has_its_place_however_the_text_is_written(yaml, part):
    document = read_document(yaml, file="a.yaml", diagnostics=Diagnostics())
    value = str(document.data["x"])
    start = value.index(part)
    span = document.positions.written("x").part(start, start + len(part))
    assert shown(yaml, span) == part


def test_without_a_prefix_the_rest_keeps_its_place():
    written = positions("x: =caller.id").written("x")
    assert str(written.after(1).part(0, 6)) == "a.yaml:1:5"


def test_a_part_beyond_the_text_is_the_end_of_the_text():
    span = positions("x: abc").written("x").part(3, 4)
    assert (span.line, span.column) == (1, 7)


def test_a_map_has_no_characters_so_its_own_place_stands_for_any():
    assert str(positions("x: {a: b}").written("x").part(3, 5)) == "a.yaml:1:4"


def test_the_line_of_a_span_is_given_to_renderers():
    found = positions(TEXT)
    assert found.line(found.span("e", "f")) == "  f: g"
