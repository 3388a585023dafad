"""The README shows what is there."""

import json
import re
from pathlib import Path

from autocoder.cli import COMMANDS
from tests.cli.test_main import autocoder

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"(?:`|\$ |bin/)autocoder ([a-z]+)", README))
    assert {"build", "plan", "verify"} <= named <= set(COMMANDS)


def test_the_code_that_it_shows_is_what_is_emitted() -> None:
    shown = README.split("```python\n")[1].split("```")[0].strip()
    emitted = ROOT / "generated/link-shortener/generated/src/link_shortener/operations/links.py"
    assert shown in emitted.read_text(encoding="utf-8")


def test_the_numbers_that_it_shows_are_those_of_the_example(tmp_path: Path) -> None:
    words = ["compile", str(ROOT / "examples/link-shortener.md"), "--out", str(tmp_path / "out"), "--accept-defaults"]
    done = autocoder(*words, cwd=tmp_path)
    printed = done.stdout + done.stderr
    shown = README.split("link-shortener.md\n")[1].split("```")[0].splitlines()
    assert [line for line in shown[:4] if line.removesuffix("…") not in printed] == []


def test_the_system_of_the_language_page_compiles(tmp_path: Path) -> None:
    page = (ROOT / "docs/language.md").read_text(encoding="utf-8")
    blueprint = page.split("## A system\n\n```yaml\n")[1].split("```")[0]
    deployment = 'schema_version: "1.0.0"\nsystem: link-shortener\nenvironments: {development: {}}\n'
    (tmp_path / "architecture.yaml").write_text(blueprint, encoding="utf-8")
    (tmp_path / "deployment.yaml").write_text(deployment, encoding="utf-8")
    done = autocoder("compile", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


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
