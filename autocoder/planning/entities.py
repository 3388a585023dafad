"""Which entities there are, and their fields.

Owns how things that the text names become entities, and the fields that follow from what is done with them (who owns
them, when they expire, what is counted). Every field that no sentence states is a decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from autocoder.blueprint.fields import Visible, VisibleTo
from autocoder.blueprint.model import FieldSpec
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import domain_verbs, erasure, names, people, permissions, records, shared_keys
from autocoder.planning.routes import Endpoint, endpoints, is_endpoint, name_of
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.rules.lexicon.domain import STATES

ROW_VERBS = frozenset({"list", "read", "update", "delete", "manage", "search"})
CODE_LENGTH = 8

_API_KEY = "api key"
_PEOPLE = frozenset({"account", "user account"})
_TYPES = {"path": "text", "html": "text", "token": "text"}
"""Types of the language that this version of the compiler keeps as another one."""

_SYSTEM_HEADS = names.words(
    "list board tracker manager catalogue catalog registry store directory collection log archive library "
    "book planner organizer organiser database keeper inventory management tracking keeping taking"
)
_SYSTEM_NAMES = {
    "leaderboard": "score",
    "key-value store": "entry",
    "newsletter": "issue",
    "forum": "thread",
    "diary": "entry",
    "journal": "entry",
    "to-do": "todo",
    "pastebin": "paste",
    "blog": "post",
    "wiki": "page",
    "guestbook": "entry",
    "bookmarking": "bookmark",
}


def plan_entities(bench: Workbench) -> None:
    """Defines all entities but those that handlers keep, with the fields that sentences state."""
    _account(bench)
    _named(bench)
    _system_subject(bench)
    for fact in bench.of("operation"):
        _produced(bench, fact)
    for fact in bench.of("field"):
        _stated_field(bench, fact)
    for fact in bench.of("relation"):
        _relation(bench, fact)
    _owners(bench)
    _expiry(bench)
    _closing(bench)
    _ages(bench)


def plan_references(bench: Workbench) -> None:
    """A field of which nothing is said but the name of another thing refers to it: "a reservation has a room"."""
    for entity in bench.entities.values():
        for name, spec in list(entity.fields.items()):
            facts = entity.field_facts.get(name, [])
            named = [f for f in facts if f.kind == "field"]
            told = any(f.get("type") or f.get("values") for f in named)
            other = bench.entity(name.replace("_", " ")) if named and not told and spec.type == "text" else None
            if other is not None and other is bench.account and other is not entity:
                people.somebody(bench, entity, name, facts)
                continue
            if other is None or other is entity:
                continue
            doubles = [n for n, f in entity.fields.items() if f.to == other.name]
            for double in doubles:
                facts += [f for f in entity.field_facts.pop(double, []) if f not in facts]
                del entity.fields[double]
            entity.fields[name] = FieldSpec(type="ref", to=other.name, optional=spec.optional)
            subject = f"entities.{entity.name}.fields.{name}.type"
            bench.decisions[:] = [d for d in bench.decisions if d.subject != subject]
            because = f"A {other.words} is kept, so a {entity.words} refers to one."
            bench.decide(subject, f"ref to {other.name}", because, source=Source.INFERRED)


def _account(bench: Workbench) -> None:
    """The entity of people who sign in, if anybody does."""
    if shared_keys.is_shared(bench):
        return
    stated = [f for f in bench.of("authentication") if f.get("needed") is not False]
    actors = [f for f in bench.facts if f.get("actor") == "user" and f.word("role") in {"", "user", "account"}]
    actors += [f for f in bench.facts if f.get("actor") == "user" and f not in actors]
    roles = {f.word("role") for f in bench.facts if f.get("actor") == "role"}
    roles |= {f.word("visible") for f in bench.of("field")} - {"", "owner"}
    actors += [f for f in bench.of("field") if f.word("visible")]
    actors += [f for f in bench.facts if f.get("actor") == "role"]
    actors += [f for f in bench.of("relation") if f.word("to") == "user"]
    doors = [e for e in endpoints(bench) if e.signs]
    private = not stated and not actors and not doors
    if private and not _people(bench):
        return
    kinds = dict.fromkeys(w for f in stated if (w := f.word("entity")) and f.word("scheme") != _API_KEY)
    named = stated[0].word("entity") if stated and len(kinds) <= 1 else ""
    alone = len(kinds) <= 1 and len({f.word("role") for f in actors}) <= 1 and not roles
    words = named if named and not roles - {named} else actors[0].word("role") if actors and alone else ""
    words = words or "user"
    entity = bench.define(words)
    bench.account = entity
    kept = {f.word("object") for f in bench.of("operation") if f.word("does") in {"create", "manage", "update"}}
    _also_called(bench, entity, {*(w for w in kinds if w not in kept), named})
    if stated:
        entity.facts += stated
    if _stated_doors(bench, entity, doors):
        return
    login = next((f.word("login") for f in stated if f.word("login")), "") or "email"
    if not any(f.word("login") for f in stated):
        bench.decide("auth.login", login, "Nothing says what people sign in with.", "username")
    kind = "email" if login == "email" else "text"
    entity.add(login, FieldSpec(type=kind, unique=True), *stated)
    entity.add("password", FieldSpec(type="password"), *stated)
    if not any(f.word("secret") for f in stated):
        bench.decide("auth.secret", "password", "Nothing says how people prove who they are.", "an identity provider")
    if not stated:
        bench.decide(
            "auth.entity",
            entity.name,
            "Rows hold personal data, which nobody shows to everybody, so there are accounts."
            if private
            else "Operations are for signed-in people, so there are accounts.",
            source=Source.INFERRED,
            consequence="Registration and sign-in operations are added.",
        )


def _also_called(bench: Workbench, account: EntityDraft, named: set[str]) -> None:
    """Members, customers and whoever signs in by a name of their own are accounts too."""
    called = {f.word("role") for f in bench.facts if f.get("actor") == "user"} | named
    for words in called - {"", account.words}:
        bench.aliases[names.type_name(words)] = account


def _people(bench: Workbench) -> bool:
    """Whether rows hold personal data, and no sentence says who may do what with them."""
    told = any(f.get("needed") is False and not f.word("entity") for f in bench.of("authentication"))
    personal = any(f.get("personal") is True or f.word("type") in {"email", "phone"} for f in bench.of("field"))
    acts = any(f.word("actor") or f.word("path") for f in bench.of("operation"))
    return personal and not told and not acts


def _stated_doors(bench: Workbench, entity: EntityDraft, doors: Sequence[Endpoint]) -> bool:
    """People sign in with what the endpoints for it take; False where there are none."""
    first = next((e for e in doors if e.signs == "login"), next(iter(doors), None))
    if first is None or first.login is None or first.secret is None:
        return False
    login, secret = name_of(first.login.word("name")), name_of(first.secret.word("name"))
    kind = "email" if login == "email" else "text"
    named = [e.login for e in doors if e.login is not None and kind == "text"]
    entity.add(login, FieldSpec(type=kind, unique=True).model_copy(update=_narrowest(named)), first.login)
    secrets = [e.secret for e in doors if e.secret is not None]
    entity.add(secret, FieldSpec(type="password").model_copy(update=_narrowest(secrets)), first.secret)
    because = f"{first.route} takes them, and no other endpoint is for signing in."
    bench.decide("auth.login", login, because, source=Source.INFERRED)
    return True


def _narrowest(facts: Sequence[Fact]) -> dict[str, str | int | None]:
    """The limits that any of these facts states."""
    return {slot: next((n for f in facts if (n := _number(f, slot)) is not None), None) for slot in ("min", "max")}


def _named(bench: Workbench) -> None:
    """Things that are listed, deleted, that expire or have fields are kept, so they are entities."""
    inner = records.wholes(bench)
    for fact in [f for f in bench.facts if not erasure.is_no_thing(bench, f)]:
        match fact.kind:
            case "field" | "lifecycle" if fact.word("of") in inner or fact.word("entity") in _PEOPLE:
                pass  # parts of a row, and the accounts, whatever they are called
            case "entity":
                bench.define(fact.word("name"), fact)
            case "field" if not fact.word("of").startswith(("GET ", "POST ", "PUT ", "PATCH ", "DELETE ")):
                bench.define(fact.word("of"))
            case "lifecycle" | "relation":
                bench.define(fact.word("entity"))
            case "schedule" if not _is_state(bench, fact.word("object")):
                bench.define(fact.word("object"))
            case "operation" if fact.word("does") in ROW_VERBS and fact.word("object") and not is_endpoint(fact):
                bench.define(fact.word("object"))
            case _:
                pass
    for fact in bench.of("operation"):
        if fact.word("does") == "create" and not is_endpoint(fact) and not _is_value(bench, fact):
            bench.define(fact.word("object"))


def _is_state(bench: Workbench, words: str) -> bool:
    """Whether a noun is a state of something that the text counts out: drafts."""
    counted = (f.get("states") for f in bench.of("lifecycle"))
    return any(words in states for states in counted if isinstance(states, tuple))


def _is_value(bench: Workbench, fact: Fact) -> bool:
    """Whether what an operation is given is a value of a new row, not the row itself.

    "paste a text": the verb makes something of a text. It is the row itself where the text treats it as a thing.
    """
    if fact.word("does") == "convert":
        return True
    known = bench.entity(fact.word("object"))
    return fact.word("object_type") in {"url", "text"} and known is None and bool(_without_creator(bench))


def _without_creator(bench: Workbench) -> list[EntityDraft]:
    made = {
        entity.name
        for f in bench.of("operation")
        if f.word("does") in {"create", "manage"} and (entity := bench.entity(f.word("object")))
    }
    return [e for e in bench.entities.values() if e is not bench.account and e.name not in made]


def _system_subject(bench: Workbench) -> None:
    """A system that is named for what it keeps, where no sentence names it."""
    if any(e is not bench.account for e in bench.entities.values()) or bench.of("operation"):
        return
    for fact in bench.of("system"):
        words = subject_entity(fact.word("subject"))
        if words:
            entity = bench.define(words, fact)
            bench.decide(
                f"entities.{entity.name}",
                entity.name,
                f'A system named "{fact.word("subject")}" keeps these; no sentence names anything else.',
                source=Source.INFERRED,
            )


def subject_entity(subject: str) -> str:
    """What a system keeps, by its name: "to-do list" keeps a todo, "recipe" a recipe."""
    if subject in _SYSTEM_NAMES:
        return _SYSTEM_NAMES[subject]
    words = [w for w in subject.split() if w not in _SYSTEM_HEADS]
    if not words:
        return ""
    words[-1] = _SYSTEM_NAMES.get(words[-1], words[-1].removesuffix("-taking").removesuffix("-keeping"))
    return " ".join(words)


def producer_entity(bench: Workbench, fact: Fact) -> EntityDraft | None:
    """The entity of which an operation makes a row out of a value; None where the text leaves several."""
    open_ = _without_creator(bench)
    if len(open_) == 1:
        return open_[0]
    return bench.define(fact.word("object")) if not open_ else None


def _produced(bench: Workbench, fact: Fact) -> None:
    """The fields that a value-taking operation gives its row: what it takes, and what it hands out."""
    if fact.word("does") not in {"create", "convert"} or is_endpoint(fact):
        return
    entity = producer_entity(bench, fact) if _is_value(bench, fact) else bench.entity(fact.word("object"))
    if entity is None:
        return
    if _is_value(bench, fact):
        name, because = _value_field(bench, fact)
        entity.add(name, FieldSpec(type=fact.word("object_type") or "text"), fact)
        bench.decide(f"entities.{entity.name}.fields.{name}", name, because, source=Source.INFERRED)
    if fact.word("given"):
        entity.add(_given_name(bench, fact), FieldSpec(type=fact.word("given_type")), fact)
    if fact.word("output_type") == "code":
        _code_field(bench, entity, fact)


def _value_field(bench: Workbench, fact: Fact) -> tuple[str, str]:
    noun = fact.word("object")
    if fact.word("object_type") == "url" and any(f.word("redirect") for f in bench.of("operation")):
        return "target_url", "The URL is where a redirect leads; `url` could be mistaken for the row's own address."
    return names.field_name(noun), f'"{fact.word("verb")} a {noun}" gives a value, so it is a field.'


def _given_name(bench: Workbench, fact: Fact) -> str:
    redirects = any(f.word("redirect") for f in bench.of("operation"))
    return "target_url" if fact.word("given_type") == "url" and redirects else names.field_name(fact.word("given"))


def _code_field(bench: Workbench, entity: EntityDraft, fact: Fact) -> None:
    name = names.field_name(fact.word("output"), suffix="code")
    length = fact.get("output_length")
    if not isinstance(length, int):
        length = CODE_LENGTH
        bench.decide(
            f"entities.{entity.name}.fields.{name}.length",
            length,
            f"Nothing says how long a {name} is; {length} letters and digits are not guessable in practice.",
        )
    if 4 <= length <= 64:
        entity.add(name, FieldSpec(type="code", length=length, unique=True), fact)
        return
    bench.refuse(
        "AC2002",
        f"a code cannot have {length} characters",
        fact,
        rule="a code has 4 to 64 characters: fewer can be guessed",
        help="state a length between 4 and 64",
    )


def _stated_field(bench: Workbench, fact: Fact) -> None:
    entity = bench.entity(fact.word("of"))
    if entity is None or fact.word("of") in records.wholes(bench) or fact.word("after") or fact.word("not_before"):
        return
    bench.use(fact)
    if fact.word("name") == "id" and not fact.word("type"):
        entity.facts.append(fact)
        return  # every row has one, and the service makes it
    if fact.get("read_only") is True and not fact.word("computed") and fact.get("default") is None:
        bench.refuse(
            "AC2001",
            f'nothing says what "{fact.said("name")}" holds',
            fact,
            rule="a field that nobody sends has a default, or is computed",
            help=f"say what it is, or write `{names.field_name(fact.word('name'))}: {{…, computed: …}}` by hand",
        )
        return
    if fact.word("computed"):  # worked out of other rows, where they are shown
        bench.planned.discard(id(fact))
        return
    name = names.field_name(fact.word("name"))
    many = fact.word("type").startswith("list of ") or name.startswith("number_of_")
    name = names.plural(name) if many and not name.endswith("s") else name
    spec = spec_of(bench, entity, name, fact)
    if spec is not None:
        inner = [(f, spec_of(bench, entity, f.word("name"), f, decided=False)) for f in records.parts_of(bench, fact)]
        spec = records.with_parts(bench, spec, [(f, s) for f, s in inner if s])
        name = _login_of(bench, entity, name, spec)
        entity.add(name, _joined(entity.fields.get(name), spec, fact), fact)
        if name in entity.fields:
            entity.fields[name] = _joined(entity.fields.get(name), spec, fact)


def _login_of(bench: Workbench, entity: EntityDraft, name: str, spec: FieldSpec) -> str:
    """An account's e-mail address is what it signs in with, whatever the text calls it there."""
    login = next((n for n, f in entity.fields.items() if f.type == "email" and f.unique), "")
    return login if entity is bench.account and login and spec.type == "email" else name


