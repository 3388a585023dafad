"""Reads what a text says of an endpoint, literal by literal: fields, statuses, failures, messages.

Owns the roles of literals from the words to their left ("must include", "query parameter", "returns", "for example")
and the conditions of statuses. It reads only where the text is at an endpoint; what it does not take is reported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from autocoder.facts import Via
from autocoder.readers.rules import (
    endpoints,
    examples,
    field_lines,
    fields,
    listing,
    narrowing,
    reasons,
    shapes,
    wording,
)
from autocoder.readers.rules.discourse import Discourse, Draft, Part, remembered
from autocoder.readers.rules.lexicon import nouns
from autocoder.readers.rules.lexicon.fillers import GENRE
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Bound, Item
from autocoder.readers.rules.roles import Filled
from autocoder.readers.rules.tagging import look_up

REQUEST = words(
    "require provide accept take supply send submit need expect pass request input parameter include contain involve "
    "use support"
)
RESPONSE = words("return respond response issue answer reply output yield give receive get obtain generate fail")
PLACES = {"query": "query", "header": "header", "path": "path", "body": "body", "form": "body", "url": "path"}
EXAMPLE = ("for example", "such as", "e.g.", "for instance", "might be", "could be", "like")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,59}")
_KINDS = frozenset({"code", "quoted", "snake", "camel"})
_CONDITION = frozenset({"if", "when", "for", "unless", "whenever", "in", "without"})


@dataclass(kw_only=True)
class State:
    """Where the sentence is: the direction of what comes, its place, whether it must be there."""

    direction: str = ""
    place: str = ""
    required: bool | None = None
    any_of: list[Item] = field(default_factory=list[Item])
    example: bool = False
    drafts: list[Draft] = field(default_factory=list[Draft])
    used: set[int] = field(default_factory=set[int])
    aside: dict[int, str] = field(default_factory=dict[int, str])
    status: Draft | None = None


def read(items: Sequence[Item], discourse: Discourse) -> State | None:
    """The facts of a sentence about the endpoint that the text is at; None where it is at none, or nothing is "
    "there.
    """
    if "path" not in discourse.endpoint or "method" not in discourse.endpoint:
        return None
    state = State()
    conditions = list(reasons.conditions(items))
    covered = {i.index for c in conditions for i in c}
    for at, item in enumerate(items):
        if item.index in state.used:
            continue
        _direct(items, at, state)
        _any_of(items, at, state)
        if item.index in covered and item.kind != "number":
            continue
        if item.tag == "L" or item.kind == "number":
            _literal(items, at, state, discourse, conditions)
    sign_in(items, state, discourse)
    _named_shape(items, state, discourse)
    _leads(items, state)
    _at_least_one(items, state, discourse)
    _token(items, state, discourse)
    _listed(items, state, discourse)
    if not state.drafts:
        return None
    _objects(items, state, discourse)
    _narrows(items, state)
    route = f"{discourse.endpoint['method'].value} {discourse.endpoint['path'].value}"
    named = {i.index for i in items if i.kind == "route" and i.lemma == route}
    named |= {i.index for i in items if i.kind == "camel" and i.text in discourse.symbols.schemas}
    named |= {i.index for i in (route_of(items) or {}).values()}
    state.used |= named | {i.index for i in items if i.lemma in GENRE or i.lemma in REQUEST | RESPONSE}
    state.aside |= wording.asides(items, state.used, str(discourse.endpoint["method"].value))
    return state


def one_of_them(item: Item) -> bool:
    """Whether a bound says "at least one", with nothing of its own: "at least one of `name` and `bio`"."""
    meaning = item.meaning
    return isinstance(meaning, Bound) and meaning.high is None and meaning.low is not None and meaning.low.amount == "1"


def _at_least_one(items: Sequence[Item], state: State, discourse: Discourse) -> None:
    """A policy of the endpoint: of these fields at least one is sent."""
    fields_ = [d for d in state.drafts if d.kind == "field" and d.parts["direction"].value == "request"]
    loose = [i for i in items if i.text in discourse.symbols.loose and i.index in state.used]
    said = state.any_of or loose
    if not said or not fields_:
        return
    for draft in fields_:
        draft.parts["required"] = Part(value=False, items=said[:1], via=Via.LEXICON)
    names = ", ".join(str(d.parts["name"].value) for d in fields_)
    route = discourse.endpoint
    parts = {
        "topic": Part(value="at least one", items=said, via=Via.LEXICON),
        "entity": remembered(replace(route["path"], value=f"{route['method'].value} {route['path'].value}")),
        "rule": Part(value=names, items=said, via=Via.CONTEXT),
    }
    state.drafts.append(Draft(kind="policy", parts=parts, items={i.index for i in said}))
    state.used |= {i.index for i in said}


def _narrows(items: Sequence[Item], state: State) -> None:
    """What the one query parameter of a sentence does to the list: "the parameter `from` limits the result to …"."""
    sent = [
        d
        for d in state.drafts
        if d.kind == "field" and d.parts.get("location") and d.parts["location"].value == "query"
    ]
    names = {str(d.parts["name"].value) for d in sent}
    for field_ in sent:
        last = max(field_.items)
        after = [i for i in items if i.index > last]
        said = after[
            : next((k for k, i in enumerate(after) if i.tag in ",;." or i.kind in {"code", "quoted"}), len(after))
        ]
        open_ = [i for i in said if i.index not in state.used]
        filled = Filled(parts={})
        if open_ and narrowing.described(open_, filled):
            field_.parts |= filled.parts
            field_.items |= filled.items
            state.used |= filled.items
    state.used |= {i.index for i in items if i.tag == "N" and i.lemma in names}


def _listed(items: Sequence[Item], state: State, discourse: Discourse) -> None:
    """In which order a list comes, and how much of it at a time."""
    found = listing.read(items)
    if not found.parts or discourse.endpoint["method"].value != "GET":
        return
    state.drafts.append(
        Draft(kind="operation", parts={**of_endpoint(discourse), **found.parts}, items=set(found.items))
    )
    state.used |= found.items


_TOKENS = words("jwt access session bearer auth authentication")


def _token(items: Sequence[Item], state: State, discourse: Discourse) -> None:
    """A field of the answer that is named by no literal: "a JWT token for future requests"."""
    at = next((k for k, i in enumerate(items) if k > 1 and i.lemma == "token" and i.tag == "N"), 0)
    before = items[max(at - 2, 0) : at]
    named = [i for i in before if i.lemma in _TOKENS]
    status = state.status.parts.get("status") if state.status else None
    known = any(d.parts["name"].value == "token" for d in state.drafts if d.kind == "field")
    if not named or before[0].tag != "D" or status is None or known or items[at].index in state.used:
        return
    later = [i for i in items[at + 1 : at + 4] if i.lemma in {"for", "future", "later", "subsequent", "request"}]
    route = discourse.endpoint
    of = Part(value=f"{route['method'].value} {route['path'].value}", items=[], via=Via.CONTEXT)
    parts = {
        "of": replace(of, place=route["path"].offsets),
        "name": Part(value="token", items=[items[at]]),
        "direction": Part(value="response", items=[items[at]], via=Via.LEXICON),
        "type": Part(value="text", items=[items[at]], via=Via.INFERRED),
    }
    used = {i.index for i in (*before, items[at], *(later if len(later) == 3 else ()))}
    state.drafts.append(Draft(kind="field", parts=parts, items=used))
    state.used |= used


def sign_in(items: Sequence[Item], state: State, discourse: Discourse) -> None:
    """With bearer auth; requires authentication: whoever calls is signed in."""
    found = [
        i for i in items if i.lemma in {"bearer", "auth", "authentication", "bearerauth"} and i.index not in state.used
    ]
    before = [i for i in items if found and i.index < found[0].index][-2:]
    after = [i for i in items if found and i.index > found[-1].index][:4]
    asked = any(i.lemma in {"with", "require", "need", "use", "via"} for i in before)
    asked = asked or any(i.lemma in {"require", "need", "necessary", "required", "mandatory"} for i in after)
    if not asked or any(i.lemma in {"no", "not", "without"} for i in items):
        return
    parts = {**of_endpoint(discourse), "actor": Part(value="user", items=found, via=Via.LEXICON)}
    used = {i.index for i in (*found, *before, *after) if i.tag in "PVDNAMJ"}
    state.drafts.append(Draft(kind="operation", parts=parts, items=used))
    state.used |= used


def _named_shape(items: Sequence[Item], state: State, discourse: Discourse) -> None:
    """The fields of a shape that the text defines elsewhere: "follows the SlugCreate schema", "with a Slug object"."""
    named = [i for i in items[1:] if i.text in discourse.symbols.shapes]
    if len(named) != 1 or any(d.kind == "field" for d in state.drafts):
        return
    before = [i for i in items if i.index < named[0].index]
    answers = any(i.tag in "VN" and i.lemma in RESPONSE for i in before) or (
        state.status is not None and "status" in state.status.parts and before[-1].lemma in {":", "a", "an", "the"}
    )
    asks = {"request", "body", "payload"} & {i.lemma for i in items} or any(i.lemma in REQUEST for i in items)
    if not answers and not asks:
        return
    direction = "response" if answers else "request"
    route = of_endpoint(discourse)
    of = f"{route['method'].value} {route['path'].value}"
    for filled in shapes.shape_fields(discourse.symbols.shapes[named[0].text], discourse.symbols.shapes):
        parts = {name: remembered(part) for name, part in filled.parts.items() if name != "value"}
        parts["name"] = remembered(filled.parts["value"])
        parts["of"] = Part(value=of, items=[], via=Via.CONTEXT, place=route["path"].offsets)
        parts["direction"] = Part(value=direction, items=[named[0]], via=Via.LEXICON)
        if direction == "request":
            usual = "query" if route["method"].value in {"GET", "DELETE"} else "body"
            parts["location"] = Part(value=usual, items=[named[0]], via=Via.LEXICON)
        elif "required" in parts:
            del parts["required"]
        state.drafts.append(Draft(kind="field", parts=parts, items={named[0].index}))
        state.used.add(named[0].index)


def _leads(items: Sequence[Item], state: State) -> None:
    """Where a redirect leads, and what it counts."""
    if state.status is None:
        return
    number = state.status.parts.get("status")
    if number is not None and 300 <= int(str(number.value)) < 400:
        _slot(
            items,
            state,
            "redirect",
            frozenset({"to"}),
            frozenset({"location", "header", "point", "pointing", "redirect"}),
        )
    _slot(items, state, "counts", frozenset({"increment", "count"}), frozenset())


def _slot(items: Sequence[Item], state: State, slot: str, after: frozenset[str], along: frozenset[str]) -> None:
    """The last noun phrase right behind one of these words; what belongs to what is stepped over."""
    at = next((k for k, i in enumerate(items) if i.lemma in after and i.tag in "PFV"), None)
    if at is None or state.status is None:
        return
    end = next((k for k in range(at + 1, len(items)) if items[k].tag not in "DSNJ"), len(items))
    owner = next((k for k in range(end - 1, at, -1) if items[k].tag == "S"), at)
    named = [i for i in items[owner + 1 : end] if i.tag in "NJ"]
    if not named:
        return
    state.status.parts[slot] = Part(value=" ".join(i.lemma for i in named), items=named)
    state.used |= {i.index for i in (*items[at:end], *(i for i in items[:end] if i.lemma in along))}
    state.status.items |= {i.index for i in items[at:end]}


def _objects(items: Sequence[Item], state: State, discourse: Discourse) -> None:
    """The row that an answer carries: the noun that the path is made of, or a shape that the text names."""
    path = str(discourse.endpoint["path"].value)
    parts = [p for part in path.lower().split("/") if "{" not in part for p in re.split(r"[_-]", part) if len(p) > 2]
    nouns_ = {w for part in parts for w in (part, part.removesuffix("s"), dict(look_up(part).lemmas).get("N", part))}
    nouns_ |= set(str(discourse.operation["object"].value).split()) if "object" in discourse.operation else set()
    named = [i for i in items if i.tag == "N" and (i.lemma in nouns_ or i.text in discourse.symbols.schemas)]
    state.used |= {i.index for i in named}
    whole = {"all"} if discourse.endpoint["method"].value == "GET" else set[str]()
    before = {i.index for i, then in pairwise(items) if i.lemma in _THEIR | whole and then.index in state.used}
    state.used |= before


_THEIR = words("their his her its the")


def _any_of(items: Sequence[Item], at: int, state: State) -> None:
    if one_of_them(items[at]) and any(i.lemma == "of" for i in items[at + 1 : at + 2]):
        state.any_of = list(items[at : at + 2])
        state.direction = state.direction or "request"


def _direct(items: Sequence[Item], at: int, state: State) -> None:
    """What a word says of the literals behind it."""
    lemma = items[at].lemma
    text = " ".join(i.lemma for i in items[at : at + 2])
    _exemplifies(items, lemma, text, state)
    if lemma in {"on", "return", "respond", "issue"} and (lemma != "on" or text == "on success"):
        state.direction, state.place, state.required = "response", "", None
    elif lemma in RESPONSE and items[at].tag in "VN":
        state.direction = "response"
    elif lemma in REQUEST and state.direction != "response" and items[at].tag in "VN":
        state.direction = "request"
        state.required = (
            True if lemma in {"require", "provide", "supply", "need", "include", "take"} else state.required
        )
    elif lemma == "with" and at and items[at - 1].kind == "route":
        state.direction, state.required = "request", True
    elif lemma == "filter" and state.direction != "response":
        state.direction, state.place, state.required = "request", "query", False
    elif lemma == "must" and state.direction != "response":
        state.direction, state.required = "request", True
    elif (text == "any of" and state.direction == "request") or lemma in {"optional", "optionally"}:
        state.required = False
        state.used.add(items[at].index)
    if lemma in PLACES and items[at].tag in "NJ" and (lemma != "path" or "parameter" in text):
        state.place = PLACES[lemma]
    if lemma == "query" or "query parameter" in text or (at == 0 and _labels_a_request(items)):
        state.direction = "request"
        state.required = True if lemma in {"required", "mandatory"} else state.required


def _exemplifies(items: Sequence[Item], lemma: str, text: str, state: State) -> None:
    if any(text.startswith(e) for e in EXAMPLE if " " in e) or lemma in {"e.g."}:
        state.example = True
    elif lemma == "," and state.example and "for" not in {i.lemma for i in items[:1]}:
        state.example = False


def _labels_a_request(items: Sequence[Item]) -> bool:
    """Body: …; Required fields: …; Optional: …"""
    before = [i.lemma for i in items[:3]]
    label = before[: before.index(":")] if ":" in before else []
    known = {"body", "required", "optional", "mandatory", "field", "parameter"}
    return bool(label) and set(label) <= known


def _literal(items: Sequence[Item], at: int, state: State, discourse: Discourse, conditions: list[list[Item]]) -> None:
    item = items[at]
    if state.example:
        state.aside[item.index] = "example"
    elif item.kind == "number" and re.fullmatch(r"[2-5]\d\d", item.lemma):
        _status(items, at, state, discourse, conditions)
    elif item.kind == "quoted" and _says(items, at):
        _message(item, state, discourse)
    elif item.kind in {"code", "shape"} and (body := examples.object_of(item.lemma)):
        _body(item, body, state, discourse)
    elif item.kind in {"code", "shape"} and item.lemma.startswith("{") and state.direction:
        _shape(items, at, state, discourse)
    elif item.kind in _KINDS and _NAME.fullmatch(_bare(item)) and state.direction and not _names_a_shape(items, at):
        _field(items, at, state, discourse)


def _names_a_shape(items: Sequence[Item], at: int) -> bool:
    """A shape's name ("SlugCreate"), or a value that is only spoken of ("any provided `note`")."""
    item, before = items[at], items[at - 1] if at else None
    spoken = before is not None and (before.form == "VBN" or before.lemma in {"any", "same", "existing", "provided"})
    return (item.kind == "camel" and item.text[:1].isupper()) or spoken


