import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocoder.diagnostics import Diagnostics, Span
from autocoder.ir.expressions import TRUE, Bound, Call, Column, Const, Now, Op
from autocoder.ir.resolve import Scope, resolve
from autocoder.ir.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    INTEGER,
    NULL,
    TEXT,
    UUID,
    Type,
    list_of,
    row,
)

USER_REF = Type(name="uuid", entity="User", optional=True)
LINK = {
    "id": UUID,
    "code": TEXT,
    "clicks": INTEGER,
    "price": DECIMAL,
    "owner": USER_REF,
    "expires_at": DATETIME,
    "deleted_at": DATETIME.or_null(),
    "day": DATE,
    "note": TEXT.or_null(),
}
USER = {"id": UUID, "email": TEXT}
SCOPE = Scope(
    columns=LINK,
    inputs={"code": TEXT, "count": INTEGER.or_null()},
    caller=USER,
    caller_optional=True,
    event={"code": TEXT, "at": DATETIME},
    rows={"link": row("Link"), "old": row("Link", optional=True)},
    entities={"Link": LINK, "User": USER},
    locals={"links": list_of(row("Link")), "total": INTEGER, "tags": list_of(TEXT), "day": DATE},
)
PLACE = Span(file="a.yaml", line=3, column=10)


def typed(text, expected=None, scope=SCOPE):
    diagnostics = Diagnostics()
    found = resolve(text, scope, expected=expected, span=PLACE, diagnostics=diagnostics)
    assert not list(diagnostics)
    return found


def refused(text, expected=None, scope=SCOPE):
    """Code and columns (start, end) of each diagnostic."""
    diagnostics = Diagnostics()
    assert resolve(text, scope, expected=expected, span=PLACE, diagnostics=diagnostics) is None
    return [(d.code, d.span.column - 10, d.span.end_column - 10) for d in diagnostics]


