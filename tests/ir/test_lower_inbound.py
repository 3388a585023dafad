"""What lowering makes of a webhook that its sender signs, and what it refuses, with the place."""

import pytest

from autocoder.ir.capabilities import Idempotency, Signed
from autocoder.ir.conventions import conventions
from autocoder.ir.verify import verify
from autocoder.rules.design_rules import DESIGN_RULES, Design
from tests.compiling import compiled, findings

PAID = """
entities: {{Payment: {{fields: {{name: text, receipt: {{type: file, optional: true}}}}}}}}
integrations: {{bank: {{base_url: {{env: BANK_URL}}, operations: {{ask: {{route: GET /a}}}}}}}}
operations:
  paid:
    route: {route}
    access: {access}
    input: {{name: text}}
    effects: [{effects}]
    output: {{status: 204}}
"""


def paid(access: str, route: str = "POST /paid", effects: str = "{create: Payment}") -> str:
    return PAID.format(access=access, route=route, effects=effects)


def found(text: str) -> list[tuple[str, str]]:
    """The errors of a blueprint in which » marks the place."""
    return [(code, at) for code, at in findings(text.replace("»", "")) if code != "AC3153"]


def place(text: str) -> str:
    before = text.split("»")[0]
    return f"architecture.yaml:{before.count(chr(10)) + 3}:{len(before) - before.rfind(chr(10))}"


def test_a_delivery_is_signed_and_happens_once() -> None:
    views = compiled(paid("{signature: PAY_KEYS}")).views
    operation = views.operation("paid")
    assert operation.signed == Signed(
        secret="PAY_KEYS",
        before="{id}.{timestamp}.",
        written="v1,{base64}",
        id_header="Webhook-Id",
        time_header="Webhook-Timestamp",
        signature_header="Webhook-Signature",
        tolerance_us=300_000_000,
        encoded=True,
    )
    assert operation.once == Idempotency(input="webhook_id", keep_us=7 * 86_400_000_000)
    assert operation.access == "anyone"
    assert verify(views.graph) == []


def test_github_signs_the_body_alone() -> None:
    operation = compiled(paid("{signature: {secret: PAY_KEYS, scheme: github}}")).views.operation("paid")
    assert operation.signed == Signed(
        secret="PAY_KEYS",
        before="",
        written="sha256={hex}",
        id_header="X-GitHub-Delivery",
        time_header="",
        signature_header="X-Hub-Signature-256",
        tolerance_us=0,
        encoded=False,
    )
    assert operation.once == Idempotency(input="x_github_delivery", keep_us=7 * 86_400_000_000)


def test_stripe_puts_the_time_beside_the_signature_and_the_id_into_the_body() -> None:
    operation = compiled(paid("{signature: {secret: PAY_KEYS, scheme: stripe, tolerance: 1m}}")).views.operation("paid")
    assert operation.signed == Signed(
        secret="PAY_KEYS",
        before="{timestamp}.",
        written="v1={hex}",
        id_header="",
        time_header="Stripe-Signature",
        signature_header="Stripe-Signature",
        tolerance_us=60_000_000,
        encoded=False,
    )
    (key,) = (i for i in operation.inputs if i.name == "id")
    assert (key.place, key.required) == ("body", True)


def test_a_scheme_of_its_own_has_the_headers_that_are_named() -> None:
    scheme = '{signs: "v0:{timestamp}:{body}", written: "v0={hex}"}'
    stated = f"{{secret: PAY_KEYS, scheme: {scheme}, headers: {{timestamp: X-At, signature: X-Sign}}, id: name}}"
    operation = compiled(paid(f"{{signature: {stated}}}")).views.operation("paid")
    assert operation.signed is not None
    assert (operation.signed.before, operation.signed.time_header) == ("v0:{timestamp}:", "X-At")
    assert operation.once is not None
    assert operation.once.input == "name"
    assert [i.name for i in operation.inputs] == ["name"]


def test_a_sender_may_write_although_nobody_is_signed_in() -> None:
    views = compiled(paid("{signature: PAY_KEYS}")).views
    (rule,) = (rule for rule in DESIGN_RULES if rule.id == "design:public-write")
    assert [look.problem for look in rule.look(Design(views=views))] == [""]


def test_what_nobody_states_of_a_delivery_is_a_decision() -> None:
    shown = {
        d.subject.rpartition(".")[2]: d.value
        for d in conventions(compiled(paid("{signature: {secret: PAY_KEYS, keep: 2d}}")).views)
        if "signature" in d.subject
    }
    assert shown == {"tolerance": "5m"}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("AC3282", paid("[{secret: APP_KEY, in: bearer}, {signature: »PAY_KEYS}]")),
        ("AC3283", paid("{signature: »PAY_KEYS}", route="PUT /paid")),
        ("AC3283", paid("{signature: »PAY_KEYS}", effects="")),
        ("AC3283", paid("{signature: »PAY_KEYS}", effects="{call: bank.ask}, {create: Payment}")),
        ("AC3283", paid("{signature: »PAY_KEYS}\n    idempotency: true")),
        ("AC3283", paid("{signature: »PAY_KEYS}").replace("{name: text}\n", "{name: text, receipt: file}\n")),
        ("AC3283", paid("{signature: »{secret: PAY_KEYS, headers: {id: Name}}}")),
        ("AC3284", paid("{signature: {secret: PAY_KEYS, tolerance: 31m, keep: »1h}}")),
        ("AC3285", paid("{signature: {secret: PAY_KEYS, headers: »{id: X-Hook, signature: x-hook}}}")),
        ("AC3306", paid("{signature: {secret: PAY_KEYS, scheme: github, tolerance: »1m}}")),
        ("AC3306", paid("{signature: {secret: PAY_KEYS, scheme: github, headers: »{timestamp: X-At}}}")),
        (
            "AC3306",
            paid(
                "{signature: {secret: PAY_KEYS, headers: {timestamp: A, signature: A}, "
                'scheme: {signs: "{timestamp}.{body}", written: »"v1,{hex}"}}}'
            ),
        ),
        (
            "AC3307",
            paid("{signature: {secret: PAY_KEYS, scheme: stripe, id: »name}}").replace(
                "name: text}\n", "name: integer}\n"
            ),
        ),
        ("AC3307", paid("{signature: {secret: PAY_KEYS, scheme: github, headers: {id: A}, id: »name}}")),
        ("AC3307", paid("{signature: {secret: PAY_KEYS, id: »name}}")),
        ("AC3147", paid("»{signature: PAY_KEYS, role: admin}")),
        ("AC3238", paid("{signature: »PORT}")),
    ],
)
def test_a_signature_that_cannot_be_held_to_is_refused(code: str, text: str) -> None:
    assert (code, place(text)) in found(text)


def test_a_key_is_never_written_out() -> None:
    deployment = 'schema_version: "1.0.0"\nsystem: shop\nenvironments: {development: {env: {PAY_KEYS: abc}}}\n'
    codes = [code for code, _ in findings(paid("{signature: PAY_KEYS}"), deployment=deployment)]
    assert "AC3235" in codes