def _says(items: Sequence[Item], at: int) -> bool:
    """Whether a quoted literal is what a message says."""
    before = [i.lemma for i in items[max(0, at - 4) : at]]
    if [i.lemma for i in items[at + 1 : at + 2]] == ["message"]:
        return True
    return "message" in before and not (_NAME.fullmatch(items[at].lemma) and before[-1] in {"a", "and", "with", "the"})


def _message(item: Item, state: State, discourse: Discourse) -> None:
    if state.status is None:
        state.aside[item.index] = "message"
        return
    state.status.parts["message"] = Part(value=item.lemma, items=[item])
    state.status.items.add(item.index)
    state.used.add(item.index)
    del discourse


def _body(item: Item, body: dict[str, object], state: State, discourse: Discourse) -> None:
    """A body in JSON: what a failure says, and under which key; the fields of any other answer."""
    (key, said), *more = body.items()
    if state.status is not None and "error" in state.status.parts:
        if more or not isinstance(said, str):
            return
        state.status.parts["message"] = Part(value=said, items=[item])
        state.status.parts["message_key"] = Part(value=key, items=[item])
        state.status.items.add(item.index)
        state.used.add(item.index)
    elif state.direction and item.kind in {"code", "shape"}:
        for draft in examples.answered(body, item, of_endpoint(discourse), state.direction):
            state.drafts.append(draft)
        state.used.add(item.index)


