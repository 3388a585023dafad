"""Reads what is counted out: the states of a thing, the values of a field, the roles there are.

Owns four forms: "placed → paid → shipped", "is open, in progress or closed", "goes from new to paid, then shipped",
and "roles: clerk, admin". They are read from the words in a row: their groups are adjectives, nouns and phrases alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autocoder.facts import Via
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon.nouns import STATE_NOUNS, VALUE_NOUNS
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item

_ENDS = frozenset(".;!?")
_STATE_NOUNS = words("state status stage phase lifecycle workflow")
_ROLE_NOUNS = words("role")
_MOST = 3
"""Words in one group at most."""

STATE_WORDS = words(
    "open new draft active inactive private public free available unavailable pending done overdue live"
)


def read(items: Sequence[Item], discourse: Discourse) -> Iterator[Draft]:
    """The enumerations of a sentence, at most one each part between semicolons."""
    start = 0
    for i, item in enumerate(items):
        if item.tag in _ENDS or i == len(items) - 1:
            part = items[start : i + (item.tag not in _ENDS)]
            found = (
                _arrows(part, discourse) or _label(part, discourse) or _path(part, discourse) or _is(part, discourse)
            )
            if found:
                yield found
            start = i + 1


def groups(items: Sequence[Item]) -> list[list[Item]]:
    """The items between commas, conjunctions and strokes."""
    found: list[list[Item]] = [[]]
    for item in items:
        if item.tag == "," or item.lemma in {"or", "and", "/", "|", "then"} or item.tag == "arrow":
            found.append([])
        else:
            found[-1].append(item)
    return [g for g in found if g]


def said(group: Sequence[Item]) -> str:
    """A group as a name: its words in lower case."""
    return " ".join(w.token.value for i in group for w in i.words if i.tag != "D")


def _draft(kind: str, entity: Part, items: Sequence[Item], found: Sequence[Sequence[Item]]) -> Draft:
    states = tuple(said(g) for g in found)
    parts = {"entity": entity, "states": Part(value=states, items=[i for g in found for i in g])}
    return Draft(kind=kind, parts=parts, items={i.index for i in items})


def _short(found: Sequence[Sequence[Item]]) -> bool:
    plain = all(i.meaning is None and i.tag not in "()" for g in found for i in g)
    return len(found) > 1 and plain and all(len(g) <= _MOST for g in found)


def _arrows(items: Sequence[Item], discourse: Discourse) -> Draft | None:
    """Invoice states: draft -> sent -> paid."""
    if not any(i.tag == "arrow" for i in items):
        return None
    first = next(n for n, i in enumerate(items) if i.tag == "arrow")
    colons = [n for n, i in enumerate(items[:first]) if i.tag == ":"]
    at = colons[-1] if colons else -1
    label = items[colons[-2] + 1 if len(colons) > 1 else 0 : max(at, 0)]
    entity = _owner(label, discourse)
    found = groups(items[at + 1 :])
    does = any(g[0].tag == "V" and g[0].form == "VB" and len(g) > 1 for g in found)  # "delete account -> delete all"
    return _draft("lifecycle", entity, items, found) if entity and _short(found) and not does else None


def _owner(label: Sequence[Item], discourse: Discourse) -> Part | None:
    """Whose states they are: the label without "states", else what the text is at."""
    named = [i for i in label if i.tag in "NJ" and i.lemma not in _STATE_NOUNS]
    if named and not discourse.symbols.system(named[-1].lemma):
        return Part(value=" ".join(i.lemma for i in named), items=named)
    return remembered(discourse.entity) if discourse.entity else None


def _label(items: Sequence[Item], discourse: Discourse) -> Draft | None:
    """Roles: clerk, admin. Categories: laptop, phone. Status: open, done."""
    colons = [n for n, i in enumerate(items) if i.tag == ":"]
    if not colons:
        return None
    label = [i for i in items[: colons[-1]] if i.tag not in "D:"]
    found = groups(items[colons[-1] + 1 :])
    if not label or label[-1].tag != "N" or not _short(found):
        return None
    if any(i.tag == "V" for i in label) and (not label[-1].plural or any(i.tag == "," for i in label)):
        return None  # what a thing has, the last with its values
    heading = label[:-1] if len(colons) > 1 and len(label) > 1 and not discourse.symbols.system(label[-2].lemma) else []
    noun, values = label[-1], tuple(said(g) for g in found)
    told = Part(value=values, items=[i for g in found for i in g])
    used = {i.index for i in items}
    if noun.lemma in _ROLE_NOUNS and len(label) == 1:
        return Draft(kind="authentication", parts={"roles": told}, items=used)
    if noun.lemma in _STATE_NOUNS and noun.plural and not heading and discourse.entity:
        return Draft(kind="lifecycle", parts={"entity": remembered(discourse.entity), "states": told}, items=used)
    return _values(noun, heading, told, used, items, discourse)


def _values(
    noun: Item, heading: Sequence[Item], told: Part, used: set[int], items: Sequence[Item], discourse: Discourse
) -> Draft | None:
    """The values of a field that the text knows, or that the heading's thing has."""
    owners = discourse.fields.get(noun.lemma, {})
    either = any(i.lemma in {"or", "|", "/"} for i in items)
    if len(owners) == 1:
        owner = remembered(next(iter(owners.values())))
    elif (either or noun.lemma in VALUE_NOUNS) and heading:
        owner = Part(value=" ".join(i.lemma for i in heading), items=list(heading))
    elif either and discourse.entity:
        owner = remembered(discourse.entity)
    else:
        return None
    parts = {"of": owner, "name": Part(value=noun.lemma, items=[noun]), "values": told}
    parts["type"] = Part(value="enum", items=told.items, via=Via.LEXICON)
    return Draft(kind="field", parts=parts, items=used)


