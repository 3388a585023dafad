"""Gives each token its part of speech and lemma.

Owns the candidates (closed classes, the lexicon, lemminflect's tables) and the run of the tag rules from left to
right. Also names the other taggings worth a try: where noun or verb was a close call, a parse decides.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from autocoder.readers.rules.lexicon import closed, fillers, nouns, units, verbs
from autocoder.readers.rules.lexicon.tag_rules import TAG_RULES, TagRule
from autocoder.readers.rules.tokens import Token

_UPOS = {"NOUN": "N", "PROPN": "N", "VERB": "V", "AUX": "V", "ADJ": "J", "ADV": "R"}
_KNOWN_VERBS: frozenset[str] = verbs.DOMAIN_VERBS.union(*verbs.CLASSES.values())
_NUMERIC = frozenset({"number", "percent", "sized", "percentile", "time"})
_ADJECTIVE_ENDINGS = ("able", "ible", "ous", "ful")
_PERIODS = {*units.DAYS, *units.DAY_PARTS, "hour", "week", "month", "year", "minute"}
SAME_PARTICIPLES = frozenset({"read", "set", "put", "cut", "split", "hit"})
"""Words that are both a verb's base form and its participle."""
_CLAUSE_MARKS = frozenset(";:.!?(")


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """A token with its tag, lemma, verb form (VB, VBZ, VBN, VBG) and the tags it could have had."""

    token: Token
    tag: str
    lemma: str
    form: str = ""
    candidates: frozenset[str] = frozenset()
    plural: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the tables say of a word: lemma per candidate tag, verb form, whether the noun is plural."""

    lemmas: tuple[tuple[str, str], ...]
    form: str = ""
    plural: bool = False

    @property
    def candidates(self) -> frozenset[str]:
        """The possible tags."""
        return frozenset(tag for tag, _ in self.lemmas)

    def lemma(self, tag: str) -> str:
        """The lemma under a tag."""
        return dict(self.lemmas)[tag]


@cache
def _tables() -> Callable[[str], Mapping[str, tuple[str, ...]]]:
    """The tables of lemminflect: 0.2 s to load, paid by reading and not by importing this module."""
    return cast("Callable[[str], Mapping[str, tuple[str, ...]]]", importlib.import_module("lemminflect").getAllLemmas)


@cache
def look_up(word: str) -> Entry:
    """The table entry of a lower-case word that is not in a closed class."""
    plain = word.removesuffix("-long")
    found: dict[str, str] = {}
    for upos, lemmas in _tables()(plain).items():
        if (tag := _UPOS.get(upos)) and lemmas:
            found.setdefault(tag, str(lemmas[0]).lower())
    if "J" in found:
        found["J"] = plain  # "newest" is not "new": degrees carry meaning
    _lexicon(plain, found)
    if not found:
        found = _unknown(plain)
    form = _form(plain, found["V"]) if "V" in found else ""
    if form in {"VBN", "VBG"} and plain not in {"read", "set", "put", "cut"}:
        found.setdefault("J", plain)
    plural = "N" in found and found["N"] != plain
    return Entry(lemmas=tuple(sorted(found.items())), form=form, plural=plural)


@cache
def is_english(word: str) -> bool:
    """Whether the tables or the lexicon know each part of a lower-case word."""
    parts = [part for part in word.split("-") if part]
    return all(_tables()(part) or part in closed.CLOSED or part in nouns.EXTRA_NOUNS for part in parts)


@cache
def verb_of(gerund: str) -> str:
    """The verb that a word in -ing is of, whatever else the word may be; empty for any other word.

    >>> verb_of("listing"), verb_of("list")
    ('list', '')
    """
    known = _tables()(gerund).get("VERB", ()) if gerund.endswith("ing") else ()
    return next((str(lemma).lower() for lemma in known if lemma != gerund), "")


@cache
def third_person(word: str) -> str:
    """The third person of a verb in its base form ("list": "lists"); any other word as it is."""
    entry = look_up(word)
    if "V" not in entry.candidates or entry.form != "VB":
        return word
    inflect = cast("Callable[[str, str], tuple[str, ...]]", importlib.import_module("lemminflect").getInflection)
    return next(iter(inflect(word, "VBZ")), word)


@cache
def plural_of(noun: str) -> str:
    """The plural of a noun; of several words, that of the last one."""
    first, _, last = noun.rpartition(" ")
    inflect = cast("Callable[[str, str], tuple[str, ...]]", importlib.import_module("lemminflect").getInflection)
    plural = last if last in nouns.INVARIANT else next(iter(inflect(last, "NNS")), f"{last}s")
    return f"{first} {plural}".strip()


@cache
def participle(verb: str) -> str:
    """The participle of a verb, with its particle ("sign up": "signed up"); any other word as it is."""
    head, _, rest = verb.partition(" ")
    entry = look_up(head)
    if "V" not in entry.candidates or entry.form != "VB":
        return verb
    return f"{inflected(head, 'VBN')} {rest}".strip()


def inflected(verb: str, form: str) -> str:
    """A form of a verb, by the tag that tells it: VBN, VBG."""
    inflect = cast("Callable[[str, str], tuple[str, ...]]", importlib.import_module("lemminflect").getInflection)
    return (list(inflect(verb, form)) or [verb])[-1]


def _unknown(word: str) -> dict[str, str]:
    """A word that no table knows: a noun, or a verb of its field ("operators frobnicate gizmos")."""
    if word.endswith("ly"):
        return {"R": word}
    singular = _singular(word)
    plain = word.isascii() and word.isalpha() and len(word) > 4
    return {"N": singular, "V": singular} if plain else {"N": singular}


def _lexicon(word: str, found: dict[str, str]) -> None:
    """What the project's own lists say goes first."""
    singular = found["N"] if found.get("N") in nouns.NOUNS_ONLY else _singular(word)
    if word in nouns.INVARIANT:
        found["N"] = word
    elif singular in nouns.EXTRA_NOUNS or (singular in nouns.VALUE_TYPES and "N" not in found):
        found["N"] = singular
        if singular not in _KNOWN_VERBS:
            found.pop("V", None)
    if word in nouns.NOUNS_ONLY or singular in nouns.NOUNS_ONLY:
        found.clear()
        found["N"] = singular if singular in nouns.NOUNS_ONLY else word
    if word in fillers.FILLER_ADJECTIVES | fillers.ADJECTIVES:
        found.clear()
        found["J"] = word
    if (
        word.endswith(_ADJECTIVE_ENDINGS)
        and ("J" in found or word.endswith(("ible", "able")))
        and len(word) > 5
        and word not in {"variable", "deliverable", "vegetable"}
    ):
        found.setdefault("J", word)
        found.pop("N", None)
    if word in nouns.SIGNED_IN | nouns.SIGNED_OUT:
        found.clear()
        found["J"] = word
    if "V" in found and "N" in found and found["N"].endswith("ing"):
        found.pop("N") if found["V"] in _KNOWN_VERBS and word not in {
            "rating",
            "reading",
            "booking",
            "building",
        } else None


