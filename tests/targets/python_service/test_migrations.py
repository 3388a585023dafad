"""Migrations from one blueprint to the next: what they change, what they keep, what somebody must approve."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autocoder.compilation import Compiled, Sources, compile_sources, emit, rederive
from autocoder.diagnostics import StageFailed
from autocoder.targets.python_service.migrations.changes import TableChange
from autocoder.targets.python_service.migrations.history import RELEASED, load
from autocoder.targets.python_service.migrations.schema import Column
from autocoder.targets.tree import Tree
from tests.compiling import findings, sources
from tests.servers import postgres
from tests.targets.python_service.emitted import Emitted, write

SECOND = "migrations/versions/0002"


def shop(**entities: str) -> Sources:
    """A blueprint with these entities: name to fields, in YAML's flow form."""
    rows = "".join(f"  {name}: {{fields: {{{fields}}}}}\n" for name, fields in entities.items())
    lists = "".join(f"  list_{n.lower()}: {{route: GET /{n.lower()}, effects: [{{list: {n}}}]}}\n" for n in entities)
    return sources(f"entities:\n{rows}operations:\n{lists}")


def released(before: Sources, after: Sources) -> Sources:
    """`after` in a workspace where `before` was released."""
    history = compile_sources(before).migrations.released()
    return replace(after, released=history.document().decode(), migrations=history.migrations)


def approving(changed: Sources) -> tuple[Sources, list[str]]:
    """The same with every decision about the migration approved, and what these say."""
    losses = compile_sources(changed).migrations.decisions
    rows = "".join(f"- {{decision: {d.id}, by: kim}}\n" for d in losses)
    said = [f"{d.subject.split('.', 2)[2]}: {d.value}" for d in losses]
    return replace(changed, decisions=f"approvals:\n{rows}") if losses else changed, said


def head(found: Compiled) -> str:
    """The text of the migration that is not released."""
    tree = found.migrations.tree()
    return next((f.content.decode() for f in tree if f.path not in found.sources.migrations), "")


ITEM = "name: text, count: {type: integer, min: 0}"


def test_without_a_release_the_first_migration_is_made_again() -> None:
    assert "0001_first_schema.py" in "".join(compile_sources(shop(Item=ITEM)).migrations.tree().files)
    assert list(compile_sources(shop(Item=f"{ITEM}, color: text")).migrations.tree().files) == [
        "migrations/versions/0001_first_schema.py"
    ]


def test_a_change_after_a_release_is_a_migration_of_its_own() -> None:
    found = compile_sources(released(shop(Item=ITEM), shop(Item=f"{ITEM}, color: {{type: text, default: red}}")))
    tree = emit(found)
    assert [p for p in tree.files if "versions/" in p] == [
        "migrations/versions/0001_first_schema.py",
        "migrations/versions/0002_change_items.py",
    ]
    text = head(found)
    assert 'down_revision = "0001"' in text
    assert 'table.add_column(sa.Column("color", text, nullable=True))' in text
    assert '.values({"color": "red"})' in text
    assert 'table.alter_column("color", nullable=False)' in text


def test_what_is_not_in_the_database_needs_no_migration() -> None:
    changed = shop(Item="name: {type: text, max: 20}, count: {type: integer, min: 0, read_only: true}")
    assert head(compile_sources(released(shop(Item=ITEM), changed))) == ""


def test_a_new_name_for_what_is_there_needs_no_migration() -> None:
    changed = shop(Article="title: {type: text, column: name}, count: {type: integer, min: 0}")
    mapped = replace(changed, architecture=changed.architecture.replace("Article: {", "Article: {table: items, "))
    found = compile_sources(released(shop(Item=ITEM), mapped))
    assert head(found) == ""
    models = emit(found)["generated/src/shop/models.py"].content.decode()
    assert '__tablename__ = "items"' in models
    assert 'title: Mapped[str] = mapped_column("name")' in models


def test_two_fields_have_columns_of_their_own() -> None:
    fields = "{a: {type: text, column: b}, b: text, c: {type: text, column: id}}"
    text = f"entities:\n  Item: {{fields: {fields}}}\n"
    assert findings(text) == [("AC3105", "architecture.yaml:4:47"), ("AC3105", "architecture.yaml:4:56")]