def _says(value: object) -> bool:
    """Whether an option of a field says anything; a limit of 0 does."""
    return value is not None and value is not False and value not in ((), "", {})


def _joined(before: FieldSpec | None, new: FieldSpec, fact: Fact) -> FieldSpec:
    """A later sentence adds to what is known of a field."""
    if before is None:
        return new
    told: dict[str, Any] = {name: getattr(new, name) for name in type(new).model_fields}
    changed = {name: value for name, value in told.items() if _says(value)}
    if before.visible and new.visible and before.visible != new.visible:
        changed["visible"] = (*_each(before.visible), *_each(new.visible))
    if not fact.word("type"):
        changed.pop("type", None)
    if fact.get("required") is True:
        changed["optional"] = False
    return before.model_copy(update=changed)


def _each(visible: Visible) -> tuple[Literal["owner"] | VisibleTo, ...]:
    return visible if isinstance(visible, tuple) else (visible,)


def spec_of(bench: Workbench, entity: EntityDraft, name: str, fact: Fact, *, decided: bool = True) -> FieldSpec | None:
    """The type and limits that a fact gives a field; None where no field can have them, which is reported.

    `decided` says that what the fact leaves open becomes a decision about the entity's field.
    """
    subject = f"entities.{entity.name}.fields.{name}"
    type_ = fact.word("type")
    if not type_:
        type_ = "enum" if fact.get("values") else "text"
        if decided and name not in entity.fields and type_ == "text":
            bench.decide(f"{subject}.type", "text", f"Nothing says what kind of value a {fact.word('name')} is.")
    elif decided and fact.slots["type"].via == "inferred":
        bench.decide(f"{subject}.type", type_, f'"{fact.word("name")}" usually is one.', source=Source.INFERRED)
    if decided and type_ in _TYPES:
        bench.decide(f"{subject}.type", _TYPES[type_], f"A {type_} is kept as {_TYPES[type_]}.")
    values, least = fact.get("values"), _number(fact, "min")
    if least is None and type_ == "integer" and name.startswith("number_of_") and decided:
        least = 0
        bench.decide(f"{subject}.min", 0, "It counts something.", "negative numbers too", source=Source.INFERRED)
    return FieldSpec(
        type=_TYPES.get(type_, type_),
        values=values if isinstance(values, tuple) else (),
        optional=fact.get("required") is False,
        unique=fact.get("unique") is True,
        read_only=fact.get("read_only") is True,
        personal=fact.get("personal") is True,
        visible=_visible(fact),
        default=_default(fact, _TYPES.get(type_, type_)),
        min=least,
        max=fact.word("max") if type_ == "file" and fact.word("max") else _number(fact, "max"),
        types=formats if isinstance(formats := fact.get("formats"), tuple) else (),
        pattern=fact.word("pattern") or None,
    )


