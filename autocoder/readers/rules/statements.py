"""Statements that are read as a whole about things: who sees them, what must be later, where they go back to.

Owns their forms, as `wholes` owns those about acts. Each takes the words between two semicolons, all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autocoder.facts import Via
from autocoder.readers.rules import roles
from autocoder.readers.rules.clauses import Noun, clauses
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item
from autocoder.readers.rules.roles import words_of

_NEEDS = ("don't need", "do not need", "doesn't need", "does not need", "need no", "needs no")
_ACCOUNTS = (
    "an account", "a login", "account", "login", "to log in", "to sign in", "to register", "to sign up", "registration",
    "to have an account", "any account",
)  # fmt: skip
_SEEN = words("shown visible displayed")
_LATER = frozenset({"after", "before"})


def _said(items: Sequence[Item]) -> str:
    return " ".join(i.text.lower() for i in items)


def _draft(kind: str, parts: Mapping[str, Part], part: Sequence[Item]) -> list[Draft]:
    return [Draft(kind=kind, parts=dict(parts), items={i.index for i in part})]


def _noun(items: Sequence[Item]) -> Noun | None:
    """The items as one noun phrase, with what stands behind it."""
    found = clauses(items)
    one = found[0].subject if len(found) == 1 and not (found[0].predicates or found[0].lead or found[0].stray) else []
    return one[0] if len(one) == 1 else None


def _plain(items: Sequence[Item]) -> list[Item]:
    """The nouns of a plain phrase; none where anything else stands in it."""
    return [i for i in items if i.tag == "N"] if all(i.tag in "DQN" and i.lemma != "no" for i in items) else []


def no_account(part: Sequence[Item], _discourse: Discourse) -> list[Draft]:
    """Visitors don't need an account."""
    text = _said(part)
    need = next((n for n in _NEEDS if f" {n} " in text), "")
    who, _, what = text.partition(f" {need} ") if need else ("", "", "")
    end = what.partition(":")[0].strip()
    head = [i for i in part if i.tag == "N"][:1]
    known = head and (roles.person(head[0].lemma) or head[0].lemma in nouns.ACTORS)
    if not need or end not in _ACCOUNTS or not known or len(who.split()) > 2 or what.strip() != end:
        return []
    parts = {"entity": Part(value=head[0].lemma, items=head)}
    parts["needed"] = Part(value=False, items=list(part), via=Via.LEXICON)
    return _draft("authentication", parts, part)


def seen_by(part: Sequence[Item], discourse: Discourse) -> list[Draft]:
    """Drafts are visible to their author only; notes are never shown to clients."""
    at = next((n for n, i in enumerate(part) if i.lemma in _SEEN or i.text.lower() in _SEEN), 0)
    to = next((n for n, i in enumerate(part) if n > at and i.lemma == "to"), 0)
    if not at or not to or any(i.lemma not in {"only", "just"} for i in part[at + 1 : to]):
        return []
    group, whom = list(part[:at]), [i for i in part[to + 1 :] if i.lemma != "only"]
    thing = _plain([i for i in group if i.tag not in "AXM" and i.lemma not in {"only"}])
    never = any(i.tag == "X" or i.text.lower().endswith("n't") for i in group)
    only = any(i.lemma == "only" for i in part)
    noun = _noun(whom)
    who = roles.actor(noun, discourse) if noun else None
    if not thing or who is None or "value" not in who.parts or words_of(thing) in discourse.fields or never == only:
        return []
    if not {i.index for i in whom} <= who.items:
        return []
    parts = {("actor" if k == "value" else k): p for k, p in who.parts.items() if k != "whose"}
    parts["object"] = Part(value=words_of(thing), items=thing)
    parts["verb"] = Part(value="see", items=[part[at]], via=Via.LEXICON)
    parts["does"] = Part(value="read", items=[part[at]], via=Via.LEXICON)
    if never:
        parts["allowed"] = Part(value=False, items=group, via=Via.LEXICON)
    if never and "scope" in parts:
        return []
    return _draft("access" if never else "operation", parts, part)


