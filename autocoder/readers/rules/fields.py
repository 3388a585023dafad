"""Reads noun phrases as fields: a name with its type and limits.

Owns what follows a field's name: parentheses (a type expression), bounds, "that starts as false". A word that says
nothing about a field is left unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from autocoder.facts import Via
from autocoder.readers.rules import endpoints
from autocoder.readers.rules.clauses import Adjunct, Noun, Predicate, items_of
from autocoder.readers.rules.discourse import Discourse, Part, remembered
from autocoder.readers.rules.lexicon import closed, fillers, nouns, units
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Bound, Item, Measure
from autocoder.readers.rules.roles import Filled, name_items, words_of

FLAGS: dict[str, tuple[str, bool]] = {
    "unique": ("unique", True),
    "required": ("required", True),
    "mandatory": ("required", True),
    "compulsory": ("required", True),
    "optional": ("required", False),
    "nullable": ("required", False),
    "read-only": ("read_only", True),
    "readonly": ("read_only", True),
}
"""Adjective to the slot that it sets."""

_PLAIN = fillers.FILLER_ADJECTIVES | {"short", "long", "full", "free"}
_NOT_NAMES = (
    _PLAIN
    | frozenset(FLAGS)
    | words(
        "valid positive negative non-empty nonempty encrypted hashed public private internal secret hidden sorted "
        "nullable numeric certain random other additional absolute relative correct"
    )
)
"""Adjectives that say something of a field's values; they are no part of its name."""

_FLAG_HEADS = frozenset({"flag", "checkbox", "switch", "marker"})


