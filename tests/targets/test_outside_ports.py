"""Pods reach the systems outside that the blueprint names: at the ports of stated addresses, else at the usual ones."""

from dataclasses import replace

import pytest

from autocoder.compilation import Sources, compile_sources, emit
from autocoder.targets.yaml_text import load_all
from tests.compiling import fixture

OUTSIDE = """
integrations:
  rates: {base_url: {env: RATES_URL}, operations: {rate: {route: GET /rate, receive: {value: decimal}}}}
channels: {mail: {mail: {from: todo@example.com}}}
"""
USE = """
  tell:
    route: POST /tell
    access: anyone
    effects:
      - {call: rates.rate}
      - {notify: mail, to: "'ada@example.com'", subject: Rate, text: "{{rate.value}}"}
"""


@pytest.mark.parametrize(
    ("stated", "ports"),
    [
        ("{}", [443, 465, 587]),
        ("{RATES_URL: 'https://rates.example.com:8443/v1'}", [465, 587, 8443]),
        ("{RATES_URL: 'https://rates.example.com', SMTP_URL: 'smtp://mail:2525'}", [443, 2525]),
    ],
)
def test_pods_reach_what_the_service_asks_and_tells(stated: str, ports: list[int]) -> None:
    sources = fixture("todo")
    architecture = sources.architecture.replace("\noperations:\n", f"{OUTSIDE}\noperations:{USE}", 1)
    deployment = f'schema_version: "1.0.0"\nsystem: todo\nenvironments: {{development: {{env: {stated}}}}}\n'
    tree = emit(compile_sources(replace(sources, architecture=architecture, deployment=deployment)))
    path = "deployments/kubernetes/overlays/development/network-policy-outside.yaml"
    policy = load_all(tree[path].content.decode())[0]
    assert [port["port"] for port in policy["spec"]["egress"][0]["ports"]] == ports


def test_pods_reach_the_issuer_of_tokens() -> None:
    architecture = """
schema_version: "1.0.0"
system: {name: todo}
entities: {User: {fields: {subject: text}}}
auth: {entity: User, login: subject, issuer: {url: {env: SIGN_IN}, audience: todo}}
operations: {hello: {route: GET /hello, access: user, output: {body: {who: caller.subject}}}}
"""
    deployment = 'schema_version: "1.0.0"\nsystem: todo\nenvironments: {development: {env: {SIGN_IN: "https://a.example.com:8443"}}}\n'
    tree = emit(compile_sources(Sources(architecture=architecture, deployment=deployment)))
    overlay = "deployments/kubernetes/overlays/development"
    policy = load_all(tree[f"{overlay}/network-policy-outside.yaml"].content.decode())[0]
    assert [port["port"] for port in policy["spec"]["egress"][0]["ports"]] == [8443]
    assert any(b"https://a.example.com:8443" in file.content for file in tree if file.path.startswith(overlay))
    assert "SIGNING_KEY" not in tree[f"{overlay}/environment-patch.yaml"].content.decode()


def test_a_service_that_asks_nobody_reaches_nobody() -> None:
    assert not [file.path for file in emit(compile_sources(fixture("todo"))) if "outside" in file.path]


@pytest.mark.parametrize(
    "access", ["access: {secret: APP_KEY, in: header X-App}", "access: {signature: APP_KEY}, effects: [{delete: Task}]"]
)
def test_a_shared_secret_comes_from_the_clusters_secrets(access: str) -> None:
    sources = fixture("todo")
    operation = f"\n  ping: {{route: POST /ping, {access}, output: {{status: 204}}}}"
    architecture = sources.architecture.replace("\noperations:", f"\noperations:{operation}", 1)
    tree = emit(compile_sources(replace(sources, architecture=architecture)))
    patches = [f.content.decode() for f in tree if f.path.endswith("/environment-patch.yaml")]
    assert patches and all("name: APP_KEY" in patch and "key: app-key" in patch for patch in patches)
