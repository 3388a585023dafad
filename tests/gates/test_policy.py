"""Gate `policy`: rules that hold, rules that do not, rules that are wrong."""

from __future__ import annotations

import pytest

from autocoder.gates.policy import Policy
from autocoder.gates.verdict import Status
from autocoder.ir.nodes import Rule
from tests.compiling import compiled

RULE = "environments.all(e, e.tls)"


def verdict_of(make_context, make_views, expression: str, blueprint: str | None = None):
    rule = Rule(name="always-tls", over="design", expression=expression, because="Clients send passwords.")
    text = blueprint or f'policy:\n  rules:\n    - {{id: always-tls, over: design, expr: "{expression}", because: x}}\n'
    return Policy().apply(make_context({"architecture.yaml": text}, of=make_views(nodes=(rule,))))


def test_a_manifest_that_the_catalogue_refuses_fails(make_context, make_views):
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {a: b}\n"
    verdict = Policy().apply(make_context({"deployments/kubernetes/secret.yaml": secret}, of=make_views()))
    assert verdict.status is Status.FAILED
    assert "manifest:secret-value" in {finding.rule.split(" ")[0] for finding in verdict.findings}


def test_a_rule_that_holds_passes(make_context, make_views):
    verdict = verdict_of(make_context, make_views, RULE)
    assert (verdict.status, verdict.findings) == (Status.OK, ())
    assert verdict.checks > 1
    assert verdict.summary.endswith("1 of the blueprint")


def test_a_rule_that_does_not_hold_is_a_finding_with_its_reason_and_offenders(make_context, make_views):
    verdict = verdict_of(make_context, make_views, "environments.all(e, !e.tls)")
    (finding,) = verdict.findings
    assert (verdict.status, finding.code) == (Status.FAILED, "AC5050")
    assert finding.message.endswith("does not hold for production")
    assert "Clients send passwords." in finding.rule
    assert str(finding.span) == "architecture.yaml:3:45"


def test_a_wrong_rule_is_a_finding_at_its_place(make_context, make_views):
    verdict = verdict_of(make_context, make_views, "environments.all(e, e.tsl)")
    (finding,) = verdict.findings
    assert (verdict.status, finding.code) == (Status.FAILED, "AC5051")
    assert str(finding.span) == "architecture.yaml:3:67"
    assert "tls" in finding.help


def test_a_rule_over_several_lines_is_reported_where_it_begins(make_context, make_views):
    blueprint = "policy:\n  rules:\n    - id: always-tls\n      expr: >-\n        environments.all(e,\n        e.tsl)\n"
    verdict = verdict_of(make_context, make_views, "environments.all(e, e.tsl)", blueprint)
    assert verdict.findings[0].span is not None
    assert verdict.findings[0].span.line == 4


SECURITY = "policy: {security: {open_operations: [%s], tls: %s}}\n"
OPERATIONS = """auth: {entity: User, login: email}
entities: {User: {fields: {email: {type: email, unique: true}, password: password}}}
operations:
  me: {route: GET /me, access: user, effects: [{read: User, by: caller.id}]}
  hello: {route: GET /hello, output: {text: "'hello'"}}
"""
DEPLOYMENT = """schema_version: "1.0.0"
system: shop
environments: {staging: {exposure: {host: a.example.com, tls: false}}}
"""


@pytest.mark.parametrize(
    ("said", "broken"),
    [
        (("register, login", "everywhere"), {"security.open": " for hello", "security.tls": " for staging"}),
        (("register, login, hello", "production"), {}),
    ],
)
def test_what_the_policy_says_of_security_are_rules(make_context, said, broken):
    views = compiled(OPERATIONS + SECURITY % said, deployment=DEPLOYMENT).views
    found = [f for f in Policy().apply(make_context({}, of=views)).findings if f.code == "AC5050"]
    assert {f.subject.partition("rules.")[2]: f.message.partition("hold")[2] for f in found} == broken
