"""Released prompts stay as they were released."""

import hashlib
from pathlib import Path

import pytest

from autocoder.readers.model.prompts import Prompt, load_prompt

PROMPTS = Path(__file__).parents[3] / "prompts"
RELEASED = {
    "fill-body/v1.md": "92f93bc6a2beb52b7b9435ee514cac39f4171598bf133499d379a7a2d024811a",
    "read-facts/v1.md": "71de76e535511d6332a47e9b339481ba1328dce5e499000a022ab7eaadfff884",
}
"""A hash is added with a version and never changed: an edit of a released prompt is a new version."""


def test_every_prompt_is_listed_here():
    found = {p.relative_to(PROMPTS).as_posix() for p in PROMPTS.rglob("v*.md")}
    assert found == set(RELEASED)


@pytest.mark.parametrize("name", sorted(RELEASED))
def test_a_released_prompt_is_never_edited(name: str):
    assert hashlib.sha256((PROMPTS / name).read_bytes()).hexdigest() == RELEASED[name]
    task, version = name.removesuffix(".md").split("/v")
    loaded = load_prompt(task, int(version))
    assert (loaded.name, loaded.sha256, loaded.status) == (name.removesuffix(".md"), RELEASED[name], "released")


def test_what_stands_in_a_value_fills_no_other_place():
    prompt = Prompt(task="t", version=1, status="draft", sha256="", system="be ${a}", user="${b}")
    system, user = prompt.filled({"a": "${b}", "b": "$a ${a}"})
    assert (system["content"], user["content"]) == ("be ${b}", "$a ${a}")
