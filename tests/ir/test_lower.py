# ruff: noqa: E501 # one blueprint a line reads better than a wrapped one
"""What lowering makes of a blueprint, and what it refuses, with the place."""

import pytest

from autocoder.compilation import compile_sources
from autocoder.diagnostics import StageFailed
from autocoder.ir.behaviour import Change, Find, Insert, Match, Remove, Reply
from autocoder.ir.verify import verify
from autocoder.ir.views import Views
from tests.compiling import compiled, findings, fixture

BOOK = "entities:\n  Book: {fields: {title: text, pages: {type: integer, default: 0}}}\n"


USERS = (
    "auth: {entity: User, login: email}\nentities:\n"
    "  User: {fields: {email: email, password: password, role: {type: enum, values: [reader, admin], default: reader}}}\n"
)


def example() -> Views:
    return compile_sources(fixture("language_example")).views


def test_the_complete_example_of_the_language_compiles_to_a_sound_graph() -> None:
    found = compile_sources(fixture("language_example"))
    assert verify(found.graph) == []
    assert {o.name for o in found.views.operations} == {
        *("shorten", "follow", "list_links", "delete_link", "register", "login")
    }


def test_registration_and_login_are_derived_from_auth() -> None:
    views = example()
    assert not views.operation("register").stated
    assert (views.operation("login").method, views.operation("login").path) == ("POST", "/login")


def test_a_derived_operation_gives_way_to_a_stated_one() -> None:
    text = (
        "auth: {entity: User, login: email}\n"
        "entities: {User: {fields: {email: email, password: password}}}\n"
        "operations:\n  register: {route: POST /people, input: {email: email, password: password}, "
        "effects: [{create: User}]}\n"
    )
    views = compiled(text).views
    assert views.operation("register").path == "/people"
    assert views.operation("register").stated


def test_an_upsert_is_one_insert_that_changes_what_is_there() -> None:
    (handler,) = example().event_handlers
    (step,) = handler.steps
    assert isinstance(step, Insert)
    assert step.key == ("code", "day")
    assert isinstance(step.taken, tuple)


def test_a_read_that_only_feeds_an_increment_becomes_one_statement() -> None:
    plan = example().operation("follow").plan
    assert isinstance(plan[0], Change)
    assert isinstance(plan[0].row, Match)
    assert not any(isinstance(step, Find) for step in plan)


def test_a_row_that_is_read_and_removed_is_locked() -> None:
    plan = example().operation("delete_link").plan
    assert isinstance(plan[0], Find)
    assert plan[0].lock
    assert any(isinstance(step, Remove) for step in plan)


@pytest.mark.parametrize(
    ("operation", "status"), [("shorten", 201), ("follow", 302), ("list_links", 200), ("delete_link", 204)]
)
def test_the_status_follows_from_what_was_done(operation: str, status: int) -> None:
    reply = example().operation(operation).steps[-1]
    assert isinstance(reply, Reply)
    assert reply.status == status


def test_the_order_of_keys_never_changes_the_ir() -> None:
    first = compiled(
        BOOK
        + "operations:\n  a: {route: GET /a, effects: [{list: Book}]}\n  b: {route: GET /b, effects: [{list: Book}]}\n"
    )
    second = compiled(
        "operations:\n  b: {effects: [{list: Book}], route: GET /b}\n  a: {effects: [{list: Book}], route: GET /a}\n"
        + BOOK
    )
    assert first.ir == second.ir


