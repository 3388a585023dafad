"""Sentences, and parts of them, that are read as a whole: limits of files, what may come twice, who may do all of it.

Owns forms whose words say one thing only together. What such a form takes is taken out of the sentence, and the rest is
read as if it had not been there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from autocoder.facts import Via
from autocoder.readers.rules import enumerations, roles, statements
from autocoder.readers.rules.clauses import Noun
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.domain import RECORDS
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Bound, Item
from autocoder.readers.rules.roles import words_of
from autocoder.readers.rules.tagging import look_up

FORMATS = {
    "png": "image/png", "jpeg": "image/jpeg", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "pdf": "application/pdf", "csv": "text/csv", "txt": "text/plain", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "mp4": "video/mp4",
    "mp3": "audio/mpeg",
}  # fmt: skip
"""Endings of files, and the type that each has."""

_SIZES = words("kb mb gb kilobyte megabyte gigabyte")
_UNITS = {"kilobyte": "KB", "megabyte": "MB", "gigabyte": "GB"}
_OF_FILES = words(
    "be limit to and or must in at most of up large larger big bigger than not may file image picture document photo "
    "size format have exceed each type accept allow only maximum a the exactly no more can should support"
)
"""Words that hold a limit of files together and say nothing else."""
_TWICE = ("twice", "again", "a second time", "several times", "more than once", "repeatedly")
_HARMLESS = (
    "is harmless", "has no effect", "does nothing", "changes nothing", "does not do anything", "doesn't do anything",
    "is ignored", "makes no difference", "is fine", "is allowed and changes nothing", "does no harm", "is no error",
)  # fmt: skip
_MAY = frozenset({"can", "may", "do", "could", "might"})
_TOO = words("too also then automatically") | {"as well"}


_THEIRS = frozenset({"its", "their", "his", "her"})


@dataclass(kw_only=True)
class Whole:
    """What was taken out: its fact (none for what goes without saying) and its items. `kept` are read again."""

    items: list[Item]
    drafts: list[Draft] = field(default_factory=list[Draft])
    kept: list[Item] = field(default_factory=list[Item])
    name: str = ""


def lift(items: Sequence[Item], discourse: Discourse) -> Iterator[Whole]:
    """The wholes of a sentence, at most one between two semicolons."""
    start = 0
    for at in range(len(items) + 1):
        colon = at < len(items) and items[at].lemma == ":" and any(i.tag in "MAV" for i in items[at + 1 :])
        if at < len(items) and items[at].tag not in ".;!" and not colon:
            continue
        part = list(items[start:at])
        found = next((w for form in _FORMS if part and (w := form(part, discourse))), None)
        if found:
            yield found
        start = at + 1


def _said(items: Sequence[Item]) -> str:
    return " ".join(i.text.lower() for i in items)


# files


def _files(part: Sequence[Item], discourse: Discourse) -> Whole | None:
    """Attachments are limited to 5 MB and must be PNG, JPEG or PDF."""
    at = next((n for n, i in enumerate(part) if i.tag in "MA"), 0)
    named = [i for i in part[:at] if i.tag == "N"]
    if not named or any(i.tag not in "DQN" for i in part[:at]):
        return None
    size, formats, open_ = "", list[Item](), list(part[at:])
    for n, item in enumerate(part[at:], at):
        amount = part[n - 1]
        if item.lemma.lower() in _SIZES:
            digits = amount.meaning.high if isinstance(amount.meaning, Bound) else None
            number = digits.amount if digits else amount.lemma
            unit = _UNITS.get(item.lemma.lower(), item.lemma.upper())
            size, open_ = f"{number}{unit}", [i for i in open_ if i not in (item, amount)]
        elif item.text.lower().removesuffix("s") in FORMATS:
            formats.append(item)
    open_ = [i for i in open_ if i not in formats and i.tag != ","]
    other = [i for i in open_ if i.tag not in "MAXKP" and i.lemma.lower() not in _OF_FILES]
    if not (size or formats) or other:
        return None
    return Whole(items=list(part), drafts=[_file(named, size, formats, list(part), discourse)])


def _file(named: list[Item], size: str, formats: list[Item], part: list[Item], discourse: Discourse) -> Draft:
    owners = discourse.fields.get(words_of(named), {})
    owner = remembered(next(iter(owners.values()))) if len(owners) == 1 else None
    name = Part(value=words_of(named) if owner else "file", items=named, via=Via.VERBATIM if owner else Via.LEXICON)
    parts = {"of": owner or Part(value=words_of(named), items=named), "name": name}
    parts["type"] = Part(value="file", items=named, via=Via.LEXICON)
    if size:
        parts["max"] = Part(value=size, items=part, via=Via.LEXICON)
    if formats:
        types = dict.fromkeys(FORMATS[i.text.lower().removesuffix("s")] for i in formats)
        parts["formats"] = Part(value=tuple(types), items=formats, via=Via.LEXICON)
    return Draft(kind="field", parts=parts, items={i.index for i in part})


# what comes again


def _repeated(part: Sequence[Item], discourse: Discourse) -> Whole | None:
    """Subscribing twice is harmless; marking a recipe twice doesn't do anything."""
    text, verb = _said(part), part[0]
    end = next((e for e in _HARMLESS if f" {e}" in text), "")
    gerund = verb.text.lower().endswith("ing")
    lemma = dict(look_up(verb.text.lower()).lemmas).get("V", "")
    if not end or not gerund or not lemma:
        return None
    before, _, after = text.partition(f" {end}")
    times = next((t for t in _TWICE if before.endswith(f" {t}")), "")
    size = len(before.split())
    thing = [i for i in part[1:] if i.tag == "N" and len(_said(part[: part.index(i)]).split()) < size]
    if not times or after.strip() or any(i.tag not in "DNQJ" for i in part[1 : 1 + len(thing)]):
        return None
    parts = {"verb": Part(value=lemma, items=[verb])}
    if thing:
        parts["object"] = Part(value=words_of(thing), items=thing)
    parts["topic"] = Part(value="repetition", items=list(part), via=Via.LEXICON)
    if lemma in RECORDS:
        parts["entity"] = Part(value=RECORDS[lemma], items=[verb], via=Via.LEXICON)
    return Whole(items=list(part), drafts=[Draft(kind="policy", parts=parts, items={i.index for i in part})])


