"""Reads the shorthand of notes: paragraphs of lines, "Ticket (subject, body)", "delete: admin only", "auth: JWT".

Owns what such a line stands for, as a sentence with the line's own words in it; words that are added stand at the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from autocoder.readers.rules.blocks import Unit
from autocoder.readers.rules.contexts import Line
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.tagging import look_up, plural_of
from autocoder.readers.rules.tokens import Token, tokenize

_LABEL = re.compile(r"\s*(?:[A-Za-z][\w/&-]*(?: [\w/&-]+){0,2}:(?:\s|$)|(?:GET|POST|PUT|PATCH|DELETE)\s+/)")
_LONGEST = 110
"""Characters of a line of notes at most: a longer one is running text."""

_DATA = words("entity model data resource table object domain type schema thing")
"""Labels of lists of things with their fields."""

_FIELDS = words("field attribute property column")
_SIGN_IN = words("auth authentication login sign-in")
_TOKENS = words("jwt token bearer oauth password email e-mail bearer-token session and or / + , tokens")
_READS = {"view": "list", "read": "list", "see": "list", "everything": "manage", "all": "manage", "edit": "update"}
_ALONE = ("only", "read-only")


def lines_of(unit: Unit, text: str) -> Iterator[Unit]:
    """A paragraph of notes line by line; any other unit as it is."""
    content = text[unit.start : unit.end]
    lines = content.split("\n")
    told = [n for n, line in enumerate(lines) if _LABEL.match(line)]
    notes = unit.kind == "paragraph" and len(lines) > 1 and 2 * len(told) >= len(lines) and told[:1] == [0]
    if not notes or any(len(line) > _LONGEST for line in lines):
        yield unit
        return
    at = unit.start
    for line in lines:
        lead = len(line) - len(line.lstrip())
        if line.strip():
            yield replace(unit, kind="item", level=1, start=at + lead, end=at + len(line.rstrip()))
        at += len(line) + 1


@dataclass(kw_only=True)
class _Notes:
    """What the lines so far are about."""

    topic: str = ""
    roles: set[str] = field(default_factory=set[str])
    table: bool = False


def written_out(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, each line of notes as the sentence that it stands for."""
    notes = _Notes()
    for line in lines:
        notes.table = line.unit.kind == "row" and (notes.table or is_header(line.tokens))
        told = _row(line, notes) if line.unit.kind == "row" else line
        told = told if told.unit.kind in {"heading", "opaque", "row"} else _written(told, notes)
        _learn(told, notes)
        yield told


def is_label(line: Line) -> bool:
    """Whether a line only opens a list: "Entities:", "Rules:"."""
    named = [t for t in line.tokens if t.is_word]
    return line.opens and len(named) == 1 and _lemma(named[0]) in nouns.LIST_LABELS | _DATA


def _learn(line: Line, notes: _Notes) -> None:
    """Whose fields a line lists, and which roles it names."""
    colon = next((n for n, t in enumerate(line.tokens) if t.text == ":"), 0)
    label = [_lemma(t) for t in line.tokens[:colon]]
    if not label or not all(t.is_word for t in line.tokens[:colon]):
        return
    if label[-1] == "role":
        notes.roles |= {_lemma(t) for t in line.tokens[colon + 1 :] if t.is_word}
    elif not notes.topic and len(label) <= 2 and label[-1] not in nouns.LIST_LABELS | _SIGN_IN | nouns.ROLES:
        listed = sum(t.text == "," for t in line.tokens[colon:])
        notes.topic = " ".join(label) if listed > 1 else ""


def is_header(tokens: Sequence[Token]) -> bool:
    """Whether a row is the header of a table of things and their fields."""
    named = [_lemma(t) for t in tokens if t.is_word]
    return len(named) == 2 and named[0] in _DATA | {"name"} and named[1] in _FIELDS


def _row(line: Line, notes: _Notes) -> Line:
    """Product | sku (unique), name: the row of a table of things."""
    cells = [n for n, t in enumerate(line.tokens) if t.text == "|"]
    if not notes.table or len(cells) != 3 or cells[1] - cells[0] not in {2, 3} or is_header(line.tokens):
        return line
    named, listed = line.tokens[cells[0] + 1 : cells[1]], line.tokens[cells[1] + 1 : cells[2]]
    if not listed or not named[-1].is_word:
        return line
    told = (*named, _sign(":", named[-1]), *_values(listed), _sign(".", listed[-1]))
    return replace(line, tokens=told, unit=replace(line.unit, kind="item"), heading=())


def _written(line: Line, notes: _Notes) -> Line:
    tokens = [t for t in line.tokens if t.kind != "mark"]
    found = _thing(tokens, line) or _sign_in(tokens) or _alone(tokens, notes) or _role(tokens, notes)
    if not found:
        return line
    whole = min(t.start for t in line.tokens), max(t.end for t in line.tokens)
    added = any((t.start, t.end) == whole and t.text != line.tokens[0].text for t in found)
    said = " ".join(t.text for t in found) if added else ""
    return replace(line, tokens=tuple(found), lead=(), heading=(), whole=whole, written=said)