def _bare(item: Item) -> str:
    """The name that a literal is; of a query `?page=` the name of its parameter."""
    return item.lemma.strip("?&=") if item.kind == "code" else item.lemma


def _shape(items: Sequence[Item], at: int, state: State, discourse: Discourse) -> None:
    """The fields that a shape counts out: { "token": string }; none where "where" explains a name by it."""
    item = items[at]
    explains = {"where", "and"} if any(i.lemma == "where" for i in items[:at]) else set[str]()
    if item.text[0] != "{" and items[at - 1].lemma in explains:
        state.used |= {items[at - 1].index, item.index}
        return
    route = of_endpoint(discourse)
    method, path = str(route["method"].value), str(route["path"].value)
    for filled in shapes.shape_fields(item, discourse.symbols.shapes):
        parts = {name: part for name, part in filled.parts.items() if name != "value"}
        parts["name"] = filled.parts["value"]
        parts["of"] = Part(value=f"{method} {path}", items=[], via=Via.CONTEXT, place=route["path"].offsets)
        parts["direction"] = Part(value=state.direction, items=[item], via=Via.LEXICON)
        if state.direction == "request":
            usual = "query" if method in {"GET", "DELETE"} else "body"
            parts["location"] = Part(value=usual, items=[item], via=Via.LEXICON)
        else:
            parts.pop("required", None)
        state.drafts.append(Draft(kind="field", parts=parts, items=set(filled.items)))
        state.used |= filled.items


