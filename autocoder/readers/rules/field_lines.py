"""Reads the lines of a list of parameters: a name, its type, what is said of it.

Owns which openers say that the lines below them are fields of the endpoint that the text is at ("Request body:", "It
accepts the following query parameters:"), and the words of such a line that only describe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autocoder.facts import Via
from autocoder.readers.rules import fields, narrowing
from autocoder.readers.rules.contexts import Line
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon import closed, nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import Filled
from autocoder.readers.rules.tagging import look_up
from autocoder.readers.rules.tokens import Token

_CARRIERS = words("body payload parameter field property attribute query header input argument param key value filter")
_ANSWERS = words("response answer reply output returns respond responds return returned")
_FRAMING = (
    _CARRIERS
    | _ANSWERS
    | words(
        "request json object form path url the a an of with in is be are as it and must should can may include "
        "includes "
        "contain contains accept accepts have has take takes require requires following these supported allowed "
        "optional "
        "required mandatory expect expects containing endpoint search filter data available following string "
        "consist consists this all support supports via example sort"
    )
)
_PLACES = {"query": "query", "filter": "query", "header": "header", "path": "path", "url": "path"}


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """What the lines below an opener are: parts of the request or the answer, where, and whether they must be "
    "there.
    """

    direction: str
    place: str
    required: bool | None


def carrier(lead: Sequence[Token]) -> Carrier | None:
    """What an opener says of the lines below it; None where it opens anything else."""
    said = [_lemma(t) for t in lead if t.is_word]
    literal = any(t.kind in {"code", "quoted", "number", "shape", "route"} for t in lead)
    if literal or len(said) > 14 or not set(said) <= _FRAMING or not set(said) & (_CARRIERS | _ANSWERS | {"request"}):
        return None
    direction = "response" if set(said) & _ANSWERS else "request"
    place = next((_PLACES[w] for w in said if w in _PLACES), "")
    must = set(said) & {"must", "required", "mandatory", "require", "requires"}
    return Carrier(direction=direction, place=place, required=True if must else False if "optional" in said else None)


def _lemma(token: Token) -> str:
    entry = look_up(token.value)
    return token.value if token.value in _FRAMING else entry.lemma("N") if "N" in entry.candidates else token.value


def inline(items: Sequence[Item], discourse: Discourse) -> list[FieldLine]:
    """The fields behind a label in a line of its own: "Query parameters: q (matches the title), page (default 1)"."""
    at = next((k for k, i in enumerate(items[:6]) if i.tag == ":"), 0)
    of = carrier([w.token for i in items[:at] for w in i.words]) if at else None
    if of is None or not {"method", "path"} <= set(discourse.endpoint):
        return []
    found: list[FieldLine] = []
    for part in _parts(items[at + 1 :]):
        if (
            not _names(part)
            or part[0].kind == "number"
            or any(i.kind in {"shape", "number"} for i in part if i.tag == "L" and i is part[0])
        ):
            return []
        found.append(_field_of(part, of, discourse))
    return (
        found
        if all(
            i.index in f.used | f.aside.keys()
            for f, p in zip(found, _parts(items[at + 1 :]), strict=True)
            for i in p
            if any(w.token.is_word for w in i.words)
        )
        else []
    )


def _parts(items: Sequence[Item]) -> list[list[Item]]:
    """What stands between the commas outside parentheses."""
    found: list[list[Item]] = [[]]
    depth = 0
    for item in items:
        depth += (item.tag == "(") - (item.tag == ")")
        if depth == 0 and (item.tag in ",;." or item.lemma in {"and", "or"}):
            found.append([])
        else:
            found[-1].append(item)
    return [p for p in found if p]


@dataclass(kw_only=True)
class FieldLine:
    """The field of a line, with the words that only describe it."""

    draft: Draft
    used: set[int]
    aside: dict[int, str]


def opens(line: Line, discourse: Discourse) -> bool:
    """Whether a line only says that fields of the endpoint come: "Query parameters:"."""
    return line.opens and "path" in discourse.endpoint and carrier(line.tokens[:-1]) is not None


def read(items: Sequence[Item], line: Line, discourse: Discourse) -> FieldLine | None:
    """The field of a line below such an opener; None for any other line."""
    if line.unit.kind != "item" or not {"method", "path"} <= set(discourse.endpoint) or not items:
        return None
    of = carrier(line.lead)
    name = items[0]
    if of is None or not _names(items) or name.kind == "number":
        return None
    return _field_of(items, of, discourse)


def _field_of(items: Sequence[Item], of: Carrier, discourse: Discourse) -> FieldLine:
    """The field of a line, or of a part of one."""
    name, filled = items[0], Filled(parts={})
    filled.put("name", name.text.strip("`'\"“”‘’"), name)
    narrows = discourse.endpoint["method"].value == "GET" and of.direction == "request"
    rest = _type(items[1:], filled, narrows=narrows)
    aside = _more(rest, filled, narrows=narrows)
    written = re.split(r"[_\-]|(?<=[a-z])(?=[A-Z])", str(filled.parts["name"].value))
    if "type" not in filled.parts and (kind := fields.value_type([w.lower() for w in written])):
        filled.parts["type"] = Part(value=kind, items=[name], via=Via.INFERRED)
    draft = Draft(kind="field", parts=_placed(filled, of, discourse), items=set(filled.items))
    return FieldLine(draft=draft, used=set(filled.items), aside=aside)


def _names(items: Sequence[Item]) -> bool:
    """Whether a line starts with a name: a literal, or a word with a type or a colon behind it."""
    if re.fullmatch(r"[A-Za-z_][\w-]{0,59}", items[0].text.strip("`'\"“”‘’")) is None:
        return False
    after = items[1].text if len(items) > 1 else ""
    if items[0].tag not in "LNVJQR" and after != "(":
        return False
    return items[0].kind in {"code", "quoted", "snake", "camel"} or after in {"", ":", "(", "-", "–", "—"}


def _type(rest: Sequence[Item], filled: Filled, *, narrows: bool) -> list[Item]:
    """Reads the parenthesis behind the name; what is left of the line."""
    after = list(rest)
    if after and after[0].tag == "(":
        end = next((k for k, i in enumerate(after) if i.tag == ")"), len(after))
        inside(after[1:end], filled, narrows=narrows)
        after = after[end + 1 :]
    return after


def inside(inner: Sequence[Item], filled: Filled, *, narrows: bool) -> None:
    """Reads a parenthesis behind a name: its type and limits, and words that only describe."""
    fields.paren(inner, filled)
    for group in _groups([i for i in inner if i.index not in filled.items]):
        if not say(group, filled, narrows=narrows) and _describes(group):
            filled.use(*group)


def _groups(items: Sequence[Item]) -> Iterator[list[Item]]:
    """What stands between commas, dashes and colons."""
    group: list[Item] = []
    for item in (*items, None):
        if item is None or item.text in {",", ";", ":", ".", "-", "–", "—", "(", ")"}:
            if group:
                yield group
            group = []
        else:
            group.append(item)


def _more(rest: Sequence[Item], filled: Filled, *, narrows: bool) -> dict[int, str]:
    """What is said behind the name and its type; answers the words that only describe."""
    said = [i for i in rest if i.text not in {":", "-", "–", "—", "."}]
    whole = _told(said)
    if whole:
        trial = Filled(parts={})
        fields.paren(whole, trial)
        if {i.index for i in whole} <= trial.items:
            filled.parts |= {k: p for k, p in trial.parts.items() if k != "values" or len(whole) > 1}
            filled.use(*said)
            return {}
    aside: dict[int, str] = {}
    for group in _groups(rest):
        if not say(group, filled, narrows=narrows):
            aside |= dict.fromkeys((i.index for i in group), "describes a field") if _describes(group) else {}
    return aside


_PLAIN = words("must should be a an the value valid have has of is to it can may")


def _told(group: Sequence[Item]) -> list[Item]:
    """The words of a group without those that only join: "must be a value from 1 to 5" is "from 1 to 5"."""
    start = next((k for k, i in enumerate(group) if i.lemma not in _PLAIN), len(group))
    return list(group[start:])


def say(group: Sequence[Item], filled: Filled, *, narrows: bool) -> bool:
    """Reads one group as limits, a flag, a type, a default, or what a list is narrowed by."""
    told = _told(group)
    if {"not", "empty"} <= {i.lemma for i in group} and len(told) <= 3:
        filled.put("min", "1", *group, via=Via.LEXICON)
        return True
    trial = Filled(parts={})
    fields.paren(told, trial)
    if told and {i.index for i in told} <= trial.items and "values" not in trial.parts:
        filled.parts |= trial.parts
        filled.use(*group)
        return True
    if (signed := next((i for i in told if i.lemma in _SIGNED), None)) is not None and len(told) <= 2:
        whole = [i for i in told if i is not signed and i.lemma in nouns.NAMED_TYPES]
        if whole and "type" not in filled.parts:
            filled.put("type", nouns.VALUE_TYPES[whole[0].lemma], whole[0], via=Via.LEXICON)
        if len(whole) == len(told) - 1 and filled.parts.get("type") is not None:
            least = (
                _SIGNED[signed.lemma]
                if filled.parts["type"].value == "integer" or _SIGNED[signed.lemma] == "0"
                else None
            )
            if least is not None:
                filled.put("min", least, signed, via=Via.LEXICON)
                filled.use(*group)
                return True
    if [i.lemma for i in told[:1]] == ["iso"] or "iso" in {i.lemma.lower() for i in told}:
        filled.use(*group)
        return "type" in filled.parts or _dated(told, filled)
    bound = [i for i in told if i.tag in "BH"]
    if len(bound) == 1 and all(i.lemma in _COUNTED or i is bound[0] for i in told) and fields.limits(bound[0], filled):
        filled.use(*group)
        return True
    kind = fields.value_type([i.lemma for i in told]) if told and "valid" in {i.lemma for i in group} else ""
    if kind:
        filled.put("type", kind, *group, via=Via.LEXICON)
        return True
    return narrows and narrowing.described(group, filled)


_SIGNED = {"positive": "1", "non-negative": "0", "nonnegative": "0"}


def _dated(told: Sequence[Item], filled: Filled) -> bool:
    """Reads "ISO 8601 date": how a date is written goes without saying."""
    named = [i for i in told if i.lemma in {"date", "datetime", "date-time", "timestamp", "time"}]
    if named:
        kind = "datetime" if len(named) > 1 or named[0].lemma != "date" else "date"
        filled.put("type", kind, *named, via=Via.LEXICON)
    return bool(named)


_COUNTED = words("character char letter digit long length in of with item entry byte inclusive at")


def _describes(group: Sequence[Item]) -> bool:
    """Whether words only describe: nothing in them limits what may be sent."""
    if "page" in {i.lemma for i in group} and len(group) <= 5 and all(i.tag in "NDPRV" for i in group):
        return True  # "plants per page"
    free = all(w.token.value not in closed.RESTRICTORS | {"must"} for i in group for w in i.words)
    return free and not any(i.tag in "BHKUX" or i.kind in {"number", "code", "shape"} for i in group)


def _placed(filled: Filled, of: Carrier, discourse: Discourse) -> dict[str, Part]:
    """The slots of the field, with whose it is and where it stands."""
    name = filled.parts["name"]
    method, path = str(discourse.endpoint["method"].value), remembered(discourse.endpoint["path"])
    inside = re.search(rf"[{{:]{re.escape(str(name.value))}\b", str(path.value)) is not None
    path.value = f"{method} {path.value}"
    parts = {
        "of": path,
        "direction": Part(value=of.direction, items=name.items, via=Via.LEXICON),
        **filled.parts,
    }
    if of.direction == "request":
        usual = "query" if method in {"GET", "DELETE"} else "body"
        parts["location"] = Part(value="path" if inside else of.place or usual, items=name.items, via=Via.LEXICON)
        if of.required is not None and "required" not in parts:
            parts["required"] = Part(value=of.required, items=name.items, via=Via.LEXICON)
    elif "required" in parts:
        del parts["required"]
    return parts