@pytest.mark.parametrize(
    ("after", "said", "place"),
    [
        ({"Item": "name: text"}, "items.count: column dropped", "architecture.yaml:4:18"),
        ({"Tag": "name: text"}, "items: table dropped", "architecture.yaml:3:1"),
        (
            {"Item": f"{ITEM}, color: text"},
            "items.color: required, with no value for rows that are there",
            "architecture.yaml:4:70",
        ),
        (
            {"Item": "name: integer, count: {type: integer, min: 0}"},
            "items.name: text becomes integer, and what it holds is dropped",
            "architecture.yaml:4:25",
        ),
        (
            {"Item": "name: {type: text, unique: true}, count: {type: integer, min: 0}"},
            "items.name: name unique",
            "architecture.yaml:4:25",
        ),
        (
            {"Item": "name: text, count: {type: integer, min: 1}"},
            "items.count: at least 1, at most any",
            "architecture.yaml:4:38",
        ),
    ],
)
def test_a_change_that_loses_data_needs_an_approved_decision(after: dict[str, str], said: str, place: str) -> None:
    changed = released(shop(Item=ITEM), shop(**after))
    with pytest.raises(StageFailed) as failed:
        emit(compile_sources(changed))
    assert [(d.code, str(d.span)) for d in failed.value.diagnostics] == [("AC4401", place)]
    approved, values = approving(changed)
    assert values == [said]
    tree = emit(compile_sources(approved))
    assert any(path.startswith(SECOND) for path in tree.files)


@pytest.mark.parametrize(
    "after",
    [
        {"Item": ITEM, "Tag": "item: {type: ref, to: Item}"},
        {"Item": f"{ITEM}, color: {{type: text, optional: true, unique: true}}"},
        {"Item": f"{ITEM}, color: {{type: text, default: red, indexed: true}}"},
        {"Item": "name: {type: text, optional: true}, count: {type: integer, min: 0}"},
        {"Item": "name: text, count: {type: integer, min: -5}"},
        {"Item": "name: text, count: text"},
    ],
)
def test_a_change_that_keeps_everything_needs_no_decision(after: dict[str, str]) -> None:
    assert approving(released(shop(Item=ITEM), shop(**after)))[1] == []


def test_a_package_derives_the_same_migrations_from_its_own_files() -> None:
    found = compile_sources(released(shop(Item=ITEM), shop(Item=f"{ITEM}, color: {{type: text, optional: true}}")))
    tree = emit(found)
    inputs = Tree()
    inputs.update(found.sources.tree())
    inputs.update(tree)
    again = rederive(inputs)
    assert {p: f.content for p, f in again.files.items()} == {p: f.content for p, f in tree.files.items()}


def test_a_released_migration_that_changed_or_went_is_named() -> None:
    history = compile_sources(shop(Item=ITEM)).migrations.released()
    document = history.document().decode()
    assert load(document, history.migrations) == history
    path = "migrations/versions/0001_first_schema.py"
    for files in ({path: "changed"}, {}):
        with pytest.raises(StageFailed) as failed:
            load(document, files)
        assert [(d.code, d.subject) for d in failed.value.diagnostics] == [("AC8008", path)]


@pytest.mark.parametrize("text", ["", "{}", '{"version": 2, "migrations": [], "tables": []}', '{"x": 1}'])
def test_a_damaged_list_of_releases_is_refused(text: str) -> None:
    with pytest.raises(StageFailed) as failed:
        load(text, {})
    assert [(d.code, d.subject) for d in failed.value.diagnostics] == [("AC4402", RELEASED)]


# On real databases.

TYPES = ("text", "integer", "boolean", "date", "datetime", "uuid", "list of text", "decimal", "duration", "ref")
DEFAULTS = {
    "text": "x",
    "integer": "5",
    "boolean": "true",
    "date": '"2024-02-29"',
    "decimal": '"-12.50"',
    "duration": '"90m"',
}


