"""Names of the blueprint become names of Python that nothing else has."""

from __future__ import annotations

import keyword

import pytest

from autocoder.compilation import compile_sources
from autocoder.targets.python_service import names
from tests.compiling import sources
from tests.targets.python_service.emitted import tree_of


@pytest.mark.parametrize("name", ["class", "from", "metadata", "copy", "json", "schema", "model_fields"])
def test_a_field_that_a_base_class_owns_gets_an_underscore(name: str) -> None:
    assert names.attribute(name) == f"{name}_"


@pytest.mark.parametrize("name", ["import", "list", "delete", "select", "update", "router", "publish"])
def test_a_function_that_means_something_else_gets_an_underscore(name: str) -> None:
    assert names.function(name) == f"{name}_"


@pytest.mark.parametrize("entity", ["Base", "Session", "Event", "Missing", "Exception", "UUID"])
def test_a_class_that_is_taken_gets_another_name(entity: str) -> None:
    assert names.model(entity) == f"{entity}Row"


@pytest.mark.parametrize(("system", "package"), [("link-shortener", "link_shortener"), ("json", "json_service")])
def test_a_package_hides_no_library(system: str, package: str) -> None:
    assert names.package(system) == package


@pytest.mark.parametrize("word", ["class", "session", "select", "body", "value", "now_", "caller", "event", "async"])
def test_every_name_may_be_awkward(word: str) -> None:
    text = f"""
auth: {{entity: Person, login: name}}
entities:
  Person: {{fields: {{name: {{type: text, unique: true}}, password: password}}}}
  {word.capitalize().rstrip("_")}: {{fields: {{{word}: text, title: {{type: text, optional: true}}}}}}
operations:
  {word}:
    route: POST /{{title}}
    access: user
    input: {{{word}: text}}
    effects: [{{create: {word.capitalize().rstrip("_")}, as: {word}}}]
"""
    for file in tree_of(compile_sources(sources(text))):
        if file.path.endswith(".py"):
            compile(file.content, file.path, "exec")
    assert keyword.iskeyword("class")
