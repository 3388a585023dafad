"""Laws of the middle of the compiler: order never shows, passes settle, no edit of a design leads to a traceback."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from autocoder import registry
from autocoder.blueprint.format import format_architecture, format_deployment, order_shows, plain_data
from autocoder.blueprint.load import load_architecture, load_deployment
from autocoder.blueprint.model import Architecture, Deployment
from autocoder.bundles import load
from autocoder.compilation import LOCK, Compiled, Sources, compile_sources, emit
from autocoder.diagnostics import Diagnostics, StageFailed
from autocoder.ir import canonical
from autocoder.ir.verify import verify
from autocoder.passes.protocol import PassContext
from tests.compiling import fixture

pytestmark = pytest.mark.slow
NAMES = ("language_example", "todo", "lending", "link_shortener")


def data_of(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    found = fixture(name)
    design = load_architecture(found.architecture, file="a").model
    return plain_data(design), plain_data(load_deployment(found.deployment, file="d").model)


def shuffled(data: Any, random: Any, path: tuple[str, ...] = ()) -> Any:
    """The same data with its keys in another order, where order means nothing."""
    if isinstance(data, dict):
        keys = list(data)
        if not order_shows(path):
            random.shuffle(keys)
        return {key: shuffled(data[key], random, (*path, key)) for key in keys}
    return [shuffled(item, random, path) for item in data] if isinstance(data, list) else data


@settings(max_examples=12)
@given(st.sampled_from(NAMES), st.randoms(use_true_random=False))
def test_the_order_of_keys_never_changes_the_ir(name: str, random: Any) -> None:
    sources = fixture(name)
    first = compile_sources(sources)
    data, environments = data_of(name)
    texts = json.dumps(shuffled(data, random)), json.dumps(shuffled(environments, random))
    other = compile_sources(Sources(architecture=texts[0], deployment=texts[1], bodies=sources.bodies))
    assert canonical.fingerprint(other.graph) == canonical.fingerprint(first.graph)
    assert other.blueprint_hash == first.blueprint_hash


@pytest.mark.parametrize("name", NAMES)
def test_what_has_the_same_hash_gives_the_same_files(name: str) -> None:
    sources, random = fixture(name), Random(5)
    data, environments = data_of(name)
    texts = json.dumps(shuffled(data, random)), json.dumps(shuffled(environments, random))
    first, other = (
        compile_sources(found)
        for found in (sources, Sources(architecture=texts[0], deployment=texts[1], bodies=sources.bodies))
    )
    assert other.blueprint_hash == first.blueprint_hash
    # The lock names the bytes of the sources, which differ.
    trees = [{file.path: file.content for file in emit(found) if file.path != LOCK} for found in (first, other)]
    assert trees[0] == trees[1]


def test_an_order_that_shows_is_part_of_the_hash() -> None:
    sources = fixture("todo")
    data, environments = data_of("todo")
    fields = next(entity["fields"] for entity in data["entities"].values() if len(entity["fields"]) > 1)
    first = next(iter(fields))
    fields[first] = fields.pop(first)
    turned = Sources(architecture=json.dumps(data), deployment=json.dumps(environments), bodies=sources.bodies)
    assert compile_sources(turned).blueprint_hash != compile_sources(sources).blueprint_hash


@pytest.mark.parametrize("name", NAMES)
def test_every_pass_settles_and_leaves_a_sound_graph(name: str) -> None:
    graph = compile_sources(fixture(name)).graph
    before = canonical.fingerprint(graph)
    for reference in registry.PASSES.values():
        context = PassContext(bundle=load(), diagnostics=Diagnostics())
        graph = registry.load(reference)().apply(graph, context)
        assert verify(graph) == [], reference
        assert canonical.fingerprint(graph) == before, reference


# Mutation: whatever one changes in a design, the compiler answers with diagnostics or with a system.


def paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(found for key, value in inner for found in paths(value, (*path, key)))]


WORDS = (
    "Link",
    "User",
    "code",
    "owner",
    "text",
    "ref",
    "integer",
    "user",
    "anyone",
    "=now",
    "link.owner == caller.id",
    "",
)


def mutated(data: Any, path: tuple[Any, ...], what: str, word: str) -> Any:
    """The data with the element at a path deleted, renamed, doubled or set to something else."""
    data = copy.deepcopy(data)
    parent = data
    for part in path[:-1]:
        parent = parent[part]
    key = path[-1]
    match what:
        case "delete":
            del parent[key]
        case "rename" if isinstance(parent, dict):
            parent[word or "x"] = parent.pop(key)
        case "double" if isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        case _:
            parent[key] = word
    return data


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(NAMES), st.data())
def test_any_one_change_of_a_design_gives_diagnostics_or_a_system(name: str, draw: st.DataObject) -> None:
    data, environments = data_of(name)
    chosen = draw.draw(st.sampled_from(sorted(paths({"a": data, "d": environments})[1:], key=repr)))
    if len(chosen) < 2:
        return
    what = draw.draw(st.sampled_from(["delete", "rename", "double", "set"]))
    both = mutated({"a": data, "d": environments}, chosen, what, draw.draw(st.sampled_from(WORDS)))
    bodies = fixture(name).bodies
    try:
        found = compile_sources(
            Sources(architecture=json.dumps(both["a"]), deployment=json.dumps(both["d"]), bodies=bodies)
        )
    except StageFailed as failed:
        assert all(d.message and d.span for d in failed.diagnostics), failed.diagnostics
        return
    assert isinstance(found, Compiled) and len(emit(found)) > 10
    try:
        texts = (
            format_architecture(Architecture.model_validate(both["a"])),
            format_deployment(Deployment.model_validate(both["d"])),
        )
    except ValidationError:
        return
    again = compile_sources(Sources(architecture=texts[0], deployment=texts[1], bodies=bodies))
    assert canonical.fingerprint(again.graph) == canonical.fingerprint(found.graph)
