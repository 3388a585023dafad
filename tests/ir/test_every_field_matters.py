"""Nothing in the IR is decoration: changing any field changes a diagnostic or an emitted file."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from autocoder import __version__, registry
from autocoder.bundles import Bundle
from autocoder.compilation import Compiled, compile_sources
from autocoder.diagnostics import StageFailed
from autocoder.ir import canonical
from autocoder.ir.conventions import conventions
from autocoder.ir.graph import Graph
from autocoder.ir.verify import verify
from autocoder.ir.views import Views
from autocoder.rules.catalogue import evaluate_design
from autocoder.targets.stamp import Stamp
from tests.compiling import fixture

pytestmark = pytest.mark.slow

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    match value:
        case dict():
            for key, item in value.items():
                yield from leaves(item, (*path, key))
        case list():
            for index, item in enumerate(value):
                yield from leaves(item, (*path, index))
            if not value:
                yield path, value
        case _:
            yield path, value


def shape(node: dict[str, Any], path: Path) -> str:
    """A field of a kind of thing, wherever it stands: the innermost object that names its kind, and the path."""
    value, kind, inner = node, str(node["kind"]), []
    for part in path:
        inner.append("*" if isinstance(part, int) else str(part))
        value = value[part]
        if isinstance(value, dict) and "kind" in value:
            kind, inner = str(value["kind"]), []
    return ".".join([kind, *inner])


OTHERS = {"text": "integer", "integer": "text", "list": "text", "uuid": "text", "row": "text", "null": "text"}


def changed(path: Path, value: Any) -> list[Any]:
    """Other values for a leaf; several, because one may be equivalent in its place."""
    if path[-1] == "name" and "type" in path:
        return [OTHERS.get(value, "text"), "boolean"]
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1, value + 1000]
        case str():
            return [f"{value}x", "email", "*/7 * * * *", "cascade", "PUT", "anyone", "query", "/x"]
        case None:
            return ["7", 7, "x"]
        case _:
            return [["x"], [["clicks"]]]


def parts(graph: Graph, bundle: Bundle) -> Iterator[object]:
    """Everything that anybody sees of a graph, what is quick to make first."""
    views = Views(graph)
    yield conventions(views), tuple(evaluate_design(views))
    stamp = Stamp(blueprint_hash="0" * 64, generator_version=__version__, bundle=bundle.version)
    for reference in registry.TARGETS.values():
        tree = registry.load(reference)().apply(views, bundle, stamp)
        yield {file.path: (file.content, file.owner) for file in tree}


def seen(document: dict[str, Any], bundle: Bundle, before: list[object]) -> bool:
    """Whether a changed document gives a diagnostic or another answer."""
    try:
        nodes, edges = canonical._adapter().validate_python((document["nodes"], document["edges"]))
        graph = Graph.of(nodes, edges)
        if verify(graph):
            return True
        return any(new != old for new, old in zip(parts(graph, bundle), before, strict=True))
    except (ValidationError, ValueError, KeyError, StageFailed, StopIteration, TypeError):
        return True


Places = dict[str, list[tuple[int, Path, Any]]]


def places_of(document: dict[str, Any]) -> Places:
    """Where each field of each kind of thing stands."""
    found: Places = {}
    for index, node in enumerate(document["nodes"]):
        for path, value in leaves(node):
            found.setdefault(shape(node, path), []).append((index, path, value))
    return found


FIXTURES = ("language_example", "todo")


@pytest.mark.parametrize("name", FIXTURES)
def test_changing_any_field_of_the_ir_is_seen(name: str) -> None:
    found = compile_sources(fixture(name))
    document = canonical.as_data(found.graph, {})
    unseen = unseen_of(places_of(document), document, found)
    assert not unseen, unseen


def test_changing_any_field_of_what_only_larger_systems_have_is_seen() -> None:
    """Capabilities, integrations, channels, bindings, overrides and the like; types are those of the other fixtures."""
    found = compile_sources(fixture("shop"))
    document = canonical.as_data(found.graph, {})
    known = {field for name in FIXTURES for field in places_of(canonical.as_data(compiled_graph(name), {}))}
    places = {f: where for f, where in places_of(document).items() if f not in known and ".type" not in f}
    assert {"batching.wait_us", "environment.overrides.*.value", "integration.timeout_us"} <= places.keys()
    unseen = unseen_of(places, document, found)
    assert not unseen, unseen


def compiled_graph(name: str) -> Graph:
    return compile_sources(fixture(name)).graph


def unseen_of(places: Places, document: dict[str, Any], found: Compiled) -> list[str]:
    """The fields whose change nobody sees."""
    before = list(parts(found.graph, found.bundle))
    return [
        field
        for field, where in sorted(places.items())
        if not any(change_is_seen(document, found.bundle, before, *place) for place in spread(where))
    ]


def spread(places: list[tuple[int, Path, Any]]) -> list[tuple[int, Path, Any]]:
    """A few of many places, over all of them."""
    return places[:: max(1, len(places) // 6)][:8]


def change_is_seen(
    document: dict[str, Any], bundle: Bundle, before: list[object], index: int, path: Path, value: Any
) -> bool:
    for other in changed(path, value):
        if other == value:
            continue
        mutant = copy.deepcopy(document)
        target = mutant["nodes"][index]
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = other
        if seen(mutant, bundle, before):
            return True
    return False


def test_every_edge_is_seen() -> None:
    found = compile_sources(fixture("language_example"))
    document = canonical.as_data(found.graph, {})
    before = list(parts(found.graph, found.bundle))
    unseen = []
    for index, edge in enumerate(document["edges"]):
        mutant = json.loads(json.dumps(document))
        del mutant["edges"][index]
        if not seen(mutant, found.bundle, before):
            unseen.append(edge)
    assert not unseen, unseen
