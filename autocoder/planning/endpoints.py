"""Operations from explicit endpoints: the route, inputs, answer and statuses are stated, so nothing is invented.

Owns the merge of all facts about one route. What a stated endpoint asks for and the blueprint cannot say is refused
with its sentence, never bent; what method and path say where the text is silent is a decision.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autocoder.blueprint.model import (
    AnyEffect,
    Create,
    Delete,
    FieldSpec,
    Increment,
    Operation,
    Read,
    Require,
    SignIn,
    Update,
    Wire,
)
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import answers, failures, names, permissions, shared_keys
from autocoder.planning.capabilities import refuses_unknown
from autocoder.planning.entities import spec_of
from autocoder.planning.listings import narrowing, plan_list
from autocoder.planning.routes import CRUD, Endpoint, camel, endpoints, keyed, name_of, referred
from autocoder.planning.row_operations import input_fields
from autocoder.planning.workbench import EntityDraft, OperationDraft, Workbench

_NAMES = frozenset({"username", "user_name", "login", "email"})
"""Fields that name an account."""
KEY_LENGTH = 20
"""Characters of a generated key: more than can be guessed."""


def plan_endpoint_fields(bench: Workbench) -> None:
    """Things that endpoints are about are kept, and what creates or changes a row takes the row's fields."""
    told = endpoints(bench)
    for endpoint in told:
        if not endpoint.signs and endpoint.does in CRUD and (words := endpoint.words(bench)):
            bench.define(words)
    for endpoint in told:
        entity = _entity(bench, endpoint)
        if entity is None:
            continue
        if endpoint.does == "create" and not endpoint.signs:
            _generated_keys(bench, endpoint, entity)
    for endpoint in told:
        entity = _entity(bench, endpoint)
        if entity is None:
            continue
        if endpoint.signs or endpoint.does in {"create", "update"}:
            _row_fields(bench, endpoint, entity)
        _key_field(bench, endpoint, entity)
        _owner_field(bench, endpoint, entity)


def _entity(bench: Workbench, endpoint: Endpoint) -> EntityDraft | None:
    if endpoint.signs:
        return bench.account
    words = endpoint.words(bench)
    return bench.entity(words) if words else None


