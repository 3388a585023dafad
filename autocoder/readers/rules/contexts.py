"""What stands above a line and belongs to it: a sentence that opens a list, the heading of a section.

Owns the stack of openers. An item below "Users can:" is read as "Users can …", one below "Books" as "Books: …"; the
openers' words keep their own place in the prose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autocoder.readers.rules.blocks import Unit
from autocoder.readers.rules.clauses import clauses
from autocoder.readers.rules.phrases import phrases
from autocoder.readers.rules.tagging import tag, third_person
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
    does = line.tokens[2:]
    if does and line.tokens[0].kind == "route" and line.tokens[1].text in _DASHES:
        yield of_a_route(line.tokens[0], does)
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
    return (route, replace(does[0], text=verb, value=third_person(does[0].value)), *does[1:])


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
