"""The endpoints that a text states: everything that it says of one route, taken together.

Owns what a route is about and what it does. Where no verb says it, method and path do, by the conventions of HTTP;
that is an inference, which whoever plans the route shows as a decision.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from autocoder.facts import Fact, Value
from autocoder.planning import names
from autocoder.planning.domain_verbs import MAKES
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.rules.tagging import look_up

CRUD = frozenset({"create", "list", "read", "update", "delete"})
_SHOWS = frozenset({"return", "respond", "give", "provide", "get", "retrieve", "fetch", "show", "see", "view"})
"""Verbs that say what a route answers; what it does besides, its method says."""
_SIGN_UP = names.words("register registration signup sign-up sign_up")
_SIGN_IN = names.words("login log-in log_in signin sign-in sign_in token authenticate")
_SECRETS = names.words("password passphrase passwd")
_LOGINS = ("email", "username", "user_name", "login", "name", "phone")
"""Fields that name an account, the most usual first."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Everything that the text says of one route."""

    method: str
    path: str
    facts: tuple[Fact, ...]
    fields: tuple[Fact, ...]

    @property
    def route(self) -> str:
        """Method and path, as the text writes them."""
        return f"{self.method} {self.path}"

    @property
    def planned_route(self) -> str:
        """Method and path with the names of the blueprint."""
        parts = (f"{{{name_of(p[1:-1])}}}" if p.startswith("{") else p for p in self.path.split("/"))
        return f"{self.method} {'/'.join(parts)}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the path, as the blueprint has them."""
        return tuple(name_of(p) for p in re.findall(r"\{(\w+)\}", self.path))

    @property
    def literals(self) -> tuple[str, ...]:
        """The parts of the path that are no names."""
        return tuple(p for p in self.path.split("/") if p and not p.startswith("{"))

    @property
    def on_item(self) -> bool:
        """Whether the path ends with the name of one row."""
        return self.path.rstrip("/").endswith("}")

    def first(self, slot: str) -> Value | None:
        """The first value that the text gives for a slot."""
        return next((v for f in self.facts if (v := f.get(slot)) is not None), None)

    @property
    def sent(self) -> tuple[Fact, ...]:
        """The fields of the request but those in the path."""
        return tuple(f for f in self.fields if f.word("direction") == "request" and f.word("location") != "path")

    @property
    def answered(self) -> tuple[Fact, ...]:
        """The fields of the answer, each once."""
        return tuple(f for f in self._answered if "." not in f.word("name"))

    @property
    def _answered(self) -> tuple[Fact, ...]:
        found = {f.word("name"): f for f in reversed(self.fields) if f.word("direction") == "response"}
        return tuple(f for f in self.fields if found.get(f.word("name")) is f)

    def inside(self, name: str) -> tuple[Fact, ...]:
        """The fields of each row in a field of the answer: `items.title`."""
        return tuple(f for f in self._answered if f.word("name").startswith(f"{name}."))

    @property
    def says(self) -> Fact | None:
        """The fact that tells what it does: a verb for rows; one that only shows rows tells it of GET alone."""
        told = [f for f in self.facts if f.word("does") in CRUD]
        if self.method == "GET":
            return next((f for f in told if f.word("does") in {"read", "list"}), None)
        telling = [f for f in told if f.word("verb") not in _SHOWS]
        return next(iter(telling), None)

    @property
    def does(self) -> str:
        """What it does to rows; empty where neither the text nor the method says."""
        told = self.says
        if told is not None:
            if self.method != "GET":
                return told.word("does")
            return "list" if not self.on_item and (told.word("does") == "list" or _many(told)) else "read"
        status = self.first("status")
        leads = isinstance(status, int) and 300 <= status < 400 and self.method == "GET"
        if any(f.word("does") == "other" and not _makes(f) for f in self.facts) and not leads:
            return ""
        if self.method == "POST":
            return "" if self.on_item else "create"
        usual = {"PUT": "update", "PATCH": "update", "DELETE": "delete", "GET": "read"}
        return usual[self.method] if self.on_item else "list" if self.method == "GET" else ""

    @property
    def signs(self) -> str:
        """`register` and `login` for routes by which people get an account and a token; else empty."""
        if self.method != "POST" or self.secret is None:
            return ""
        verbs = {f.word("verb") for f in self.facts}
        tail = self.literals[-1].lower() if self.literals else ""
        if verbs & {"register", "sign up"} or tail in _SIGN_UP or any(_makes_account(f) for f in self.facts):
            return "register"
        return "login" if verbs & {"log in", "login", "authenticate", "sign in"} or tail in _SIGN_IN else ""

    @property
    def secret(self) -> Fact | None:
        """The password that it takes."""
        return next((f for f in self.sent if f.word("type") == "password" or f.word("name") in _SECRETS), None)

    @property
    def login(self) -> Fact | None:
        """The field beside the password that names the account."""
        known = {name_of(f.word("name")): f for f in self.sent if f is not self.secret}
        return next((known[n] for n in _LOGINS if n in known), next(iter(known.values()), None))

    def covers(self, bench: Workbench, fact: Fact) -> bool:
        """Whether a sentence that names no route speaks of this one: it does the same to the same thing."""
        if fact.word("path") or not fact.word("object"):
            return False
        same = bench.entity(fact.word("object"))
        verbs = {f.word("verb") for f in self.facts if f.word("object")}
        alike = fact.word("does") == self.does if fact.word("does") in CRUD else fact.word("verb") in verbs
        return alike and same is not None and same is bench.entity(self.words(bench))

    def words(self, bench: Workbench) -> str:
        """What it is about, in the words of the text or of its path."""
        told = self.says
        named = [told] if told else []
        named += [f for f in self.facts if f.word("does") == "other" or self.method == "GET"]
        for fact in named:
            if fact.word("object"):
                return fact.word("object")
        tail = self.literals[-1] if self.literals else ""
        single = singular(tail)
        if single != tail.replace("-", " ").replace("_", " ") or bench.entity(single):
            return single
        parameter = self.parameters[-1].removesuffix("_id") if self.parameters else ""
        return parameter if bench.entity(parameter) else ""


