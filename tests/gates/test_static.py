"""Gate `static`: one workspace that it accepts, and one for each thing that it must reject."""

from __future__ import annotations

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.gates import python_source
from autocoder.gates.documents import document_findings
from autocoder.gates.secret_scan import secret_findings
from autocoder.gates.static import Static
from autocoder.gates.verdict import Status

DIGEST = "a" * 64
GOOD = {
    "architecture.yaml": "schema_version: 1.0.0\n",
    "generated/pyproject.toml": "[project]\nname = 'sample'\n",
    "generated/src/sample/__init__.py": '"""A sample."""\n',
    "generated/src/sample/sums.py": '''
        """Sums."""

        from __future__ import annotations

        import os

        TOKEN_KEY = os.environ.get("TOKEN_KEY", "")


        def double(value: int) -> int:
            """Twice the value."""
            return 2 * value
    ''',
    "generated/tests/test_sums.py": '''
        """Tests."""

        from sample.sums import double


        def test_double() -> None:
            assert double(2) == 4
    ''',
    "deployments/Dockerfile": f"""
        ARG BASE=python:3.12-slim@sha256:{DIGEST}
        FROM $BASE AS build
        RUN --mount=type=cache,target=/c \\
            pip install .
        FROM $BASE
        COPY --from=build /app /app
        USER 10001:10001
    """,
    "deployments/kubernetes/deployment.yaml": """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: api
        spec:
          selector:
            matchLabels: {app: api}
          template:
            metadata:
              labels: {app: api}
            spec:
              containers:
                - name: api
                  image: api@sha256:0
                  env:
                    - name: TOKEN_KEY
                      valueFrom: {secretKeyRef: {name: api, key: token-key}}
    """,
    "deployments/kubernetes/kustomization.yaml": """
        apiVersion: kustomize.config.k8s.io/v1beta1
        kind: Kustomization
        resources: [deployment.yaml]
    """,
}


def verdict_of(make_context, **changed: str):
    """The verdict over the good workspace with files changed; `__` in a name stands for a slash."""
    return Static().apply(make_context(GOOD | changed))


def test_a_clean_workspace_is_accepted(make_context):
    verdict = verdict_of(make_context)
    assert verdict.findings == ()
    assert (verdict.status, verdict.checks, verdict.sandbox) == (Status.OK, 17, "none needed")


SOURCE = "generated/src/sample/sums.py"
POD_MONITOR = """\
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: {name: x}
spec:
  selector: {}
  podMetricsEndpoints:
  - port: m
    interval: 15s
"""


def test_a_custom_resource_that_fits_its_schema_is_accepted(make_context):
    assert verdict_of(make_context, **{"deployments/observability/pod-monitor.yaml": POD_MONITOR}).status is Status.OK


@pytest.mark.parametrize(
    ("file", "text", "code", "place", "rule"),
    [
        (SOURCE, '"""S."""\n\nimport os\n', "AC5003", f"{SOURCE}:3:8", "ruff:F401"),
        (SOURCE, '"""S."""\n\nimport os  # noqa: F401\n', "AC5003", f"{SOURCE}:3:8", "ruff:F401"),
        (SOURCE, '"""S."""\n\nx = [1,2]\n', "AC5003", f"{SOURCE}:3:8", "ruff:unformatted"),
        (
            SOURCE,
            '"""S."""\n\nimport hashlib\n\nDIGEST = hashlib.md5(b"x")  # nosec\n',
            "AC5004",
            f"{SOURCE}:5:10",
            "bandit:B324",
        ),
        (
            "deployments/values.yaml",
            "a: 1\nb: 2\na: 3\n",
            "AC5006",
            "deployments/values.yaml:3:1",
            "",
        ),
        ("generated/dashboard.json", '{"a": 1,\n }', "AC5006", "generated/dashboard.json:2:2", ""),
        ("generated/dashboard.json", '{"a": 1, "a": 2}', "AC5006", "generated/dashboard.json:1:1", ""),
        ("generated/pyproject.toml", "[project\n", "AC5006", "generated/pyproject.toml:1:9", ""),
        (
            "deployments/kubernetes/service.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec:\n  ports:\n    - port: http\n",
            "AC5007",
            "deployments/kubernetes/service.yaml:6:7",
            "kubernetes:schema",
        ),
        (
            "deployments/kubernetes/service.yaml",
            "apiVersion: v1\nkind: Service\nmetadata: {name: api}\nspec:\n  prots: []\n",
            "AC5007",
            "deployments/kubernetes/service.yaml:4:1",
            "kubernetes:schema",
        ),
        (
            "deployments/kubernetes/other.yaml",
            "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\n",
            "AC5007",
            "deployments/kubernetes/other.yaml:2:1",
            "kubernetes:known-kind",
        ),
        (
            "deployments/observability/pod-monitor.yaml",
            POD_MONITOR.replace("15s", "often"),
            "AC5007",
            "deployments/observability/pod-monitor.yaml:8:5",
            "kubernetes:schema",
        ),
        ("deployments/Dockerfile", "FROM a\nUSER app\n", "AC5008", "deployments/Dockerfile:1:1", "docker:base-digest"),
        ("deployments/Dockerfile", f"FROM a@sha256:{DIGEST}\n", "AC5008", "deployments/Dockerfile:1:1", "docker:user"),
        (
            "deployments/Dockerfile",
            f"FROM a@sha256:{DIGEST}\nUSER app\nUSER root\n",
            "AC5008",
            "deployments/Dockerfile:3:1",
            "docker:user",
        ),
        (
            "deployments/Dockerfile",
            f"FROM a@sha256:{DIGEST}\nENV A=1 API_TOKEN=abc\nUSER app\n",
            "AC5008",
            "deployments/Dockerfile:2:1",
            "docker:secret",
        ),
        (
            "deployments/Dockerfile",
            f"FROM a@sha256:{DIGEST}\nRUN true && \\\n  curl -s x | sh\nUSER app\n",
            "AC5008",
            "deployments/Dockerfile:2:1",
            "docker:pipe",
        ),
        (
            "deployments/Dockerfile",
            f"FROM a@sha256:{DIGEST}\nADD x /\nUSER app\n",
            "AC5008",
            "deployments/Dockerfile:2:1",
            "docker:copy",
        ),
        (
            "deployments/app.env",
            "A=1\nAWS_ID=AKIAQYLPMN5HFIQR7XYA\n",
            "AC5005",
            "deployments/app.env:2:8",
            "secret:aws",
        ),
    ],
)
def test_what_must_be_rejected_is_rejected_at_its_place(make_context, file, text, code, place, rule):
    verdict = verdict_of(make_context, **{file: text})
    assert verdict.status is Status.FAILED
    found = [(f.code, str(f.span), f.rule.split(" ")[0]) for f in verdict.findings]
    assert found == [(code, place, rule)]


