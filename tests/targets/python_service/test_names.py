"""Names of the blueprint become names of Python that nothing else has."""

from __future__ import annotations

import builtins
import compileall
import json
import keyword
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase

from autocoder.compilation import Sources, compile_sources
from autocoder.ir.lower import OWN_TABLES
from autocoder.ir.names import plural, snake
from autocoder.targets.python_service import names
from tests.compiling import DEPLOYMENT, findings
from tests.targets.python_service.emitted import EXAMPLES, compiled, on_sqlite, tree_of, write
from tests.targets.python_service.linted import lint

FIELD = re.compile(r"[a-z][a-z0-9_]{0,59}")
ENTITY = re.compile(r"[A-Z][A-Za-z0-9]{0,59}")
LONG = "very_" * 11 + "long"
TAKEN = {"id", "seq", "caller", "now", "null", "in", "input", "event", "old"}
"""Names that the language has itself."""
ODD = ["a", "z9", "a_", "a__b", "step_1", "step1", LONG, "x" * 60, "on", "no", "e_mail"]
ODD_TYPES = ["I", "A", "AB", "HTTPLink", "Step1", "Step2b", "ABCd", "VeryLong" * 7 + "Name", "X" * 60, "XReply", "Y1"]


@cache
def emitted_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every name that emitted code says, Python's own, and odd ones: those that fields may have, and entities."""
    found = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *dir(BaseModel), *dir(DeclarativeBase)}
    for example in EXAMPLES:
        for file in tree_of(compiled(example)):
            if file.path.endswith(".py"):
                found |= set(re.findall(r"\w+", re.sub(r'"""[\s\S]*?"""', "", file.content.decode())))
    lower = sorted({name for name in found if FIELD.fullmatch(name)} - TAKEN | set(ODD))
    return tuple(lower), tuple(sorted({name for name in found if ENTITY.fullmatch(name)} | set(ODD_TYPES)))


def blueprint(fields: list[str], types: list[str]) -> Sources:
    """A system of these names: at least four fields, and at least three types with tables of their own."""
    login, number, time, text = fields[:4]
    entities = {
        name: {
            "fields": {
                login: {"type": "text", "unique": True},
                number: {"type": "integer", "default": 0, "min": 0},
                time: {"type": "datetime", "default": "=now + 1d"},
                text: {"type": "enum", "values": ["open", "closed"], "default": "open"},
                "owner_of_it": {"type": "ref", "to": types[0], "optional": True},
            }
            | dict.fromkeys(fields[4:], "text")
        }
        for name in types[:-1]
    }
    entities[types[0]]["fields"].pop("owner_of_it")
    entities[types[0]]["fields"]["secret_word"] = "password"
    event = types[-1]
    about = types[1]
    given = dict.fromkeys([login, *fields[4:]], "text")
    row = fields[-1]
    operations = {
        fields[0]: {
            "route": "POST /made",
            "access": "user",
            "input": given,
            "effects": [{"create": about, "as": row, "set": {"owner_of_it": "caller.id"}}],
        },
        fields[1]: {
            "route": f"GET /made/{{{login}}}",
            "effects": [
                {"read": about, "where": f"{login} == input.{login} && {time} > now", "as": row},
                {"increment": f"{row}.{number}"},
                {"publish": event, "with": {f: f"{row}.{f}" for f in (login, number)} | {time: "now"}},
            ],
        },
        fields[2]: {
            "route": "GET /made",
            "access": "user",
            "input": {login: {"type": "text", "optional": True}, number: "integer"},
            "effects": [
                {"list": about, "where": f"{number} >= input.{number} && ({text} == 'open' || {login} != 'x')"}
            ],
        },
        fields[3]: {
            "route": f"PATCH /made/{{{login}}}",
            "access": "user",
            "input": {f: {"type": "text", "optional": True} for f in fields[4:]},
            "effects": [
                {"read": about, "where": f"{login} == input.{login}", "as": row},
                {"require": f"{row}.owner_of_it == caller.id && {row}.{text} == 'open'", "else": "conflict"},
                {"update": row},
                {"compute": {text: f"{row}.{number} + 1"}},
            ],
            "output": {"body": {text: text, login: f"{row}.{login}"}},
        },
    }
    handlers = {
        fields[4]: {
            "on": event,
            "effects": [{"update": about, "where": f"{login} == event.{login}", "set": {text: "'open'"}}],
        },
        fields[5]: {"every": "0 2 * * *", "effects": [{"delete": about, "where": f"{time} <= now"}]},
    }
    document = {
        "schema_version": "1.0.0",
        "system": {"name": "shop"},
        "auth": {"entity": types[0], "login": login, "secret": "secret_word"},
        "entities": entities,
        "events": {event: {login: "text", number: "integer", time: "datetime"}},
        "operations": operations,
        "handlers": handlers,
    }
    return Sources(architecture=json.dumps(document), deployment=DEPLOYMENT.format(name="shop"))