def _visible(fact: Fact) -> Literal["owner"] | VisibleTo | None:
    """Who alone sees the field."""
    who = fact.word("visible")
    return None if not who else "owner" if who == "owner" else VisibleTo(role=names.field_name(who, suffix="role"))


def _default(fact: Fact, type_: str) -> str | int | bool | None:
    text = fact.get("default")
    if not isinstance(text, str):
        return None
    if type_ == "boolean":
        return text.lower() in {"true", "yes", "on"}
    return int(text) if type_ == "integer" and text.lstrip("-").isdigit() else text


def _number(fact: Fact, slot: str) -> int | str | None:
    text = fact.word(slot)
    return int(text) if text.lstrip("-").isdigit() else text or None


def _relation(bench: Workbench, fact: Fact) -> None:
    entity = bench.entity(fact.word("entity"))
    if entity is None or fact.get("many"):
        return
    to = bench.entity(fact.word("to"))
    to = to or bench.define(fact.word("to"))
    bench.use(fact)
    if to is bench.account and fact.word("role"):
        _somebody(bench, entity, names.field_name(fact.word("role")), fact)
    elif to is bench.account:
        entity.add("owner", FieldSpec(type="ref", to=to.name, read_only=True), fact)
    else:
        entity.add(names.field_name(fact.word("role") or to.words), FieldSpec(type="ref", to=to.name), fact)


