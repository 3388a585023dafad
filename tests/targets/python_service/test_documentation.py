"""The README of an emitted service says where things are."""

from __future__ import annotations

import re

import pytest

from autocoder.targets.python_service.names import package
from tests.targets.python_service.emitted import EXAMPLES, compiled, tree_of


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_map_names_what_is_there_and_nothing_else(name: str) -> None:
    found = compiled(name)
    tree = tree_of(found)
    source = f"generated/src/{package(found.views.system.name)}"
    listed = tree["generated/README.md"].content.decode().split("## Where things are")[1].split("## ")[0]
    named = re.findall(r"`([a-z_]+(?:\.py|/))`", listed)
    paths = {file.path for file in tree}
    assert [n for n in named if f"{source}/{n}" not in paths and f"{source}/{n}__init__.py" not in paths] == []
    assert ("handlers/" in named) == bool(found.views.handlers)
    assert {"operations/", "models.py", "database.py", "settings.py"} <= set(named)
