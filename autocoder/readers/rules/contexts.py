"""What stands above a line and belongs to it: a sentence that opens a list, the heading of a section.

Owns the stack of openers. An item below "Users can:" is read as "Users can …", one below "Books" as "Books: …"; the
openers' words keep their own place in the prose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autocoder.readers.rules.blocks import Unit
from autocoder.readers.rules.clauses import clauses
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import phrases
from autocoder.readers.rules.tagging import look_up, tag, third_person, verb_of
from autocoder.readers.rules.tokens import Token


@dataclass(frozen=True, kw_only=True)
class Line:
    """A sentence with what stands above it: `lead` is the line that opens its list, `heading` its section's.

    `whole` is the shorthand that it was written out of, by offsets, and `written` the sentence with the words that are
    not in the prose.
    """

    unit: Unit
    tokens: tuple[Token, ...]
    lead: tuple[Token, ...] = ()
    heading: tuple[Token, ...] = ()
    whole: tuple[int, int] | None = None
    written: str = ""

    @property
    def opens(self) -> bool:
        """Whether it opens a list."""
        return self.tokens[-1].text == ":"


def with_openers(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines with what stands above them."""
    heading: tuple[Token, ...] = ()
    open_: list[Line] = []
    for line in lines:
        if line.unit.kind == "heading":
            heading, open_ = line.tokens, []
        while open_ and not _below(line.unit, open_[-1].unit):
            open_.pop()
        lead = open_[-1].tokens[:-1] if open_ and line.unit.kind == "item" else ()
        yield replace(line, lead=lead, heading=heading if line.unit.kind in {"item", "row"} else ())
        if line.opens:
            open_.append(line)


