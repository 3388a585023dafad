"""Reads the shapes of objects: `{ title: string (3-30 chars), rounds?: integer, tags: string[] }`.

Owns the small grammar of shapes. What stands behind a type is read like the parenthesis behind a field's name. A shape
that it cannot read whole is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from autocoder.facts import Via
from autocoder.readers.rules import fields
from autocoder.readers.rules.clauses import Noun
from autocoder.readers.rules.discourse import Discourse
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.phrases import Item, phrases
from autocoder.readers.rules.roles import Filled
from autocoder.readers.rules.tagging import tag
from autocoder.readers.rules.tokens import tokenize

_SEPARATOR = re.compile(r"[,;](?![^(]*\))")
_FIELD = re.compile(
    r"""\s*["'`]?(?P<name>[A-Za-z_]\w{0,60})["'`]?(?P<optional>\?)?\s*:\s*
    (?P<type>(?:"[^"]+"|'[^']+')(?:\s*\|\s*(?:"[^"]+"|'[^']+'))*|[A-Za-z][\w-]*)
    (?P<many>\[\])?(?P<null>\s*\|\s*null)?\s*(?:matching\s+(?P<pattern>\^[^\s;]{1,200}\$)\s*)?
    (?P<bare>[^()]*)(?:\((?P<more>[^()]*)\))?\s*$""",
    re.VERBOSE,
)
_TYPE_NAME = re.compile(r"[A-Z]\w*[a-z]\w*")


def shape(noun: Noun, discourse: Discourse, *, rows: bool = False) -> list[Filled]:
    """The fields of `{ title: string, rounds?: integer }`; none if any part of it is not understood.

    With `rows` also those of `{ title: string }[]`: what each of several has.
    """
    found = [i for i in noun.items if i.kind == "shape"]
    if len(found) != 1 or len(noun.items) != 1 or (found[0].lemma.endswith("[]") and not rows):
        return []
    return shape_fields(found[0], discourse.symbols.shapes)


def shape_fields(item: Item, named: Mapping[str, Item]) -> list[Filled]:
    """The fields of a shape, behind a list of `named` ones those of its rows; none if a part is not understood."""
    inner = item.lemma.removesuffix("[]").strip()
    parts = [_field(part, item) for part in _SEPARATOR.split(inner[1:-1]) if part.strip()]
    known = [f for f in parts if f]
    if len(known) != len(parts):
        return []
    if re.search(r"\(\s*required\b", inner):
        for filled in known:  # where some are marked as required, the others are not
            filled.parts["required"] = replace(filled.parts["required"], value=_marked(filled, inner))
    return [f for filled in known for f in (filled, *_of_rows(filled, item, named))]


def _marked(filled: Filled, inner: str) -> bool:
    """Whether a field of a shape stands there as required."""
    name = re.escape(str(filled.parts["value"].value))
    return re.search(rf"\b{name}\b[^;,(]*\(\s*required\b", inner) is not None


def _of_rows(filled: Filled, item: Item, named: Mapping[str, Item]) -> Iterator[Filled]:
    """The fields that each row of a list has: `items.title`."""
    kind = filled.parts["type"].value
    shaped = named.get(str(kind).removeprefix("list of "))
    if shaped is None or shaped is item or not str(kind).startswith("list of "):
        return
    for inner in shape_fields(shaped, {}):
        parts = {name: replace(part, items=[item]) for name, part in inner.parts.items() if name != "required"}
        parts["value"] = replace(parts["value"], value=f"{filled.parts['value'].value}.{parts['value'].value}")
        yield Filled(parts=parts, items={item.index})


def _field(text: str, item: Item) -> Filled | None:
    match = _FIELD.match(text)
    if match is None:
        return None
    filled = Filled(parts={})
    filled.put("value", match["name"], item)
    filled.put("required", not (match["optional"] or match["null"]), item, via=Via.LEXICON)
    if match["pattern"]:
        filled.put("pattern", match["pattern"], item)
    written = match["type"]
    if written[0] in "\"'":
        filled.put("type", "enum", item, via=Via.LEXICON)
        filled.put("values", tuple(re.findall(r"[\"']([^\"']+)[\"']", written)), item)
    elif written.lower() in nouns.NAMED_TYPES and (kind := nouns.WRITTEN_TYPES.get(written.lower())):
        filled.put("type", f"list of {kind}" if match["many"] else kind, item, via=Via.LEXICON)
    elif _TYPE_NAME.fullmatch(written) and match["many"]:
        filled.put("type", f"list of {written}", item)
    else:
        return None
    return filled if all(_behind(said or "", filled, item) for said in (match["bare"], match["more"])) else None


def _behind(text: str, filled: Filled, item: Item) -> bool:
    """Adds what stands behind a type: ">= 0", "3-30 chars, optional". False if a word of it is not understood."""
    found = phrases(tag(tokenize(text)))
    said = Filled(parts={})
    fields.paren(found, said)
    if {i.index for i in found} - said.items - {i.index for i in found if i.tag == ","}:
        return False
    for name, part in said.parts.items():
        if name != "type" or filled.parts["type"].value == "text":  # "string (uuid)"
            filled.parts[name] = replace(part, items=[item])
    if "default" in said.parts:
        filled.parts["required"] = replace(filled.parts["required"], value=False)
    return True