def _singular(word: str) -> str:
    if word in nouns.INVARIANT or len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]


def _form(word: str, lemma: str) -> str:
    if word == lemma:
        return "VB"
    if word.endswith("ing"):
        return "VBG"
    return "VBZ" if word.endswith("s") and not lemma.endswith(word[-2:]) else "VBN"


def tag(tokens: Sequence[Token]) -> tuple[Tagged, ...]:
    """Tags a sentence. Emphasis marks are dropped."""
    entries = [_start(t) for t in tokens if t.kind != "mark"]
    entries = [_proper(w) if i and w.token.text[:1].isupper() else w for i, w in enumerate(entries)]
    done: list[Tagged] = []
    for i, word in enumerate(entries):
        _relative(done, word)
        done.append(_decide(word, done, entries[i + 1 :]) if not word.tag else word)
    return tuple(_repair(done))


def _proper(word: Tagged) -> Tagged:
    """A word with a capital inside a sentence is a name."""
    return replace(word, candidates=frozenset("N")) if "N" in word.candidates and not word.tag else word


def _relative(done: list[Tagged], word: Tagged) -> None:
    """Tags "that": between a noun and a possible verb it opens a relative clause."""
    after_noun = len(done) > 1 and done[-1].lemma == "that" and done[-2].tag in {"N", "L", "O"}
    if after_noun and (word.tag in {"M", "A"} or ("V" in word.candidates and word.form in {"VB", "VBZ"})):
        done[-1] = replace(done[-1], tag="T")


