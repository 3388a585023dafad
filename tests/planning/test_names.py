"""Names from prose are safe, whatever the words are."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from autocoder.blueprint.model import Name, SystemName, TypeName
from autocoder.planning import names


@given(st.text(max_size=80))
def test_any_words_give_valid_names(words: str) -> None:
    assert TypeAdapter(Name).validate_python(names.field_name(words))
    assert TypeAdapter(Name).validate_python(names.operation_name(words))
    assert TypeAdapter(Name).validate_python(names.base_name(words))
    assert TypeAdapter(TypeName).validate_python(names.type_name(words))
    assert TypeAdapter(SystemName).validate_python(names.system_name(words))


@given(st.text(max_size=80))
def test_no_field_is_a_word_of_the_language(words: str) -> None:
    assert names.field_name(words) not in names.RESERVED


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("target URL", "target_url"),
        ("e-mail address", "email_address"),
        ("class", "class"),
        ("order", "order"),
        ("event", "event_value"),
        ("Größe", "grosse"),
        ("naïve café", "naive_cafe"),
        ("2nd line", "n_2nd_line"),
        ("a'; DROP TABLE x; --", "a_drop_table_x"),
        ("{{ x }}", "x"),
        ("dueDate", "due_date"),
    ],
)
def test_words_become_snake_case(words: str, name: str) -> None:
    assert names.field_name(words) == name


def test_words_of_another_script_get_names_of_their_own() -> None:
    assert names.field_name("שם") != names.field_name("כתובת")
    assert names.type_name("名前") == names.type_name("名前")


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(names).failed == 0
