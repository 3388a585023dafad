import json

import pytest
import rfc8785

from autocoder.compilation import compile_sources
from autocoder.diagnostics import StageFailed
from autocoder.ir import canonical
from autocoder.ir.graph import Graph
from tests.compiling import fixture


@pytest.fixture(scope="module")
def graph() -> Graph:
    return compile_sources(fixture("language_example")).graph


def resealed(graph: Graph, change: dict[str, object]) -> bytes:
    document = canonical.as_data(graph, {}) | change
    del document["sha256"]
    import hashlib

    document["sha256"] = hashlib.sha256(rfc8785.dumps(document)).hexdigest()
    return rfc8785.dumps(document)


def test_reading_is_the_inverse_of_writing(graph: Graph) -> None:
    data = canonical.write(graph, {"blueprint": "0" * 64})
    again, source = canonical.read(data)
    assert source == {"blueprint": "0" * 64}
    assert canonical.write(again, source) == data


def test_the_ir_is_canonical_json(graph: Graph) -> None:
    data = canonical.write(graph, {})
    assert rfc8785.dumps(json.loads(data)) == data


def test_a_changed_ir_is_refused(graph: Graph) -> None:
    data = canonical.write(graph, {}).replace(b"target_url", b"target_uri")
    with pytest.raises(StageFailed) as failed:
        canonical.read(data)
    assert [d.code for d in failed.value.diagnostics] == ["AC3191"]


def test_another_version_is_refused(graph: Graph) -> None:
    with pytest.raises(StageFailed) as failed:
        canonical.read(resealed(graph, {"ir_version": canonical.IR_VERSION + 1}))
    assert [d.code for d in failed.value.diagnostics] == ["AC3190"]


@pytest.mark.parametrize("where", ["document", "node", "step"])
def test_an_unknown_field_is_refused(graph: Graph, where: str) -> None:
    document = canonical.as_data(graph, {})
    if where == "node":
        document["nodes"][0]["extra"] = 1
    elif where == "step":
        operation = next(n for n in document["nodes"] if n["kind"] == "operation")
        operation["steps"][0]["extra"] = 1
    data = resealed(graph, {"extra": 1} if where == "document" else {"nodes": document["nodes"]})
    with pytest.raises(StageFailed) as failed:
        canonical.read(data)
    assert [d.code for d in failed.value.diagnostics] == ["AC3192"]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"ir_version": 1}', b"\xff"])
def test_what_is_no_ir_is_refused(data: bytes) -> None:
    with pytest.raises(StageFailed) as failed:
        canonical.read(data)
    assert failed.value.diagnostics[0].code in ("AC3190", "AC3192")


@pytest.mark.parametrize("name", ["language_example", "todo"])
def test_the_ir_fits_its_published_schema(name: str) -> None:
    from jsonschema import Draft202012Validator

    document = json.loads(compile_sources(fixture(name)).ir)
    assert list(Draft202012Validator(canonical.json_schema()).iter_errors(document)) == []
