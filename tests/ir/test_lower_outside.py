# ruff: noqa: E501 # one blueprint a line reads better than a wrapped one
"""What lowering makes of integrations and channels, of calls and messages, and what it refuses, with the place."""

import pytest

from autocoder.ir.behaviour import Ask, Choose, Find, Notify
from autocoder.ir.verify import verify
from tests.compiling import compiled, findings

OUTSIDE = """entities: {Item: {fields: {name: {type: text, unique: true}, cents: integer, mail: email}}}
integrations:
  pay: {base_url: {env: PAY_URL}, operations: {charge: {route: "POST /c/{kind}", send: {cents: integer, note: {type: text, optional: true}}, receive: {id: text}}}}
channels: {mail: {mail: {from: shop@example.com}}, hook: {webhook: {url: {env: HOOK_URL}, sign: {secret: HOOK_KEY}}}}
"""
READ = '{read: Item, where: "name == input.name"}'
CALL = "{call: pay.charge, with: {kind: \"'a'\", cents: item.cents}}"
DEPLOYMENT = 'schema_version: "1.0.0"\nsystem: shop\nenvironments: {development: {}}\n'


def operation(effects: str) -> str:
    return f'{OUTSIDE}operations:\n  a: {{route: "POST /a/{{name}}", access: {{secret: APP_KEY, in: bearer}}, effects: [{effects}], output: {{status: 204}}}}\n'


def found(text: str) -> list[tuple[str, str]]:
    """The findings of a blueprint in which » marks the place."""
    return [
        (code, at)
        for code, at in findings(text.replace("»", ""), deployment=DEPLOYMENT)
        if code not in {"AC3153", "AC4111"}
    ]


def place(text: str) -> str:
    before = text.split("»")[0]
    return f"architecture.yaml:{before.count(chr(10)) + 3}:{len(before) - before.rfind(chr(10))}"


def test_a_call_binds_its_answer_under_the_name_of_the_operation() -> None:
    views = compiled(operation(f"{READ}, {CALL}"), deployment=DEPLOYMENT).views
    [_, _, _, ask, *_] = views.operation("a").steps
    assert isinstance(ask, Ask)
    assert (ask.integration, ask.operation, ask.bind, str(ask.type)) == ("pay", "charge", "charge", "record of id")
    assert [i.place for i in views.integration("pay").exchange("charge").sent] == ["path", "body", "body"]
    assert verify(views.graph) == []


def test_an_answer_that_may_be_null_is_one() -> None:
    text = operation(f"{READ}, {CALL[:-1]}, as: done, failed: null}}, {{require: done.id == 'x'}}")
    assert found(text.replace("done.id == 'x'", "\"done?.id == 'x'\"")) == []
    assert [code for code, _ in found(text.replace("done.id == 'x'", "\"done.id == 'x'\""))] != []


def test_a_call_may_depend_on_a_condition() -> None:
    views = compiled(operation(f'{READ}, {CALL[:-1]}, when: "item.cents > 0"}}'), deployment=DEPLOYMENT).views
    assert any(isinstance(step, Choose) for step in views.operation("a").steps)


def test_a_row_that_is_written_after_a_call_is_read_again_under_a_lock() -> None:
    views = compiled(
        operation(f"{READ}, {CALL}, {{require: \"item.cents > 0\"}}, {{update: item, set: {{cents: '0'}}}}"),
        deployment=DEPLOYMENT,
    ).views
    kinds = [(step.kind, getattr(step, "lock", False)) for step in views.operation("a").plan]
    assert kinds[2:6] == [("find", False), ("ask", False), ("find", True), ("require", False)]
    assert sum(isinstance(step, Find) for step in views.operation("a").steps) == 1


def test_components_show_what_is_outside() -> None:
    views = compiled(operation(f"{READ}, {CALL}, {{notify: hook, with: {{id: item.id}}}}"), deployment=DEPLOYMENT).views
    roles = {c.name: c.role for c in views.components}
    assert roles == {"api": "APIEndpoint", "pay": "Integration", "store": "Store", "worker": "Worker"}
    assert {w.name for w in views.workloads} == {"api", "worker"}
    api = next(c for c in views.components if c.name == "api")
    assert views.bindings(api) == (("calls", "pay"), ("calls", "store"), ("delivers to", "worker"))