def message(text, expected=None, scope=SCOPE):
    diagnostics = Diagnostics()
    resolve(text, scope, expected=expected, span=PLACE, diagnostics=diagnostics)
    (found,) = diagnostics
    return f"{found.message} | {found.rule} | {found.help}"


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("code", Column(field="code", type=TEXT)),
        ("input.code", Bound(scope="input", name="code", type=TEXT)),
        ("event.at", Bound(scope="event", name="at", type=DATETIME)),
        ("link.clicks", Bound(scope="row", name="link", field="clicks", type=INTEGER)),
        ("old?.clicks", Bound(scope="row", name="old", field="clicks", type=INTEGER.or_null())),
        ("caller?.id", Bound(scope="caller", name="caller", field="id", type=UUID.or_null())),
        ("caller", Bound(scope="caller", name="caller", type=row("User", optional=True))),
        ("total", Bound(scope="local", name="total", type=INTEGER)),
        ("links", Bound(scope="local", name="links", type=list_of(row("Link")))),
        ("now", Now()),
        ("-3", Const(value=-3, type=INTEGER)),
        ("-9223372036854775808", Const(value=-(2**63), type=INTEGER)),
        ("1.50", Const(value="1.5", type=DECIMAL)),
        ("1h30m", Const(value=5_400_000_000, type=DURATION)),
        ("null", Const(value=None, type=NULL)),
    ],
)
def test_a_name_or_literal_is_resolved(text, expr):
    assert typed(text) == expr


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("clicks + 1", INTEGER),
        ("clicks + 1.5", DECIMAL),
        ("clicks / 2", DECIMAL),
        ("price * clicks % 3", DECIMAL),
        ("-price", DECIMAL),
        ("code + 'x'", TEXT),
        ("now + 30d", DATETIME),
        ("1h + now", DATETIME),
        ("expires_at - 1d", DATETIME),
        ("expires_at - now", DURATION),
        ("1h - 30m", DURATION),
        ("tags + tags", list_of(TEXT)),
        ("code == 'a' && !(clicks < 3) || price >= clicks", BOOLEAN),
        ("owner == link.owner", BOOLEAN),
        ("link == old", BOOLEAN),
        ("note == null", BOOLEAN),
        ("code in tags", BOOLEAN),
        ("code in ['a', 'b']", BOOLEAN),
        ("note ?? 'x'", TEXT),
        ("note ?? link.note", TEXT.or_null()),
        ("note ?? null", TEXT.or_null()),
        ("true ? 1 : 2.5", DECIMAL),
        ("true ? 1 : null", INTEGER.or_null()),
        ("size(code) + size(tags)", INTEGER),
        ("min(clicks, price)", DECIMAL),
        ("round(price, 2)", DECIMAL),
        ("int(code)", INTEGER.or_null()),
        ("date(now)", DATE),
    ],
)
def test_operators_and_functions_have_types(text, type_):
    assert typed(text).type == type_


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("clicks + 'a'", ("AC3056", 0, 12)),
        ("code < 3", ("AC3056", 0, 8)),
        ("code == 3", ("AC3056", 0, 9)),
        ("true < false", ("AC3056", 0, 12)),
        ("day + 1d", ("AC3059", 0, 3)),
        ("expires_at + now", ("AC3056", 0, 16)),
        ("owner == link", ("AC3056", 0, 13)),
        ("-code", ("AC3056", 0, 5)),
        ("1 ?? 'a'", ("AC3056", 0, 8)),
        ("code in code", ("AC3056", 0, 12)),
        ("clicks in tags", ("AC3056", 0, 14)),
        ("true ? 1 : 'a'", ("AC3056", 0, 14)),
        ("clicks && true", ("AC3058", 0, 6)),
        ("!clicks", ("AC3058", 1, 7)),
        ("inptu.code", ("AC3052", 0, 5)),
        ("size", ("AC3052", 0, 4)),
        ("link.click", ("AC3053", 5, 10)),
        ("link.owner.email", ("AC3053", 11, 16)),
        ("code.size", ("AC3053", 5, 9)),
        ("input", ("AC3061", 0, 5)),
        ("event", ("AC3061", 0, 5)),
        ("lenght(code)", ("AC3054", 0, 6)),
        ("lower(3)", ("AC3055", 0, 8)),
        ("min(1)", ("AC3055", 0, 6)),
        ("expires_at > '2026-01-01'", ("AC3060", 13, 25)),
        ("expires_at > '2026-02-30T00:00:00Z'", ("AC3060", 13, 35)),
        ("id == 'x'", ("AC3060", 6, 9)),
        ("9223372036854775808", ("AC3060", 0, 19)),
        ("0.12345678901234567890123456789012345", ("AC3060", 0, 37)),
        ("code[0]", ("AC3062", 0, 7)),
        ("tags.take(3)", ("AC3062", 0, 12)),
        ("tags.map(3, x)", ("AC3055", 0, 14)),
        ("code.map(x, x)", ("AC3056", 0, 4)),
        ("tags.map(now, now)", ("AC3059", 9, 12)),
        ("tags.filter(x, x)", ("AC3058", 15, 16)),
        ("[1, 'a']", ("AC3056", 4, 7)),
        ("{a: 1, a: 2}", ("AC3063", 10, 11)),
        ("matches(code, code)", ("AC3064", 14, 18)),
        ("matches(code, '(?=a)')", ("AC3064", 14, 21)),
        ("extract(code, '(')", ("AC3064", 14, 17)),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place(text, place):
    assert refused(text) == [place]


@pytest.mark.parametrize(
    "text",
    ["deleted_at < now", "note + 'x'", "size(note)", "old.clicks", "caller.id == id", "-input.count", "note in ['a']"],
)
def test_null_is_refused_where_it_is_not_ruled_out(text):
    assert [code for code, _, _ in refused(text)] == ["AC3057"]