def _start(token: Token) -> Tagged:
    """A token with its tag where it has only one, without where context decides."""
    if token.kind in {"punct", "arrow", "compare"}:
        return Tagged(token=token, tag=token.text if token.kind == "punct" else token.kind, lemma=token.text)
    if token.kind != "word":
        return Tagged(token=token, tag="L", lemma=token.value)
    known = closed.CLOSED.get(token.value)
    if known:
        lemma = closed.AUXILIARY_LEMMAS.get(token.value, token.value)
        form = {"has": "VBZ", "have": "VB", "having": "VBG"}.get(token.value, "VBN") if known == "V" else ""
        return Tagged(token=token, tag=known, lemma=lemma, form=form)
    entry = look_up(token.value)
    return Tagged(
        token=token, tag="", lemma=token.value, form=entry.form, candidates=entry.candidates, plural=entry.plural
    )


def with_tag(word: Tagged, tag_: str) -> Tagged:
    """The word under another of its tags."""
    if not word.candidates:
        return replace(word, tag=tag_)  # a word of a closed class
    known = look_up(word.token.value)
    return replace(word, tag=tag_, lemma=known.lemma(tag_), form=known.form if tag_ == "V" else "")


def _decide(word: Tagged, done: list[Tagged], rest: list[Tagged]) -> Tagged:
    before = _before(done)
    if len(word.candidates) == 1:
        if word.form == "VB" and "V" in word.candidates and done and done[-1].tag in {"D", "S"}:
            return replace(word, tag="N", form="")  # a verb behind an article is a noun: "a select"
        return with_tag(word, next(iter(word.candidates)))
    if word.form == "VBG" and "N" not in word.candidates and _names_an_act(done, rest):
        return replace(word, tag="N", lemma=word.token.value, form="")
    for rule in TAG_RULES:
        if rule.choose in word.candidates and _applies(rule, word, before, done, rest):
            return with_tag(word, rule.choose)
    return with_tag(word, sorted(word.candidates)[0])


def _names_an_act(done: Sequence[Tagged], rest: Sequence[Tagged]) -> bool:
    """Whether a word in -ing names a thing: an article stands before it, and no noun behind it."""
    after = next((w for w in rest if w.tag != "R"), None)
    article = bool(done) and done[-1].token.value in {"a", "an", "each", "every"}
    return (article and not _can_be(after, "NJL")) or (article and after is not None and after.form == "VBZ")


def _before(done: Sequence[Tagged]) -> Tagged | None:
    """The word before, adverbs and parentheses skipped."""
    depth = 0
    for at, word in reversed([*enumerate(done)]):
        depth += (word.tag == ")") - (word.tag == "(" and depth > 0)
        adverb = word.tag == "R" or (word.lemma == "only" and at > 0 and done[at - 1].tag in "NOMA")
        if depth == 0 and not adverb and word.tag != "(":
            return word
        if depth == 0 and word.tag == "(" and done[-1].tag != ")":
            return word
    return None


def _applies(rule: TagRule, word: Tagged, before: Tagged | None, done: list[Tagged], rest: list[Tagged]) -> bool:
    after = next((w for w in rest if w.tag != "R"), None)
    if rule.choose == "V" and "VB" in rule.form.split() and _lists(word, done):
        return False
    tag_before = "^" if before is None or before.tag in _CLAUSE_MARKS or before.tag == "W" else before.tag
    if before is not None and before.token.kind in _NUMERIC:
        tag_before = "U"
    if before is not None and before.token.value in _PERIODS and done[-2:-1] and done[-2].lemma in {"every", "each"}:
        tag_before = "^"  # "every night closed tickets are deleted"
    return (
        (not rule.before or tag_before in rule.before)
        and (not rule.after or _can_be(after, rule.after))
        and (not rule.form or _has_form(rule.form, word))
        and (rule.finite is None or rule.finite == _finite(done))
        and (rule.agrees is None or rule.agrees == (before is not None and _agrees(before, word)))
        and (rule.noun_next is None or rule.noun_next == _can_be(after, "N"))
        and (not rule.subject or _is_subject(rest))
        and (not rule.joins or _joined(done) in rule.joins)
    )


def _lists(word: Tagged, done: Sequence[Tagged]) -> bool:
    """Whether things are counted out here, and nothing is asked for: in a parenthesis, behind "sends a report:"."""
    if done and done[-1].tag == "(":
        return True
    colon = len(done) > 2 and done[-1].tag == ":" and done[-2].tag in "NL"
    known = word.token.kind == "word" and look_up(word.token.value).lemma("V") in _KNOWN_VERBS
    return colon and _finite(done[:-1]) and not known