def field(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A field that something has: a title, a list of ingredients, a rating from 1 to 5, a done flag."""
    filled = Filled(parts={})
    if endpoints.sign_in(noun, _discourse) or not _named(noun, filled, _discourse):
        return None
    for item in noun.modifiers:
        _modifier(item, filled)
    for adjunct in noun.post:
        _after(adjunct, filled)
    for predicate in noun.relative:
        _relative(predicate, filled)
    if who_is(noun):
        filled.use(*(i for p in noun.relative for i in items_of(p)))
    if noun.paren and not _lines(noun):
        paren(noun.paren, filled)
        if noun.head.plural and noun.paren[0].lemma in nouns.NAMED_TYPES and "value" in filled.parts:
            *before, _ = str(filled.parts["value"].value).split()  # "stars (integer)" is a name as it is written
            named = " ".join([*before, noun.head.text.lower()])
            filled.parts["value"] = replace(filled.parts["value"], value=named)
    return filled


def who_is(noun: Noun) -> str:
    """Who a field is, where it says so: an assignee, who is a user."""
    said = noun.relative[0] if len(noun.relative) == 1 else None
    plain = said is not None and words_of(said.verbs) == "be" and not said.negated and not said.adjuncts
    who = said.objects[0] if said and plain and len(said.objects) == 1 else None
    known = who is not None and who.head.lemma in {"user", "member", "customer"} and len(name_items(who)) == 1
    return who.head.lemma if who and known and not who.post else ""


def somebody(noun: Noun, _discourse: Discourse) -> Filled | None:
    """A field that is one of the people who sign in."""
    who = who_is(noun)
    if not who:
        return None
    filled = Filled(parts={})
    filled.put("value", words_of(_name(noun)), *_name(noun))
    filled.put("to", who, *noun.relative[0].objects[0].items)
    return filled


def _named(noun: Noun, filled: Filled, discourse: Discourse) -> bool:
    """The field's name and the type that the name suggests."""
    literals = [i for i in noun.items if i.tag == "L" and i.kind in {"code", "quoted", "camel", "snake"}]
    if len(literals) == 1:
        return _literal(noun, literals[0], filled)
    if noun.head.tag != "N":
        return False
    items = _name(noun)
    if noun.head.lemma in _FLAG_HEADS and len(noun.items) > 1:
        return _flag(noun, filled)
    if noun.head.lemma in {"list", "set", "array"} and len(items) == 1:
        return _list(noun, filled)
    if noun.head.plural and not any(i.tag in "DS" for i in noun.modifiers):
        counted = any(i.tag in "QU" for i in noun.modifiers)
        if counted or noun.head.lemma in discourse.symbols.things:
            return False
        if noun.head.lemma not in nouns.VALUE_TYPES or _lines(noun):
            return _several(noun, items, filled)
    _dated(noun, items, filled)
    return True


def _several(noun: Noun, items: list[Item], filled: Filled) -> bool:
    """A plural: a list of texts or of records; "players (2 to 6)", "pieces from 1 to 99" is how many."""
    if any(isinstance(i.meaning, Bound) and i.meaning.low is None for i in noun.modifiers) and not _lines(noun):
        return False  # "at most five loans" limits them, it is no list in a field
    if any(a.kind == "bound" for a in noun.post) and not _lines(noun):
        filled.put("value", " ".join([*(i.lemma for i in items[:-1]), items[-1].text.lower()]), *items)
        filled.put("type", "integer", noun.head, via=Via.LEXICON)
        return True  # "pieces from 1 to 99" is how many there are
    filled.put("value", words_of(items), *items)
    if not (len(noun.paren) == 1 and isinstance(noun.paren[0].meaning, Bound)):
        filled.put("type", "list of record" if _lines(noun) else "list of text", noun.head, via=Via.INFERRED)
    return True


def _name(noun: Noun) -> list[Item]:
    """The words of the name: nouns, and adjectives that tell fields apart ("due date")."""
    place = noun.head.lemma in {"url", "uri", "path", "address", "link"}
    plain = _NOT_NAMES if place else _NOT_NAMES - {"relative", "absolute"}
    told = {i for i in noun.modifiers if i.lemma in {"first", "last"}}
    telling = [i for i in noun.modifiers if i.tag == "N" or i in told or (i.tag in "JV" and i.lemma not in plain)]
    return [*telling, noun.head]


def _dated(noun: Noun, items: list[Item], filled: Filled) -> None:
    """An ordinary name; "date of birth" is one too."""
    tail = _of_what(noun)
    done = [a.items[0] for a in noun.post if a.kind == "participle" and a.gerund and not items_of(a.gerund)[1:]]
    if noun.head.lemma in {"date", "time"} and len(done) == 1 and done[0].form == "VBN":
        tail = [replace(done[0], lemma=done[0].text.lower())]
    told = [i.text.lower() if i.tag == "N" else i.lemma for i in tail]
    filled.put("value", " ".join([words_of(items), *told]), *items, *tail)
    filled.use(*(i for a in noun.post for n in a.nouns if tail and n.head is tail[-1] for i in n.items))
    _typed(items, filled)


def _of_what(noun: Noun) -> list[Item]:
    """What tells a field apart behind its head: date of birth, year of manufacture, price per night."""
    for adjunct in noun.post:
        inner = adjunct.nouns[0] if len(adjunct.nouns) == 1 else None
        plain = inner is not None and inner.head.tag == "N" and not (inner.post or inner.paren or inner.relative)
        if inner is None or not plain or adjunct.prep not in {"of", "per"}:
            continue
        counted = noun.head.lemma in {"date", "time", "place", "number", "name"}
        bare = all(i.tag == "N" for i in inner.items)
        if bare or (counted and all(i.tag in "DN" or i.lemma in {"next", "last"} for i in inner.items)):
            return [adjunct.items[0], *name_items(inner)]
    return []


_LITERAL = re.compile(r"[A-Za-z_][\w.\[\]-]{0,79}")
"""What a field may be called in code marks or quotes: no sentence, no object."""


def _literal(noun: Noun, literal: Item, filled: Filled) -> bool:
    if not _LITERAL.fullmatch(literal.lemma):
        return False
    filled.put("value", literal.lemma, literal)
    for item in noun.items:
        if item.tag == "N" and item.lemma in {"field", "parameter", "property", "attribute", "value", "key"}:
            filled.use(item)
        elif item.tag == "N" and item.lemma in nouns.NAMED_TYPES:
            filled.put("type", nouns.VALUE_TYPES[item.lemma], item, via=Via.LEXICON)
    if "type" not in filled.parts and (kind := value_type(re.split(r"[_-]", literal.lemma.lower()))):
        filled.parts["type"] = Part(value=kind, items=[literal], via=Via.INFERRED)
    return True


def _flag(noun: Noun, filled: Filled) -> bool:
    named = [i for i in noun.modifiers if i.tag in "NJ" and i.lemma not in FLAGS and i.lemma not in _PLAIN]
    if not named:
        return False
    filled.put("value", words_of(named), *named)
    filled.put("type", "boolean", noun.head, via=Via.LEXICON)
    return True


def _list(noun: Noun, filled: Filled) -> bool:
    inner = [a for a in noun.post if a.prep == "of" and len(a.nouns) == 1]
    if len(inner) != 1 or inner[0].nouns[0].head.tag != "N":
        return False
    of, items = inner[0], name_items(inner[0].nouns[0])
    kind = "record" if _lines(inner[0].nouns[0]) else nouns.VALUE_TYPES.get(items[-1].lemma, "text")
    filled.put("value", words_of(items), *items)
    filled.put("type", f"list of {kind}", noun.head, *of.items[:1], via=Via.INFERRED)
    filled.use(*(i for i in of.nouns[0].items if i.tag == "D"))
    return True


def _lines(noun: Noun) -> bool:
    """Whether a parenthesis counts out what each of several things has: "lines (article, quantity)"."""
    groups = list(_groups(noun.paren))
    told = [g for g in groups if g[-1].tag not in "NLB" or g[0].lemma in {*FLAGS, *nouns.NAMED_TYPES}]
    return noun.head.plural and len(groups) > 1 and not told and any(len(g) > 1 or _valued(g) for g in groups)


def _valued(group: Sequence[Item]) -> bool:
    return group[-1].lemma in nouns.VALUE_TYPES


def _typed(items: Sequence[Item], filled: Filled) -> None:
    kind = value_type([i.lemma for i in items])
    if kind:
        filled.parts["type"] = Part(value=kind, items=list(items), via=Via.INFERRED)


def value_type(lemmas: Sequence[str]) -> str:
    """The type that a name suggests: by its words if one of them is telling, else by its head.

    >>> value_type(["e-mail", "address"]), value_type(["due", "date"]), value_type(["foo"])
    ('email', 'date', '')
    """
    for telling in ("e-mail", "email", "phone", "telephone", "password", "url"):
        if telling in lemmas:
            return nouns.VALUE_TYPES[telling]
    if lemmas[-1:] == ["number"] and set(lemmas[-2:-1]) & nouns.IDENTIFYING:
        return "text"
    if (lemmas[1:] and lemmas[-1] == "at") or list(lemmas[-2:]) == ["time", "stamp"]:
        return "datetime"
    return nouns.VALUE_TYPES.get(lemmas[-1], "") if lemmas else ""


def _modifier(item: Item, filled: Filled) -> None:
    if item.index in filled.items:
        return
    if item.tag == "J" and item.lemma in FLAGS:
        slot, value = FLAGS[item.lemma]
        filled.put(slot, value, item, via=Via.LEXICON)
    elif item.tag == "K":
        limits(item, filled)
    elif item.tag == "D" or (item.tag == "J" and item.lemma in _PLAIN) or (item.tag == "S" and item.lemma != "'s"):
        filled.use(item)


def _after(adjunct: Adjunct, filled: Filled) -> None:
    if adjunct.kind == "apposition" and _documents(adjunct.items):
        filled.use(*adjunct.items)
    elif adjunct.kind == "bound":
        limits(adjunct.items[0], filled)
    elif adjunct.kind == "adjective" and adjunct.items[0].lemma in FLAGS:
        slot, value = FLAGS[adjunct.items[0].lemma]
        filled.put(slot, value, adjunct.items[0], via=Via.LEXICON)
    elif adjunct.prep in {"of", "with"} and len(adjunct.items) == 2 and not adjunct.nouns:
        if limits(adjunct.items[1], filled):
            filled.use(adjunct.items[0])
    elif adjunct.prep == "in" and len(adjunct.nouns) == 1:
        _unit(adjunct, filled)
    elif adjunct.prep in {"of", "with"} and len(adjunct.nouns) == 1 and _is_file(filled):
        _file_size(adjunct, filled)
    elif adjunct.prep == "of" and filled.parts["value"].value in _TOLD_OF and _one_thing(adjunct):
        filled.use(*items_of(adjunct))
    elif adjunct.kind == "participle" and adjunct.gerund:
        _named_after(adjunct.gerund, filled)


def _is_file(filled: Filled) -> bool:
    return "type" in filled.parts and filled.parts["type"].value == "file"


def _file_size(adjunct: Adjunct, filled: Filled) -> None:
    """Of up to 200 MB: what a file may be at most."""
    noun = adjunct.nouns[0]
    bound = next((i for i in noun.items if isinstance(i.meaning, Bound)), None)
    high = bound.meaning.high if bound is not None and isinstance(bound.meaning, Bound) else None
    if bound is None or high is None or noun.head.lemma.lower() not in {"kb", "mb", "gb"} or len(noun.items) > 2:
        return
    filled.put("max", f"{high.amount}{noun.head.lemma.upper()}", bound, noun.head, via=Via.LEXICON)
    filled.use(*items_of(adjunct))


_TOLD_OF = words("description summary photo picture image copy explanation")
"""Fields whose names say enough, whatever they are said to be of: a description of the problem."""


def _one_thing(adjunct: Adjunct) -> bool:
    return len(adjunct.nouns) == 1 and all(i.tag in "DNS" for i in items_of(adjunct)[1:])


def _unit(adjunct: Adjunct, filled: Filled) -> None:
    """In euros; in kW: what the values are measured in, which says their type."""
    noun = adjunct.nouns[0]
    kind = units.FIELD_UNITS.get(noun.head.lemma.lower())
    whole = kind == "integer" or filled.parts.get("type") is None
    if kind is None or any(i.tag not in "NDL" for i in noun.items) or noun.post:
        return
    if whole:
        filled.parts["type"] = Part(value=kind, items=[noun.head], via=Via.LEXICON)
    filled.use(*adjunct.items, *noun.items)


def _named_after(predicate: Predicate, filled: Filled) -> None:
    """A field called `sku`."""
    if words_of(predicate.verbs) in {"call", "name"} and len(predicate.objects) == 1:
        literal = predicate.objects[0].items[-1]
        if literal.tag == "L":
            filled.put("value", literal.lemma, literal)
            filled.use(*predicate.verbs)


def limits(item: Item, filled: Filled) -> bool:
    """Sets least and greatest value, or exact length."""
    meaning = item.meaning
    if isinstance(meaning, Measure) and meaning.dimension == "length":
        filled.put("length", int(meaning.amount), item, via=Via.LEXICON)
        return True
    if not isinstance(meaning, Bound):
        return False
    pairs = [("min", meaning.low), ("max", meaning.high)]
    if any(m is not None and m.dimension not in {"count", "length"} for _, m in pairs):
        return False
    for slot, measure in pairs:
        if measure is not None:
            filled.put(slot, _exclusive(item, measure.amount, slot), item, via=Via.LEXICON)
    return True


def _exclusive(item: Item, amount: str, slot: str) -> str:
    """Reads "less than 10": it allows 9 at most."""
    open_ = item.words[0].token.value in {
        "less",
        "fewer",
        "under",
        "below",
        "more",
        "over",
        "above",
        "<",
        ">",
        "greater",
    }
    if not open_ or not amount.lstrip("-").isdigit():
        return amount
    return str(int(amount) + (1 if slot == "min" else -1))


def _relative(predicate: Predicate, filled: Filled) -> None:
    """Like: that starts as false; that defaults to 0; that is unique."""
    lemmas = words_of(predicate.verbs)
    if lemmas in {"start", "default", "begin"} and not predicate.negated:
        for adjunct in predicate.around:
            if adjunct.prep in {"as", "at", "with", "to"} and len(adjunct.nouns) == 1:
                _default(adjunct, filled)
                filled.use(*predicate.verbs, *predicate.group)
            elif adjunct.items[-1].lemma in {"true", "false", "empty"}:
                filled.put("default", adjunct.items[-1].lemma, *adjunct.items)
                filled.use(*predicate.verbs, *predicate.group)
                filled.use(
                    *(i for a in predicate.around if a.prep in {"as", "at", "to"} and not a.nouns for i in a.items)
                )
    elif lemmas == "be" and not predicate.negated:
        for adjunct in predicate.around:
            _after(adjunct, filled)
        filled.use(*predicate.verbs, *predicate.group)


def _default(adjunct: Adjunct, filled: Filled) -> None:
    item = adjunct.nouns[0].items[-1]
    filled.put("default", item.lemma, item)
    filled.use(*adjunct.items)


def said_behind(items: Sequence[Item], filled: Filled) -> None:
    """What is said of a field behind its name and its type: `note` (string) is optional."""
    after = [i for i in items if i.index > max(filled.items) and i.tag != ")"][:2]
    if len(after) == 2 and after[0].lemma == "be" and after[1].lemma in FLAGS:
        slot, value = FLAGS[after[1].lemma]
        filled.put(slot, value, *after, via=Via.LEXICON)


# parentheses


def paren(items: Sequence[Item], filled: Filled) -> None:
    """A type expression: (text, required), (open, closed), (from 1 to 5), (unique). One for several says so."""
    if any(i.lemma in {"both", "all", "each"} for i in items):
        return
    if [i.lemma for i in items[:2]] == ["one", "of"]:
        filled.use(*items[:2])
        items = items[2:]
    if _values(items, filled):
        return
    described = next((n for n, i in enumerate(items) if n and (i.form == "VBN" or i.lemma in _DESCRIBING)), 0)
    if described and _documents(items[described:]):
        filled.use(*items[described:])
        items = items[:described]
    told = {i.index for group in _groups(items) if _group(group, filled) for i in group}
    inside = [i for i in items if i.tag not in ",C/" and i.lemma != "|" and i.tag != "D" and i.index not in told]
    known = {i.index for i in inside if _paren_word(i, filled)}
    rest = [i for i in inside if i.index not in known]
    if not rest:
        filled.use(*items)
    elif not known and len(rest) >= 2 and all(len(g) == 1 for g in _groups(items)):
        values = tuple(i.lemma if i.tag == "L" else i.words[0].token.value for i in rest)
        if set(values) in ({"yes", "no"}, {"true", "false"}, {"on", "off"}):
            filled.put("type", "boolean", *rest, via=Via.LEXICON)
        else:
            filled.put("values", values, *rest)
            filled.put("type", "enum", *rest, via=Via.LEXICON)
        filled.use(*items)


_DESCRIBING = frozenset({"for", "that", "which"})


def _documents(items: Sequence[Item]) -> bool:
    """Whether what stands behind a type only describes it: "an integer used by the client for sorting"."""
    free = all(w.token.value not in closed.RESTRICTORS for i in items for w in i.words)
    return free and not any(i.tag in ",;X" or i.meaning for i in items)


def _values(items: Sequence[Item], filled: Filled) -> bool:
    """The closed list of values where a plain range stands among words: (1-0, 0-1, draw)."""
    found = list(_groups(items))
    spans = [isinstance(g[0].meaning, Bound) and g[0].words[0].token.kind == "number" for g in found if len(g) == 1]
    if len(spans) < len(found) or not any(spans) or all(spans) or any(_known(g[0]) for g in found):
        return False
    values = tuple("".join(w.token.text for w in g[0].words) for g in found)
    filled.put("values", values, *(g[0] for g in found))
    filled.put("type", "enum", *(g[0] for g in found), via=Via.LEXICON)
    filled.use(*items)
    return True


def _known(item: Item) -> bool:
    return item.lemma in FLAGS or item.lemma in nouns.NAMED_TYPES


def _group(group: Sequence[Item], filled: Filled) -> bool:
    """What several words between commas say together: default false, default value 3."""
    if len(group) == 3 and group[0].lemma in {"list", "array"} and group[1].lemma == "of":
        kind = nouns.VALUE_TYPES.get(group[2].lemma) if group[2].lemma in nouns.NAMED_TYPES else None
        if kind:
            filled.put("type", f"list of {kind}", *group, via=Via.LEXICON)
        return kind is not None
    words_ = [i for i in group if i.lemma not in {"value", "is", "be", "of", "to", ":", "="}]
    if len(words_) != 2 or words_[0].lemma != "default":
        return _kind_of_values(group, filled)
    filled.put("default", words_[1].lemma, words_[1])
    filled.use(*group)
    return True


_LEAST = {"positive": 1, "non-negative": 0, "nonnegative": 0}
_NOT_EMPTY = (["non-empty"], ["nonempty"], ["not", "empty"], ["must", "not", "be", "empty"], ["cannot", "be", "empty"])


def _kind_of_values(group: Sequence[Item], filled: Filled) -> bool:
    """Like: positive integer, non-empty string, ISO 8601 date, must not be empty."""
    lemmas = [i.lemma for i in group]
    named = nouns.WRITTEN_TYPES.get(lemmas[-1], "") if group[-1].tag == "N" else ""
    if named and lemmas[:2] == ["iso", "8601"]:
        filled.put("type", named, *group, via=Via.LEXICON)
    elif named == "integer" and len(group) == 2 and lemmas[0] in _LEAST:
        filled.put("type", named, *group, via=Via.LEXICON)
        filled.put("min", str(_LEAST[lemmas[0]]), *group, via=Via.LEXICON)
    elif lemmas in _NOT_EMPTY or (named == "text" and lemmas[:-1] in _NOT_EMPTY):
        filled.put("min", "1", *group, via=Via.LEXICON)
        if named:
            filled.put("type", named, *group, via=Via.LEXICON)
    else:
        return False
    return True


def _groups(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items between the commas and conjunctions."""
    group: list[Item] = []
    for item in items:
        if item.tag in ",C/" or item.lemma == "|":
            if group:
                yield group
            group = []
        else:
            group.append(item)
    if group:
        yield group


def _paren_word(item: Item, filled: Filled) -> bool:
    if item.lemma in FLAGS:
        slot, value = FLAGS[item.lemma]
        filled.put(slot, value, item, via=Via.LEXICON)
        return True
    if item.tag == "N" and item.lemma in nouns.WRITTEN_TYPES:
        filled.put("type", nouns.WRITTEN_TYPES[item.lemma], item, via=Via.LEXICON)
        return True
    return item.tag in "BH" and limits(item, filled)


def answer_row(noun: Noun, discourse: Discourse) -> Filled | None:
    """The row that an answer carries, not a field of it: the created episode, the updated profile, the book itself."""
    made = [i for i in noun.modifiers if i.lemma in _MADE or i.text.lower() in _MADE]
    about = discourse.operation.get("object")
    if noun.head.tag != "N" or not (made or (about and about.value == words_of(name_items(noun)))):
        return None
    filled = Filled(parts={})
    filled.use(*name_items(noun), *made, *(i for i in noun.modifiers if i.tag == "D"))
    return filled


_MADE = words("created updated new changed modified deleted saved stored resulting requested edited added")


def answer_field(noun: Noun, discourse: Discourse) -> Filled | None:
    """A field of an answer; the thing itself ("with the book") is none."""
    filled = field(noun, discourse)
    name = filled.parts["value"].value if filled else ""
    entity = discourse.entity.value if discourse.entity else ""
    if (
        not name
        or name == entity
        or answer_row(noun, discourse)
        or {"object", "list", "array", "message", "body", "content", "detail"} & {i.lemma for i in noun.items}
    ):
        return None
    return filled


# fields that the text spoke of before


def known_field(noun: Noun, discourse: Discourse) -> Filled | None:
    """A field that an entity is known to have: titles; the title of a note."""
    if noun.head.tag != "N":
        return None
    items = name_items(noun)
    filled = Filled(parts={})
    filled.put("value", words_of(items), *items)
    owner = next((a for a in noun.post if a.prep == "of" and len(a.nouns) == 1), None)
    if owner and owner.nouns[0].head.tag == "N":
        filled.put("of", words_of(name_items(owner.nouns[0])), *name_items(owner.nouns[0]), *owner.items)
        filled.use(*(i for i in owner.nouns[0].items if i.tag in "DQ" and i.lemma not in {"no", "only"}))
    else:
        found = _owner(words_of(items), items, discourse)
        if found is None:
            return None
        filled.parts["of"] = found
    filled.use(*(i for i in noun.modifiers if i.tag == "D" or i.lemma in {"all", "each", "every"}))
    return filled


def _owner(name: str, items: list[Item], discourse: Discourse) -> Part | None:
    owners = discourse.fields.get(name, {})
    if len(owners) == 1:
        return remembered(next(iter(owners.values())))
    if not owners and name in {"username", "password", "e-mail", "email", "e-mail address"}:
        return Part(value="user", items=items, via=Via.INFERRED)
    return None


def constraint(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Titles are unique; the title is required."""
    item = adjunct.items[0]
    if item.lemma not in FLAGS:
        return None
    filled = Filled(parts={})
    slot, value = FLAGS[item.lemma]
    filled.put(slot, value, item, via=Via.LEXICON)
    return filled


def bounds(adjunct: Adjunct, _discourse: Discourse) -> Filled | None:
    """Titles are at most 100 characters long; ratings are from 1 to 5."""
    filled = Filled(parts={})
    return filled if limits(adjunct.items[0], filled) else None
