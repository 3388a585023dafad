"""Words that carry nothing of their own: each with the rule that lets it go, by name."""

from __future__ import annotations

from dataclasses import dataclass

from autocoder.readers.rules.lexicon.words import words


@dataclass(frozen=True, kw_only=True)
class Filler:
    """A named rule. It takes a word of `tags` (and of `words`, where given) if the neighbours it `needs` were taken.

    `needs`: `next` the word after it, `both` the words on both sides (an end of the sentence counts), `verb` both and
    a verb group behind it, `any` no neighbour but at least one word of the sentence.
    """

    name: str
    tags: str
    needs: str
    words: frozenset[str] = frozenset()


FILLERS: tuple[Filler, ...] = (
    Filler(name="determiner", tags="D", needs="next"),
    Filler(name="possessive", tags="S", needs="next", words=words("our your my its")),
    Filler(name="conjunction", tags="C", needs="both", words=frozenset({"and", "or"})),
    Filler(name="conjunction before a verb", tags="C", needs="verb", words=frozenset({"but"})),
    Filler(
        name="adverb without effect",
        tags="R",
        needs="any",
        words=words(
            "also then simply automatically additionally immediately just therefore thus here now easily again "
            "naturally obviously please"
        )
        | {"of course"},
    ),
    Filler(name="connection", tags="W", needs="both", words=frozenset({"so"})),
)

FILLER_ADJECTIVES = words(
    "new given existing corresponding specific particular single short simple small little basic own various "
    "different "
    "individual respective entire whole own tiny minimal modern nice "
    "self-hosted lightweight online web-based"
)
"""Adjectives that leave a noun what it is."""

GERUND_ADJECTIVES = words(
    "missing pending remaining upcoming incoming outgoing overlapping running failing matching following conflicting "
    "outstanding expiring waiting existing corresponding ongoing leading trailing surrounding"
)
"""Participles that describe a noun; any other before a noun is a part of its name ("charging point")."""

ADJECTIVES = words(
    "long due unique optional public private internal available required mandatory empty valid external anonymous "
    "wide high free read-only case-sensitive"
)
"""Words that are adjectives here, whatever else the tables say."""

FILLER_NOUNS = words("rest restful http json web crud rest-api internet-facing")
"""Words before "API" or "service" that name its technique, which is given."""

FILLER_QUANTIFIERS = words("all every each some any several many both")
"""Quantifiers that leave a general statement general."""

GENRE = words(
    "a an the this it is are be with of and or in as to by on its that which it's endpoint request response body json "
    "object payload field parameter property attribute string value status code http message error server service api "
    "called named following include contain along alongside also then must should will can may two three four "
    "successful successfully success both with one new valid key result indicate state data format formatted "
    "text user "
    "narrow filter restrict changed added modified replaced saved removed "
    "client html content method call route follow schema array list "
    "containing updated possible via sending query given sent provided supplied present "
    "back caller consisting including details filtering pagination paging sorting lead leads trigger rejected "
    "answered passed well intended expects together reply replies produce produces confirm confirming state stating "
    "say saying indicate indicating read reading successful confirmation"
)
"""Words of specifications that a fact takes along: they only hold its literals together."""
