"""Capabilities: what is wrong with them is named at its place, and what they come to in the IR."""

from __future__ import annotations

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.ir.capabilities import RateLimit
from tests.compiling import compiled, findings

USERS = (
    "auth: {entity: User, login: name}\n"
    "entities: {User: {fields: {name: {type: text, unique: true}, password: password}}, "
    "Key: {fields: {secret: token}}}\n"
)
LIST = "effects: [{list: User}]"
ADD = "effects: [{create: Key}]"

REFUSED = {
    "AC3210": [
        f"operations:\n  a: {{route: GET /u, {LIST}, rate_limit: {{limit: 1/s, by: »caller}}}}",
        f"operations:\n  a: {{route: GET /u, {LIST}, rate_limit: {{limit: 1/s, by: »input.name}}}}",
        (
            f"operations:\n  a: {{route: GET /u, {LIST}, input: {{q: {{type: text, optional: true}}}}, "
            "rate_limit: {limit: 1/s, by: »input.q}}"
        ),
        "capabilities: {rate_limit: {limit: 1/s, by: »input.name}}",
    ],
    "AC3211": [
        f"operations:\n  a: {{route: GET /u, {LIST}, idempotency: »true}}",
        "operations:\n  a: {route: POST /u, output: {body: {a: \"'b'\"}}, idempotency: »true}",
        f"operations:\n  a: {{route: PUT /u, access: user, {ADD}, output: {{body: {{}}}}, idempotency: »true}}",
    ],
    "AC3212": [
        (
            "operations:\n  a: {route: POST /u, access: user, input: {once: {type: text, in: header}}, "
            "effects: [{delete: Key}], idempotency: »{header: Once}}"
        ),
    ],
    "AC3213": [
        f"operations:\n  a: {{route: POST /u, access: user, {ADD}, idempotency: »true}}",
        (
            "operations:\n  a: {route: POST /u, input: {name: text, password: password}, effects: [{create: User}], "
            "idempotency: »true}"
        ),
    ],
    "AC3214": [
        (
            "operations:\n  a: {route: POST /u, access: user, effects: [{read: User, by: caller.id, cache: »1h}, "
            "{update: user, set: {name: \"'x'\"}}]}"
        )
    ],
    "AC3215": ["operations:\n  a: {route: GET /u, effects: [{read: User, first: true, order: [name], cache: »1h}]}"],
    "AC3216": [
        (
            "operations:\n  a: {route: 'GET /k/{id}', input: {secret: text}, "
            "effects: [{read: Key, by: input.id, cache: »1h}, {require: key.secret == input.secret}]}"
        )
    ],
    "AC3237": [
        (
            "integrations: {a: {base_url: {env: A_URL}, operations: {b: {route: GET /b}}}}\n"
            "operations:\n  a: {route: POST /u, effects: [{call: a.b}, {delete: Key}], idempotency: »true}"
        ),
    ],
    "AC3010": ["capabilities: {»rate_limits: 1/s}"],
    "AC3013": ["capabilities: {rate_limit: »often}"],
    "AC3105": ["capabilities: {audit: true}\nevents: {}\nfunctions: {}\nentities: {»AuditEntry: {fields: {}}}"],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in REFUSED.items() for text in texts])
def test_a_wrong_capability_is_named_with_its_place(code: str, text: str) -> None:
    before = "" if "entities:" in text else USERS
    whole = before + text
    lines = whole[: whole.index("»")].split("\n")
    place = f"architecture.yaml:{len(lines) + 2}:{len(lines[-1]) + 1}"
    found = findings(whole.replace("»", "") + "\n")
    assert (code, place) in found, found


def test_an_unknown_capability_lists_what_it_could_be() -> None:
    with pytest.raises(StageFailed) as failed:
        compiled("capabilities: {caching: true}\n")
    (finding,) = failed.value.diagnostics
    assert all(name in f"{finding.rule} {finding.help}" for name in ("rate_limit", "idempotency", "audit", "tracing"))


def test_the_limit_of_the_system_counts_all_operations_together_that_state_none() -> None:
    views = compiled(
        USERS + f"capabilities: {{rate_limit: 10/min}}\noperations:\n  a: {{route: GET /u, access: user, {LIST}}}\n"
        f"  b: {{route: GET /v, access: user, {LIST}, rate_limit: {{limit: 5/s, by: address, burst: 9}}}}\n"
    ).views
    found = {o.name: o.limit for o in views.operations}
    assert found["a"] == RateLimit(name="system", every_us=6_000_000, burst=10, by="caller")
    assert found["b"] == RateLimit(name="b", every_us=200_000, burst=9, by="address")
    assert found["login"] == RateLimit(name="system", every_us=6_000_000, burst=10, by="address")


def test_the_key_of_the_system_is_for_posts_that_can_be_kept() -> None:
    views = compiled(
        USERS + "capabilities: {idempotency: true}\noperations:\n"
        f"  a: {{route: GET /u, access: user, {LIST}}}\n  b: {{route: POST /u, access: user, {ADD}}}\n"
        "  c: {route: POST /v, access: user, effects: [{delete: Key}]}\n"
    ).views
    assert [o.name for o in views.operations if o.once] == ["c"]


def test_a_cache_that_no_environment_has_is_a_warning() -> None:
    text = (
        USERS + "operations:\n  a: {route: GET /u, access: user, effects: [{read: User, by: caller.id, cache: 1h}]}\n"
    )
    assert ("AC3217", "deployment.yaml:3:15") in findings(text)
    deployment = 'schema_version: "1.0.0"\nsystem: shop\nenvironments: {production: {engines: {cache: redis}}}\n'
    assert "AC3217" not in dict(findings(text, deployment=deployment))
