"""What stated endpoints answer: which value of the row, the account or the request each field of the answer is.

Owns the fields that only answers name (ids, times, counters, tokens, messages). A field whose value nothing gives is
refused with its sentence; the rest of the answer stands.
"""

from __future__ import annotations

import json

from autocoder.blueprint.model import FieldSpec, Output
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.listings import narrowing, rows_of, totals_of
from autocoder.planning.routes import Endpoint, name_of, referred
from autocoder.planning.workbench import EntityDraft, Workbench

TOKENS = names.words("token access_token jwt session_token auth_token bearer_token id_token")
_MESSAGES = names.words("message detail msg")
_MADE = names.words("created_at created creation_date date_created created_on")
CHANGED = names.words("updated_at updated modified_at modified last_updated last_modified changed_at updated_on")
_COUNTERS = ("count", "counter", "hits", "views", "clicks", "visits")


def is_token(fact: Fact) -> bool:
    """Whether a field of an answer is what a client signs in with later."""
    return name_of(fact.word("name")) in TOKENS


def plan_output(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> Output | None:
    """The answer, None where it is as usual."""
    status = endpoint.first("status")
    code = status if isinstance(status, int) else None
    if code is not None and 300 <= code < 400:
        return _redirect(bench, endpoint, entity, code)
    body = _body(bench, endpoint, entity)
    if code is None and body is None:
        return None
    return Output(status=code, body=body)


def _redirect(bench: Workbench, endpoint: Endpoint, entity: EntityDraft, status: int) -> Output | None:
    targets = [n for n, f in entity.fields.items() if f.type == "url"]
    if len(targets) == 1:
        return Output(status=status, redirect=f"{entity.row}.{targets[0]}")
    fact = next(f for f in endpoint.facts if f.get("status") == status)
    bench.refuse(
        "AC2001",
        f"where {endpoint.route} leads is not planned yet",
        fact,
        rule="a redirect leads to the one URL of a row",
        help="say which field holds the address",
    )
    return None


def _body(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> dict[str, str] | str | None:
    many = endpoint.does == "list" and not endpoint.signs
    if many and (holder := rows_of(endpoint)):
        return _around(bench, endpoint, entity, holder)
    row = "row" if many else entity.row
    found = _values(bench, endpoint, entity, endpoint.answered, row)
    message = endpoint.first("message") if _succeeds(endpoint) else None
    if message and "message" not in found and not many:
        found["message"] = _text(str(message))
    if endpoint.signs == "login" and not any(n in TOKENS for n in found):
        found |= {"access_token": "access_token"}
        bench.decide(f"operations.of.{endpoint.route}.output.token", "access_token", "Nothing says the token's name.")
    if many and found:
        return _each(found)
    return found or None


def _each(found: dict[str, str]) -> str:
    return f"rows.map(row, {{{', '.join(f'{name}: {value}' for name, value in found.items())}}})"


def _around(bench: Workbench, endpoint: Endpoint, entity: EntityDraft, holder: Fact) -> dict[str, str]:
    """The rows under a name of their own, with what is said beside them: how many there are, the page."""
    inner = _values(bench, endpoint, entity, endpoint.inside(holder.word("name")), "row")
    given = {**dict.fromkeys(totals_of(endpoint), "total")}
    if narrowing(endpoint, entity).page:
        given |= {"limit": "input.limit", "offset": "input.offset"}
    found: dict[str, str] = {}
    for fact in endpoint.answered:
        name = name_of(fact.word("name"))
        if fact is holder:
            found[name] = _each(inner) if inner else "rows"
        elif name in given:
            found[name] = given[name]
        else:
            _nowhere(bench, fact)
    return found


def _values(
    bench: Workbench, endpoint: Endpoint, entity: EntityDraft, facts: tuple[Fact, ...], row: str
) -> dict[str, str]:
    found: dict[str, str] = {}
    for fact in facts:
        value = _value(bench, endpoint, entity, fact, row)
        if value is None:
            _nowhere(bench, fact)
        else:
            found[_last(fact)] = value
    return found


def _last(fact: Fact) -> str:
    """The field's own name, without what it stands in."""
    return name_of(fact.word("name").rpartition(".")[2])


def _nowhere(bench: Workbench, fact: Fact) -> None:
    bench.refuse(
        "AC2001",
        f'nothing says where "{fact.word("name")}" comes from',
        fact,
        rule="an answer is made of fields of the row",
        help="say what it is, or name it among the fields of the row",
    )


def _succeeds(endpoint: Endpoint) -> bool:
    """Whether the text gives a message for success."""
    return any(f.word("message") and f.get("error") is None for f in endpoint.facts)


def _value(bench: Workbench, endpoint: Endpoint, entity: EntityDraft, fact: Fact, row: str) -> str | None:
    name = _last(fact)
    if name in TOKENS and endpoint.signs:
        return "access_token"
    if name in _MESSAGES and name not in entity.fields:
        return _said(bench, endpoint)
    if endpoint.signs == "login":
        row = "account"
    if name in {"id", f"{entity.row}_id"} or (endpoint.signs and name == "user_id"):
        return f"{row}.id"
    field = _field(bench, entity, fact, name)
    return f"{row}.{field}" if field else None


def _field(bench: Workbench, entity: EntityDraft, fact: Fact, name: str) -> str:
    """The field of the row; one that only the service can set is added."""
    if name in entity.fields:
        return name if entity.fields[name].type != "password" else ""
    parent = referred(bench, name)
    inner = "owner" if name == "owner_id" or (parent and parent is bench.account) else parent.row if parent else ""
    if inner in entity.fields:
        return inner
    spec, because = _generated(fact, name)
    if spec is None:
        return ""
    entity.add(name, spec, fact)
    subject = f"entities.{entity.name}.fields.{name}"
    bench.decide(subject, str(spec.default), because, source=Source.INFERRED)
    return name


def _generated(fact: Fact, name: str) -> tuple[FieldSpec | None, str]:
    if name in _MADE:
        spec = FieldSpec(type="datetime", default="=now", read_only=True)
        return spec, "It is answered and never sent: it is set once."
    if name in CHANGED:
        spec = FieldSpec(type="datetime", default="=now", read_only=True)
        return spec, "It is answered and never sent: every change of the row sets it."
    counts = fact.word("type") == "integer" and (fact.get("read_only") is True or name.endswith(_COUNTERS))
    if counts:
        spec = FieldSpec(type="integer", default=0, read_only=True)
        return spec, "It is answered and never sent: it counts, and counting starts at 0."
    return None, ""


def _said(bench: Workbench, endpoint: Endpoint) -> str:
    told = next((f.word("message") for f in endpoint.facts if f.word("message") and f.get("error") is None), "")
    if not told:
        told = "OK"
        bench.decide(f"operations.of.{endpoint.route}.output.message", told, "Nothing says what the message is.")
    return _text(told)


def _text(words: str) -> str:
    """Words as a text of an expression: quoted, and nothing in them can end it."""
    return json.dumps("".join(c for c in " ".join(words.split()) if c.isprintable()), ensure_ascii=False)