def _row_fields(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> None:
    for fact in endpoint.sent:
        name = name_of(fact.word("name"))
        if not _servable(fact.word("name")) or fact.word("location") in {"query", "header"}:
            continue
        parent = keyed(bench, entity, name) or referred(bench, name)
        if parent is not None and parent is not entity and parent is not bench.account:
            entity.add(parent.row, FieldSpec(type="ref", to=parent.name), fact)
        elif name not in entity.fields and (spec := spec_of(bench, entity, name, fact)):
            optional = spec.default is None and (fact.get("required") is False or endpoint.does == "update")
            entity.add(name, spec.model_copy(update={"optional": optional}), fact)
        elif name in entity.fields:
            entity.add(name, entity.fields[name], fact)
    taken = failures.kinds(endpoint).get("conflict")
    for fact in endpoint.sent if taken else ():
        if taken and re.search(rf"\b{re.escape(fact.word('name'))}\b", taken.word("condition")):
            _unique(entity, name_of(fact.word("name")))


def _generated_keys(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> None:
    """A key that is answered, never sent, and of no other thing is generated: who has it has the row."""
    sent = {name_of(f.word("name")) for f in endpoint.sent}
    for fact in endpoint.answered:
        name = name_of(fact.word("name"))
        own = name in {"id", f"{entity.row}_id", *sent, *entity.fields} or referred(bench, name) is not None
        if own or not name.endswith(("_id", "_code", "_key")) or fact.word("type") not in {"", "text", "code"}:
            continue
        entity.add(name, FieldSpec(type="code", length=KEY_LENGTH, unique=True), fact)
        bench.decide(
            f"entities.{entity.name}.fields.{name}",
            f"code of {KEY_LENGTH} characters",
            f"{endpoint.route} answers it and nobody sends it, so it is generated, and not guessable.",
            source=Source.INFERRED,
        )


def _unique(entity: EntityDraft, name: str) -> None:
    if name in entity.fields:
        entity.fields[name] = entity.fields[name].model_copy(update={"unique": True})


def _key_field(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> None:
    """What the path names a row by is unique."""
    key = endpoint.parameters[-1] if endpoint.parameters else ""
    if key in entity.fields and endpoint.on_item and not entity.fields[key].unique:
        _unique(entity, key)
        bench.decide(
            f"entities.{entity.name}.fields.{key}.unique",
            "true",
            f"{endpoint.route} names a {entity.words} by it.",
            source=Source.INFERRED,
        )


def _owner_field(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> None:
    """Rows have owners where the text says whose they are, or that callers who are signed in may be refused."""
    entity = _owned(bench, endpoint, entity)
    if bench.account is None or entity is bench.account or endpoint.signs or "owner" in entity.fields:
        return
    told = [f for f in endpoint.facts if f.get("scope") == "own"]
    roles = any(f.word("actor") == "role" for f in endpoint.facts)
    forbidden = failures.kinds(endpoint).get("forbidden")
    if not told and (forbidden is None or roles):
        return
    entity.add("owner", FieldSpec(type="ref", to=bench.account.name, read_only=True), *told)
    if not told:
        bench.decide(
            f"entities.{entity.name}.fields.owner",
            f"ref to {bench.account.name}",
            f"{endpoint.route} refuses some who are signed in; rows belong to whoever made them.",
            "say who may do it",
            source=Source.INFERRED,
        )


def _owned(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> EntityDraft:
    """Whose owner may do it: the row's own; of what is yet to be made or listed, the row's that it belongs to."""
    parents = [e for n in endpoint.parameters if (e := referred(bench, n)) is not None and e is not entity]
    return parents[-1] if parents and not endpoint.on_item else entity


def _servable(name: str) -> bool:
    """A stated name is served as it is: in snake case, or in camel case."""
    plain = name_of(name)
    known = re.fullmatch(r"[a-z][a-z0-9_]{0,59}", plain) is not None
    return known and name in {plain, camel(plain)}


def plan_wire(bench: Workbench) -> Wire:
    """How names are written in JSON: as the text writes them."""
    told = [f.word("name") for e in endpoints(bench) for f in e.fields if f.word("location") != "path"]
    written = [n for n in told if n != name_of(n)]
    unknown = "reject" if refuses_unknown(bench) else "ignore"
    if not written:
        return Wire(unknown_fields=unknown)
    bench.decide(
        "wire.case",
        "camel",
        f'The text writes "{written[0]}".',
        "snake",
        source=Source.INFERRED,
        consequence="All names in JSON and in queries are in camel case.",
    )
    return Wire(case="camel", unknown_fields=unknown)


def plan_endpoints(bench: Workbench) -> None:
    """An operation for each stated endpoint."""
    told = endpoints(bench)
    mixed = plan_wire(bench).case == "camel"
    for endpoint in told:
        entity = _entity(bench, endpoint)
        problem = _problem(endpoint, mixed=mixed) or _unclear(bench, endpoint, entity)
        if problem:
            _refuse(bench, endpoint, *problem)
        elif entity is not None:
            _plan(bench, endpoint, entity)


def plan_stamps(bench: Workbench) -> None:
    """Whatever changes a row sets the time of its last change, where it has one that clients cannot set."""
    for entity in bench.entities.values():
        stamps = {n: "now" for n, f in entity.fields.items() if n in answers.CHANGED and f.read_only}
        for draft in bench.operations.values() if stamps else ():
            effects = draft.operation.effects
            if any(isinstance(e, Update) and e.update == entity.row for e in effects):
                stamped = (*effects, Update(update=entity.row, set=stamps))
                draft.operation = draft.operation.model_copy(update={"effects": stamped})


def _refuse(bench: Workbench, endpoint: Endpoint, fact: Fact, message: str, rule: str) -> None:
    bench.refuse("AC2001", message, fact, rule=rule, help="change the sentence, or the blueprint by hand")
    bench.use(*endpoint.facts, *endpoint.fields)


def _unclear(bench: Workbench, endpoint: Endpoint, entity: EntityDraft | None) -> tuple[Fact, str, str] | None:
    """What is missing of an endpoint: what it is about, or how those whose accounts it makes prove who they are."""
    if entity is None:
        return endpoint.facts[0], f"nothing says what {endpoint.route} does", "an endpoint does something to a thing"
    if entity is bench.account and endpoint.does == "create" and not endpoint.signs:
        rule = "whoever has an account signs in with a password"
        return endpoint.facts[0], f"{endpoint.route} makes accounts without a password", rule
    return None


def _problem(endpoint: Endpoint, *, mixed: bool) -> tuple[Fact, str, str] | None:
    """The first thing that the blueprint cannot say, with its fact and the rule."""
    for fact in endpoint.sent:
        if "." in fact.word("name"):
            rule = "a request holds values and lists of values; say in a sentence what each line has"
            return fact, f'the parts of "{fact.word("name").partition(".")[0]}" are not planned yet', rule
    for fact in endpoint.fields:
        name = fact.word("name").rpartition(".")[2]
        if not _servable(name) or (mixed and name != camel(name_of(name))):
            rule = "names in JSON are all in snake case, or all in camel case"
            return fact, f'the name "{name}" is not planned yet', rule
    for fact in endpoint.facts:
        if fact.word("actor") in {"nobody", "guest"}:
            return fact, "this access is not planned yet", "an operation is for anyone, for signed-in users or a role"
    return None


def _plan(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> None:
    effects = _sign_in(bench, endpoint, entity) if endpoint.signs else _effects(bench, endpoint, entity)
    if effects is None:
        rule = "an endpoint creates, lists, reads, changes or deletes, and names a row by its key"
        message = f"what {endpoint.route} does is understood, but not planned yet"
        _refuse(bench, endpoint, endpoint.facts[0], message, rule)
        return
    bench.use(*endpoint.facts, *endpoint.fields)
    access, guards = _access(bench, endpoint, entity)
    made = isinstance(effects[-1], Create)
    effects = [*effects[:-1], *guards, effects[-1]] if made else [*effects[:1], *guards, *effects[1:]]
    if access != "anyone":
        effects = [*_themselves(bench, endpoint, entity), *effects]
    operation = Operation.model_validate(
        {
            "route": endpoint.planned_route,
            "access": access,
            "input": _input(bench, endpoint, entity),
            "effects": effects,
            "output": answers.plan_output(bench, endpoint, entity),
            "errors": failures.plan_errors(bench, endpoint),
        }
    )
    if not endpoint.signs and endpoint.says is None:
        bench.decide(
            f"operations.of.{endpoint.route}",
            f"{endpoint.does} {entity.name}",
            "No verb says what it does; this is what its method and path stand for.",
            source=Source.INFERRED,
        )
    bench.operations[_name(bench, endpoint, entity)] = OperationDraft(
        operation=operation, facts=[*endpoint.facts, *endpoint.fields]
    )


def _name(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> str:
    if endpoint.signs and endpoint.signs not in bench.operations:
        return endpoint.signs
    verb = str((endpoint.says.word("verb") if endpoint.says else "") or endpoint.does)
    many = endpoint.does == "list"
    verb = "list" if many else "get" if endpoint.method == "GET" else verb
    name = names.operation_name(f"{verb} {entity.plural if many else entity.words}")
    return name if name not in bench.operations else names.operation_name(f"{endpoint.method} {endpoint.path}")


def _input(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> dict[str, FieldSpec]:
    found = {n: FieldSpec(type="uuid") for n in endpoint.parameters if _is_id(n, entity) or referred(bench, n)}
    if endpoint.does == "list" and not endpoint.signs:
        return found | narrowing(endpoint, entity).inputs
    for fact in endpoint.sent:
        name = name_of(fact.word("name"))
        if name in endpoint.parameters:
            continue
        spec = entity.fields.get(name)
        if parent := keyed(bench, entity, name):
            found[name] = FieldSpec(type="text")
            continue
        if parent := referred(bench, name) if spec is None else None:
            spec = FieldSpec(type="ref", to=parent.name)
        if spec is None or (fact.get("type") is not None and spec.type not in {"password", "email"}):
            spec = spec_of(bench, entity, name, fact, decided=False) or FieldSpec(type="text")
        stated = fact.get("required")
        optional = stated is not True if endpoint.does == "update" or stated is not None else _may_miss(spec)
        at = "query" if endpoint.method in {"GET", "DELETE"} else "body"
        place = fact.word("location") if fact.word("location") not in {"", at} else None
        update = {"optional": optional and spec.default is None, "unique": False, "read_only": False, "place": place}
        whole = endpoint.method == "PUT" and stated is True  # the row is replaced, not changed in part
        update |= {"default": None, "optional": not whole} if endpoint.does == "update" else {}
        found[name] = spec.model_copy(update=update)
    if endpoint.does in {"create", "update"} and not endpoint.sent and not endpoint.signs:
        usual = input_fields(entity, partial=endpoint.does == "update")
        found |= {n: spec for n, spec in usual.items() if n not in endpoint.parameters}
        bench.decide(
            f"operations.of.{endpoint.route}.input",
            ", ".join(found) or "nothing",
            f"Nothing says what {endpoint.route} takes; these are the fields of a {entity.words} that clients set.",
            source=Source.INFERRED,
        )
    return found


def _may_miss(spec: FieldSpec) -> bool:
    return spec.optional or spec.default is not None


def _is_id(name: str, entity: EntityDraft) -> bool:
    return name in {"id", f"{entity.row}_id"}


def _sign_in(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> list[AnyEffect] | None:
    refused = next((f for f in endpoint.facts if f.word("error_when") == "unauthenticated"), None)
    message = refused.word("message") or None if refused else None
    if endpoint.signs == "login":
        return [SignIn(sign_in=entity.name, message=message)]
    token = any(answers.is_token(f) for f in endpoint.answered) or endpoint.first("output") == "authentication"
    return [
        *_keys(bench, endpoint, entity),
        _creation(bench, endpoint, entity, ()),
        *([SignIn(sign_in=entity.row)] if token else []),
    ]


def _effects(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> list[AnyEffect] | None:
    """What happens, the row's parents first; None where the path names rows by what is no key."""
    given = list(endpoint.parameters)
    key = given.pop() if endpoint.on_item and given else None
    parents = [(name, referred(bench, name)) for name in given]
    if key is None and not given and endpoint.does == "read":
        return _by_query(bench, endpoint, entity)
    if key is None and not given and endpoint.does == "delete":
        mine = _own_rows(bench, endpoint, entity)
        return [Delete(delete=entity.name, where=mine[0] if mine else None)]
    if any(parent is None for _, parent in parents) or (key is None) == (endpoint.does in {"read", "update", "delete"}):
        return None
    known = [(name, parent) for name, parent in parents if parent is not None and parent is not entity]
    for _, parent in known[-1:]:
        entity.add(parent.row, FieldSpec(type="ref", to=parent.name, read_only=True), *endpoint.facts[:1])
    inside = [f"{parent.row} == input.{name}" for name, parent in known[-1:]]
    if key is None:
        around = [Read.model_validate({"read": e.name, "by": f"input.{n}", "as": "parent"}) for n, e in known[-1:]]
        inside += _own_rows(bench, endpoint, entity) if endpoint.does == "list" else []
        around += _keys(bench, endpoint, entity) if endpoint.does == "create" else []
        last = (
            _creation(bench, endpoint, entity, known[-1:])
            if endpoint.does == "create"
            else plan_list(bench, endpoint, entity, inside)
        )
        return [*around, last]
    found = _found(entity, key, inside)
    return None if found is None else [found, *_change(endpoint, entity)]


def _by_query(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> list[AnyEffect] | None:
    """The row that a query names by a field: of several the newest; None where it names none."""
    sent = [name_of(f.word("name")) for f in endpoint.sent]
    if len(sent) != 1 or sent[0] not in entity.fields:
        return None
    key = sent[0]
    where = f"{key} == input.{key}"
    if entity.fields[key].unique:
        return [Read(read=entity.name, where=where)]
    entity.add("created_at", FieldSpec(type="datetime", default="=now", read_only=True), *endpoint.facts[:1])
    bench.decide(
        f"operations.of.{endpoint.route}.rows",
        "the newest one",
        f"Several may have the same {key}, and {endpoint.route} answers one.",
        source=Source.INFERRED,
    )
    return [Read(read=entity.name, where=where, first=True, order=("created_at desc",))]


def _own_rows(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> list[str]:
    """Whoever is signed in lists their own rows where rows have owners; where nothing says so, it is a decision."""
    if "owner" not in entity.fields or _access(bench, endpoint, entity)[0] == "anyone":
        return []
    if all(f.get("scope") != "own" for f in endpoint.facts):
        bench.decide(
            f"operations.of.{endpoint.route}.rows",
            "their own rows",
            f"Each {entity.words} belongs to somebody, and nothing says that others may see it.",
            "every row",
            source=Source.INFERRED,
        )
    return ["owner == caller.id"]


def _keys(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> list[Read]:
    """Finds the rows whose keys a client sends, or fails as the text says of a key that is not valid."""
    found: list[Read] = []
    for fact in endpoint.sent:
        name = name_of(fact.word("name"))
        parent = keyed(bench, entity, name)
        if parent is None:
            continue
        wrong = next((f for f in endpoint.facts if failures.looked_up(endpoint, f) == fact.word("name")), None)
        status, message = (wrong.get("error"), wrong.word("message") or None) if wrong else (None, None)
        where = f"{name} == input.{name}"
        found.append(Read.model_validate({"read": parent.name, "where": where, "else": status, "message": message}))
    return found


def _creation(
    bench: Workbench, endpoint: Endpoint, entity: EntityDraft, known: Sequence[tuple[str, EntityDraft]]
) -> Create:
    values = {parent.row: f"input.{name}" for name, parent in known}
    for fact in endpoint.sent:
        name = name_of(fact.word("name"))
        if parent := keyed(bench, entity, name):
            values.setdefault(parent.row, f"{parent.row}.id")
        elif name not in entity.fields and (parent := referred(bench, name)) and parent.row in entity.fields:
            values.setdefault(parent.row, f"input.{name}")
    owner = entity.fields.get("owner")
    mine = {"owner": "caller.id"} if owner and not owner.optional else {}
    return Create(create=entity.name, set=values | mine, exists="return" if _known_by(endpoint, entity) else None)


def _known_by(endpoint: Endpoint, entity: EntityDraft) -> str:
    """The field by which a row is known to be there, where such a row is answered instead of a new one."""
    if endpoint.first("existing") != "return":
        return ""
    told = name_of(str(endpoint.first("known_by") or ""))
    sent = [n for f in endpoint.sent if (n := name_of(f.word("name"))) in entity.fields]
    name = told if told in entity.fields else sent[0] if len(sent) == 1 else ""
    _unique(entity, name)
    return name


def _found(entity: EntityDraft, key: str, inside: Sequence[str]) -> Read | None:
    if _is_id(key, entity):
        if not inside:
            return Read(read=entity.name, by=f"input.{key}")
        return Read(read=entity.name, where=" && ".join([f"id == input.{key}", *inside]))
    if key not in entity.fields or not entity.fields[key].unique:
        return None
    return Read(read=entity.name, where=" && ".join([f"{key} == input.{key}", *inside]))


def _change(endpoint: Endpoint, entity: EntityDraft) -> list[AnyEffect]:
    counted = str(endpoint.first("counts") or "")
    found: list[AnyEffect] = []
    if counted:
        counter = names.field_name(counted)
        counter = counter if counter in entity.fields else names.plural(counter)
        entity.add(counter, FieldSpec(type="integer", default=0, read_only=True), *endpoint.facts[:1])
        found.append(Increment(increment=f"{entity.row}.{counter}"))
    if endpoint.does == "update":
        found.append(Update(update=entity.row))
    return [*found, Delete(delete=entity.row)] if endpoint.does == "delete" else found


def _access(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> tuple[permissions.Access, list[AnyEffect]]:
    """Who may call, and the guards behind the first effect that keep the rest of the rule."""
    if endpoint.signs or any(f.word("actor") == "anyone" for f in endpoint.facts):
        return "anyone", []
    if bench.account is None:
        told = any(f.word("actor") == "user" for f in endpoint.facts) and shared_keys.is_shared(bench)
        return (shared_keys.access(bench) if told else "anyone"), []
    roles = list(dict.fromkeys(permissions.role_of(f) for f in endpoint.facts if f.word("actor") == "role"))
    told = roles or any(f.word("actor") == "user" for f in endpoint.facts)
    if not told and "unauthenticated" in failures.kinds(endpoint):
        bench.decide(
            f"operations.of.{endpoint.route}.access",
            "user",
            f"{endpoint.route} refuses whoever is not signed in.",
            source=Source.INFERRED,
        )
    elif not told and not _owns(endpoint, entity):
        return "anyone", []
    elif not told:
        bench.decide(
            f"operations.of.{endpoint.route}.access",
            "user",
            f"Each {entity.words} belongs to whoever makes it, so whoever makes one is signed in.",
            source=Source.INFERRED,
        )
    access = permissions.access_of_roles(roles if "role" in bench.account.fields else ())
    return access, _own(bench, endpoint, entity)


def _themselves(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> list[AnyEffect]:
    """Who is signed in and sends a name that accounts have names themselves, not somebody else."""
    if bench.account is None or entity is bench.account:
        return []
    accounts = [n for n, f in bench.account.fields.items() if f.type in {"text", "email"} and n not in {"name"}]
    login = bench.account.fields
    named = [
        n for f in endpoint.sent if (n := name_of(f.word("name"))) in accounts and (login[n].unique or n in _NAMES)
    ]
    for name in named:
        _unique(bench.account, name)
        bench.decide(
            f"operations.of.{endpoint.route}.{name}",
            "the caller's own",
            f"Accounts have a {name}, each its own; whoever is signed in acts for themselves.",
            "anybody's",
            source=Source.INFERRED,
        )
    return [Require(require=f"input.{n} == caller.{n}", otherwise="forbidden") for n in named]


def _owns(endpoint: Endpoint, entity: EntityDraft) -> bool:
    owner = entity.fields.get("owner")
    return endpoint.does == "create" and owner is not None and not owner.optional


def _own(bench: Workbench, endpoint: Endpoint, entity: EntityDraft) -> list[AnyEffect]:
    """Only the caller's own rows, where the text says so or some callers are refused."""
    roles = any(f.word("actor") == "role" for f in endpoint.facts)
    refused = "forbidden" in failures.kinds(endpoint) and not roles
    told = refused or any(f.get("scope") == "own" for f in endpoint.facts)
    owned = _owned(bench, endpoint, entity)
    if not told or "owner" not in owned.fields or (owned is entity and not endpoint.on_item):
        return []
    row = entity.row if owned is entity else "parent"
    return [Require(require=f"{row}.owner == caller.id", otherwise="forbidden")]