def later(part: Sequence[Item], discourse: Discourse) -> list[Draft]:
    """The end must be after the start; the last day must not be before the first day; … must lie in the future."""
    at = next((n for n, i in enumerate(part) if i.tag == "M" and i.lemma in {"must", "have to", "may", "can"}), 0)
    rest = list(part[at + 1 :]) if at else []
    denied = (
        any(i.tag == "X" for i in rest[:2]) or part[at].text.lower() in {"mustn't", "cannot", "can't"} if at else False
    )
    rest = [i for i in rest if i.tag != "X"]
    if len(rest) < 3 or rest[0].lemma not in {"be", "lie", "start", "begin", "come", "take"}:
        return []
    name = _name(part[:at])
    if not name:
        return []
    tail = _said(rest[1:])
    if tail in {"in the future", "in future", "later than now"} and not denied:
        return _after(name, Part(value="now", items=rest[1:], via=Via.LEXICON), part, discourse)
    if tail == "in the past" and denied:
        return _after(name, Part(value="now", items=rest[1:], via=Via.LEXICON), part, discourse)
    word = next((n for n, i in enumerate(rest) if i.lemma in {*_LATER, "later", "earlier"}), 0)
    behind = [i for i in rest[word + 1 :] if i.lemma != "than"] if word else []
    other = _name(behind)
    says_after = rest[word].lemma in {"after", "later"} if word else False
    if not word or word > 1 or not other or says_after == denied:
        return []
    found = _after(name, Part(value=" ".join(i.text.lower() for i in other), items=other), part, discourse)
    if denied and found:
        found[0].parts["not_before"] = found[0].parts.pop("after")
    return found


def _name(items: Sequence[Item]) -> list[Item]:
    """The words of a field's name, "first" and "last" among them; a thing of which it is stays out."""
    of = next((n for n, i in enumerate(items) if i.lemma == "of"), len(items))
    named = [i for i in items[:of] if i.tag not in "DS"]
    plain = all(i.tag in "NJR" or i.lemma in {"first", "last"} for i in named) and all(
        i.tag in "DSN" for i in items[of + 1 :]
    )
    return named if plain and named and named[-1].tag == "N" else []


def _after(name: list[Item], other: Part, part: Sequence[Item], discourse: Discourse) -> list[Draft]:
    said = " ".join([*(i.text.lower() for i in name[:-1]), name[-1].lemma])
    of = discourse.fields.get(said, {})
    owner = next(iter(of.values())) if len(of) == 1 else None
    thing = " ".join(i.lemma for i in name)
    entity = discourse.entity.value if discourse.entity else ""
    if owner is None and other.value == "now" and (thing in discourse.symbols.things or thing == entity):
        parts = {"of": Part(value=thing, items=name), "name": Part(value="start", items=name, via=Via.INFERRED)}
        return _draft("field", {**parts, "after": other}, part)
    known = owner or discourse.entity
    if known is None:
        return []
    parts = {"of": remembered(known), "name": Part(value=said, items=name), "after": other}
    return _draft("field", parts, part)


def goes_back(part: Sequence[Item], _discourse: Discourse) -> list[Draft]:
    """A declined job goes back to open; rejected reports return to draft."""
    at = next((n for n, i in enumerate(part) if i.lemma in {"go", "return", "move", "come", "fall"}), 0)
    head = [i for i in part[:at] if i.tag not in "DQ"]
    rest = [
        i for i in part[at + 1 :] if i.tag not in "DQ" and i.lemma not in {"back", "again", "be", "state", "status"}
    ]
    if len(head) < 2 or not (head[0].tag == "J" or head[0].form == "VBN") or any(i.tag != "N" for i in head[1:]):
        return []
    if len(rest) != 2 or rest[0].lemma not in {"to", "into"} or rest[1].tag not in "NJV":
        return []
    parts = {
        "entity": Part(value=words_of(head[1:]), items=head[1:]),
        "from_state": Part(value=head[0].words[0].token.value, items=head[:1]),
        "state": Part(value=rest[1].words[0].token.value, items=rest[1:]),
    }
    return _draft("lifecycle", parts, part)


def there_are(part: Sequence[Item], discourse: Discourse) -> list[Draft]:
    """There are desks and meeting rooms."""
    if [i.lemma for i in part[:2]] != ["there", "be"] or len(part) < 3:
        return []
    found, run = list[list[Item]](), list[Item]()
    for item in [*part[2:], None]:
        if item is not None and item.tag == "N":
            run.append(item)
        elif item is None or item.tag in ",C":
            found, run = [*found, run] if run else found, []
        elif item.tag not in "DQ" or item.lemma in {"no", "only"}:
            return []
    if not found or any(not n[-1].plural or roles.person(n[-1].lemma) for n in found):
        return []
    return [
        Draft(kind="entity", parts={"name": Part(value=words_of(n), items=n)}, items={i.index for i in part})
        for n in found
        if not discourse.symbols.system(n[-1].lemma)
    ]