def _somebody(bench: Workbench, entity: EntityDraft, name: str, fact: Fact) -> None:
    """A field that is one of the people who sign in, whatever its name suggested before."""
    if bench.account is None:
        return
    entity.fields.pop(name, None)
    bench.decisions[:] = [d for d in bench.decisions if d.subject != f"entities.{entity.name}.fields.{name}.type"]
    entity.add(name, FieldSpec(type="ref", to=bench.account.name), fact)


def owned(bench: Workbench, entity: EntityDraft) -> list[Fact]:
    """The facts by which rows belong to whoever made them."""
    told = [f for f in (*bench.of("operation"), *bench.of("access")) if f.get("scope") == "own"]
    return [f for f in told if bench.entity(f.word("whose") or f.word("object")) is entity]


def _owners(bench: Workbench) -> None:
    for entity in list(bench.entities.values()):
        facts = owned(bench, entity)
        if bench.account is None or entity is bench.account or "owner" in entity.fields:
            continue
        facts = facts or _changed_by_makers(bench, entity)
        if not facts and (any(f.word("does") != "other" for f in bench.of("operation")) or _shared(bench, entity)):
            continue
        anonymous = any(_made_by_anyone(bench, entity, f) for f in bench.of("operation"))
        spec = FieldSpec(
            type="ref",
            to=bench.account.name,
            optional=anonymous,
            default="=caller?.id" if anonymous else None,
            read_only=True,
        )
        entity.add("owner", spec, *facts)
        because = "rows belong to whoever made them, because people act on their own"
        bench.decide(
            f"entities.{entity.name}.fields.owner",
            f"ref to {bench.account.name}" + (", optional" if anonymous else ""),
            because[0].upper() + because[1:] + ("; who is not signed in owns none." if anonymous else "."),
            source=Source.INFERRED,
        )


