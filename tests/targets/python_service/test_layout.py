"""Emitted source looks as the field's formatter leaves it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.layout import WIDTH, lay_out
from tests.targets.python_service.emitted import EXAMPLES, compiled, tree_of
from tests.targets.python_service.linted import lint, ruff


def formatted(source: str) -> str:
    return ruff("format", "--isolated", f"--line-length={WIDTH}", "--target-version=py311", "-", given=source)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_emitted_file_is_laid_out_and_clean(name: str, tmp_path: Path) -> None:
    for file in tree_of(compiled(name)):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    assert lint(tmp_path) == ""


NAMES = st.text("abcdefgh", min_size=3, max_size=24)
VALUES = st.recursive(
    NAMES | st.text("ab \"'\\ä漢", max_size=30).map(literal),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"{p[0]} and {p[1]}" if " or " not in "".join(p) else p[0]),
        st.tuples(NAMES, st.lists(inner, min_size=1, max_size=4)).map(lambda p: f"{p[0]}({', '.join(p[1])})"),
        st.tuples(NAMES, NAMES, inner).map(lambda p: f"{p[0]}({p[1]}={p[2]})"),
        st.lists(inner, min_size=1, max_size=4).map(lambda p: f"[{', '.join(p)}]"),
        st.lists(st.tuples(NAMES, inner), min_size=1, max_size=4).map(
            lambda p: f"{{{', '.join(f'{literal(k)}: {v}' for k, v in p)}}}"
        ),
    ),
    max_leaves=12,
)


@pytest.mark.slow
@settings(max_examples=150)
@given(target=NAMES, call=NAMES, arguments=st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=9))
def test_calls_are_broken_as_the_formatter_breaks_them(
    target: str, call: str, arguments: list[tuple[str, str]]
) -> None:
    line = f"    {target} = {call}({', '.join(f'{name}={value}' for name, value in arguments)})\n"
    source = lay_out(f"def f() -> None:\n{line}")
    assert source == formatted(source)


@pytest.mark.slow
@settings(max_examples=150)
@given(name=NAMES, parts=st.lists(NAMES, min_size=1, max_size=12), word=st.sampled_from(["and", "or", "+"]))
def test_operators_are_broken_as_the_formatter_breaks_them(name: str, parts: list[str], word: str) -> None:
    value = f" {word} ".join(parts)
    for line in (
        f"{name} = {value}",
        f"return {value}",
        f"call({name}, {value})",
        f"{name} = [x for x in y if {value}]",
    ):
        source = lay_out(f"def f():\n    {line}\n")
        assert source == formatted(source)


@pytest.mark.parametrize(
    "value",
    [
        '{} == foo(given.get("x_upload_key"), 12)',
        '{} == (given.get("x_upload_key") if given.get("x_upload_key") is not None else "")',
        '(given.get("x_upload_key") if given.get("x_upload_key") is not None else "") == {}',
        '{} or [key for key in given.get("x_upload_key") if key]',
        '{} and not given.get("x_upload_key", 12)',
        '{} == given["x_upload_key_of_the_request"]',
        '{} + count - (given.get("x_upload_key") if given else 12)',
        'foo(given.get("x_upload_key"), 12) == {}',
    ],
)
def test_one_operator_beside_brackets_is_broken_as_the_formatter_breaks_it(value: str) -> None:
    told = value.format('the_key_of_the_upload_that_has_to_be_long_enough["upload_key"]')
    for line in (
        f"upload_key_is_right = {told}",
        f"return upload_key_is_right_and_more and {told}",
        f"if {told}:\n        pass",
    ):
        source = lay_out(f"def f():\n    {line}\n")
        assert source == formatted(source)


@pytest.mark.slow
@settings(max_examples=100)
@given(values=VALUES)
def test_what_is_broken_means_the_same(values: str) -> None:
    line = f"value = {values}\n"
    assert formatted(lay_out(line)) == formatted(line)


@settings(max_examples=200)
@given(text=st.text(max_size=200))
def test_a_literal_is_the_text_and_quoted_as_the_formatter_quotes(text: str) -> None:
    source = lay_out(f"x = {literal(text)}\n")
    values: dict[str, object] = {}
    exec(source, values)
    assert values["x"] == text
    if text.isascii():
        assert formatted(source) == source
