"""Every code below AC3100 has an input that provokes it, at the right place."""

import tomllib
from pathlib import Path

import pytest

from autocoder.blueprint.load import load_architecture, load_deployment
from autocoder.diagnostics import CATALOGUE, Diagnostics, StageFailed
from autocoder.ir.lower import Source, lower

FIXTURES = Path(__file__).parents[1] / "fixtures"
HEAD = 'schema_version: "1.0.0"\nsystem: {name: a}\n'
SMALL = (
    HEAD
    + """auth: {entity: User, login: email}
entities:
  User: {fields: {email: email, password: password, code: text}}
  Link: {fields: {code: text, clicks: integer, day: date, note: {type: text, optional: true}}}
operations:
"""
)
STARTS = {"": "", "head": HEAD, "small": SMALL}
DEPLOYMENT = 'schema_version: "1.0.0"\nsystem: a\nenvironments: {development: {}}\n'
CASES = tomllib.loads((FIXTURES / "lower_codes.toml").read_text(encoding="utf-8"))["case"]
ELSEWHERE = {"AC3021"}
"""Codes of `fmt`, tested with it."""


def compile_text(text):
    design = load_architecture(text, file="a.yaml")
    environments = load_deployment(DEPLOYMENT, file="d.yaml")
    source = Source(
        architecture=design.model,
        deployment=environments.model,
        positions=design.positions,
        deployment_positions=environments.positions,
    )
    return lower(source, Diagnostics())


@pytest.mark.parametrize("case", CASES, ids=[f"{c['code']} {i}" for i, c in enumerate(CASES)])
def test_an_input_gives_its_code_at_its_place(case):
    before, after = (STARTS[case.get("start", "")] + case["text"]).split("»")
    text = before + after
    at = f"a.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    with pytest.raises(StageFailed) as failed:
        compile_text(text)
    places = [str(d.span) for d in failed.value.diagnostics if d.code == case["code"]]
    assert places == [at], [(d.code, str(d.span), d.message) for d in failed.value.diagnostics]


def test_every_code_has_an_input():
    codes = {code for code in CATALOGUE if "AC3001" <= code <= "AC3099"}
    assert {case["code"] for case in CASES} == codes - ELSEWHERE


def test_the_small_design_itself_compiles():
    compile_text(SMALL + "  a: {route: GET /x, effects: [{list: Link}]}\n")
