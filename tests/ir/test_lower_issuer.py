"""What lowering makes of an issuer of tokens, and what it refuses, with the place."""

import pytest

from autocoder.ir.behaviour import Insert
from autocoder.ir.conventions import conventions
from autocoder.ir.verify import verify
from tests.compiling import compiled, findings

SHOP = """
entities:
  User: {fields: {»FIELDS}}
auth: {entity: User, login: subject, issuer: ISSUER}
operations:
  hello: {route: GET /hello, access: user, output: {body: {who: caller.subject}}}
"""
FIELDS = (
    "subject: text, role: {type: enum, values: [member, admin], default: member}, plan: {type: text, default: free}"
)
ISSUER = "{url: {env: SIGN_IN}, audience: shop, role: roles}"


def shop(fields: str = FIELDS, issuer: str = ISSUER) -> str:
    return SHOP.replace("»FIELDS", fields).replace("ISSUER", issuer)


def found(text: str) -> list[tuple[str, str]]:
    """The errors of a blueprint in which » marks the place."""
    return [(code, at) for code, at in findings(text.replace("»", "")) if code != "AC3153"]


def place(text: str) -> str:
    before = text.split("»")[0]
    return f"architecture.yaml:{before.count(chr(10)) + 3}:{len(before) - before.rfind(chr(10))}"


def test_an_account_is_made_of_the_token_and_defaults() -> None:
    views = compiled(shop(issuer="{url: {env: SIGN_IN}, audience: shop, role: [a, roles], roles: {boss: admin}}")).views
    assert views.auth is not None
    issuer = views.auth.issuer
    assert issuer is not None
    assert (issuer.address, issuer.audience, issuer.subject) == ("SIGN_IN", "shop", "sub")
    assert (issuer.role, issuer.roles, issuer.usual) == (("a", "roles"), (("boss", "admin"),), "member")
    (step,) = issuer.account
    assert isinstance(step, Insert)
    assert [name for name, _ in step.values] == ["subject", "role", "plan"]
    assert (step.key, [name for name, _ in step.taken]) == (("subject",), ["role"])
    assert verify(views.graph) == []


def test_an_account_without_roles_is_made_and_left_alone() -> None:
    views = compiled(shop("subject: text", "{url: {env: SIGN_IN}, audience: shop}")).views
    assert views.auth is not None
    assert views.auth.issuer is not None
    (step,) = views.auth.issuer.account
    assert isinstance(step, Insert)
    assert step.taken == "keep"


def test_nobody_registers_or_logs_in_here() -> None:
    views = compiled(shop()).views
    assert [o.name for o in views.operations] == ["hello"]
    assert views.entity("User").field("subject").read_only
    assert {d.subject for d in conventions(views) if d.subject.startswith("auth.")} == {
        "auth.issuer.accounts",
        "auth.issuer.keys",
        "auth.issuer.role",
    }


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("AC3286", shop().replace("login: subject", "login: subject, secret: »subject")),
        ("AC3286", shop(f"{FIELDS}, word: »password")),
        ("AC3287", shop(issuer="»{url: {env: SIGN_IN}, audience: shop}")),
        ("AC3287", shop("subject: text", "{url: {env: SIGN_IN}, audience: shop, role: »roles}")),
        ("AC3287", shop(issuer="{url: {env: SIGN_IN}, audience: shop, role: roles, roles: {boss: »boss}}")),
        ("AC3287", shop(issuer="{url: {env: SIGN_IN}, audience: shop, role: roles, roles: »{all: member}}")),
        ("AC3287", shop(FIELDS.replace(", default: member", ""), ISSUER.replace("role: ", "role: »"))),
        ("AC3288", shop(f"{FIELDS}, name: »text")),
        (
            "AC3288",
            shop(FIELDS.replace("subject: text", "subject: {type: text, max: 9}")).replace("login: ", "login: »"),
        ),
        ("AC3289", shop() + "  enter: {route: POST /enter, effects: [{sign_in: »User}]}\n"),
        ("AC3238", shop(issuer=ISSUER.replace("SIGN_IN", "»PORT"))),
    ],
)
def test_what_an_issuer_cannot_give_is_refused(code: str, text: str) -> None:
    assert (code, place(text)) in found(text)


@pytest.mark.parametrize(
    ("value", "codes"),
    [("http://login.example.com", ["AC3236"]), ("https://login.example.com", []), ("http://localhost:9000", [])],
)
def test_an_issuer_is_reached_over_https(value: str, codes: list[str]) -> None:
    deployment = (
        f'schema_version: "1.0.0"\nsystem: shop\nenvironments: {{development: {{env: {{SIGN_IN: "{value}"}}}}}}\n'
    )
    assert [c for c, _ in findings(shop(), deployment=deployment) if c in ("AC3235", "AC3236")] == codes