def _is_subject(rest: Sequence[Tagged]) -> bool:
    """Whether a known verb in the third person follows, with its object: "search handles 500 requests"."""
    if len(rest) < 2 or rest[0].form != "VBZ" or look_up(rest[0].token.value).lemma("V") not in _KNOWN_VERBS:
        return False
    if rest[0].candidates == frozenset("V"):
        return True
    after = rest[2].token.kind if rest[1].tag == "P" and len(rest) > 2 else rest[1].token.kind
    return rest[1].tag in {"D", "U", "S", "Q"} or after in _NUMERIC


def _joined(done: Sequence[Tagged]) -> str:
    """The tag of the word that a conjunction or a comma joins the next one to."""
    return next((w.tag for w in reversed(done) if w.tag not in {"C", ",", "R"}), "$")


def _has_form(forms: str, word: Tagged) -> bool:
    """`-` asks for a word that is no verb form in use: an adjective of its own."""
    return "V" not in word.candidates if forms == "-" else word.form in forms.split()


def _can_be(word: Tagged | None, tags: str) -> bool:
    if word is None or word.tag in _CLAUSE_MARKS or word.tag == ")":
        return "$" in tags
    return word.tag in tags if word.tag else any(c in tags for c in word.candidates)


def _finite(done: Iterable[Tagged]) -> bool:
    """Whether the clause that `done` ends in has its finite verb."""
    found, leading = False, False
    outside: list[bool] = []
    for position, word in enumerate(done):
        leading = leading or (position == 0 and (word.tag == "W" or word.lemma in _CLAUSAL))
        if word.tag == "(":
            outside.append(found)
        if word.tag == ")" and outside:
            found = outside.pop()
        elif word.tag in _CLAUSE_MARKS or word.tag in "WT" or (leading and word.tag == ","):
            found, leading = False, leading and word.tag != ","
        elif word.tag in "MA" or (word.tag == "V" and word.form in {"VB", "VBZ"}):
            found = True
    return found


_CLAUSAL = frozenset({"after", "before", "until", "since", "as"})
"""Prepositions that may open a clause with a finite verb of its own."""
_EITHER = frozenset({"staff", "team", "crew", "personnel", "management", "everybody", "people"})
"""Nouns for several people that take a verb in either number."""


def _agrees(subject: Tagged, word: Tagged) -> bool:
    if subject.tag == "L":
        return word.form == "VBZ"
    if subject.lemma in _EITHER:
        return word.form in {"VB", "VBZ"}
    plural = subject.lemma in {"i", "you", "we", "they"} if subject.tag == "O" else subject.plural
    return word.form == ("VB" if plural else "VBZ")


def _repair(words: list[Tagged]) -> list[Tagged]:
    """Words whose tag depends on what follows: 'to' before a noun, 'that' before a verb, 'first' before a noun."""
    repaired = list(words)
    for i in range(len(words)):
        word = repaired[i]
        after = words[i + 1] if i + 1 < len(words) else None
        before = words[i - 1] if i else None
        if word.tag == "F" and not (after and after.tag in "VAR"):
            repaired[i] = replace(word, tag="P")
        elif (
            word.lemma in {"that", "which", "whom"} and before and before.tag == "N" and _subject_follows(words, i)
        ) or (word.lemma == "that" and before and before.tag in "NLO" and after and after.tag in "VAMXR"):
            repaired[i] = replace(word, tag="T")
        elif word.token.value == "less" and before and before.tag == "," and after and after.token.value in _WHAT:
            repaired[i] = replace(word, tag="P", lemma="less")
        elif word.lemma in {"until", "till"} and word.tag == "P" and _subject_follows(words, i):
            repaired[i] = replace(word, tag="W")
        elif word.lemma in {"first", "last"} and after and after.tag in "NJU":
            repaired[i] = replace(word, tag="Q")
        elif before and before.tag == "," and after and after.tag in "NDJ" and _hands_out(word):
            repaired[i] = replace(with_tag(word, "V"), form="VBG")
        elif word.lemma == "only" and _qualifies_verb(before, after):
            repaired[i] = replace(word, tag="R")
        elif word.lemma == "have" and after:
            _perfect(repaired, i, words)
        else:
            repaired[i] = _reread(word, repaired, i)
    return repaired


def _qualifies_verb(before: Tagged | None, after: Tagged | None) -> bool:
    """Whether "only" goes with a verb, not with a noun: "users only see …", "only once", "their orders only"."""
    ends = before is not None and before.tag == "N" and (after is None or after.tag in ".;,C)")
    return ends or (after is not None and (after.tag in "VAMR" or after.lemma in {"once"}))