def of_endpoint(discourse: Discourse) -> dict[str, Part]:
    return {name: remembered(part) for name, part in discourse.endpoint.items()}


def _status(items: Sequence[Item], at: int, state: State, discourse: Discourse, conditions: list[list[Item]]) -> None:
    """A status, with the condition that stands beside it."""
    item, route = items[at], of_endpoint(discourse)
    number = int(item.lemma)
    state.direction, state.place, state.required = "response", "", None
    near = _near(items, at)
    beside = reasons.beside(items, at, conditions)
    if number < 400:
        draft = Draft(kind="operation", parts={**route, "status": Part(value=number, items=[item])}, items={item.index})
        if beside and (reasons.failure(beside) is None or any(i.lemma == "successful" for i in beside)):
            draft.items |= {i.index for i in beside}
    else:
        draft = Draft(kind="operation", parts={**route, "error": Part(value=number, items=[item])}, items={item.index})
        reason = near or beside
        kind = reasons.failure(reason) if reason else None
        if kind == "missing" and number in {400, 422}:
            kind = "malformed"  # what the request lacks, not a row
        if kind:
            draft.parts["error_when"] = Part(value=kind, items=reason, via=Via.LEXICON)
        if beside:
            first, last = beside[0].words[0].token.start, beside[-1].words[-1].token.end
            draft.parts["condition"] = Part(value=discourse.prose.text[first:last], items=beside)
        draft.items |= {i.index for i in (*reason, *beside)}
    draft.items |= {i.index for i in wording.phrase_of(items, at)}
    state.drafts.append(draft)
    state.status = draft
    state.used |= draft.items


