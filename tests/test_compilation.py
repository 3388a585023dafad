"""The pure middle: what verifying derives again, and what is said about custom bodies."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace

import pytest

from autocoder import bundles, compilation
from autocoder.compilation import LOCK, Compiled, Sources, compile_sources, emit, rederive
from autocoder.diagnostics import StageFailed
from autocoder.targets.tree import Owner, Tree
from autocoder.tools.sandbox import Origin
from tests import compiling
from tests.compiling import FIXTURES


def sources(**changes: object) -> Sources:
    folder = FIXTURES / "language_example"
    texts = {name: (folder / f"{name}.yaml").read_text(encoding="utf-8") for name in ("architecture", "deployment")}
    return Sources(**{**texts, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def packaged() -> Tree:
    """All members of a package of the example."""
    tree = sources().tree()
    tree.update(emit(compile_sources(sources())))
    return tree


def with_lock(packaged: Tree, text: str) -> Tree:
    tree = Tree()
    for file in packaged:
        tree.add(replace(file, content=text.encode()) if file.path == LOCK else file)
    return tree


def test_a_package_is_derived_again_with_the_bundle_that_its_lock_names(
    packaged: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []

    def load(version: str | None = None) -> bundles.Bundle:
        asked.append(version)
        return bundles.load(None)

    monkeypatch.setattr(compilation, "load_bundle", load)
    locked = json.loads(packaged[LOCK].content)
    locked["bundle"]["version"] = "2001.02"
    rederive(with_lock(packaged, json.dumps(locked)))
    assert set(asked) == {"2001.02"}


def test_a_package_derives_to_itself(packaged: Tree) -> None:
    again = rederive(packaged)
    assert len(again) > 20
    assert {file.path: file.content for file in again} == {f.path: packaged[f.path].content for f in again}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "1999.01"}, "AC4001"),
        ({"sha256": "0" * 64}, "AC6045"),
    ],
)
def test_a_bundle_that_this_autocoder_does_not_have_is_named(packaged: Tree, change: dict[str, str], code: str) -> None:
    locked = json.loads(packaged[LOCK].content)
    locked["bundle"].update(change)
    with pytest.raises(StageFailed) as failure:
        rederive(with_lock(packaged, json.dumps(locked)))
    assert [d.code for d in failure.value.diagnostics] == [code]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"bundle": 3}', "\0", '{"bundle": {"version": "2026.10"}}'])
def test_a_lock_that_names_no_bundle_is_a_diagnostic(packaged: Tree, text: str) -> None:
    with pytest.raises(StageFailed) as failure:
        rederive(with_lock(packaged, text))
    assert [(d.code, d.subject) for d in failure.value.diagnostics] == [("AC6045", LOCK)]


CUSTOM = """
auth: {entity: Person, login: login}
entities:
  Person: {fields: {login: {type: text, unique: true}, password: password}}
  Item: {fields: {count: integer}}
functions:
  double: {input: {n: integer}, output: integer, examples: [{given: {n: 2}, gives: 4}]}
operations:
  add:
    route: POST /items
    access: user
    input: {n: integer}
    effects: [{custom: double, with: {n: input.n}}, {create: Item, set: {count: double}}]
"""
BODY = "def double(n: int) -> int:\n    return 2 * n\n"


def with_body(body: str, decisions: str | None = None) -> Compiled:
    plain = compiling.sources(CUSTOM, bodies={"double": body})
    return compile_sources(replace(plain, decisions=decisions))


def test_a_body_that_nobody_approved_is_a_warning_that_says_how_to() -> None:
    made = with_body(BODY)
    (warning,) = [d for d in made.warnings if d.code == "AC3143"]
    assert warning.subject == "functions.double.body" and warning.severity == "warning"
    (decision,) = made.unapproved
    assert f"autocoder approve {decision.subject} --by YOU" in warning.help
    assert made.origin is Origin.UNAPPROVED


def test_an_approval_is_for_the_body_as_it_is() -> None:
    approval = textwrap.dedent(f"""
        approvals:
        - {{decision: {with_body(BODY).unapproved[0].id}, by: Ada}}
    """)
    approved = with_body(BODY, approval)
    assert approved.origin is Origin.PERSON and "AC3143" not in {d.code for d in approved.warnings}
    changed = with_body(BODY.replace("2 *", "3 *"), approval)
    assert changed.origin is Origin.UNAPPROVED and "AC3143" in {d.code for d in changed.warnings}


def test_without_custom_bodies_all_code_is_the_compilers() -> None:
    assert compiling.compiled("operations: {a: {route: GET /a}}").origin is Origin.COMPILER


def test_the_answers_in_a_packaged_lock_are_read_again() -> None:
    packaged = Tree()
    packaged.text("architecture.yaml", "", owner=Owner.OWNED)
    packaged.text("deployment.yaml", "", owner=Owner.OWNED)
    packaged.text(LOCK, '{"reader": "model"}')
    assert Sources.of(packaged).frozen.reader == "model"