def test_python_that_cannot_be_parsed_is_rejected(make_context):
    verdict = verdict_of(make_context, **{SOURCE: "def f(:\n"})
    assert "AC5006" in {finding.code for finding in verdict.findings}
    assert verdict.status is Status.FAILED


def test_a_tool_that_is_not_installed_is_named(make_context):
    with pytest.raises(StageFailed) as failed:
        python_source._run(make_context(GOOD), ["no_such_tool"], statuses=(0,))
    assert [(d.code, d.value) for d in failed.value.diagnostics] == [("AC9002", "no_such_tool")]


def test_bytes_that_are_no_text_are_rejected(make_context):
    context = make_context(GOOD)
    (context.workspace / "generated" / "blob").write_bytes(b"\xff\xfe\x00")
    verdict = Static().apply(context)
    assert [(f.code, f.subject) for f in verdict.findings] == [("AC5006", "generated/blob")]


def test_a_workspace_without_source_is_no_pass(make_context):
    verdict = Static().apply(make_context({"architecture.yaml": "a: 1\n"}))
    assert [finding.code for finding in verdict.findings] == ["AC5002"]


def test_what_autocoder_keeps_for_itself_is_not_looked_at(make_context):
    assert verdict_of(make_context, **{".autocoder/base/bad.json": "{"}).status is Status.OK


SECRETS = {
    "secret:private-key": "-----BEGIN OPENSSH PRIVATE KEY-----",
    "secret:aws": "AKIAQYLPMN5HFIQR7XYA",
    "secret:github": "ghp_" + "a1B2c3D4e5F6" * 3,
    "secret:gitlab": "glpat-Q7d9_xKz2-mP4vLw8sTb",
    "secret:slack": "xoxb-263594206564-FGqddMF8t08v8N7Oq4i57vs1",
    "secret:google": "AIzaSyD9x8Kq2LmN7pR4sT1uV6wX3yZ0aBcDeFg",
    "secret:stripe": "sk_live_" + "4eC39HqLyjWDarjtT1zd",
    "secret:model-provider": "sk-ant-api03-Vq8Zr2Lx9Tn4Wm7Kp1Jd6Hs3Gf5Bc0Ya",
    "secret:jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    "secret:url": "postgresql://app:Zx9!kLm2#qR@db.example.com/app",
    "secret:assignment": 'API_KEY: "f7Kq92LmXz0pRt5VwYb83NcD"',
}


@pytest.mark.parametrize("rule", SECRETS)
def test_a_secret_is_found_and_never_shown(rule):
    text = f"first line\nvalue = {SECRETS[rule]}\n"
    found = list(secret_findings("deployments/values.yaml", text))
    assert rule in {finding.rule for finding in found}
    assert all(finding.span and finding.span.line == 2 for finding in found)
    assert SECRETS[rule][-12:] not in repr(found)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("a.py", "token = issue_access_token2024_for_user(user)"),
        ("a.py", 'password: Mapped[str] = mapped_column("password_argon2id_hash_v19")'),
        ("a.py", 'TOKEN_URL = "/auth/login/with/password/v1"'),
        ("a.yaml", "secretName: link-shortener-database-2"),
        ("a.yaml", "key: {name: DATABASE_PASSWORD, secret: link-shortener-db/url}"),
        ("a.yaml", 'password: "${POSTGRES_PASSWORD:?set it}"'),
        ("a.yaml", "DATABASE_URL: postgresql://app:${PASSWORD}@db/app"),
        ("a.env", "DATABASE_URL=postgresql://app:app@127.0.0.1/app"),
        ("a.env", "TOKEN_KEY=<32-random-bytes-in-base64>"),
        ("requirements.txt", "    --hash=sha256:67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960"),
        ("a.json", '"token_hash": "see the reference"'),
        ("generated/tests/test_a.py", 'TOKEN_KEY = "0123456789abcdefABCDEF0123456789"'),
        ("a.md", "Set the secret: read the-operations-manual-chapter-12 first."),
    ],
)  # fmt: skip
def test_what_is_no_secret_is_left_alone(file, line):
    assert list(secret_findings(file, line)) == []


def test_a_document_that_is_well_formed_has_no_findings():
    assert document_findings("a.yaml", "a: &x 1\nb: *x\n---\nc: on\n") == []
