"""Reads what parentheses behind a thing count out: the fields of each line of a list, of an event.

Owns when a parenthesis holds fields of its own, and not a type or the values of its noun.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autocoder.readers.rules import clauses, fields
from autocoder.readers.rules.clauses import Noun
from autocoder.readers.rules.discourse import Discourse, Part
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.roles import Filled, name_items, words_of


def holders(found: Sequence[Noun]) -> Iterator[Noun]:
    """The nouns that may have a parenthesis: themselves, and what a list is of."""
    for noun in found:
        yield noun
        for adjunct in noun.post:
            if adjunct.prep == "of":
                yield from adjunct.nouns


def inside(found: Sequence[Noun], discourse: Discourse) -> Iterator[Filled]:
    """The fields that parentheses count out, each with whose it is."""
    for noun in holders(found):
        inner = parts(noun, discourse)
        owner = [i for i in noun.items if i.tag == "L"] or name_items(noun)
        for part in inner:
            filled = fields.field(part, discourse)
            if filled is None:
                return
            filled.parts["of"] = Part(value=words_of(owner), items=owner)
            filled.use(*noun.paren)
            yield filled


def parts(noun: Noun, discourse: Discourse) -> list[Noun]:
    """The fields in a parenthesis; none where it says a type or values, or anything else."""
    many = noun.head.plural or any(i.tag == "L" for i in noun.items)
    found = clauses.clauses(noun.paren) if noun.paren and many else []
    if len(found) != 1 or found[0].predicates or found[0].lead or found[0].stray or found[0].conditions:
        return []
    named = found[0].subject
    telling = [n for n in named if len(n.items) > 1 or n.post or n.head.lemma in nouns.VALUE_TYPES]
    flags = any(i.lemma in fields.FLAGS or i.lemma in nouns.NAMED_TYPES for n in named for i in n.items[:1])
    if flags or not telling or any(fields.field(n, discourse) is None for n in named):
        return []
    return named
