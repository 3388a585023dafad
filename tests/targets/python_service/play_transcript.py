"""Plays a transcript inside an emitted project: `python play_transcript.py TRANSCRIPT.json`, its tests on the path.

The running service and the oracle each answer every request, and each answer must be the one that was written by hand.
"""

import json
import re
import sys
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

from oracle import OPERATIONS
from support.database import migrated_database
from support.interface import GOOD, REFERENCES, ROUTES
from support.tables import Reply, Row, Token
from support.world import FORGED, World, as_json


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
            elif kinds & {date, datetime}:
                raise AssertionError("transcripts hold no times")
        except ValueError:
            return None
    return found


def checked(step: Row, status: int, body: Any, who: str) -> None:
    """One answer is the one that was written."""
    assert status == step["status"], f"{who}: {step['request']} answered {status}: {body}"
    if "reply" in step:
        assert same(body, step["reply"]), f"{who}: {step['request']} answered {body}"
    if "names" in step:
        assert [row["name"] for row in body] == step["names"], f"{who}: {step['request']} answered {body}"


def play(world: World, step: Row, token: str, kept: dict[str, Row]) -> None:
    """One request to the service, then to the oracle."""
    step = filled(step, kept)
    method, _, target = step["request"].partition(" ")
    credentials = {"nobody": None, "forged": FORGED}.get(step.get("caller", ""), token)
    parts = urlsplit(target)
    operation, in_path = operation_of(method, parts.path)
    if OPERATIONS[operation][0] == "anyone":
        credentials = None
    headers = {"Authorization": f"Bearer {credentials}"} if credentials else {}
    has_body = "body" in ROUTES[operation].places.values()
    options = {"json": step.get("body", {})} if has_body else {}
    response = world.run(world.client.request(method, target, headers=headers, **options))
    body = response.json() if response.content else None
    checked(step, response.status_code, body, "the service")
    if "detail" in step:
        assert body["detail"] == step["detail"], body
    if "keep" in step:
        kept[step["keep"]] = body
    world.take_what_was_made()
    sent = {**step.get("body", {}), **dict(parse_qsl(parts.query)), **in_path}
    given = typed(operation, {name: sent[name] for name in ROUTES[operation].places if name in sent})
    # Whether an input is valid is not the oracle's to say.
    valid = given is not None and not (response.status_code == 422 and body and body.get("errors"))
    expected = world.oracle.attempt(lambda: world.foresee(operation, given or {}, credentials, valid))
    checked(step, expected.status, shown(expected), "the oracle")
    world.check_rows()


def shown(reply: Reply) -> Any:
    """The oracle's reply as JSON."""
    if isinstance(reply.body, dict):
        return as_json({k: "token" if isinstance(v, Token) else v for k, v in reply.body.items()})
    return as_json(reply.body)


def main() -> None:
    """Plays all of it."""
    with open(sys.argv[1], encoding="utf-8") as file:
        transcript = json.load(file)
    with migrated_database():
        world = World()
        token, _ = world.sign_in(world.add("Person", login="ann"))
        kept: dict[str, Row] = {}
        for step in transcript["play"]:
            if step == "deliver":
                world.deliver()
            else:
                play(world, step, token, kept)
        stored = world.stored()
        for entity, rows in transcript["rows"].items():
            for name in {name for row in rows for name in row}:
                actual = sorted(str(row[name]) for row in stored[entity])
                assert actual == sorted(str(row[name]) for row in rows), f"{entity}.{name}: {actual}"
            assert len(stored[entity]) == len(rows), entity
        world.close()


if __name__ == "__main__":
    main()
