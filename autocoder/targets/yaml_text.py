"""Plain data as YAML text that every reader, YAML 1.1 ones included, reads back as the same data.

Owns quoting: a text stays plain only where no version of YAML could take it for anything else. Refuses what is not
plain data (mappings with text keys, lists, text, whole numbers, booleans, null).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.representer import SafeRepresenter

# Starts with a letter or a slash and holds nothing that has a meaning in any place of a document.
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*(?::[A-Za-z0-9_./-]+)*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


class _Representer(SafeRepresenter):
    def ignore_aliases(self, data: Any) -> bool:
        """The same object twice is written twice."""
        del data
        return True


def _text(representer: Any, text: str) -> Any:
    plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return representer.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


cast("Any", _Representer).add_representer(str, _text)


def dump(*documents: Mapping[str, Any] | Sequence[Any], header: str = "") -> str:
    """The documents as YAML, keys in the order given; `header` is one comment line without the hash sign."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump_all([_plain(document) for document in documents], stream)
    comment = f"# {' '.join(header.split())}\n" if header else ""
    return comment + stream.getvalue()


def load_all(text: str) -> Sequence[Any]:
    """The documents of a YAML text. Raises `ValueError` for text that is no YAML."""
    yaml: Any = YAML(typ="safe", pure=True)
    try:
        return list(yaml.load_all(text))
    except YAMLError as error:
        raise ValueError(str(error)) from error


def _plain(value: Any) -> Any:
    match value:
        case bool() | int() | None:
            return value
        case str():
            return str(value)
        case Mapping():
            pairs = cast("Mapping[Any, Any]", value).items()
            return {_key(key): _plain(item) for key, item in pairs}
        case list() | tuple():
            return [_plain(item) for item in cast("Sequence[Any]", value)]
        case _:
            raise TypeError(f"no plain data: {value!r}")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key is text, not {key!r}")
    return key
