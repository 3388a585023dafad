"""The page about `gen` says what is there."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from autocoder.cli.gen import gen
from autocoder.gen.index import Generator, Index, Tool

PAGE = (Path(__file__).parents[2] / "docs/gen.md").read_text(encoding="utf-8")


def test_the_example_is_a_valid_index():
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1]
    assert Index.model_validate(json.loads(example)).generators[0].tool.version == "22.1"


def test_every_key_of_the_index_is_described():
    assert [key for key in (*Generator.model_fields, *Tool.model_fields) if f"`{key}`" not in PAGE] == ["name"]


def test_every_option_of_the_commands_is_named():
    from autocoder.cli.gen import gen

    for command in gen.commands.values():
        assert [option.opts[0] for option in command.params if option.opts[0] not in PAGE] == []


@pytest.mark.slow
def test_the_readme_can_be_followed_in_an_empty_folder(tmp_path, monkeypatch):
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Keep generated files honest")[1].split("\n## ")[0]
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL))
    (tmp_path / "project/arch/gen").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    Path("greet.py").write_text(blocks["python"])
    Path("arch/gen/index.json").write_text(blocks["json"])
    seen = []
    for line in blocks["sh"].splitlines():
        if line.startswith("autocoder gen "):
            done = CliRunner().invoke(gen, line.split("#")[0].split()[2:])
            seen.append((done.exit_code, done.stdout))
        else:
            subprocess.run(line, shell=True, check=True)
    assert [code for code, _ in seen] == [0, 0, 1]
    assert "the project has what it writes" in seen[1][1] and "  +Hello Mary\n" in seen[2][1]
