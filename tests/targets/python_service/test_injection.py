"""Text of people lands harmless in every emitted file."""

from __future__ import annotations

import ast
import json
import re
import tomllib

import pytest

from autocoder.compilation import Sources, compile_sources
from tests.compiling import DEPLOYMENT
from tests.targets.python_service.emitted import tree_of

HOSTILE = (
    'a "quoted" word',
    "it's",
    '"""',
    "'''",
    'ends with "',
    "ends with \\",
    "\\N{BULLET} \\x41 \\u0041",
    "{{ 7 * 7 }}",
    "{% raw %}{% endraw %}",
    "{# comment #}",
    "<script>alert(1)</script>",
    "`ticks` | pipes | [links](javascript:alert)",
    "first\nsecond",
    '"""\nimport os  # noqa',
    "# comment",
    "%(name)s {0} {name} $name ${name}",
    "漢字 \u202e reversed \u2028 line",
)


def blueprint(text: str) -> str:
    """A blueprint that says `text` wherever prose may stand. JSON is YAML."""
    kind = {"type": "enum", "values": [text, "plain"], "default": text}
    return json.dumps(
        {
            "schema_version": "1.0.0",
            "system": {"name": "shop", "version": "0.1.0", "description": text},
            "requirements": [{"id": "R1", "text": text, "line": 1}],
            "auth": {"entity": "Person", "login": "name"},
            "entities": {
                "Person": {"fields": {"name": {"type": "text", "unique": True}, "password": "password"}},
                "Item": {"satisfies": ["R1"], "fields": {"kind": kind, "note": {"type": "text", "default": text}}},
            },
            "operations": {
                "add": {
                    "route": "POST /items",
                    "access": "user",
                    "input": {"note": {"type": "text", "default": text, "message": text}, "kind": kind},
                    "effects": [
                        {"create": "Item"},
                        {"require": "item.note != 'never'", "else": "conflict", "message": text},
                    ],
                }
            },
        },
        ensure_ascii=True,
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_kept_whole_and_does_nothing(text: str) -> None:
    sources = Sources(architecture=blueprint(text), deployment=DEPLOYMENT.format(name="shop"))
    tree = tree_of(compile_sources(sources))
    strings: dict[str, set[object]] = {}
    for file in tree:
        if file.path.endswith(".py"):
            module = ast.parse(file.content)
            strings[file.path] = {node.value for node in ast.walk(module) if isinstance(node, ast.Constant)}
            called = {
                node.func.id
                for node in ast.walk(module)
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            }
            assert "alert" not in called
            imported = {name.name for node in ast.walk(module) if isinstance(node, ast.Import) for name in node.names}
            assert "os" not in imported or "/tests/" in file.path
    for path in ("application.py", "operations/items.py", "models.py", "schemas.py"):
        assert text in strings[f"generated/src/shop/{path}"], path
    assert tomllib.loads(tree["generated/pyproject.toml"].content.decode())["project"]["description"] == text
    for path in ("generated/README.md", "generated/docs/operations.md"):
        assert "<script>" not in tree[path].content.decode()
        assert not re.search(r"(?<!\\)\]\(javascript", tree[path].content.decode())