def _path(items: Sequence[Item], discourse: Discourse) -> Draft | None:
    """An order goes from new to paid, then shipped."""
    at = next((n for n, i in enumerate(items) if i.lemma in {"go", "move", "change", "pass"} and i.tag == "V"), -1)
    if at < 1 or at + 3 >= len(items) or items[at + 1].lemma != "from":
        return None
    subject = [i for i in items[:at] if i.tag in "NJ"]
    rest = items[at + 2 :]
    found = [g for part in _split(rest, {"to", "through"}) for g in groups(part)]
    if not subject or not _short(found) or any(i.tag in "VM" and i.form == "VBZ" for i in rest):
        return None
    entity = Part(value=" ".join(i.lemma for i in subject), items=subject)
    del discourse
    return _draft("lifecycle", entity, items, found)


def _split(items: Sequence[Item], at: set[str]) -> Iterator[list[Item]]:
    part: list[Item] = []
    for item in items:
        if item.lemma in at:
            yield part
            part = []
        else:
            part.append(item)
    yield part


def _is(items: Sequence[Item], discourse: Discourse) -> Draft | None:
    """A ticket is open, in progress, resolved or closed. Its status is open or closed."""
    at = next((n for n, i in enumerate(items) if i.lemma == "be" and i.tag == "A"), -1)
    before: Sequence[Item] = items[: max(at, 0)]
    subject = [i for i in before if i.tag == "N"]
    if not subject or any(i.tag not in "DNSQ" for i in before) or any(i.lemma in {"no", "only"} for i in before):
        return None
    rest = items[at + 1 :]
    skip = next((n + 1 for n, i in enumerate(rest[:3]) if i.lemma in {"either", "of"}), 0)
    found = groups(rest[skip:])
    joins = [i.lemma for i in rest if i.tag in "C," or i.lemma == "then"]
    if (
        not joins
        or not (joins[-1] == "or" or "then" in joins)
        or not _short(found)
        or not all(_is_state(g) for g in found)
    ):
        return None
    head, used = subject[-1], {i.index for i in items}
    told = Part(value=tuple(said(g) for g in found), items=[i for g in found for i in g])
    owners = discourse.fields.get(" ".join(i.lemma for i in subject), {})
    if len(owners) == 1:
        parts = {"of": remembered(next(iter(owners.values()))), "name": Part(value=said(subject), items=list(subject))}
        parts |= {"values": told, "type": Part(value="enum", items=told.items, via=Via.LEXICON)}
        return Draft(kind="field", parts=parts, items=used)
    if head.lemma in _STATE_NOUNS:
        return (
            Draft(kind="lifecycle", parts={"entity": remembered(discourse.entity), "states": told}, items=used)
            if discourse.entity
            else None
        )
    entity = Part(value=" ".join(i.lemma for i in subject), items=list(subject))
    return Draft(kind="lifecycle", parts={"entity": entity, "states": told}, items=used)


def _is_state(group: Sequence[Item]) -> bool:
    """An adjective, a participle, or a phrase like "in progress"."""
    group = [i for i in group if i.tag != "D"] or group
    first = group[0]
    phrase = first.tag == "P" and len(group) == 2
    known = first.lemma in STATE_WORDS or (len(group) == 1 and first.lemma in STATE_NOUNS)
    return first.tag == "J" or first.form == "VBN" or known or phrase
