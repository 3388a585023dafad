import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocoder.blueprint import expressions as syntax
from autocoder.blueprint.expressions import ExpressionError, parse

SHAPES = {
    syntax.Const: lambda n: n.value,
    syntax.Name: lambda n: n.name,
    syntax.Member: lambda n: ("?." if n.safe else ".", shape(n.of), n.name),
    syntax.Index: lambda n: ("[]", shape(n.of), shape(n.index)),
    syntax.Call: lambda n: (f"{n.function}()", *map(shape, n.args)),
    syntax.Method: lambda n: (f".{n.name}()", shape(n.of), *map(shape, n.args)),
    syntax.Unary: lambda n: (n.op, shape(n.operand)),
    syntax.Binary: lambda n: (n.op, shape(n.left), shape(n.right)),
    syntax.Conditional: lambda n: ("?:", shape(n.condition), shape(n.then), shape(n.otherwise)),
    syntax.Items: lambda n: list(map(shape, n.items)),
    syntax.Entries: lambda n: {key: shape(value) for key, value in n.entries},
}


def shape(node):
    """The tree as nested tuples, so that a test reads at a glance."""
    return SHAPES[type(node)](node)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("(old?.clicks ?? 0) + 1", ("+", ("??", ("?.", "old", "clicks"), 0), 1)),
        ("a ?? b || c", ("??", "a", ("||", "b", "c"))),
        ("a ?? b ?? c", ("??", "a", ("??", "b", "c"))),
        ("a || b && c == d", ("||", "a", ("&&", "b", ("==", "c", "d")))),
        ("a + b * c - d", ("-", ("+", "a", ("*", "b", "c")), "d")),
        ("a - b - c", ("-", ("-", "a", "b"), "c")),
        ("-a.b + !c", ("+", ("-", (".", "a", "b")), ("!", "c"))),
        ("a ? b : c ? d : e", ("?:", "a", "b", ("?:", "c", "d", "e"))),
        ("code in ['a', \"b\"]", ("in", "code", ["a", "b"])),
        ("index in rows", ("in", "index", "rows")),
        ("xs.map(x, x.n)", (".map()", "xs", "x", (".", "x", "n"))),
        ("rows[0]?.name", ("?.", ("[]", "rows", 0), "name")),
        ("{a: 1, 'b c': [2, 3]}", {"a": 1, "b c": [2, 3]}),
        ("event.in", (".", "event", "in")),
        ("range()", ("range()",)),
        ("min(a, 2)", ("min()", "a", 2)),
        ("true || false", ("||", True, False)),
        ("null", None),
        ("1h30m", 5_400_000_000),
        ("14d", 14 * 86_400_000_000),
        ("1.50", "1.50"),
        (r"'it\'s \u00e4\n'", "it's ä\n"),
        ("a\n  && b", ("&&", "a", "b")),
    ],
)
def test_operators_bind_as_the_language_says(text, tree):
    assert shape(parse(text)) == tree


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", 0, "there is no expression"),
        ("a = b", 2, "write `==`"),
        ("a === b", 4, "write `==`"),
        ("a <> b", 3, "write `!=`"),
        ("a and b", 2, "write `&&`"),
        ("not a", 4, "expected an operator"),
        ("a & b", 2, "write `&&`"),
        ("(a", 2, "expected `)`"),
        ("min(1,", 6, "expected a value"),
        ("a.", 2, "expected a name"),
        ("a b", 2, "expected an operator"),
        ("a == b == c", 7, "do not chain"),
        ("'open", 0, "never closed"),
        (r"'\q'", 1, "is no escape"),
        (r"'\ud800'", 1, "is no escape"),
        (r"'\u0000'", 1, "is no escape"),
        ("5m1h", 0, "is no duration"),
        ("12abc", 0, "a name is"),
        ("a ? b", 5, "expected `:`"),
        ("größe", 2, "a name is"),
    ],
)
def test_a_syntax_error_names_its_place_and_what_was_expected(text, place, says):
    with pytest.raises(ExpressionError) as failed:
        parse(text)
    error = failed.value
    assert error.start == place
    assert says in f"{error.message} {error.rule} {error.hint}"


@pytest.mark.parametrize("text", ["!" * 70 + "a", "+".join("a" * 70), "x " * 2001, "[" * 70 + "]" * 70])
def test_an_expression_beyond_the_limits_is_refused(text):
    with pytest.raises(ExpressionError) as failed:
        parse(text)
    assert failed.value.limit


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused(text):
    try:
        parse(text)
    except ExpressionError as error:
        assert 0 <= error.start <= len(text)


TOKENS = ["a", "input.x", "?", ":", "??", "&&", "||", "==", "<", "in", "+", "-", "*", "%", "!", "1", "2.5", "1h", "'x'"]
WORDS = st.sampled_from([*TOKENS, *".[](){},"])


@given(st.lists(WORDS, max_size=25))
def test_any_row_of_tokens_parses_or_is_refused(words):
    text = " ".join(words)
    try:
        tree = parse(text)
    except ExpressionError as error:
        assert 0 <= error.start <= len(text)
    else:
        assert (tree.start, tree.end) == (0, len(text))