def with_remarks(tokens: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
    """The sentence without the sentences in its parentheses; then those, each part by itself."""
    start = next((n for n, t in enumerate(tokens) if t.text == "("), None)
    end = next((n for n, t in enumerate(tokens) if t.text == ")"), None)
    if start is None or end is None or not 0 < start < end - 3 or not _states(tokens[start + 1 : end]):
        yield tokens
        return
    yield from with_remarks((*tokens[:start], *tokens[end + 1 :]))
    part: list[Token] = []
    for token in (*tokens[start + 1 : end], None):
        if token is None or token.text == ";":
            yield tuple(part)
            part = []
        else:
            part.append(token)


def _states(tokens: Sequence[Token]) -> bool:
    """Whether words are a sentence: a subject with a predicate."""
    found = clauses(phrases(tag(tokens)))
    return bool(found) and bool(found[0].subject and found[0].predicates) and not found[0].lead


def _below(unit: Unit, opener: Unit) -> bool:
    """Whether a unit is in the list that another one opens."""
    return unit.kind == "item" and (opener.kind != "item" or unit.level > opener.level)


def variants(line: Line) -> Iterator[tuple[Token, ...]]:
    """The token sequences that a line may be read as: alone, behind what opens its list, under its label."""
    yield line.tokens
    plain = tuple(t for t in line.tokens if t.kind != "mark")
    does = plain[2:]
    if does and plain[0].kind == "route" and plain[1].text in _DASHES:
        yield of_a_route(plain[0], does)
    if said := behind_label(plain):
        yield said
    if named := named_endpoint(plain):
        yield named
    if does and (route := spoken_route(line.tokens)):
        yield route
    if does and (sent := sent_to(line.tokens)):
        yield sent
    opener = [t for t in line.lead if t.kind != "mark"]
    if opener:
        own = (
            replace(line.tokens[0], text=line.tokens[0].text[:1].lower() + line.tokens[0].text[1:]),
            *line.tokens[1:],
        )
        yield (*_without_announcement(opener), *own)
        yield (*opener, _colon(opener[-1]), *line.tokens)
    heading = list(line.heading)
    if heading and len(heading) <= 4 and line.unit.kind == "item":
        yield (*heading, _colon(heading[-1]), *line.tokens)


def named_endpoint(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The sentence of "Endpoint for create movie: POST /movies": the route creates a movie; empty where it is none."""
    at = next((k for k, t in enumerate(tokens[:9]) if t.text == ":"), 0)
    start = next((k + 1 for k, t in enumerate(tokens[:at]) if t.value in {"for", "to"}), 0)
    does = tokens[start:at]
    routes = [t for t in tokens[at + 1 :] if t.is_word]
    pointed = bool(start) and tokens[0].value in {"endpoint", "route", "request", "the"} and bool(does)
    if not pointed or len(routes) != 1 or routes[0].kind != "route":
        return ()
    verb = verb_of(does[0].value) or does[0].value
    route = replace(routes[0], start=tokens[0].start, end=tokens[start - 1].end)
    return of_a_route(route, (replace(does[0], value=verb), *does[1:]))


_ANSWERING = words(
    "response responses returns result success error errors output failure failures status effect description action "
    "purpose on behaviour behavior note"
)


def behind_label(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """What stands behind a label that only says that an answer comes: "Response: 201 Created"; empty without one."""
    at = next((k for k, t in enumerate(tokens[:4]) if t.text == ":"), 0)
    labelled = at and all(t.value in _ANSWERING for t in tokens[:at])
    return tuple(tokens[at + 1 :]) if labelled and any(t.is_word for t in tokens[at + 1 :]) else ()


_SPOKEN = {"getting": "GET", "fetching": "GET", "deleting": "DELETE", "putting": "PUT", "patching": "PATCH"}


def spoken_route(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The sentence where its subject is a route: "Deleting /todos" is DELETE /todos; empty where it is none."""
    method, path = _SPOKEN.get(tokens[0].value, ""), tokens[1]
    if not method or path.kind not in {"path", "code"} or not path.value.startswith("/"):
        return ()
    route = Token(
        kind="route",
        text=f"{method} {path.value}",
        start=tokens[0].start,
        end=path.end,
        value=f"{method} {path.value}",
    )
    return (route, *tokens[2:])


_SENDING = {"posting": "POST", "sending": "POST", "putting": "PUT", "patching": "PATCH"}
_ON_THE_WAY = frozenset(["the", "a", "root", "of", "list", "collection", ",", "address", "path", "url", "endpoint"])


def sent_to(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The sentence where its subject sends something to a path: "Posting a title to /todos" is "POST /todos takes a
    title and"; empty where it is none.
    """
    method = _SENDING.get(tokens[0].value, "")
    at = next((n for n, t in enumerate(tokens[:30]) if t.kind in {"path", "code"} and t.value.startswith("/")), 0)
    to = max((n for n, t in enumerate(tokens[:at]) if t.value == "to"), default=0)
    if not method or not 1 < to < at or any(t.value not in _ON_THE_WAY for t in tokens[to + 1 : at]):
        return ()
    path, rest = tokens[at], tokens[at + 1 :]
    rest = rest[1:] if rest and rest[0].text == "," else rest
    named = f"{method} {path.value}"
    route = Token(kind="route", text=named, start=tokens[to].start, end=path.end, value=named)
    takes = replace(tokens[0], text="takes", value="takes")
    joint = Token(kind="punct", text=",", start=path.end, end=path.end, value=",")
    return (route, takes, *_plainly(tokens[1:to]), joint, *rest)


def _plainly(tokens: Sequence[Token]) -> Iterator[Token]:
    """A list without its parentheses: "a title (and optionally an order)" is "a title and an optional order"."""
    may: Token | None = None
    for token in tokens:
        if token.text in {"(", ")"}:
            continue
        if token.value == "optionally":
            may = replace(token, value="optional")
            continue
        yield token
        if may is not None and token.value in {"a", "an", "the"}:
            yield may
            may = None


_DASHES = frozenset("-–—:")


def of_a_route(route: Token, does: Sequence[Token]) -> tuple[Token, ...]:
    """The sentence of "GET /seeds - list seeds": the route lists seeds."""
    verb = does[0].text[:1].lower() + does[0].text[1:]
    said = "returns" if does[0].value == "get" else third_person(does[0].value)
    return (route, replace(does[0], text=verb, value=said), *does[1:])


_CAPTIONS = 6
"""A caption has at most so many words."""


def with_captions(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, where a caption above a route is a sentence about it: "Mark as Reviewed", then "POST "
    "/x/{id}/review".
    """
    before: Line | None = None
    for line in lines:
        if before is not None:
            route = _route_below(before, line)
            yield replace(before, tokens=of_a_route(route, _words(before))) if route else before
        before = line
    if before is not None:
        yield before


def _words(line: Line) -> tuple[Token, ...]:
    return tuple(t for t in line.tokens if t.is_word)


def _route_below(caption: Line, line: Line) -> Token | None:
    """The one route that a line gives to the caption above it, at the caption's own place."""
    routes = [t for t in line.tokens if t.kind == "route"]
    said = _words(caption)
    first = [t for t in line.tokens if t.kind != "mark"]
    leads = bool(routes) and (first[0] is routes[0] or [t.value for t in first[:1]] in _POINTING)
    short = 1 < len(said) <= _CAPTIONS and all(t.kind in {"word", "mark"} for t in caption.tokens)
    if not short or not leads or len(routes) > 1 or caption.unit.kind == "row" or not _does(said[0]):
        return None
    return replace(routes[0], start=said[0].start, end=said[0].end)


_POINTING = (["endpoint"], ["route"], ["request"], ["url"])


def _does(token: Token) -> bool:
    """Whether a word is a verb in its base form."""
    entry = look_up(token.value)
    return "V" in entry.candidates and entry.form == "VB"


_ANNOUNCING = ("the following", "these things", "as follows", "following")


def _without_announcement(tokens: Sequence[Token]) -> Sequence[Token]:
    """Drops what only says that a list comes: "the following"."""
    text = " ".join(t.value for t in tokens)
    for phrase in _ANNOUNCING:
        if text.endswith(phrase):
            return tokens[: -len(phrase.split())]
    return tokens


def _colon(after: Token) -> Token:
    return Token(kind="punct", text=":", start=after.end, end=after.end, value=":")