def _near(items: Sequence[Item], at: int) -> list[Item]:
    """The reason that stands right behind a status: 401 unauthorized, 404 not found."""
    found: list[Item] = []
    labelled = 1 if [i.lemma for i in items[at + 1 : at + 2]] == [":"] else 0
    for item in items[at + 1 + labelled : at + 4 + labelled]:
        if item.tag in ",;.:()CW" or item.lemma in {"if", "when", "for", "status", "with", "error", "code", "response"}:
            break
        found.append(item)
    text = " ".join(w.token.value for i in found for w in i.words)
    return found if any(k == text for k in endpoints.REASONS) else []


def _field(items: Sequence[Item], at: int, state: State, discourse: Discourse) -> None:
    """A field of the request or the response, with the type beside it."""
    item, route = items[at], of_endpoint(discourse)
    method, path = str(route["method"].value), str(route["path"].value)
    filled = Filled(parts={})
    filled.put("name", _bare(item), item)
    _type(items, at, filled, narrows=method == "GET" and state.direction == "request")
    fields.said_behind(items, filled)
    _which(items, filled)
    parts = {
        "of": Part(value=f"{method} {path}", items=[], via=Via.CONTEXT, place=route["path"].offsets),
        "direction": Part(value=state.direction, items=[item], via=Via.LEXICON),
        **filled.parts,
    }
    if state.direction == "request":
        inside = f"{{{item.lemma}}}" in path
        usual = "path" if inside else "query" if method in {"GET", "DELETE"} else "body"
        parts["location"] = Part(value="path" if inside else state.place or usual, items=[item], via=Via.LEXICON)
        if state.required is not None and "required" not in parts:
            parts["required"] = Part(value=state.required, items=[item], via=Via.LEXICON)
    state.drafts.append(Draft(kind="field", parts=parts, items=set(filled.items)))
    state.used |= filled.items


