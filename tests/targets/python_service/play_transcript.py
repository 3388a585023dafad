"""Plays a transcript inside an emitted project: `python play_transcript.py TRANSCRIPT.json`, its tests on the path.

The running service and the oracle each answer every request, and each answer must be the one that was written by hand.
"""

import importlib
import json
import re
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

from oracle import HANDLERS, OPERATIONS
from pydantic import TypeAdapter, ValidationError
from support import interface, tables
from support import world as world_module
from support.database import migrated_database
from support.interface import GOOD, MODELS, REFERENCES, ROUTES, STATUSES, WRITTEN
from support.tables import Reply, Row, Token
from support.world import FORGED, World, as_json

WHERE = next(iter(MODELS.values())).__module__.rpartition(".")[0]
MADE = [tables.Made] if hasattr(tables, "Made") else []


def filled(value: Any, kept: dict[str, Row]) -> Any:
    """A value with what `$name.field` stands for."""
    if isinstance(value, dict):
        return {name: filled(item, kept) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, kept) for item in value]
    if not isinstance(value, str):
        return value
    return re.sub(r"\$(\w+)\.(\w+)", lambda found: str(kept[found[1]][found[2]]), value)


def same(actual: Any, expected: Any) -> bool:
    """Whether a value is the one that was written; "*" is any."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return actual.keys() == expected.keys() and all(same(actual[name], expected[name]) for name in expected)
    if isinstance(expected, list) and isinstance(actual, list):
        return len(actual) == len(expected) and all(same(*pair) for pair in zip(actual, expected, strict=True))
    return expected == "*" or actual == expected


def operation_of(method: str, path: str) -> tuple[str, Row]:
    """The operation of a request, and what stands in its path; literal paths first."""
    for name, route in sorted(ROUTES.items(), key=lambda item: item[1].path.count("{")):
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.path)
        if route.method == method and (found := re.fullmatch(pattern, path)):
            return name, {key: unquote(value) for key, value in found.groupdict().items()}
    raise AssertionError(f"no operation has {method} {path}")


def typed(operation: str, given: Row) -> Row | None:
    """Values as the oracle takes them; None where one is not of its type."""
    found = dict(given)
    for name in given:
        kinds = {type(value) for value in GOOD.get(operation, {}).get(name, [])}
        kinds |= {UUID} if name in REFERENCES.get(operation, {}) else set()
        try:
            if UUID in kinds:
                found[name] = UUID(given[name])
            elif int in kinds and isinstance(given[name], str):
                found[name] = int(given[name])
            elif bool in kinds and isinstance(given[name], str):
                found[name] = given[name] == "true"
            elif Decimal in kinds:
                found[name] = Decimal(str(given[name]))
            elif date in kinds:
                found[name] = date.fromisoformat(given[name])
            elif timedelta in kinds:
                found[name] = TypeAdapter(timedelta).validate_python(given[name])
            elif datetime in kinds:
                found[name] = datetime.fromisoformat(given[name])
        except (ValueError, ArithmeticError):
            return None
    return found


def typed_body(operation: str, body: Row) -> Row:
    """The values of a body as the service takes them; nothing of one that it refuses."""
    name = "".join(part.capitalize() for part in operation.split("_")) + "Request"
    model = getattr(importlib.import_module(f"{WHERE}.schemas"), name)
    try:
        taken = model.model_validate(body)
    except ValidationError:
        return {}
    return {field.removesuffix("_"): getattr(taken, field) for field in taken.model_fields_set}


def in_query(operation: str, query: str) -> Row:
    """The values of a query; `name[key]=value` is an entry of a map."""
    found: Row = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        known, _, key = name.removesuffix("]").partition("[")
        if key and known in GOOD[operation]:
            kind = type(next(iter(GOOD[operation][known][0].values())))
            fits = kind is not int or re.fullmatch("-?[0-9]+", value)
            found.setdefault(known, {})[key] = kind(value) if fits else value
        else:
            found[name] = value
    return found


def checked(step: Row, status: int, body: Any, who: str) -> None:
    """One answer is the one that was written."""
    assert status == step["status"], f"{who}: {step['request']} answered {status}: {body}"
    if "reply" in step and status < 400:
        assert same(body, step["reply"]), f"{who}: {step['request']} answered {body}"
    if "names" in step:
        assert [row["name"] for row in body] == step["names"], f"{who}: {step['request']} answered {body}"


def content(response: Any) -> Any:
    """What a response holds: JSON, or text."""
    kind = response.headers.get("Content-Type", "")
    return response.json() if "json" in kind and response.content else response.text or None


def in_headers(step: Row) -> Row:
    """What a request says in its headers, by the names of the inputs."""
    return {name.lower().replace("-", "_"): value for name, value in step.get("headers", {}).items()}


def unwrapped(operation: str, body: Row) -> Row:
    """The inputs in a body, which may stand under a key."""
    key = getattr(interface, "WRAPPED", {}).get(operation)
    inside = body.get(key, {}) if key else body
    return inside if isinstance(inside, dict) else {}


def uploaded(form: Row) -> Row:
    """The values of a form; a file is written as its name, type and text."""
    files = {k: tables.Upload(v["name"], v["type"], v["text"].encode()) for k, v in form.items() if isinstance(v, dict)}
    return {**form, **files}


def in_form(form: Row) -> Row:
    """A form as the client sends it."""
    if not form:
        return {}
    given = uploaded(form)
    files = {k: (v.name, v.content, v.type) for k, v in given.items() if not isinstance(v, str)}
    return {"files": files, "data": {k: v for k, v in given.items() if isinstance(v, str)}}


def delivered(world: World, operation: str, step: Row, options: Row) -> tuple[Row, Row]:
    """A signed request as its sender sends it, or as somebody else does who has seen one: headers and options."""
    body = json.dumps(options["json"]).encode() if "json" in options else b""
    off = [TypeAdapter(timedelta).validate_python(step.get(name, "PT0S")) for name in ("early", "late")]
    signed = world.signed(operation, body, step["delivery"], world.now + off[0] - off[1])
    signature = interface.SIGNED[operation].headers["signature"]
    if step.get("forged"):
        signed[signature] = signed[signature][::-1]
    if step.get("unsigned"):
        del signed[signature]
    return {**signed, "Content-Type": "application/json"}, {"content": body + b" " * step.get("altered", False)}


def credentials_of(world: World, step: Row, operation: str, token: str) -> str | None:
    """The token that a request is sent with; one that says `claims` makes an account with the role that is written."""
    if OPERATIONS[operation][0] == "anyone" or step.get("caller") == "nobody":
        return None
    if "claims" in step:
        claims = world.issuer.token(**step["claims"])
        world.arriving[claims] = {"subject": step["claims"]["sub"], "role": step.get("role")}
        return claims
    return FORGED if step.get("caller") == "forged" else token


def as_sent(world: World, operation: str, step: Row, credentials: str | None) -> tuple[Row, Row, Row]:
    """A request as the client sends it: headers and options; and the step with what it says in its headers."""
    headers = {**step.get("headers", {}), **({"Authorization": f"Bearer {credentials}"} if credentials else {})}
    has_body = "body" in ROUTES[operation].places.values()
    options = {"json": step.get("body", {})} if has_body else in_form(step.get("form", {}))
    if "delivery" not in step:
        return headers, options, step
    signed, options = delivered(world, operation, step, options)
    return {**headers, **signed}, options, {**step, "headers": {**step.get("headers", {}), **signed}}


def foreseen(step: Row, operation: str, expected: Reply) -> int:
    """The status that the oracle expects; of an input that is refused in its own way what is stated for it."""
    if "refused" in step:
        return interface.REFUSALS[operation][step["refused"]]
    malformed = expected.failure == "invalid" and step.get("invalid") == "malformed"
    return expected.status or STATUSES[operation].get("malformed" if malformed else expected.failure, 0)


def play(world: World, step: Row, token: str, kept: dict[str, Row]) -> None:
    """One request to the service, then to the oracle."""
    step = filled(step, kept)
    method, _, target = step["request"].partition(" ")
    parts = urlsplit(target)
    operation, in_path = operation_of(method, parts.path)
    credentials = credentials_of(world, step, operation, kept.get(step.get("caller", ""), token))
    key = step.get("headers", {}).get(getattr(world_module, "KEY_HEADER", ""))
    if key and OPERATIONS[operation][0] != "anyone":
        world.keys.add(key)
    headers, options, step = as_sent(world, operation, step, credentials)
    response = world.run(world.client.request(method, target, headers=headers, **options))
    body = content(response)
    checked(step, response.status_code, body, "the service")
    if "error" in step:
        assert same(body, step["error"]), body
    if "detail" in step:
        assert body["detail"] == step["detail"], body
    for name, value in step.get("answers", {}).items():
        assert response.headers[name] == value, f"{name}: {response.headers.get(name)}"
    if "keep" in step:
        kept[step["keep"]] = body
    if "tag" in step:
        kept[step["tag"]] = {"tag": response.headers["ETag"]}
    world.take_what_was_made()
    body_sent = unwrapped(operation, step.get("body", {}))
    in_body = {**body_sent, **uploaded(step.get("form", {}))}
    sent = {**in_body, **in_query(operation, parts.query), **in_path, **in_headers(step)}
    written = {WRITTEN.get((operation, name), name).replace("-", "_"): name for name in ROUTES[operation].places}
    given = typed(operation, {name: sent[key] for key, name in written.items() if key in sent})
    if given is not None and "body" in ROUTES[operation].places.values():
        given |= typed_body(operation, body_sent)
    # Whether an input is valid is not the oracle's to say.
    refused = isinstance(body, dict) and body.get("errors")
    valid = given is not None and not refused and not step.get("invalid")
    caller = credentials if OPERATIONS[operation][0] == "anyone" else key or credentials
    if response.status_code == 401 and "delivery" in step:
        world.check_rows()  # whether a signature is good is not the oracle's to say either
        return
    expected = world.expect(operation, given or {}, caller, valid=valid)
    status = foreseen(step, operation, expected)
    if isinstance(body, dict) and response.status_code < 400:
        world.compare_body(body, expected.body)
    checked(step, status, shown(expected), "the oracle")
    world.check_rows()


def take_turn(world: World, step: Row) -> None:
    """The latest turn of a job, which runs or is none of this service; the oracle does the same work."""
    scheduler = importlib.import_module(f"{WHERE}.scheduler")
    ran = world.run(scheduler.run_due(step["turn"], world.now))
    assert ran == step["runs"], f"{step} at {world.now}: {ran}"
    if ran:
        world.take_what_was_made()
        HANDLERS[step["turn"]][1](world.oracle, {}, world.now)
    world.check_rows()


def happen(world: World, step: Any, kept: dict[str, Row]) -> None:
    """What is no request: events and messages arrive, time passes, a system outside answers in another way."""
    if step == "deliver":
        world.deliver()
    elif "turn" in step:
        take_turn(world, step)
    elif "pass" in step:
        world.now += TypeAdapter(timedelta).validate_python(step["pass"])
    elif "answer" in step:
        for name, answer in step["answer"].items():
            world.answer(name, answer)
    elif "letters" in step:
        kept_aside = [{name: said} for name, said in world.dead_letters()]
        assert same(kept_aside, filled(step["letters"], kept)), f"set aside: {kept_aside}"
    else:
        sent = [{name.removeprefix("channel:"): said} for name, said in world.messages()]
        assert same(sent, filled(step["messages"], kept)), f"on their way: {sent}"


def shown(reply: Reply) -> Any:
    """The oracle's reply as JSON."""
    if reply.text is not None:
        return reply.text
    if getattr(reply, "file", None) is not None:
        return reply.file.content.decode()
    if isinstance(reply.body, dict):
        return as_json({k: "made" if type(v) in (Token, *MADE) else v for k, v in reply.body.items()})
    return as_json(reply.body)


def main() -> None:
    """Plays all of it."""
    with open(sys.argv[1], encoding="utf-8") as file:
        transcript = json.load(file)
    with migrated_database():
        world = World()
        kept: dict[str, Any] = {}
        token = ""
        if hasattr(world, "limit_requests"):
            world.limit_requests()
        for n, name in enumerate(["ann", *transcript.get("people", {})]):
            person = world.add("Person", login=name, **transcript.get("people", {}).get(name, {}))
            kept[name] = world.sign_in(person)[0]
            token = token if n else kept[name]
        for step in transcript["play"]:
            if "request" in step:
                play(world, step, token, kept)
            else:
                happen(world, step, kept)
        stored = world.stored()
        for entity, rows in filled(transcript["rows"], kept).items():
            for name in {name for row in rows for name in row}:
                actual = sorted(str(row[name]) for row in stored[entity])
                assert actual == sorted(str(row[name]) for row in rows), f"{entity}.{name}: {actual}"
            assert len(stored[entity]) == len(rows), entity
        world.close()


if __name__ == "__main__":
    main()
