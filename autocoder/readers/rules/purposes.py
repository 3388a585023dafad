"""Reads what the first sentence of a text says the service is for: documentation, once the rest of the text says more.

Owns when words may be that: the service itself (or "we") is the subject, in the present tense, and nothing restricts.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocoder.facts import Via
from autocoder.readers.rules import roles
from autocoder.readers.rules.clauses import Clause
from autocoder.readers.rules.discourse import Discourse, Draft, Part
from autocoder.readers.rules.lexicon import closed, nouns
from autocoder.readers.rules.lexicon.verbs import CLASSES
from autocoder.readers.rules.phrases import Item


def read(
    drafts: list[Draft], used: set[int], items: Sequence[Item], found: Sequence[Clause], discourse: Discourse
) -> None:
    """Gives the system its purpose: the sentence's words that nothing else took."""
    left = [i for i in items if i.index not in used and any(w.token.is_word for w in i.words)]
    if not left or len(found) != 1 or not _of_the_service(found[0], discourse) or any(_more(i) for i in items):
        return
    clause = found[0]
    said = [i for i in items if i.tag not in ".!"]
    text = discourse.prose.text[said[0].words[0].token.start : said[-1].words[-1].token.end]
    purpose = Part(value=" ".join(text.split()), items=left)
    system = next((d for d in drafts if d.kind == "system"), None)
    if system is None:
        system = Draft(kind="system", parts=_named(clause), items=set())
        drafts.insert(0, system)
    system.parts["purpose"] = purpose
    system.items |= {i.index for i in left}
    used |= system.items


def _of_the_service(clause: Clause, discourse: Discourse) -> bool:
    subject = clause.subject[0] if len(clause.subject) == 1 else None
    told = bool(clause.predicates) and not (clause.conditions or clause.stray or clause.label)
    if subject is None or not told or subject.relative or subject.post or subject.paren:
        return False
    ours = subject.head.lemma == "we" or discourse.symbols.system(subject.head.lemma)
    theirs = not ours and _runs_it(clause, discourse)
    plain = all(not p.negated and not p.conditions for p in clause.predicates)
    return (ours or theirs) and plain and all(theirs or not p.infinitive for p in clause.predicates)


def _runs_it(clause: Clause, discourse: Discourse) -> bool:
    """Whether it tells who runs the service, and what for: "the bakery wants to take orders online"."""
    subject = clause.subject[0]
    one = not subject.head.plural and subject.items[0].lemma in {"a", "an", "the", "our", "this"}
    does = all(v.lemma in _RUNNING for p in clause.predicates for v in p.verbs)
    acts = subject.head.lemma in nouns.ACTORS or subject.head.lemma in discourse.symbols.things
    return one and does and not acts and subject.head.tag == "N"


_RUNNING = CLASSES["do business"] | {"want", "need", "wish", "plan", "like", "share"}
"""What those who run a service do, or hope to do with it."""


def _more(item: Item) -> bool:
    """Whether a word asks for something definite: a name, a time, a must, a restriction."""
    literal = item.tag == "L" and item.kind != "number"
    return literal or item.tag in "MXZYB" or any(w.token.value in closed.RESTRICTORS for w in item.words)


def _named(clause: Clause) -> dict[str, Part]:
    """What the subject says of the system: the order service."""
    subject = clause.subject[0]
    form = nouns.FORMS.get(subject.head.lemma)
    named = [i for i in subject.items if i.tag == "N" and i is not subject.head]
    parts: dict[str, Part] = {}
    if form:
        parts["form"] = Part(value=form, items=[subject.head], via=Via.LEXICON)
    if named and form:
        parts["subject"] = Part(value=roles.words_of(named), items=named)
    return parts