REFUSED = {
    "AC3101": ("entities: {Book: {fields: {title: string}}}\n", "architecture.yaml:3:"),
    "AC3102": ("entities: {Book: {fields: {by: {type: ref, to: Author}}}}\n", "architecture.yaml:3:"),
    "AC3103": ("entities: {Book: {fields: {id: uuid}}}\n", "architecture.yaml:3:"),
    "AC3106": ("entities: {Book: {fields: {shelf: record}}}\n", "architecture.yaml:3:"),
    "AC3110": (
        BOOK + "operations: {a: {route: POST /b, input: {title: text}, effects: [{create: Book, exists: return}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3111": (BOOK + "operations: {a: {route: POST /b, effects: [{create: Book}]}}\n", "architecture.yaml:5:"),
    "AC3112": (
        BOOK
        + "operations: {a: {route: POST /b, input: {title: {type: text, optional: true}}, effects: [{create: Book}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3113": (
        BOOK + "operations: {a: {route: POST /b, input: {title: integer}, effects: [{create: Book}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3114": (
        BOOK + "operations: {a: {route: GET /b, effects: [{read: Book, where: 'pages > 3'}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3115": (
        BOOK + "operations: {a: {route: 'PATCH /b/{id}', effects: [{read: Book, by: input.id}, {update: book}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3116": (
        BOOK
        + "operations: {a: {route: PUT /b, input: {title: text}, effects: [{upsert: Book, by: {title: input.title}}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3117": (
        BOOK
        + "operations: {a: {route: 'POST /b/{id}', effects: [{read: Book, by: input.id}, {increment: book.title}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3118": (
        BOOK + "operations: {a: {route: GET /b, effects: [{require: 'true', else: forbiden}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3119": (
        "events: {Sold: {at: datetime}}\noperations: {a: {route: POST /b, effects: [{publish: Sold}]}}\n",
        "architecture.yaml:4:",
    ),
    "AC3120": (BOOK + "operations: {a: {route: POST /b, effects: [{create: Boook}]}}\n", "architecture.yaml:5:"),
    "AC3121": (
        BOOK + "operations: {a: {route: POST /b, input: {title: text}, effects: [{create: Book, set: {page: '1'}}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3122": (
        BOOK
        + "operations: {a: {route: 'DELETE /b/{id}', effects: [{read: Book, by: input.id, optional: true}, {delete: book}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3123": (
        BOOK + "operations: {a: {route: GET /b, effects: [{list: Book, order: [pages down]}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3124": (
        USERS + "operations: {a: {route: GET /me, access: user, output: {body: caller}}}\n",
        "architecture.yaml:6:",
    ),
    "AC3125": (
        BOOK
        + "operations: {a: {route: 'POST /b/{id}', effects: [{read: Book, by: input.id}, {transition: book, to: sold}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3126": (
        BOOK + "operations: {a: {route: GET /b, effects: [{list: Book, group: [title], values: {n: avg(rows)}}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3298": (
        "entities: {Sale: {fields: {net: {type: integer, computed: gross - 1}, gross: {type: integer, computed: net + 1}}}}\n",
        "architecture.yaml:3:",
    ),
    "AC3299": (
        """entities: {Sale: {fields: {paid: boolean}}}
operations: {a: {route: GET /s, effects: [{list: Sale, order: ["paid ? 'b' : 'a' desc"]}]}}
""",
        "architecture.yaml:4:",
    ),
    "AC3201": (
        """entities: {Film: {fields: {genre: text, stars: integer}}}
operations:
  a:
    route: GET /f
    effects:
      - {list: Film, group: [genre], values: {n: size(rows), m: "avg(rows.map(r, r.stars))"}, order: [n, m]}
""",
        "architecture.yaml:8:",
    ),
    "AC3127": (
        BOOK
        + "operations: {a: {route: POST /b, input: {n: integer}, effects: [{create: Book, set: {title: \"'x'\"}, each: input.n}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3128": (
        BOOK + "operations: {a: {route: GET /b, effects: [{list: Book}], output: {body: books, html: x}}}\n",
        "architecture.yaml:5:",
    ),
    "AC3129": (
        BOOK + "operations: {a: {route: GET /b, effects: [{list: Book}], output: {html: '{{#each books}}'}}}\n",
        "architecture.yaml:5:",
    ),
    "AC3131": (
        BOOK
        + "operations:\n  a: {route: 'GET /b/{x}', effects: [{list: Book}]}\n  b: {route: 'GET /b/{y}', effects: [{list: Book}]}\n",
        "architecture.yaml:7:",
    ),
    "AC3132": (
        BOOK + "operations: {a: {route: GET /b, access: user, effects: [{list: Book}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3133": (
        BOOK + "operations: {a: {route: GET /b, input: {q: {type: text, in: path}}, effects: [{list: Book}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3134": (BOOK + "handlers: {a: {effects: [{delete: Book}]}}\n", "architecture.yaml:5:"),
    "AC3135": (BOOK + "handlers: {a: {every: '0 25 * * *', effects: [{delete: Book}]}}\n", "architecture.yaml:5:"),
    "AC3147": (
        USERS + "operations: {a: {route: GET /u, access: {role: boss}, effects: [{list: User}]}}\n",
        "architecture.yaml:6:",
    ),
    "AC3138": (
        USERS + "operations: {a: {route: GET /u, access: owner, effects: [{list: User}]}}\n",
        "architecture.yaml:6:",
    ),
    "AC3139": (
        BOOK
        + "operations: {a: {route: 'GET /b/{id}', access: {key: Book.title, in: bearer}, effects: [{list: Book}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3146": (
        BOOK + "operations: {a: {route: GET /b, effects: [{list: Book}], errors: {body: {error: message}}}}\n",
        "architecture.yaml:5:",
    ),
    "AC3144": (
        "entities:\n  Book: {fields: {state: {type: enum, values: [a]}}, lifecycle: {field: state, initial: b, transitions: {}}}\n",
        "architecture.yaml:4:",
    ),
    "AC3145": (
        "entities: {Book: {fields: {n: integer, m: {type: integer, computed: n + 1, unique: true}}}}\n",
        "architecture.yaml:3:",
    ),
    "AC3140": ("functions: {f: {input: {x: integer}, output: integer}}\n", "architecture.yaml:3:"),
    "AC3152": (
        BOOK + "events: {Sold: {at: datetime}}\nhandlers: {a: {on: Sold, effects: [{delete: Book}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3153": (
        BOOK
        + "events: {Sold: {at: datetime}}\noperations: {a: {route: POST /b, effects: [{publish: Sold, with: {at: now}}]}}\n",
        "architecture.yaml:5:",
    ),
    "AC3154": (BOOK + "requirements: [{id: R1, text: Books are blue.}]\n", "architecture.yaml:5:"),
    "AC3155": (BOOK + "handlers: {a: {every: '0 2 * * *', effects: [{list: Book}]}}\n", "architecture.yaml:5:"),
    "AC3160": (
        BOOK + "operations: {a: {route: GET /b, effects: [{list: Book, where: \"trim(title) == 'x'\"}]}}\n",
        "architecture.yaml:5:",
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_wrong_is_named_with_its_place(code: str) -> None:
    text, place = REFUSED[code]
    found = dict(findings(text))
    assert code in found, found
    assert found[code].startswith(place)


def test_an_impossible_latency_names_the_path() -> None:
    text = BOOK + "policy: {performance: {p95: 1ms}}\noperations: {a: {route: GET /b, effects: [{list: Book}]}}\n"
    with pytest.raises(StageFailed) as failed:
        compiled(text)
    (finding,) = [d for d in failed.value.diagnostics if d.code == "AC3151"]
    assert str(finding.span).startswith("architecture.yaml:5:")
    assert "statement 1000 µs" in finding.rule
    assert finding.help.startswith("state 2ms or more")


def test_too_few_replicas_for_the_load_name_the_number_that_would_do() -> None:
    text = (
        BOOK
        + "policy: {performance: {throughput: 2000/s}}\noperations: {a: {route: GET /b, effects: [{list: Book}]}}\n"
    )
    deployment = 'schema_version: "1.0.0"\nsystem: shop\nenvironments:\n  production: {replicas: {api: 1}}\n'
    with pytest.raises(StageFailed) as failed:
        compiled(text, deployment=deployment)
    (finding,) = [d for d in failed.value.diagnostics if d.code == "AC3150"]
    assert str(finding.span).startswith("deployment.yaml:4:")
    assert "4 or more" in finding.help


def test_another_system_in_the_deployment_is_refused() -> None:
    deployment = 'schema_version: "1.0.0"\nsystem: store\nenvironments: {production: {}}\n'
    assert ("AC3136", "deployment.yaml:2:9") in findings(BOOK, deployment=deployment)


def test_a_service_has_one_broker() -> None:
    deployment = (
        'schema_version: "1.0.0"\nsystem: shop\nenvironments:\n  a: {engines: {broker: nats}}\n  b: {}\n'
        "  c: {engines: {broker: redis}}\n"
    )
    assert ("AC3137", "deployment.yaml:6:25") in findings(BOOK, deployment=deployment)


FUNCTION = "functions: {double: {input: {x: integer}, output: integer, examples: [{given: {x: 2}, gives: 4}]}}\n"
FUNCTION += "operations: {twice: {route: GET /twice, input: {x: integer}, effects: [{custom: double, with: {x: input.x}, as: y}], output: {body: {y: y}}}}\n"


@pytest.mark.parametrize(
    "body",
    [
        "import os\ndef double(x):\n    return x * 2\n",
        "def double(x):\n    return open('/etc/passwd').read()\n",
        "def double(x):\n    return x.__class__.__mro__\n",
        "def double(x, y):\n    return x * 2\n",
        "def treble(x):\n    return x * 3\n",
        "async def double(x):\n    return x * 2\n",
        "def double(x):\n    return eval('x')\n",
        "from . import secrets\ndef double(x):\n    return x\n",
        "def double(x)\n    return x\n",
    ],
)
def test_a_custom_body_that_could_reach_out_is_refused(body: str) -> None:
    found = findings(FUNCTION, bodies={"double": body})
    assert [code for code, _ in found] == ["AC3141"] * len(found)
    assert found
    assert all(place.startswith("custom/double.py:") for _, place in found)


def test_a_custom_body_that_computes_is_taken() -> None:
    found = compiled(FUNCTION, bodies={"double": "import math\n\ndef double(x: int) -> int:\n    return x * 2\n"})
    assert found.views.functions[0].body.startswith("import math")


GUARDED = (
    BOOK
    + "operations: {a: {route: 'DELETE /b/{id}', effects: [{read: Book, by: input.id, optional: true}, "
    + "{require: 'book != null', else: missing}, {delete: book}]}}\n"
)


def test_a_guard_proves_that_a_row_is_there() -> None:
    assert [code for code, _ in findings(GUARDED)] == ["AC4101"]


def test_a_write_ends_what_a_guard_proved_of_a_field() -> None:
    text = (
        "entities: {Book: {fields: {note: {type: text, optional: true}, size: {type: integer, default: 0}}}}\n"
        "operations: {a: {route: 'POST /b/{id}', effects: [{read: Book, by: input.id}, "
        "{require: 'book.note != null', else: invalid}, {update: book, set: {size: size(book.note)}}%s]}}\n"
    )
    assert not any(code.startswith("AC30") for code, _ in findings(text % ""))
    again = ", {update: book, set: {note: 'null'}}, {update: book, set: {size: size(book.note)}}"
    assert any(code.startswith("AC30") for code, _ in findings(text % again))


def test_a_condition_that_does_not_parse_is_one_finding() -> None:
    text = BOOK + "operations: {a: {route: 'GET /b/{id}', effects: [{read: Book, where: 'id =='}]}}\n"
    assert len(findings(text)) == 1


def test_a_sign_in_needs_an_account_and_what_proves_it() -> None:
    """`sign_in` names the accounts, or a row of them, and takes login and password from the input."""
    route = "operations: {a: {route: POST /a, input: {email: email}, effects: ["
    assert "AC3132" in dict(findings(BOOK + route + "{sign_in: User}]}}\n"))
    assert "AC3120" in dict(findings(USERS + route + "{sign_in: Usr}]}}\n"))
    assert "AC3121" in dict(findings(USERS + route + "{sign_in: User}]}}\n"))


def test_an_upsert_gives_a_new_row_every_value_that_it_needs() -> None:
    text = (
        "entities: {Total: {fields: {code: {type: text, unique: true}, cents: integer}}}\n"
        "operations: {a: {route: POST /a, input: {code: text}, "
        "effects: [{upsert: Total, by: {code: input.code}%s}]}}\n"
    )
    assert "AC3111" in {code for code, _ in findings(text % "")}
    assert "AC3111" not in {code for code, _ in findings(text % ", set: {cents: '1'}")}
