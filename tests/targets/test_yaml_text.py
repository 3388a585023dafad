import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from autocoder.targets.yaml_text import dump, load_all

# Surrogates are no text; YAML has no way to write them.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
SURPRISING = ["yes", "No", "on", "~", "null", "0x1F", "1e3", "12:30:45", "2026-01-01", ".inf", "=", "<<", "- a", "a: b"]


@given(st.dictionaries(TEXT, DATA, max_size=4))
def test_what_is_written_is_read_back(data) -> None:
    assert load_all(dump(data)) == [data]


@pytest.mark.parametrize(
    "text", [*SURPRISING, "a #b", "!x", "&a", "*a", "%", "@", "`", "{", "[", '"', "'", "\u2028", "\x00"]
)
def test_a_surprising_text_stays_text_under_yaml_1_1_and_1_2(text: str) -> None:
    for version in ((1, 1), (1, 2)):
        reader = YAML(typ="safe", pure=True)
        reader.version = version
        assert reader.load(dump({"key": text, text: "value"})) == {"key": text, text: "value"}


def test_a_header_is_one_comment_line_whatever_stands_in_it() -> None:
    assert dump({"a": 1}, header="one\ntwo: 3") == "# one two: 3\na: 1\n"


def test_the_same_object_twice_is_written_twice() -> None:
    shared = {"x": 1}
    assert dump({"a": shared, "b": shared}) == "a:\n  x: 1\nb:\n  x: 1\n"


@pytest.mark.parametrize("value", [1.5, object(), {1: 2}, b"bytes"])
def test_what_is_no_plain_data_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        dump({"a": value})


def test_text_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        load_all("a: [1")