def test_mail_is_text_and_a_page_that_is_escaped() -> None:
    views = compiled(
        operation(
            f'{READ}, {{notify: mail, to: item.mail, subject: "{{{{item.name}}}}", text: "{{{{item.name}}}}", html: "{{{{item.name}}}}"}}'
        ),
        deployment=DEPLOYMENT,
    ).views
    [_, _, _, step, *_] = views.operation("a").steps
    assert isinstance(step, Notify)
    assert [(name, value.kind) for name, value in step.values] == [
        ("to", "bound"),
        ("subject", "bound"),
        ("text", "bound"),
        ("html", "call"),
    ]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("AC3230", operation(f"{READ}, {{update: item, set: {{cents: '1'}}}}, »{CALL}")),
        ("AC3230", operation(f"{READ}, {{notify: hook}}, »{CALL}")),
        ("AC3231", operation(f"{{list: Item}}, »{CALL[:-1].replace('item', 'i')}, each: items, item: i}}")),
        ("AC3231", f"{OUTSIDE}handlers: {{a: {{every: \"0 2 * * *\", effects: [»{{call: pay.charge, with: {{kind: \"'a'\", cents: '1'}}}}]}}}}\n"),
        ("AC3232", 'integrations: {a: {base_url: {env: A_URL}, operations: {b: {route: GET /b, receive: {c: »{type: text, unique: true}}}}}}\n'),
        ("AC3232", "integrations: {a: {base_url: {env: A_URL}, operations: {b: {route: GET /b, send: {c: »list of text}}}}}\n"),
        ("AC3232", "integrations: {a: {base_url: {env: A_URL}, operations: {b: {route: POST /b, send: {c: »password}}}}}\n"),
        ("AC3233", "channels: {a: »{}}\n"),
        ("AC3233", operation(f"{READ}, {{notify: mail, to: »item.name, subject: a, text: b}}")),
        ("AC3233", operation(f"{READ}, »{{notify: mail, to: item.mail}}")),
        ("AC3233", operation(f"{READ}, {{notify: mail, to: item.mail, subject: a, text: b, with: »{{c: item.name}}}}")),
        ("AC3233", operation(f"{READ}, {{notify: hook, text: »b}}")),
        ("AC3120", operation(f"{READ}, {{call: »pays.charge}}")),
        ("AC3120", operation(f"{READ}, {{call: »pay.charges}}")),
        ("AC3120", operation(f"{READ}, {{notify: »hooks}}")),
        ("AC3121", operation(f"{READ}, {{call: pay.charge, with: {{kind: \"'a'\", cents: item.cents, sum: »item.cents}}}}")),
        ("AC3119", operation(f"{READ}, »{{call: pay.charge, with: {{kind: \"'a'\"}}}}")),
        ("AC3238", 'integrations: {a: {base_url: {env: »DATABASE_URL}, operations: {b: {route: GET /b}}}}\n'),
        ("AC3238", 'integrations: {a: {base_url: {env: A_URL}, auth: {secret: »SIGNING_KEY}, operations: {b: {route: GET /b}}}}\n'),
        ("AC3238", "channels: {a: {webhook: {url: {env: »PORT}, sign: {secret: A_KEY}}}}\n"),
        ("AC3238", "channels: {a: {webhook: {url: {env: A_URL}, sign: {secret: »CLASS}}}}\n"),
        ("AC3239", "channels: {a: {webhook: {url: {env: HOOK}, sign: {secret: »HOOK}}}}\n"),
        ("AC3238", operation(READ).replace("APP_KEY", "»LOG_LEVEL")),
        ("AC3238", operation(READ).replace("{secret: APP_KEY, in: bearer}", "[{secret: APP_KEY, in: bearer}, {secret: »PATH, in: header X-Key}]")),
        ("AC3105", "integrations: {»api: {base_url: {env: A_URL}, operations: {b: {route: GET /b}}}}\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_at_its_place(code: str, text: str) -> None:
    assert found(text) == [(code, place(text))]