@pytest.mark.parametrize(
    "text",
    [
        "deleted_at != null && deleted_at < now",
        "null != deleted_at && deleted_at < now",
        "deleted_at == null || deleted_at < now",
        "!(deleted_at == null) && deleted_at < now",
        "!(deleted_at == null || note == null) && size(note) > 1 && deleted_at < now",
        "deleted_at != null ? deleted_at < now : false",
        "deleted_at == null ? false : deleted_at < now",
        "note == 'a' && size(note) > 1",
        "(deleted_at ?? now) < now",
        "old?.clicks != null && old.clicks > 2",
        "old != null && old.clicks > 2 && old.price > 1",
        "caller != null && caller.email == code",
        "input.count != null && input.count > 0",
        "(note != null && clicks > 1) && size(note) > 1",
    ],
)
def test_a_test_or_a_value_for_null_rules_null_out(text):
    assert typed(text).type == BOOLEAN


@pytest.mark.parametrize(
    "text",
    [
        "deleted_at != null || deleted_at < now",
        "deleted_at == null && deleted_at < now",
        "(deleted_at != null || true) && deleted_at < now",
        "deleted_at != null ? true : deleted_at < now",
        "old?.note != null && old.deleted_at < now",
    ],
)
def test_a_test_that_does_not_rule_null_out_is_not_enough(text):
    assert [code for code, _, _ in refused(text)] == ["AC3057"]


def test_an_earlier_guard_rules_null_out():
    guarded = Scope(
        rows={"old": row("Link", optional=True)}, entities={"Link": LINK}, not_null=frozenset({("row", "old", "")})
    )
    assert typed("old.clicks", scope=guarded).type == INTEGER


@pytest.mark.parametrize(
    ("text", "expected", "expr"),
    [
        ("'2026-01-31'", DATE, Const(value="2026-01-31", type=DATE)),
        ("'2026-01-31T10:00:00+02:00'", DATETIME, Const(value="2026-01-31T08:00:00Z", type=DATETIME)),
        ("'2026-01-31 10:00:00'", DATETIME.or_null(), Const(value="2026-01-31T10:00:00Z", type=DATETIME)),
        ("'30d'", DURATION, Const(value=30 * 86_400_000_000, type=DURATION)),
        ("3", DECIMAL, Const(value="3", type=DECIMAL)),
        ("clicks", DECIMAL, Call(function="decimal", args=(Column(field="clicks", type=INTEGER),), type=DECIMAL)),
        ("null", TEXT.or_null(), Const(value=None, type=NULL)),
    ],
)
def test_a_literal_takes_the_type_of_its_place(text, expected, expr):
    assert typed(text, expected) == expr


ENUM = Type(name="text", format="enum")
STATES = Scope(columns={"state": ENUM, "next": ENUM.or_null()}, words={("column", "state", ""): ("open", "closed")})


def test_a_word_that_an_enum_does_not_have_is_refused():
    assert typed("state == 'open' || next == 'opne'", scope=STATES).type == BOOLEAN
    assert refused("'opne' != state", scope=STATES) == [("AC3060", 0, 6)]
    assert refused("state in ['open', 'close']", scope=STATES) == [("AC3060", 18, 25)]
    assert 'did you mean "open"' in message("state == 'opne'", scope=STATES)


def test_a_word_that_its_place_does_not_take_is_refused():
    diagnostics = Diagnostics()
    text = "true ? 'open' : (next ?? 'shut')"
    words = ("open", "closed")
    assert resolve(text, STATES, expected=ENUM, span=PLACE, diagnostics=diagnostics, words=words) is None
    assert [(d.code, d.span.column - 10) for d in diagnostics] == [("AC3060", 25)]


def test_a_uuid_is_written_in_lower_case():
    shown = "'6BA7B810-9DAD-11D1-80B4-00C04FD430C8'"
    assert typed(f"id == {shown}").args[1] == Const(value=shown.strip("'").lower(), type=UUID)


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        ("clicks", TEXT, "AC3058"),
        ("note", TEXT, "AC3057"),
        ("null", TEXT, "AC3058"),
        ("caller", USER_REF, "AC3058"),
        ("price", INTEGER, "AC3058"),
        ("'soon'", DATE, "AC3060"),
        ("true ? 1 : null", INTEGER, "AC3057"),
    ],
)
def test_a_value_of_another_type_than_its_place_is_refused(text, expected, code):
    assert [found for found, _, _ in refused(text, expected)] == [code]