def _replaces(part: Sequence[Item], _discourse: Discourse) -> Whole | None:
    """A second rating replaces the first one; a new vote overwrites the old one."""
    at = next((n for n, i in enumerate(part) if i.lemma in {"replace", "overwrite", "supersede"}), 0)
    before, after = [i.lemma for i in part[:at]], [i.text.lower() for i in part[at + 1 :]]
    again = [w for w in before if w in {"second", "new", "later", "further", "another"}]
    old = [w for w in after if w in {"first", "old", "previous", "earlier", "last", "former"}]
    named = [i for i in part[:at] if i.tag == "N" and i.lemma not in {"second"}]
    if not again or not old or len(named) != 1 or len(before) > 3 or len(after) > 4:
        return None
    parts = {
        "entity": Part(value=named[0].lemma, items=named),
        "topic": Part(value="replacement", items=[part[at]], via=Via.LEXICON),
    }
    return Whole(items=list(part), drafts=[Draft(kind="policy", parts=parts, items={i.index for i in part})])


# who may do what others may


def _all_that_they_do(part: Sequence[Item], discourse: Discourse) -> Whole | None:
    """Admins may do everything agents do; administrators can do everything that teachers can, and …"""
    at = next((n for n, i in enumerate(part) if i.lemma in {"everything", "anything", "all", "whatever"}), 0)
    if at < 2 or part[at - 1].lemma != "do" or part[at - 2].tag != "M":
        return None
    rest = part[at + 1 :]
    size = next((n for n, i in enumerate(rest) if i.lemma in _MAY), 0)
    who, whom = _people(part[: at - 2], discourse), _people([i for i in rest[:size] if i.tag != "T"], discourse)
    if not size or who is None or whom is None or rest[0].lemma not in {"that", *(i.lemma for i in rest[:size])}:
        return None
    end = at + 1 + size + 1
    if part[end : end + 1] and part[end].lemma == "do":
        end += 1
    while end < len(part) and (part[end].tag in ",C" or part[end].lemma in _TOO):
        end += 1
    parts = {
        "actor": who["value"],
        "role": who.get("role", who["value"]),
        "like": whom.get("role", whom["value"]),
        "allowed": Part(value=True, items=[part[at - 2]], via=Via.LEXICON),
    }
    taken = list(part[:end])
    draft = Draft(kind="access", parts=parts, items={i.index for i in taken})
    again = list(part[: at - 1]) if end < len(part) and part[end].tag != "M" else list(part[: at - 2])
    return Whole(items=taken, drafts=[draft], kept=again if end < len(part) else [])


def _people(said: Sequence[Item], discourse: Discourse) -> dict[str, Part] | None:
    named = [i for i in said if i.tag == "N"]
    if not named or any(i.tag not in "DNQ" for i in said):
        return None
    found = roles.actor(Noun(items=list(said), head=named[-1]), discourse)
    return found.parts if found and found.parts.get("value") else None


def _others(part: Sequence[Item], _discourse: Discourse) -> Whole | None:
    """Everyone else gets a 403: what goes without saying where only some may."""
    text = _said(part)
    opens = text.startswith(("everyone else ", "everybody else ", "anyone else ", "all others ", "others "))
    known = part[-1].lemma == "403" or text.endswith(("403 forbidden", "403 error", "is refused", "is forbidden"))
    plain = all(i.tag in "ODQRVLNA" for i in part) and len(part) <= 7
    return Whole(items=list(part), name="goes without saying") if opens and known and plain else None


