from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from autocoder.blueprint.schema import MODELS, json_schema, schema_text

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests" / "fixtures" / "language_example"
HEAD = {"schema_version": "1.0.0", "system": {"name": "a"}}


def errors(name, data):
    return list(Draft202012Validator(json_schema(name)).iter_errors(data))


@pytest.mark.parametrize("name", MODELS)
def test_the_schema_in_the_repository_is_the_generated_one(name):
    written = (ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(json_schema(name)), "run: autocoder schema --write schemas"


@pytest.mark.parametrize("name", MODELS)
def test_the_example_satisfies_the_schema(name):
    data = YAML(typ="safe", pure=True).load((EXAMPLE / f"{name}.yaml").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(json_schema(name))
    assert not errors(name, data)


@pytest.mark.parametrize(
    "part",
    [
        {"sytem": {}},
        {"entities": {"link": {}}},
        {"entities": {"Link": {"fields": {"a": 5}}}},
        {"operations": {"a": {"route": "get /"}}},
        {"operations": {"a": {"route": "GET /", "effects": [{"creat": "Link"}]}}},
        {"operations": {"a": {"route": "GET /", "effects": [{"create": "Link", "delete": "Link"}]}}},
        {"operations": {"a": {"route": "GET /", "effects": [{"require": ["x"]}]}}},
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(part):
    assert errors("architecture", HEAD | part)


def test_shorthands_satisfy_the_schema():
    operation = {"route": "GET /", "effects": [{"require": True}, {"compute": {"n": 1}}], "output": {"body": {"n": 1}}}
    part = {"entities": {"Link": {"fields": {"a": "text"}}}, "operations": {"a": operation}}
    assert not errors("architecture", HEAD | part)


def properties(schema):
    for name, definition in {"": schema, **schema["$defs"]}.items():
        for key, value in definition.get("properties", {}).items():
            yield f"{name}.{key}", value


@pytest.mark.parametrize("name", MODELS)
def test_every_key_has_a_description_and_an_example(name):
    schema = json_schema(name)
    for key, value in properties(schema):
        described = value if "description" in value else schema["$defs"][value["$ref"].rpartition("/")[2]]
        assert described["description"].endswith("."), key
        assert "examples" in value or "default" in value, key
