"""The README shows what is there."""

import json
import re
from pathlib import Path

from autocoder.cli import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"(?:`|\$ |bin/)autocoder ([a-z]+)", README))
    assert {"build", "plan", "verify"} <= named <= set(COMMANDS)


def test_the_code_that_it_shows_is_what_is_emitted() -> None:
    shown = README.split("```python\n")[1].split("```")[0].strip()
    emitted = ROOT / "generated/link-shortener/generated/src/link_shortener/operations/links.py"
    assert shown in emitted.read_text(encoding="utf-8")


def test_every_path_that_it_names_is_there() -> None:
    for path in (
        "docs/architecture.md",
        "docs/diagnostics.md",
        "docs/gen.md",
        "ir/reference.md",
        "adrs",
        "CHANGELOG.md",
    ):
        assert path in README
        assert (ROOT / path).exists(), path


def test_our_own_generators_are_indexed() -> None:
    index = json.loads((ROOT / "arch/gen/index.json").read_text(encoding="utf-8"))
    outputs = {output for generator in index["generators"] for output in generator["outputs"]}
    assert {"schemas", "ir/reference.md", "generated/link-shortener", "generated/todo"} <= outputs
