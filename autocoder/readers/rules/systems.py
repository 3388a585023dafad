"""Reads a noun phrase as the system that is being built: its form, what it is about, what it is for."""

from __future__ import annotations

from autocoder.facts import Via
from autocoder.readers.rules.clauses import Noun, items_of
from autocoder.readers.rules.discourse import Discourse
from autocoder.readers.rules.lexicon import closed, fillers, nouns
from autocoder.readers.rules.roles import Filled, common, name_items, words_of


def about(noun: Noun, discourse: Discourse) -> Filled | None:
    """A system with what it is about: a to-do list API, a small note-taking service."""
    form = nouns.FORMS.get(noun.head.lemma) if discourse.symbols.system(noun.head.lemma) else None
    filled = Filled(parts={})
    _purpose(noun, discourse, filled)
    if form is None:
        return _collection(noun, filled)
    filled.put("form", form, noun.head, via=Via.LEXICON)
    subject = [i for i in noun.modifiers if i.tag == "N" and i.lemma not in fillers.FILLER_NOUNS]
    filled.use(*(i for i in noun.modifiers if i.lemma in fillers.FILLER_NOUNS))
    if subject:
        filled.put("subject", words_of(subject), *subject)
    elif "purpose" not in filled.parts:
        _for_things(noun, filled)
    common(noun, filled)
    return filled


def _purpose(noun: Noun, discourse: Discourse, filled: Filled) -> None:
    """What it is for, as documentation: only where all of it is said again elsewhere, and nothing in it restricts."""
    said = [i for part in (*noun.relative, *(a for a in noun.post if a.prep == "for")) for i in items_of(part)]
    content = [w for i in said for w in i.words if i.tag in "NVJL"]
    if not content or any(w.token.value in closed.RESTRICTORS for i in said for w in i.words):
        return
    if all(discourse.symbols.elsewhere(w.lemma, discourse.sentence) for w in content):
        first, last = said[0].words[0].token.start, said[-1].words[-1].token.end
        filled.put("purpose", discourse.prose.text[first:last], *said)


def _for_things(noun: Noun, filled: Filled) -> None:
    """An API for recipes."""
    for adjunct in noun.post:
        things = adjunct.nouns if adjunct.prep == "for" else []
        if len(things) != 1 or things[0].head.tag != "N" or not things[0].head.plural:
            continue
        filled.put("subject", words_of(name_items(things[0])), *name_items(things[0]))
        common(things[0], filled)
        filled.use(*adjunct.items)


def _collection(noun: Noun, filled: Filled) -> Filled | None:
    """A to-do list; a pastebin: the name of a collection stands for the system that keeps it."""
    collection = noun.head.lemma in nouns.COLLECTIONS and len(name_items(noun)) > 1
    if (
        noun.items[0].index != 0
        or noun.items[0].tag not in "DN"
        or not (collection or noun.head.lemma in nouns.NAMED_SYSTEMS)
    ):
        return None
    filled.put("subject", words_of(name_items(noun)), *name_items(noun))
    common(noun, filled)
    return filled