def _changed_by_makers(bench: Workbench, entity: EntityDraft) -> list[Fact]:
    """What those who make such rows do with them later ("drivers start a stay and close it"): with their own ones."""
    about = [f for f in bench.of("operation") if f.word("object") and bench.entity(f.word("object")) is entity]
    making = [f for f in about if f.word("does") == "create" or domain_verbs.makes(f)]
    changing = [f for f in about if f.word("does") == "other" and f.word("verb") in STATES and f not in making]
    makers = {f.word("role") for f in making if f.word("actor") in {"user", "role"}}
    makers -= set(permissions.trusted(makers))
    changing = [f for f in changing if f.word("actor") in {"user", "role"} and f.word("role") in makers]
    return [] if _shared(bench, entity) or any(f.word("scope") == "all" for f in changing) else changing


def _shared(bench: Workbench, entity: EntityDraft) -> bool:
    """Whether people leave records of such a thing ("members borrow bikes"): it is there for all of them."""
    return any(
        domain_verbs.is_record(bench, f) and f.word("object") and bench.entity(f.word("object")) is entity
        for f in bench.of("operation")
    )


def _made_by_anyone(bench: Workbench, entity: EntityDraft, fact: Fact) -> bool:
    if fact.word("does") not in {"create", "convert", "manage"} or fact.word("actor") not in {"anyone", ""}:
        return False
    if fact.word("does") == "convert" or _is_value(bench, fact):
        return any(fact in facts for facts in entity.field_facts.values())
    return bench.entity(fact.word("object")) is entity


