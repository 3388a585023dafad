"""The page about `gen` says what is there."""

import json
import re
from pathlib import Path

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
