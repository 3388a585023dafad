"""The one Jinja environment: skeletons of text, strict about names. Values are quoted for where they land."""

from __future__ import annotations

import json
import textwrap
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from autocoder.targets.python_service.layout import WIDTH


@cache
def _environment() -> Environment:
    # Autoescaping is for HTML; every value here is quoted by whoever passes it, for Python, TOML or Markdown.
    return Environment(  # noqa: S701  # nosec B701
        loader=PackageLoader("autocoder.targets.python_service", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def fill(template: str, **values: Any) -> str:
    """A skeleton with its places filled. Raises `jinja2.UndefinedError` for a place without a value."""
    return _environment().get_template(f"{template}.j2").render(**values)


def toml_text(value: str) -> str:
    """A TOML basic string. JSON's escapes are a subset of TOML's but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def markdown_text(value: str) -> str:
    """Prose inside a Markdown paragraph: on one line, with nothing that Markdown or HTML would act on."""
    line = " ".join(value.split())
    for char in "\\`*_{}[]<>#|":
        line = line.replace(char, f"\\{char}")
    return line.replace("\\<", "&lt;").replace("\\>", "&gt;")


def docstring(value: str, indent: str = "") -> str:
    """A docstring with its quotes: prose on one line where it fits, else wrapped, with nothing that ends or escapes."""
    line = " ".join(value.split()).replace("\\", "\\\\").replace('"""', "'''")
    line = f"{line} " if line.endswith('"') else line
    if len(indent) + len(line) + 6 <= WIDTH:
        return f'{indent}"""{line}"""'
    wrapped = textwrap.wrap(line, WIDTH - len(indent) - 6, break_on_hyphens=False)
    return "\n".join([f'{indent}"""{wrapped[0]}', *(indent + part for part in wrapped[1:]), f'{indent}"""'])