def _expiry(bench: Workbench) -> None:
    for fact in bench.of("lifecycle"):
        entity = bench.entity(fact.word("entity"))
        if entity is None or fact.word("state") != "expired" or fact.word("from_state"):
            continue
        bench.use(fact)
        entity.facts.append(fact)
        if fact.word("after"):
            entity.add("expires_at", FieldSpec(type="datetime", default=f"=now + {fact.word('after')}"), fact)
            bench.decide(
                f"entities.{entity.name}.expired",
                "as if it were not there",
                f"An expired {entity.words} is not found any more by those who do not own it; it is deleted later.",
                "answer 410",
            )


def _closing(bench: Workbench) -> None:
    """What closes after a time has the time, and says whether it has come."""
    for fact in bench.of("lifecycle"):
        entity = bench.entity(fact.word("entity"))
        if (
            entity is None
            or fact.word("state") != "closed"
            or not fact.word("after")
            or fact.word("of")
            or fact.word("from_state")
        ):
            continue
        bench.use(fact)
        entity.add(
            "closes_at", FieldSpec(type="datetime", default=f"=now + {fact.word('after')}", read_only=True), fact
        )
        entity.add("closed", FieldSpec(type="boolean", computed="closes_at <= now"), fact)
        bench.decide(
            f"entities.{entity.name}.closed",
            "shown",
            f"A {entity.words} says when it closes and whether it has; nothing says what may not be done then.",
            consequence="A closed one takes what an open one takes.",
            source=Source.INFERRED,
        )


def _ages(bench: Workbench) -> None:
    """What is deleted by its age needs to know when it was made."""
    for fact in (*bench.of("schedule"), *bench.of("operation")):
        entity = bench.entity(fact.word("object"))
        if entity and fact.word("older_than"):
            entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), fact)
    for fact in bench.of("lifecycle"):
        entity = bench.entity(fact.word("entity"))
        if entity and fact.word("state") == "deleted" and fact.word("after") and not fact.word("of"):
            entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), fact)