def fit_together(types: list[str]) -> bool:
    tables = [*OWN_TABLES, *(plural(snake(name)) for name in types)]
    return len(set(tables)) == len(tables)


FIELDS = st.lists(st.sampled_from(emitted_names()[0]), min_size=7, max_size=9, unique=True)
TYPES = st.lists(st.sampled_from(emitted_names()[1]), min_size=4, max_size=7, unique=True).filter(fit_together)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(fields=FIELDS, types=TYPES)
def test_any_names_give_modules_that_are_laid_out_and_clean(
    fields: list[str], types: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("names")
    for file in tree_of(compile_sources(blueprint(fields, types))):
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(file.content)
    assert lint(folder) == ""
    assert compileall.compile_dir(folder, quiet=2)


AWKWARD = blueprint(
    ["class", "from", "date", "model_validate", "import_", "session", "or", LONG],
    ["Session", "Any", "UUID", "World", "I", "HTTPLink", "Callable"],
)


@pytest.mark.slow
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_the_tests_of_a_service_of_awkward_names_pass(tmp_path: Path, store: str) -> None:
    found = compile_sources(on_sqlite(AWKWARD, "shop") if store == "sqlite" else AWKWARD)
    report = tmp_path / "report.xml"
    words = ["tests", f"--junitxml={report}", *(["--ignore=tests/properties"] if store == "postgresql" else [])]
    done = write(found, tmp_path / "workspace").pytest(*words)
    assert done.returncode == 0, done.stdout[-4000:]
    assert f'name="engine" value="{store} ' in report.read_text(encoding="utf-8")


def test_every_attribute_of_the_base_classes_is_taken() -> None:
    class Base(DeclarativeBase):
        pass

    own = {name for name in (*dir(BaseModel), *dir(Base)) if FIELD.fullmatch(name)}
    assert all(names.attribute(name) != name for name in own)


@pytest.mark.parametrize("name", ["class", "from", "metadata", "copy", "json", "schema", "date", "int"])
def test_a_field_that_a_class_body_needs_gets_an_underscore(name: str) -> None:
    assert names.attribute(name) == f"{name}_"


@pytest.mark.parametrize("name", ["import", "list", "delete", "select", "update", "router", "publish"])
def test_a_function_that_means_something_else_gets_an_underscore(name: str) -> None:
    assert names.function(name) == f"{name}_"


@pytest.mark.parametrize("entity", ["Base", "Session", "Event", "Missing", "Exception", "UUID", "Callable", "Any", "I"])
def test_a_class_that_is_taken_gets_another_name(entity: str) -> None:
    assert names.model(entity) == f"{entity}Row"


@pytest.mark.parametrize(("system", "package"), [("link-shortener", "link_shortener"), ("json", "json_service")])
def test_a_package_hides_no_library(system: str, package: str) -> None:
    assert names.package(system) == package


def test_no_two_fields_of_an_entity_share_a_column() -> None:
    text = "entities: {Pet: {fields: {owner: {type: ref, to: Pet, optional: true}, owner_id: text}}}"
    assert findings(text) == [("AC3105", "architecture.yaml:3:72")]


@given(first=st.sampled_from(emitted_names()[0]), second=st.sampled_from(emitted_names()[0]))
def test_two_names_never_become_one(first: str, second: str) -> None:
    for named in (names.attribute, names.function, names.local, names.parameter, names.pascal):
        for one, other in ((first, second), (first, f"{first}_"), (f"{second}_", second)):
            assert (named(one) == named(other)) == (one == other)
