"""Every way through a system can be asked for, in both directions, down to lines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from autocoder.compilation import compile_sources, emit
from autocoder.diagnostics import StageFailed
from autocoder.review.trace import GATES, Trace, Tracer
from autocoder.targets.tree import Tree, begin, marked
from tests.cli.test_main import autocoder, workspace
from tests.compiling import fixture


@pytest.fixture(scope="module")
def tracer() -> Tracer:
    compiled = compile_sources(fixture("language_example"))
    return Tracer(compiled=compiled, tree=emit(compiled))


LINKS = "generated/src/link_shortener/operations/links.py"


def text(tracer: Tracer, path: str) -> list[str]:
    return tracer.tree[path].content.decode().splitlines()


def paths(found: Trace) -> set[str]:
    return {place.path for place in (*found.files, *found.tests)}


def test_a_requirement_leads_to_elements_nodes_lines_tests_and_gates(tracer: Tracer) -> None:
    found = tracer.trace("R4")
    assert [r.name for r in found.requirements] == ["R4"]
    assert [e.path for e in found.elements] == ["operations.delete_link", "operations.list_links"]
    assert all(e.span and e.span.file == "architecture.yaml" for e in found.elements)
    assert set(found.nodes) == {
        "operation:delete_link",
        "operation:list_links",
        "budget:delete_link",
        "budget:list_links",
    }
    assert {LINKS, "generated/tests/test_operations.py", "generated/docs/operations.md"} <= paths(found)
    assert "follow" not in {place.node.partition(":")[2] for place in found.files}
    assert {"static", "tests", "properties", "performance"} <= set(found.gates)


def test_the_lines_of_an_operation_are_exactly_its_function(tracer: Tracer) -> None:
    [place] = [p for p in tracer.trace("operations.follow").files if p.path == LINKS]
    lines = text(tracer, LINKS)[place.first - 1 : place.last] if place.first and place.last else []
    assert lines[0].startswith("@router.get(")
    assert sum("async def " in line for line in lines) == 1
    assert any("async def follow(" in line for line in lines)
    assert lines[-1].strip().startswith("return RedirectResponse")


def test_every_line_of_a_function_leads_back(tracer: Tracer) -> None:
    lines = text(tracer, LINKS)
    start = next(i for i, line in enumerate(lines, 1) if "async def delete_link(" in line)
    for query in (f"{LINKS}:{start}", f"{LINKS}:{start + 2}", "operation:delete_link", "operations.delete_link.access"):
        found = tracer.trace(query)
        assert [r.name for r in found.requirements] == ["R4"], query
        assert [e.path for e in found.elements] == ["operations.delete_link"]


def test_a_field_and_a_rule_of_the_blueprint_lead_on(tracer: Tracer) -> None:
    assert tracer.trace("entities.Link.fields.expires_at").nodes == ("entity:Link",)
    assert tracer.trace("operations.register").elements[0].span is None
    [element] = tracer.trace("policy.rules.no-anonymous-delete").elements
    assert (
        element.span
        and "no-anonymous-delete" in fixture("language_example").architecture.splitlines()[element.span.line - 1]
    )


def test_a_manifest_leads_to_its_workload_and_environment(tracer: Tracer) -> None:
    found = tracer.trace("deployments/kubernetes/overlays/production/ingress-api.yaml")
    assert set(found.nodes) == {"environment:production", "workload:api"}
    assert found.gates[:2] == ("static", "policy") or "policy" in found.gates


def test_what_is_there_for_every_service_has_no_requirement(tracer: Tracer) -> None:
    found = tracer.trace("generated/src/link_shortener/clock.py:1")
    assert (found.requirements, found.nodes) == ((), ())


def test_every_operation_entity_and_handler_has_lines_that_say_its_name(tracer: Tracer) -> None:
    views = tracer.compiled.views
    for node in (*views.operations, *views.handlers, *views.entities, *views.events):
        places = [p for p in tracer.trace(node.id).files if p.first and p.path.endswith(".py") and "/src/" in p.path]
        assert places, node.id
        said = "".join("\n".join(text(tracer, p.path)[(p.first or 1) - 1 : p.last]) for p in places)
        word = re.sub("(?<!^)([A-Z])", r"_\1", node.name).lower()
        assert word in re.sub("(?<=[a-z])([A-Z])", r"_\1", said).lower(), node.id


def test_each_test_of_an_operation_belongs_to_it(tracer: Tracer) -> None:
    lines = text(tracer, "generated/tests/test_operations.py")
    tests = [i for i, line in enumerate(lines, 1) if line.startswith("def test_follow")]
    owned = [p.first for p in tracer.trace("operations.follow").tests if p.path.endswith("test_operations.py")]
    assert owned == tests


@pytest.mark.parametrize("query", ["R99", "operations.folow", "operation:x", f"{LINKS}x", "", "🤷", "R4:", ":1"])
def test_a_name_of_nothing_is_refused_with_what_was_meant(tracer: Tracer, query: str) -> None:
    with pytest.raises(StageFailed) as failed:
        tracer.trace(query)
    assert failed.value.exit_code == 2
    [found] = failed.value.diagnostics
    assert found.code == "AC8206"
    if query == "operations.folow":
        assert found.help == 'did you mean "operations.follow"?'


def test_marks_never_reach_a_file_and_may_stand_inside_each_other() -> None:
    tree = Tree()
    tree.text("a.py", "one\n" + marked("entity:A", "two\n" + marked("operation:b", "three") + "\nfour") + "\nfive\n")
    assert tree["a.py"].content == b"one\ntwo\nthree\nfour\nfive\n"
    assert [(o.node, o.first, o.last) for o in tree["a.py"].origins] == [("entity:A", 2, 4), ("operation:b", 3, 3)]
    assert "entity:A" in begin("entity:A")


def test_no_emitted_file_holds_a_mark(tracer: Tracer) -> None:
    assert not [f.path for f in tracer.tree if any(m.encode() in f.content for m in ("\ufdd0", "\ufdd1"))]


def test_every_emitted_python_file_and_manifest_has_a_gate(tracer: Tracer) -> None:
    for file in tracer.tree:
        if file.sources or file.origins:
            known = any(file.path.startswith(start) for start, _ in GATES)
            assert known or file.path.startswith((".", "generated/docs", "generated/README")), file.path


@pytest.mark.slow
def test_the_command_prints_and_gives_json(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    done = autocoder("trace", "R4", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "requirement  R4, line 6: Signed-in users list and delete their own links." in done.stdout
    assert re.search(r"file         .*\n", done.stdout)
    done = autocoder("trace", "R4", "--format", "json", cwd=folder)
    assert json.loads(done.stdout)["requirements"][0]["id"] == "R4"
    assert autocoder("trace", "R9", cwd=folder).returncode == 2
    assert sorted(p.name for p in folder.iterdir() if p.name[0] != ".") == ["architecture.yaml", "deployment.yaml"]


@pytest.fixture(scope="module")
def shop() -> Tracer:
    compiled = compile_sources(fixture("shop"))
    return Tracer(compiled=compiled, tree=emit(compiled))


@pytest.mark.parametrize(
    ("query", "node", "path"),
    [
        ("integrations.payments", "integration:payments", "generated/src/shop/integrations/payments.py"),
        ("integrations.payments.timeout", "integration:payments", "generated/src/shop/integrations/payments.py"),
        ("channels.mail", "channel:mail", "generated/src/shop/channels.py"),
        ("bindings.paid", "handler:count", "generated/src/shop/handlers/count.py"),
        ("capabilities.batching", "batching", "generated/src/shop/worker.py"),
        ("environments.staging.overrides", "environment:staging", "deployments/env/staging.env.example"),
    ],
)
def test_whatever_a_blueprint_states_leads_to_its_files(shop: Tracer, query: str, node: str, path: str) -> None:
    found = shop.trace(query)
    assert node in found.nodes
    assert path in paths(found)


@pytest.mark.parametrize(
    ("file", "line", "element"),
    [
        ("architecture.yaml", "    retry: {attempts: 2}", "integrations.payments"),
        ("architecture.yaml", "    rate_limit: {limit: 30/min, by: caller, burst: 5}", "operations.order"),
        ("deployment.yaml", "      capabilities.batching.wait: 1s", "environments.staging"),
    ],
)
def test_a_line_of_a_blueprint_leads_to_its_element(shop: Tracer, file: str, line: str, element: str) -> None:
    sources = fixture("shop")
    lines = {"architecture.yaml": sources.architecture, "deployment.yaml": sources.deployment}[file].splitlines()
    [found] = shop.trace(f"{file}:{lines.index(line) + 1}").elements
    assert found.path == element


def test_a_line_that_is_not_there_is_nothing(shop: Tracer) -> None:
    with pytest.raises(StageFailed):
        shop.trace("architecture.yaml:9999")