def _thing(tokens: Sequence[Token], line: Line) -> list[Token]:
    """Ticket (subject, body, priority: low/high): below a label for things, or alone in its line."""
    end = len(tokens) - (tokens[-1].text == ".")
    opened = next((n for n, t in enumerate(tokens) if t.text == "("), 0)
    if not 0 < opened <= 3 or tokens[end - 1].text != ")" or _closes(tokens, opened) != end - 1:
        return []
    named = tokens[:opened]
    inside = tokens[opened + 1 : end - 1]
    below = bool(line.lead) and _lemma(line.lead[-1]) in _DATA
    if not all(t.kind in {"word", "camel"} for t in named) or sum(t.text == "," for t in inside) < (0 if below else 2):
        return []
    if not below and not named[0].text[:1].isupper():
        return []
    return [*named, _sign(":", named[-1]), *_values(inside), _sign(".", tokens[end - 1])]


def _closes(tokens: Sequence[Token], opened: int) -> int:
    depth = 0
    for n, token in enumerate(tokens[opened:], opened):
        depth += (token.text == "(") - (token.text == ")")
        if not depth:
            return n
    return -1


def _values(inside: Sequence[Token]) -> Iterator[Token]:
    """The fields; "priority: low/high" has its values in parentheses."""
    open_ = False
    for token in inside:
        if token.text == ":" and not open_:
            open_ = True
            yield _sign("(", token)
            continue
        if open_ and token.text in {",", ";"}:
            open_ = False
            yield _sign(")", token)
        yield token
    if open_:
        yield _sign(")", inside[-1])


def _sign_in(tokens: Sequence[Token]) -> list[Token]:
    """Auth: JWT."""
    said = [t for t in tokens if t.text != "."]
    if len(said) < 3 or said[1].text != ":" or said[0].value not in _SIGN_IN:
        return []
    if any(t.value not in _TOKENS for t in said[2:]):
        return []
    return _added("Users sign in.", said)


def _alone(tokens: Sequence[Token], notes: _Notes) -> list[Token]:
    """Delete product: admin only; admin only: delete; only admin retires."""
    said = [t for t in tokens if t.text != "."]
    values = [t.value for t in said]
    if len(values) == 3 and values[0] == "only" and _lemma(said[2]) != values[2] and notes.topic:
        return _only(said[1], [replace(said[2], value=_lemma(said[2]), text=_lemma(said[2]))], said, notes)
    colon = values.index(":") if ":" in values else 0
    before, after = said[:colon], said[colon + 1 :]
    for who, what in ((after, before), (before, after)):
        if len(who) == 2 and who[1].value == "only" and what and _verbs(what[:1]):
            return _only(who[0], what, said, notes)
    return []


def _only(who: Token, does: Sequence[Token], line: Sequence[Token], notes: _Notes) -> list[Token]:
    role, verbs = _lemma(who), _verbs(does)
    if role not in notes.roles | nouns.ROLES:
        return []
    bare = len(verbs) == len([t for t in does if t.is_word and t.value not in {"and", "or"}])
    if bare and not notes.topic:
        return []
    things = _at(tokenize(plural_of(notes.topic)), line) if bare else []
    many = plural_of(_lemma(does[-1]))
    does = does if bare else [*does[:-1], replace(does[-1], text=many, value=many)]
    first, *rest = _added(f"Only {plural_of(role)} can", line)
    return [first, *rest, *does, *things, _sign(".", line[-1])]


def _role(tokens: Sequence[Token], notes: _Notes) -> list[Token]:
    """Manager: approve, reject."""
    said = [t for t in tokens if t.text != "."]
    if len(said) < 3 or said[1].text != ":" or not notes.topic:
        return []
    role, does = _lemma(said[0]), said[2:]
    known = role in notes.roles or role in nouns.ROLES
    spoken = [t for t in does if t.is_word and t.value not in {"and", "or"}]
    if not known or len(_verbs(does)) != len(spoken) or any(t.value in _ALONE for t in does):
        return []
    told = [replace(t, value=_READS.get(t.value, t.value), text=_READS.get(t.value, t.text)) for t in does]
    start = _added(f"{plural_of(role).capitalize()} can", said)
    return [*start, *_with_and(told), *_at(tokenize(plural_of(notes.topic)), said), _sign(".", said[-1])]


def _with_and(does: Sequence[Token]) -> list[Token]:
    """The verbs with "and" before the last."""
    last = max((n for n, t in enumerate(does) if t.text in {",", "/"}), default=-1)
    told = [replace(t, text=",", value=",", kind="punct") if t.text == "/" else t for t in does]
    if last >= 0 and not any(t.value in {"and", "or"} for t in does):
        told[last] = Token(kind="word", text="and", start=does[last].start, end=does[last].end, value="and")
    return told


def _verbs(tokens: Sequence[Token]) -> list[Token]:
    return [t for t in tokens if t.value in _READS or (t.is_word and look_up(t.value).form == "VB")]


def _lemma(token: Token) -> str:
    entry = look_up(token.value)
    return next((entry.lemma(tag) for tag in "NV" if tag in entry.candidates), token.value)


def _added(text: str, line: Sequence[Token]) -> list[Token]:
    return _at(tokenize(text), line)


def _at(tokens: Sequence[Token], line: Sequence[Token]) -> list[Token]:
    """Words that are added, at the place of the line."""
    start, end = line[0].start, line[-1].end
    return [replace(t, start=start, end=end) for t in tokens]


def _sign(text: str, after: Token) -> Token:
    return Token(kind="punct", text=text, start=after.end, end=after.end, value=text)