# what goes with a thing


def _goes_too(part: Sequence[Item], discourse: Discourse) -> Whole | None:
    """When a post is deleted, its comments are deleted too; … all its bookings are cancelled as well, and …"""
    comma = next((n for n, i in enumerate(part) if i.tag == ","), 0)
    if part[0].lemma not in {"when", "if", "once", "whenever"} or comma < 4:
        return None
    on, thing = part[comma - 1], [i for i in part[1 : comma - 2] if i.tag == "N"]
    done = part[comma - 2].lemma == "be" and on.form == "VBN" and all(i.tag in "DN" for i in part[1 : comma - 2])
    rest = part[comma + 1 :]
    mine = [i.lemma for i in part[comma - 3 : comma]]
    if len(mine) == 3 and mine[0] == "delete" and mine[2] == "account" and part[comma - 2].tag == "S":
        on, thing, done = part[comma - 3], [i for i in part[1 : comma - 3] if i.tag == "N"], True
    be = next((n for n, i in enumerate(rest) if i.lemma == "be"), 0)
    theirs = [i for i in rest[:be] if i.tag == "N"]
    belongs = any(i.lemma in _THEIRS for i in rest[:be]) and all(i.tag in "QSN" for i in rest[:be])
    end = be + 1
    while end < len(rest) and rest[end].lemma in _TOO:
        end += 1
    verb = rest[end] if end < len(rest) else None
    if not (done and thing and theirs and belongs) or verb is None or verb.form != "VBN":
        return None
    end += 1
    while end < len(rest) and (rest[end].lemma in _TOO or (rest[end].tag in ",C" and end + 1 < len(rest))):
        end += 1
    more = rest[end:]
    if more and rest[end - 1].tag not in ",C":
        return None
    parts = {
        "on": Part(value=on.lemma, items=[on]),
        "of": Part(value=words_of(thing), items=thing),
        "object": Part(value=words_of(theirs), items=theirs),
        "verb": Part(value=verb.lemma, items=[verb]),
    }
    taken = [*part[: comma + 1], *rest[:end]]
    draft = Draft(kind="reaction", parts=parts, items={i.index for i in taken})
    return Whole(items=taken, drafts=[draft], kept=list(part[: comma + 1]) if more else [])


# marks


def _can_be(part: Sequence[Item], discourse: Discourse) -> Whole | None:
    """Comments can be internal: a mark that a thing has or has not."""
    at = next((n for n, i in enumerate(part) if i.tag == "M"), 0)
    if not at or [i.lemma for i in part[at : at + 2]] not in (["can", "be"], ["may", "be"]) or ":" in _said(part[:-1]):
        return None
    said = part[at + 2] if len(part) > at + 2 else None
    last = at + 3 == len(part) or part[at + 3].tag == ":"
    plain = said is not None and said.tag == "J" and said.form != "VBN" and "V" not in said.words[0].candidates
    things = [i for i in part[:at] if i.tag == "N"]
    if said is None or not plain or not last or not things or said.lemma in nouns.NO_MARKS:
        return None
    if any(i.tag not in "DQN" for i in part[:at]):
        return None
    parts = {
        "of": Part(value=words_of(things), items=things),
        "name": Part(value=said.lemma, items=[said]),
        "type": Part(value="boolean", items=[said], via=Via.LEXICON),
    }
    taken = list(part[: at + 4])
    return Whole(items=taken, drafts=[Draft(kind="field", parts=parts, items={i.index for i in taken})])


def marks(items: Sequence[Item]) -> Iterator[str]:
    """The adjectives that a sentence says a thing may be marked with."""
    for n, item in enumerate(items[:-2]):
        opens = item.tag == "N" and items[n + 1].lemma in {"can", "may"} and items[n + 2].lemma == "be"
        said = items[n + 3] if opens and n + 3 < len(items) else None
        if said is not None and said.tag == "J" and "V" not in said.words[0].candidates:
            yield enumerations.said([said])


def _stated(
    reads: Callable[[Sequence[Item], Discourse], list[Draft]],
) -> Callable[[Sequence[Item], Discourse], Whole | None]:
    def form(part: Sequence[Item], discourse: Discourse) -> Whole | None:
        drafts = reads(part, discourse)
        return Whole(items=list(part), drafts=drafts) if drafts else None

    return form


_FORMS: tuple[Callable[[Sequence[Item], Discourse], Whole | None], ...] = (
    _files, _repeated, _replaces, _all_that_they_do, _others, _goes_too, _can_be,
    *(_stated(reads) for reads in (
        statements.no_account, statements.seen_by, statements.later, statements.goes_back, statements.there_are,
    )),
)  # fmt: skip
