"""`autocoder verify` and `autocoder key` as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autocoder import __version__, registry
from autocoder.cli.key import key
from autocoder.cli.verify import verify
from autocoder.diagnostics import StageFailed
from autocoder.gates.verdict import Status, Verdict
from autocoder.package import keys
from autocoder.package.build import PackageInput, build_package
from autocoder.package.sign import EmbeddedSigner
from autocoder.targets.tree import Owner, Tree


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("COSIGN_PASSWORD", raising=False)
    return tmp_path / "config/autocoder"


def derived() -> Tree:
    tree = Tree()
    tree.text("generated/requirements.txt", f"a==1 --hash=sha256:{'ab' * 32}\n")
    return tree


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with its package in `dist/`."""
    sources = Tree()
    sources.text("description.md", "prose\n", owner=Owner.OWNED)
    sources.text("architecture.yaml", "", owner=Owner.MERGED)
    sources.text("deployment.yaml", "", owner=Owner.MERGED)
    given = PackageInput(
        name="links",
        version="0.1.0",
        sources=sources,
        generated=derived(),
        deployments=Tree(),
        migrations=Tree(),
        requirements="generated/requirements.txt",
        verdicts=tuple(
            Verdict(gate=gate, status=Status.OK, checks=1, summary="1 file", sandbox="none needed")
            for gate in registry.GATES
        ),
        materials={},
        started="2026-01-02T03:04:05Z",
        finished="2026-01-02T03:04:06Z",
    )
    package = build_package(given, EmbeddedSigner(key=keys.create()))
    for tree in (sources, package.files):
        for file in tree:
            (tmp_path / file.path).parent.mkdir(exist_ok=True)
            (tmp_path / file.path).write_bytes(file.content)
    return tmp_path


ARCHIVE = "dist/links-0.1.0.tar.gz"


def invoke(*words: object) -> Result:
    return CliRunner().invoke(verify, [str(word) for word in words])


def test_a_good_package_is_verified_with_ones_own_key(workspace: Path) -> None:
    done = invoke(workspace / ARCHIVE)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        f"links 0.1.0, made by autocoder {__version__}",
        "  files        ok      4 files",
        f"  signature    ok      key {keys.trusted(None).hint}",
        "  attestation  ok      3 materials",
        "  archive      ok      5 members",
        "  sbom         ok      sbom.cdx.json",
        "  gates        ok      budgets ok, performance ok, policy ok, properties ok, static ok, tests ok",
        "verified",
    ]


def test_a_changed_archive_ends_in_diagnostics(workspace: Path) -> None:
    content = bytearray((workspace / ARCHIVE).read_bytes())
    content[40] ^= 1
    (workspace / ARCHIVE).write_bytes(content)
    done = invoke(workspace / ARCHIVE)
    assert isinstance(done.exception, StageFailed) and done.exception.exit_code == 1
    assert "AC6015" in {d.code for d in done.exception.diagnostics}
    assert "  archive      FAILED" in done.output and done.output.endswith("NOT verified\n")


def test_json_is_one_document_on_stdout_and_the_exit_code_tells(workspace: Path) -> None:
    good = invoke(workspace / ARCHIVE, "--format", "json")
    assert good.exit_code == 0 and json.loads(good.stdout)["ok"] is True
    (workspace / ARCHIVE).write_bytes(b"")
    bad = invoke(workspace / ARCHIVE, "--format", "json")
    assert bad.exit_code == 1
    assert {d["code"] for d in json.loads(bad.stdout)["diagnostics"]} >= {"AC6015", "AC6018"}


def test_the_sources_are_compared_and_derived_again(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autocoder.compilation.rederive", lambda _packaged: derived())
    good = invoke(workspace / ARCHIVE, "--source", workspace)
    assert good.exit_code == 0
    assert "  sources      ok      3 files" in good.output and "  derivation   ok      1 files" in good.output
    (workspace / "description.md").write_text("other prose")
    bad = invoke(workspace / ARCHIVE, "--source", workspace)
    assert isinstance(bad.exception, StageFailed)
    assert [(d.code, d.subject) for d in bad.exception.diagnostics] == [("AC6042", "description.md")]


def test_without_a_key_it_says_how_to_name_one(workspace: Path, own_folder: Path) -> None:
    own_folder.rename(own_folder.with_name("elsewhere"))
    done = invoke(workspace / ARCHIVE)
    assert isinstance(done.exception, StageFailed)
    assert [d.code for d in done.exception.diagnostics] == ["AC6020"]
    given = own_folder.with_name("elsewhere") / "signing.pub"
    assert invoke(workspace / ARCHIVE, "--key", given).exit_code == 0


def test_a_key_is_made_shown_and_exported(own_folder: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    made = runner.invoke(key, ["create"], env={"COSIGN_PASSWORD": "secret"})
    assert made.output.endswith(f"{own_folder}/signing.key (encrypted)\n")
    hint = made.output.split()[0]
    shown = runner.invoke(key, ["show"]).output
    assert hint in shown and f"private  {own_folder}/signing.key (encrypted)" in shown
    data = json.loads(runner.invoke(key, ["show", "--format", "json"]).output)
    assert (data["hint"], data["protected"]) == (hint, True)
    assert "PRIVATE" not in shown + data["pem"]
    assert runner.invoke(key, ["export", "--out", str(tmp_path / "my.pub")]).exit_code == 0
    assert (tmp_path / "my.pub").read_text() == data["pem"] == runner.invoke(key, ["export"]).output
    assert keys.load_public(tmp_path / "my.pub").hint == hint


@pytest.mark.parametrize(
    ("words", "code"),
    [(["show"], "AC6020"), (["export"], "AC6020"), (["create", "--replace"], "AC6020")],
)
def test_there_is_nothing_to_show_without_a_key(words: list[str], code: str) -> None:
    done = CliRunner().invoke(key, words)
    assert isinstance(done.exception, StageFailed)
    assert [d.code for d in done.exception.diagnostics] == [code]


def test_nothing_is_overwritten(own_folder: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    runner.invoke(key, ["create"])
    before = (own_folder / "signing.key").read_bytes()
    (tmp_path / "my.pub").write_text("mine")
    for words, code in ((["create"], "AC6027"), (["export", "--out", str(tmp_path / "my.pub")], "AC6026")):
        done = runner.invoke(key, words)
        assert isinstance(done.exception, StageFailed)
        assert [d.code for d in done.exception.diagnostics] == [code]
    assert (own_folder / "signing.key").read_bytes() == before and (tmp_path / "my.pub").read_text() == "mine"
    assert runner.invoke(key, ["create", "--replace"]).exit_code == 0
    assert (own_folder / "signing.key.old").read_bytes() == before