def test_the_next_step_is_named():
    assert 'did you mean "clicks"' in message("link.click")
    assert 'did you mean "input.count"' in message("count")
    assert 'did you mean "input"' in message("inptu.code")
    assert "size is a function: size(text) → integer" in message("size")
    assert "lower(text) → text" in message("lower(3)")
    assert "write size(tags)" in message("tags.size()")
    assert "write contains(code, 'a')" in message("'a' in code")
    assert "write caller.id" in message("caller", USER_REF)
    assert "write text(clicks)" in message("clicks", TEXT)
    assert "`old?.clicks`" in message("old.clicks")


def test_every_wrong_part_is_reported():
    assert refused("code == 1 && cod == 'a' || lower(3) == code") == [
        ("AC3056", 0, 9),
        ("AC3052", 13, 16),
        ("AC3055", 27, 35),
    ]


def test_a_name_that_means_two_things_is_refused():
    assert "a field of the row and a computed value" in message("day == '2026-01-01'")
    assert typed("day", scope=Scope(locals={"day": DATE})).type == DATE


def test_a_caller_or_event_that_is_not_there_is_said():
    assert refused("caller.id", scope=Scope()) == [("AC3061", 0, 6)]
    assert refused("event.code", scope=Scope()) == [("AC3061", 0, 5)]


def test_a_list_of_alternatives_becomes_comparisons():
    found = typed("code in ['a', 'b']")
    assert isinstance(found, Op)
    assert (found.op, [arg.op for arg in found.args]) == ("||", ["==", "=="])
    assert typed("code in []") == Const(value=False, type=BOOLEAN)


def test_ids_of_different_entities_do_not_compare():
    scope = Scope(columns={"owner": Type(name="uuid", entity="User"), "page": Type(name="uuid", entity="Page")})
    assert refused("owner == page", scope=scope) == [("AC3056", 0, 13)]


def test_literals_alone_need_no_scope():
    assert typed("true", BOOLEAN, Scope()) == TRUE


NAMES = ["code", "clicks", "price", "note", "deleted_at", "link", "old", "caller", "now", "total", "day", "tags"]
PARTS = st.sampled_from([*NAMES, "input.code", "event.at", "1", "2.5", "'x'", "null", "true", "1d"])
OPERATORS = st.sampled_from(["??", "||", "&&", "==", "!=", "<", "+", "-", "*", "/", "%", "in"])
CALLED = st.sampled_from(["size", "lower", "min", "int", "date", "text"])
FIELDS = st.sampled_from(["clicks", "id", "note", "nope"])
EXPRESSIONS = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.tuples(inner, OPERATORS, inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        st.tuples(inner, inner, inner).map(lambda p: f"({p[0]} ? {p[1]} : {p[2]})"),
        inner.map(lambda p: f"!({p})"),
        inner.map(lambda p: f"-({p})"),
        st.tuples(CALLED, inner).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(inner, FIELDS).map(lambda p: f"{p[0]}.{p[1]}"),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, st.sampled_from([None, BOOLEAN, INTEGER, DECIMAL, TEXT, TEXT.or_null(), DATE]))
def test_any_expression_has_a_type_or_a_diagnostic_inside_it(text, expected):
    diagnostics = Diagnostics()
    found = resolve(text, SCOPE, expected=expected, span=PLACE, diagnostics=diagnostics)
    if found is None:
        for d in diagnostics.errors:
            assert 10 <= d.span.column <= d.span.end_column <= 10 + len(text)
        assert diagnostics.errors
    elif expected is not None:
        assert found.type.optional <= expected.optional
        assert found.type.name in (expected.name, "null")
