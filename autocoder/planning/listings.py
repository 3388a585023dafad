"""How clients narrow a stated list: by values and bounds of fields, by words, by pages; and what carries its rows.

Owns what the names of a list's parameters and of its answer stand for where the text says no more of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autocoder.blueprint.model import AnyEffect, FieldSpec, ListRows, Page, Search
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.routes import Endpoint, name_of
from autocoder.planning.workbench import EntityDraft, Workbench

_SEARCHES = names.words("q query search term keyword keywords text search_term")
_TOTALS = names.words("total count total_count total_items total_results")
_ROWS = names.words("items results data rows entries records list content")
_LEAST = re.compile(r"(?:min|from|after|since|start)_(.+)|(.+)_(?:min|from|after|since|gte)")
_MOST = re.compile(r"(?:max|to|until|before|end)_(.+)|(.+)_(?:max|to|until|before|lte)")
_FROM = names.words("from since after start")
_TO = names.words("to until before end")
_TIMES = frozenset({"date", "datetime"})
_SIZES = names.words("limit per_page page_size pagesize size")
_NUMBERS = names.words("page page_number page_no")
_ORDERED = frozenset({"integer", "decimal", "money", "date", "datetime"})
_SIZE = 20
_MOST_ROWS = 100


@dataclass(kw_only=True)
class Narrowing:
    """What the parameters of a list do: conditions, the texts that words are sought in, pages; `unknown` do nothing."""

    conditions: list[str] = field(default_factory=list[str])
    inputs: dict[str, FieldSpec] = field(default_factory=dict[str, FieldSpec])
    sought: tuple[str, ...] = ()
    words: str = ""
    page: Page | None = None
    unknown: list[Fact] = field(default_factory=list[Fact])


def narrowing(endpoint: Endpoint, entity: EntityDraft) -> Narrowing:
    """What each parameter that the text names stands for."""
    found = Narrowing(page=_pages(endpoint))
    paging = {"limit", "offset"} if found.page else set[str]()
    paging |= {found.page.size, found.page.number or "offset"} if found.page else set()
    for fact in endpoint.sent:
        name = name_of(fact.word("name"))
        if name in paging and name not in entity.fields:
            continue
        if fact.get("seeks") is not None and not found.sought and (sought := _sought(fact, entity)):
            found.sought, found.words = sought, name
            found.inputs[name] = FieldSpec(type="text", optional=True)
        elif bound := _bound(entity, name):
            known, operator = bound
            _compare(found, name, operator, known, entity)
        elif known := next((n for n in (name, f"{name}_id", name.removesuffix("_id")) if n in entity.fields), None):
            _compare(found, name, "==", known, entity)
        elif name in _SEARCHES and not found.sought and (sought := _sought(fact, entity)):
            found.sought, found.words = sought, name
            found.inputs[name] = FieldSpec(type="text", optional=True)
        else:
            found.unknown.append(fact)
    return found


def _compare(found: Narrowing, name: str, operator: str, known: str, entity: EntityDraft) -> None:
    spec = entity.fields[known]
    found.conditions.append(f"(input.{name} == null || {known} {operator} input.{name})")
    found.inputs[name] = FieldSpec(type=spec.type, to=spec.to, values=spec.values, optional=True)


def _bound(entity: EntityDraft, name: str) -> tuple[str, str] | None:
    """The field that `min_price` or `price_max` bounds, and how; None where it bounds none."""
    for pattern, operator in ((_LEAST, ">="), (_MOST, "<=")):
        match = pattern.fullmatch(name)
        known = next((g for g in match.groups() if g), "") if match else ""
        if name not in entity.fields and known in entity.fields and entity.fields[known].type in _ORDERED:
            return known, operator
    side = next((op for names_, op in ((_FROM, ">="), (_TO, "<=")) if name in names_ and name not in entity.fields), "")
    times = [n for n, f in entity.fields.items() if f.type in _TIMES]
    told = [n for n in times if n != "created_at"] or times
    return (told[0], side) if side and len(told) == 1 else None


def _sought(fact: Fact, entity: EntityDraft) -> tuple[str, ...]:
    """The texts in which words are sought: those that the sentence names, else all."""
    texts = tuple(n for n, f in entity.fields.items() if f.type == "text")
    seeks = fact.get("seeks")
    said = seeks if isinstance(seeks, tuple) and seeks else re.findall(r"\w+", fact.evidence[0].text.lower())
    told = tuple(n for n in texts if n in said)
    return told or texts


def _pages(endpoint: Endpoint) -> Page | None:
    """Pages, where clients say how many rows they want, or from where on, or the text says how many there are."""
    sent = {name_of(f.word("name")): f for f in endpoint.sent}
    stated = endpoint.first("limit")
    size = next((n for n in sent if n in _SIZES), "limit")
    number = next((n for n in sent if n in _NUMBERS), None)
    if not sent.keys() & {size, "offset"} and number is None and not isinstance(stated, int):
        return None
    asked = sent.get(size)
    limit, most = (_number(asked, "default"), _number(asked, "max")) if asked else (None, None)
    limit = limit or (stated if isinstance(stated, int) else None) or min(_SIZE, most or _SIZE)
    return Page(limit=limit, most=max(most or _MOST_ROWS, limit), size=size, number=number)


def _number(fact: Fact, slot: str) -> int | None:
    said = fact.word(slot)
    return int(said) if said.isdigit() and 0 < int(said) <= 1000 else None


def plan_list(bench: Workbench, endpoint: Endpoint, entity: EntityDraft, inside: list[str]) -> AnyEffect:
    """The rows, narrowed, in order and by pages as the text says. A parameter that stands for nothing is refused."""
    found = narrowing(endpoint, entity)
    for fact in found.unknown:
        bench.refuse(
            "AC2001",
            f'what "{fact.word("name")}" does to {endpoint.route} is not planned yet',
            fact,
            rule="a list is narrowed by a field, a bound of one (min_price) or words (q), and limit and offset page it",
            help="name the field that it narrows, or leave it out",
        )
    narrowed = {
        "where": " && ".join([*inside, *found.conditions]) or None,
        "order": _order(bench, endpoint, entity),
        "page": found.page,
        "as": "rows" if endpoint.answered else None,
        "total": "total" if rows_of(endpoint) and totals_of(endpoint) else None,
    }
    if found.sought:
        return Search.model_validate(
            {"search": entity.name, "in": found.sought, "for": f"input.{found.words}", **narrowed}
        )
    return ListRows.model_validate({"list": entity.name, **narrowed})


def _order(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> list[str]:
    """By a field that the text names, else by age."""
    if by := str(endpoint.first("sorted_by") or ""):
        if name := _sorted(entity, names.field_name(by)):
            return [f"{name} {'desc' if endpoint.first('descending') is True else 'asc'}"]
        bench.refuse(
            "AC2001",
            f'the rows of {endpoint.route} have no "{by}" to be sorted by',
            next(f for f in endpoint.facts if f.get("sorted_by")),
            rule="a list is in the order of a field of its rows",
            help="say which field it is",
        )
    order = endpoint.first("order")
    if order != "newest first" and order != "oldest first":
        return []
    entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), *endpoint.facts[:1])
    return ["created_at desc" if order == "newest first" else "created_at asc"]


def _sorted(entity: EntityDraft, name: str) -> str:
    """The field of that name; "date", "price" and "name" may mean the only field of their kind."""
    kinds = {"date": _TIMES, "time": _TIMES, "price": frozenset({"money", "decimal"})}.get(name, frozenset[str]())
    alike = [n for n, f in entity.fields.items() if f.type in kinds]
    if name in entity.fields or not (alike or name == "name"):
        return name if name in entity.fields else ""
    return alike[0] if len(alike) == 1 else "title" if name == "name" and "title" in entity.fields else ""


def rows_of(endpoint: Endpoint) -> Fact | None:
    """The field of the answer that holds the rows: `{ items: Note[], total: integer }`."""
    return next((f for f in endpoint.answered if f.word("type").startswith("list of ") and _holds(endpoint, f)), None)


def _holds(endpoint: Endpoint, fact: Fact) -> bool:
    kind = fact.word("type").removeprefix("list of ")
    return kind[:1].isupper() or name_of(fact.word("name")) in {*_ROWS, *endpoint.literals}


def totals_of(endpoint: Endpoint) -> set[str]:
    """The names under which the answer says how many rows there are on all pages."""
    return {n for f in endpoint.answered if (n := name_of(f.word("name"))) in _TOTALS and f.word("type") == "integer"}