def _which(items: Sequence[Item], filled: Filled) -> None:
    """What a clause behind a field says of it: ", which must be a valid email address"."""
    after = [i for i in items if i.index > max(filled.items) and i.lemma not in {"field", "parameter", "property"}]
    start = 1 if after and after[0].tag == "," else 0
    if len(after) > start + 1 and after[start].lemma in {"which", "that"} and after[start + 1].tag in "MAV":
        end = next((k for k in range(start, len(after)) if k > start and after[k].tag in ",.;"), len(after))
        field_lines.say(after[start + 1 : end], filled, narrows=False)
        filled.use(
            *(i for i in after[start:end] if i.lemma in {"which", "that"} and after[end - 1].index in filled.items)
        )


def _type(items: Sequence[Item], at: int, filled: Filled, *, narrows: bool) -> None:
    """A type behind the name, in parentheses or plain; else what the name suggests."""
    after = items[at + 1 : at + 2]
    if after and after[0].tag == "(":
        end = next((k for k in range(at + 1, len(items)) if items[k].tag == ")"), None)
        if end is not None:
            field_lines.inside(items[at + 2 : end], filled, narrows=narrows)
    limit = items[at + 1 : at + 3]
    if limit and limit[0].tag == "B":
        fields.limits(limit[0], filled)
    elif (
        len(limit) == 2
        and limit[0].lemma in {"of", "with"}
        and limit[1].tag in "BH"
        and fields.limits(limit[1], filled)
    ):
        filled.use(limit[0])
    if "type" not in filled.parts and after and after[0].lemma in nouns.NAMED_TYPES:
        filled.put("type", nouns.VALUE_TYPES[after[0].lemma], after[0], via=Via.LEXICON)
    known = fields.value_type(re.split(r"[_\-]|(?<=[a-z])(?=[A-Z])", items[at].lemma.lower()))
    if "type" not in filled.parts and known:
        filled.parts["type"] = Part(value=known, items=[items[at]], via=Via.INFERRED)


def route_of(items: Sequence[Item]) -> dict[str, Item] | None:
    """The path and the method that a sentence names apart from each other: "the `/login` endpoint (POST)"."""
    paths = [i for i in items if i.kind in {"path", "code", "quoted"} and re.fullmatch(r"/[^\s?]*", i.lemma)]
    methods = [i for i in items if i.words[0].token.text in endpoints.METHODS]
    return {"path": paths[0], "method": methods[0]} if len(paths) == 1 and len(methods) == 1 else None