_WHAT = frozenset({"what", "those", "the"})


def _reread(word: Tagged, words: Sequence[Tagged], i: int) -> Tagged:
    """A word of an open class whose neighbours say more than its own: "users like posts", "charging point"."""
    after = words[i + 1] if i + 1 < len(words) else None
    before = words[i - 1] if i else None
    behind_noun = before is not None and before.tag in "NO"
    if word.lemma == "like" and behind_noun and not any(w.tag in "VAM" for w in words):
        return replace(word, tag="V", form="VB")
    if word.token.value in SAME_PARTICIPLES and before is not None and before.lemma == "be":
        return replace(with_tag(word, "V"), form="VBN")
    if word.tag == "J" and after and after.tag in "NJ" and _kind_of_thing(word):
        return replace(word, tag="N")
    if word.tag == "N" and not word.form and behind_noun and _let(words, i):
        return replace(with_tag(word, "V"), form="VB")
    return word


def _kind_of_thing(word: Tagged) -> bool:
    """Whether a gerund before a noun says what kind of thing it is ("charging point"): a part of the name."""
    known = word.token.kind == "word" and look_up(word.token.value).form == "VBG"
    return known and word.token.value not in fillers.GERUND_ADJECTIVES | fillers.FILLER_ADJECTIVES


def _let(words: Sequence[Tagged], i: int) -> bool:
    """Whether "let people" stands before a word that may be a verb: "let people exchange postcards"."""
    at = i - 2 if i > 1 and words[i - 2].tag not in "DSQJ" else i - 3
    lets = at >= 0 and words[at].lemma == "let" and words[at].tag == "V"
    return lets and "V" in words[i].candidates and look_up(words[i].token.value).form == "VB"


def _subject_follows(words: Sequence[Tagged], i: int) -> bool:
    """Whether a relative clause with a subject of its own opens here: "rooms that people book"."""
    at = i + 1
    while at < len(words) and words[at].tag in "DSQJN" and at < i + 5:
        at += 1
    at += at < len(words) and words[at].tag == "O" and at == i + 1
    subject = at > i + 1 and words[at - 1].tag in "NO"
    return subject and at < len(words) and words[at].tag in "MAV" and words[at].form in {"VB", "VBZ", "VBN", ""}


def _hands_out(word: Tagged) -> bool:
    """Whether it is "returning", "providing": what a service does."""
    known = look_up(word.token.value) if word.candidates and "V" in word.candidates else None
    return known is not None and known.form == "VBG" and known.lemma("V") in verbs.CLASSES["hand out"]


def _perfect(repaired: list[Tagged], i: int, words: Sequence[Tagged]) -> None:
    """Tags "has closed": an auxiliary with a participle, where no noun follows that the participle could describe."""
    at = next((k for k in range(i + 1, len(words)) if words[k].tag not in "RX"), None)
    if at is None:
        return
    inner, after = words[at], words[at + 1] if at + 1 < len(words) else None
    participle = inner.form == "VBN" or ("V" in inner.candidates and look_up(inner.token.value).form == "VBN")
    if inner.token.value == "been":
        repaired[i] = replace(repaired[i], tag="A", lemma="have")
    elif participle and inner.tag in "VJ" and not (after and after.tag == "N"):
        repaired[i] = replace(repaired[i], tag="A", lemma="have")
        repaired[at] = replace(with_tag(inner, "V"), form="VBN")


def alternatives(words: Sequence[Tagged], limit: int = 6) -> list[tuple[Tagged, ...]]:
    """Other taggings: one noun-or-verb decision turned round at a time, the known verbs first, at most `limit`."""
    open_: list[int] = []
    for i, word in enumerate(words):
        if {"N", "V"} <= word.candidates and word.tag in "NVJ":
            open_.append(i)
    opens = words[0] if words else None
    adjective = [replace(opens, tag="J", form="")] if opens and opens.tag == "V" and "J" in opens.candidates else []
    open_.sort(key=lambda i: (look_up(words[i].token.value).lemma("V") not in _KNOWN_VERBS, i))
    return [(word, *words[1:]) for word in adjective] + [
        (*words[:i], with_tag(words[i], "N" if words[i].tag == "V" else "V"), *words[i + 1 :]) for i in open_[:limit]
    ]
