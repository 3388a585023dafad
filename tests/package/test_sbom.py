"""The bill of materials lists what the requirements pin, the same every time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from autocoder.diagnostics import StageFailed
from autocoder.package.sbom import Pin, read_requirements, write_sbom


def pinned(*names: str) -> bytes:
    return "".join(f"{name} --hash=sha256:{'ab' * 32}\n" for name in names).encode()


def test_pins_are_read_with_markers_extras_and_hashes() -> None:
    text = (
        "# note\n--no-binary :all:\n"
        f"B_C[x]==1.0 ; os_name == 'nt' \\\n  --hash=sha256:{'cd' * 32} \\\n  --hash=sha256:{'ab' * 32}\n  # via z\n"
    )
    assert read_requirements(text, "r.txt") == (
        Pin(name="b-c", version="1.0", marker="os_name == 'nt'", hashes=("ab" * 32, "cd" * 32)),
    )


@pytest.mark.parametrize("line", ["a>=1 --hash=sha256:" + "ab" * 32, "a==1", "a @ https://example.org/a.whl", "-e ."])
def test_a_line_that_is_not_pinned_with_hashes_is_named(line: str) -> None:
    with pytest.raises(StageFailed) as failure:
        read_requirements(f"{line}\n", "r.txt")
    assert [(d.code, d.subject, d.value) for d in failure.value.diagnostics] == [("AC6003", "r.txt", line[:80])]


def test_the_order_of_the_requirements_decides_the_serial_number_only() -> None:
    one = json.loads(write_sbom("links", "1", pinned("a==1", "b==2"), "r.txt"))
    two = json.loads(write_sbom("links", "1", pinned("b==2", "a==1"), "r.txt"))
    assert one.pop("serialNumber") != two.pop("serialNumber")
    assert one == two
    assert [(c["name"], c["version"], c["purl"]) for c in one["components"]] == [
        ("a", "1", "pkg:pypi/a@1"),
        ("b", "2", "pkg:pypi/b@2"),
    ]


def test_it_has_no_time_and_the_same_bytes_twice() -> None:
    first = write_sbom("links", "1", pinned("a==1"), "r.txt")
    assert first == write_sbom("links", "1", pinned("a==1"), "r.txt")
    assert b"timestamp" not in first


def test_autocoders_own_lock_gives_a_valid_document() -> None:
    """The schema comes with the CycloneDX library; its references to other files need no answer here."""
    import cyclonedx.schema as schema

    lock = Path(__file__).parents[2] / "requirements/runtime.txt"
    document = json.loads(write_sbom("autocoder", "1", lock.read_bytes(), "runtime.txt"))
    assert len(document["components"]) > 20
    text = (Path(str(schema.__file__)).parent / "_res/bom-1.6.SNAPSHOT.schema.json").read_text()
    rules = json.loads(text)
    for key in ("component", "hash", "dependency"):
        validator = Draft7Validator({"definitions": rules["definitions"], **rules["definitions"][key]})
        rows = {
            "component": document["components"],
            "hash": [h for c in document["components"] for h in c["hashes"]],
            "dependency": document["dependencies"],
        }[key]
        for row in rows[:40]:
            assert not [e.message for e in validator.iter_errors(row) if "spdx" not in e.message]
