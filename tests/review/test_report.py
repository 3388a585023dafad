"""The review shows what was decided and what it means, and approving is by name and value."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from autocoder.compilation import compile_sources
from autocoder.review.report import markdown, review_of, text
from autocoder.review.topology import Box, Topology
from tests.cli.test_main import autocoder, workspace
from tests.compiling import compiled, fixture


def test_every_decision_requirement_and_operation_is_in_every_form() -> None:
    found = compile_sources(fixture("language_example"))
    review = review_of(found)
    data = json.loads(json.dumps(review.as_data()))
    assert {d["subject"] for d in data["decisions"]} == {d.subject for d in found.decisions}
    for shown in (text(review), markdown(review).replace("\\", "")):
        for decision in review.open:
            assert decision.subject in shown
        for requirement in found.views.requirements:
            assert requirement.name in shown
        for operation in found.views.operations:
            assert operation.name in shown
    assert "reserves" in text(review) and "times the stated 500/s" in text(review)


def test_a_picture_is_well_formed_and_shows_every_component() -> None:
    topology = Topology.of(compile_sources(fixture("language_example")).views)
    svg = topology.svg()
    root = ET.fromstring(svg)  # our own text
    said = {element.text for element in root.iter() if element.text}
    assert {"clients", "api", "store", "worker", "scheduler"} <= said
    assert 'api["api<br/>APIEndpoint, 6 operations"]' in topology.mermaid()
    assert "clients -- requests --> api" in topology.mermaid()
    assert "api -. events .-> worker" in topology.mermaid()


def test_names_are_never_markup() -> None:
    topology = Topology(boxes=(Box(name="a", note='<script>"]|&', role="Worker"),), arrows=())
    assert "<script>" not in topology.svg() and "<script>" not in topology.mermaid()
    found = compiled(
        'requirements: [{id: R1, text: "<img src=x> | `x` **b**"}]\nentities: {Link: {fields: {a: text}}}\n'
        "operations: {a: {route: GET /x, effects: [{list: Link}], satisfies: [R1]}}\n"
    )
    assert "<img" not in markdown(review_of(found)) and "**b**" not in markdown(review_of(found))


@pytest.mark.slow
def test_an_approval_holds_for_a_value_and_ends_with_it(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    (folder / "decisions.yaml").write_text("# ours\nwaivers: []\n", encoding="utf-8")
    assert autocoder("review", "--exit-code", cwd=folder).returncode == 1
    subject = "operations.list_links.limit"
    done = autocoder("approve", subject, "--by", "kim@example.com", cwd=folder)
    assert done.returncode == 0, done.stderr
    written = (folder / "decisions.yaml").read_text(encoding="utf-8")
    assert written.startswith("# ours\nwaivers: []\n") and "by: kim@example.com" in written
    data = json.loads(autocoder("review", "--format", "json", cwd=folder).stdout)
    assert {d["subject"]: d["approved_by"] for d in data["decisions"]}[subject] == "kim@example.com"
    wrong = autocoder("approve", "operations.list_link.limit", "--by", "kim", cwd=folder)
    assert wrong.returncode == 2 and "AC8208" in wrong.stderr
    assert autocoder("approve", "--all", "--by", "lee@example.com", cwd=folder).returncode == 0
    assert autocoder("review", "--exit-code", cwd=folder).returncode == 0
    path = folder / "architecture.yaml"
    more = "entities:\n  Note: {fields: {title: text}}\n"
    path.write_text(path.read_text(encoding="utf-8").replace("entities:\n", more), encoding="utf-8")
    data = json.loads(autocoder("review", "--format", "json", cwd=folder).stdout)
    assert len(data["open"]) == 1
    assert autocoder("review", "--exit-code", cwd=folder).returncode == 1


@pytest.mark.slow
@pytest.mark.parametrize("by", ["flag", "policy"])
def test_nothing_is_signed_without_the_approvals_that_are_required(tmp_path: Path, by: str) -> None:
    folder = workspace(tmp_path)
    if by == "policy":
        path = folder / "architecture.yaml"
        text_ = path.read_text(encoding="utf-8").replace("policy:\n", "policy:\n  approvals: required\n")
        path.write_text(text_, encoding="utf-8")
    done = autocoder("build", *(["--require-approvals"] if by == "flag" else []), cwd=folder)
    assert done.returncode == 2
    assert "error[AC6004] auth.tokens" in done.stderr
    assert not (folder / "dist").exists()


@pytest.mark.slow
def test_an_earlier_commit_is_compared_with_and_what_breaks_sets_the_exit_code(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for words in (["init", "-q"], ["add", "architecture.yaml", "deployment.yaml"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    same = autocoder("review", "--diff", "HEAD", "--exit-code", cwd=folder)
    assert same.returncode == 0 and "Changes (0)" in same.stdout, same.stderr
    path = folder / "architecture.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("GET /{code}", "GET /to/{code}"), encoding="utf-8")
    done = autocoder("review", "--diff", "HEAD", "--exit-code", "--format", "markdown", cwd=folder)
    assert done.returncode == 1
    assert "### Breaking for clients: 1" in done.stdout
    assert r"operations.follow: GET /\{code\} is gone" in done.stdout
    assert autocoder("review", "--diff", "nothing-of-the-kind", cwd=folder).returncode == 2
    assert "AC8207" in autocoder("review", "--diff", "--output=x", cwd=folder).stderr