_ACCOUNTS = names.words("user account")


def _makes_account(fact: Fact) -> bool:
    """Whether a fact says that people get an account: whoever sends a password for it signs in with it later."""
    return fact.word("does") == "create" and fact.word("object").rpartition(" ")[2] in _ACCOUNTS


def _many(fact: Fact) -> bool:
    """Whether the text speaks of several rows: "returns all books"."""
    if fact.get("scope") == "all" or "object" not in fact.slots:
        return True
    said = fact.slots["object"].span.text.lower().split()
    return bool(said) and singular(said[-1]) != said[-1]


def _makes(fact: Fact) -> bool:
    """Whether a verb of the domain makes the thing itself: "submit a report"."""
    return fact.word("verb") in MAKES


def is_key(fact: Fact, routes: Collection[str]) -> bool:
    """Whether a header holds the key of requests that happen once: no field of the request."""
    header = fact.word("location") == "header" and "key" in fact.word("name").lower()
    return header and fact.word("of") in routes


def endpoints(bench: Workbench) -> list[Endpoint]:
    """The stated endpoints, in order of the text. A visit of a row's own address is none."""
    grouped: dict[tuple[str, str], list[Fact]] = {}
    keys = {f.word("entity") for f in bench.of("policy") if f.word("topic") == "idempotency"}
    for fact in bench.of("operation"):
        if fact.word("path") and fact.word("method"):
            grouped.setdefault((fact.word("method"), fact.word("path")), []).append(fact)
    return [
        Endpoint(
            method=method,
            path=path,
            facts=tuple(facts),
            fields=tuple(f for f in bench.of("field") if f.word("of") == f"{method} {path}" and not is_key(f, keys)),
        )
        for (method, path), facts in grouped.items()
        if all(f.word("does") != "visit" for f in facts)
    ]


def is_endpoint(fact: Fact) -> bool:
    """Whether a fact of an operation is of a stated endpoint."""
    return bool(fact.word("path") and fact.word("method")) and fact.word("does") != "visit"


def singular(noun: str) -> str:
    """A part of a path as one of the things that it is for.

    >>> singular("quizzes"), singular("daily-totals"), singular("s")
    ('quiz', 'daily total', 's')
    """
    *before, last = re.split(r"[-_]", noun)
    lemma = dict(look_up(last.lower()).lemmas).get("N") if len(last) > 2 else last
    return " ".join([*before, lemma or last]).lower()


def name_of(name: str) -> str:
    """A stated name as the blueprint has it.

    >>> name_of("createdAt"), name_of("user_name")
    ('created_at', 'user_name')
    """
    return names.snake(name)


def camel(name: str) -> str:
    """A name of the blueprint in camel case."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def keyed(bench: Workbench, entity: EntityDraft, name: str) -> EntityDraft | None:
    """The other entity whose rows have a generated key of that name."""
    others = [e for e in bench.entities.values() if e is not entity]
    return next((e for e in others if name in e.fields and e.fields[name].type == "code"), None)


def referred(bench: Workbench, name: str) -> EntityDraft | None:
    """The entity whose row a name is the id of: `quiz_id`."""
    stem = name.removesuffix("_id")
    return bench.entity(stem.replace("_", " ")) if stem and stem != name else None