@st.composite
def a_field(draw: st.DrawFn, known: tuple[str, ...]) -> str:
    """A field in YAML's flow form."""
    kind = draw(st.sampled_from(TYPES[: None if known else -1]))
    options = [f"type: {kind}"]
    if kind == "ref":
        options += [f"to: {draw(st.sampled_from(known))}"]
        if draw(st.booleans()):
            options.append("on_delete: cascade")
    if draw(st.booleans()):
        options.append("optional: true")
    if kind in DEFAULTS and draw(st.booleans()):
        options.append(f"default: {DEFAULTS[kind]}")
    if kind in ("text", "uuid", "integer") and draw(st.integers(0, 3)) == 0:
        options.append("unique: true")
    elif kind in ("text", "integer", "date") and draw(st.integers(0, 3)) == 0:
        options.append("indexed: true")
    if kind == "integer" and "unique: true" not in options and draw(st.booleans()):
        options.append(draw(st.sampled_from(["min: 0", "min: -3", "max: 5", "min: 1, max: 9"])))
    return f"{{{', '.join(options)}}}"


@st.composite
def blueprints(draw: st.DrawFn) -> dict[str, str]:
    """Entities with fields; references go to entities before them."""
    names = draw(st.lists(st.sampled_from(["Alpha", "Beta", "Gamma"]), min_size=1, unique=True).map(sorted))
    found: dict[str, str] = {}
    for name in names:
        fields = draw(st.lists(st.sampled_from(["one", "two", "three", "four"]), unique=True, max_size=4).map(sorted))
        found[name] = ", ".join(f"{f}: {draw(a_field(tuple(found)))}" for f in fields)
    return found


class Played:
    """Plays migrations in the service's environment and gives what they did."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder = folder
        self.server = server
        self.numbers = itertools.count()

    def play(self, found: Compiled, *, rows: bool) -> dict[str, Any]:
        number = next(self.numbers)
        service: Emitted = write(found, self.folder / str(number))
        limits = {
            t.name: {x.column: int(x.least or x.most or 0) for x in t.limits}
            for t in found.sources.history.schema.tables
        }
        done = subprocess.run(
            [service.python, Path(__file__).parent / "play_migrations.py"],
            cwd=service.project,
            env=service.environment(SERVER=self.server, LOG_LEVEL="ERROR"),
            input=json.dumps({"name": f"m{number}", "rows": rows, "limits": limits}),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{head(found)}\n{done.stderr[-3000:]}"
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("migrations")
    if request.param == "sqlite":
        yield Played(folder, "")
    else:
        with postgres(folder / "server") as url:
            yield Played(folder, url)


KEEPS_ROWS = ("column dropped", "table dropped", "what it holds is dropped")


@pytest.mark.slow
@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(before=blueprints(), after=blueprints())
def test_any_change_leads_to_the_models_and_back_and_keeps_the_rows(
    played: Played, before: dict[str, str], after: dict[str, str]
) -> None:
    changed, losses = approving(released(shop(**before), shop(**after)))
    found = compile_sources(changed)
    assert bool(found.migrations.change) == bool(head(found))
    if not head(found):
        return
    rows = all(loss.endswith(KEEPS_ROWS) for loss in losses) and not any("becomes" in loss for loss in losses)
    told = played.play(
        found, rows=rows and all(returns(c, t) for t in found.migrations.change.changed for c in t.dropped)
    )
    assert told["after"] == told["models"]
    assert told["back"] == told["before"]
    assert kept(told["rows_before"], told["rows_after"], found)
    back = {t: len(r) for t, r in told["rows_back"].items()}
    gone = {t.name for t in found.migrations.change.dropped}
    assert back == {t: 0 if t in gone else len(r) for t, r in told["rows_before"].items()}


def returns(column: Column, change: TableChange) -> bool:
    """Whether a downgrade has a value for a column that comes back."""
    unique = {name for _, columns in change.before.unique for name in columns}
    some = column.type not in ("uuid",) if column.name not in unique else column.type in ("text", "integer")
    return column.optional or some


def kept(before: dict[str, Any], after: dict[str, Any], found: Compiled) -> bool:
    """Whether every row has the values that it had in every column that stayed."""
    old, new = found.sources.history.schema, found.migrations.schema
    for table in new.tables:
        was = old.table(table.name)
        if was is None:
            continue
        same = [c.name for c in table.columns if (o := was.column(c.name)) and o.type == c.type]
        for a, b in zip(before[table.name], after[table.name], strict=True):
            if any(a[c] != b[c] for c in ("seq", *same)):
                return False
    return True
