"""Signing in beyond a password: keys for programs, when an account was last there, how often somebody may try.

Owns what the text asks of sign-in that the blueprint does not derive by itself.
"""

from __future__ import annotations

from autocoder.blueprint.model import (
    ApiKeys,
    Create,
    Delete,
    FieldSpec,
    Handler,
    ListRows,
    Operation,
    Output,
    Read,
    Require,
    SignIn,
    Update,
)
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.handlers import NIGHTLY, with_parts
from autocoder.planning.workbench import EntityDraft, Workbench

API_KEY = "api key"
SEEN = "last_seen_at"
_INACTIVE = "last activity"


def plan_api_keys(bench: Workbench) -> ApiKeys | None:
    """Keys with which programs call for an account: who has one makes them, sees them, and takes them back."""
    facts = [f for f in bench.of("authentication") if f.word("scheme") == API_KEY]
    account = bench.account
    if not facts or account is None:
        return None
    keys = EntityDraft(name="ApiKey", words="API key", facts=list(facts))
    keys.add("name", FieldSpec(type="text"))
    keys.add("token", FieldSpec(type="token"))
    keys.add("owner", FieldSpec(type="ref", to=account.name, read_only=True, on_delete="cascade"))
    if keys.name in bench.entities:
        return None
    bench.entities[keys.name] = keys
    mine = Require(require="api_key.owner == caller.id", otherwise="forbidden")
    for name, operation in {
        "create_api_key": Operation(
            route="POST /api_keys",
            access="user",
            input={"name": FieldSpec(type="text")},
            effects=(Create(create=keys.name, set={"owner": "caller.id"}),),
        ),
        "list_api_keys": Operation(
            route="GET /api_keys", access="user", effects=(ListRows(list=keys.name, where="owner == caller.id"),)
        ),
        "delete_api_key": Operation(
            route="DELETE /api_keys/{id}",
            access="user",
            input={"id": FieldSpec(type="uuid")},
            effects=(Read(read=keys.name, by="input.id"), mine, Delete(delete=keys.row)),
        ),
    }.items():
        bench.add_operation(name, operation, facts)
    header = next((f.word("header") for f in facts if f.word("header")), "")
    if not header:
        bench.decide("auth.api_key.in", "header X-API-Key", "Nothing says which header carries the key.")
    bench.decide(
        "auth.api_key",
        keys.name,
        f"Programs call with a key of an account; each {account.words} makes and revokes their own after signing in.",
        source=Source.INFERRED,
        consequence="A key is shown once, when it is made.",
    )
    return ApiKeys.model_validate(
        {"entity": keys.name, "field": "token", **({"in": f"header {header}"} if header else {})}
    )


def stated_login(bench: Workbench, fact: Fact) -> bool:
    """The operation that signs people in, as it is where nobody states it. False where there are no accounts."""
    account = bench.account
    if account is None:
        return False
    if "login" not in bench.operations:
        login = next(iter(account.fields))
        secret = next((n for n, f in account.fields.items() if f.type == "password"), "")
        if not secret:
            return False
        operation = Operation(
            route="POST /login",
            input={n: FieldSpec(type=account.fields[n].type) for n in (login, secret)},
            effects=(SignIn(sign_in=account.name),),
            output=Output.model_validate({"body": {"access_token": "access_token"}}),
        )
        bench.add_operation("login", operation, [])
    bench.operations["login"].facts.append(fact)
    return True


def plan_inactive(bench: Workbench) -> None:
    """Accounts that nobody has signed in to for a time are deleted, with what belongs to them."""
    for fact in bench.of("lifecycle"):
        account = bench.account
        about = {"account", "user", "person"}
        if fact.word("of") != _INACTIVE or fact.word("state") != "deleted" or account is None:
            continue
        if fact.word("entity") not in about and bench.entity(fact.word("entity")) is not account:
            continue
        if not stated_login(bench, fact):
            continue
        bench.use(fact)
        account.add(SEEN, FieldSpec(type="datetime", default="=now", read_only=True), fact)
        draft = bench.operations["login"]
        seen = Update(update=account.name, where="id == account.id", set={SEEN: "now"})
        draft.operation = draft.operation.model_copy(update={"effects": (*draft.operation.effects, seen)})
        name = f"delete_inactive_{account.plural}"
        gone = Delete(delete=account.name, where=f"{SEEN} <= now - {fact.word('after')}")
        bench.handlers[name] = (Handler(every=NIGHTLY, effects=(gone,)), [fact])
        with_parts(bench, account)
        bench.decide(
            f"entities.{account.name}.fields.{SEEN}",
            "when somebody last signed in",
            "That is what the text means by inactive, as far as the service can tell.",
            source=Source.INFERRED,
            consequence="Who only reads with a token that is still good does not count as active.",
        )
        bench.decide(f"handlers.{name}.every", NIGHTLY, "Nothing says when they are deleted; at night least is to do.")


def limited_operation(bench: Workbench, fact: Fact) -> str:
    """The name of the operation whose calls a sentence limits; empty where there is none."""
    words = fact.word("entity").removesuffix(" attempt").strip()
    if words in {"login", "sign-in", "log-in", "signin"}:
        return "login" if stated_login(bench, fact) else ""
    entity = bench.entity(words)
    created = f"create_{entity.base}" if entity else ""
    if created in bench.operations:
        return created
    told = (
        n for n, d in bench.operations.items() for f in d.facts if f.kind == "operation" and f.word("verb") == words
    )
    return next((n for n in told if not bench.operations[n].operation.route.startswith("GET ")), "")


def limited_by(bench: Workbench, name: str, per: str) -> str:
    """Whose calls count together: the caller's, an address's, those with the same input; empty for anything else."""
    operation = bench.operations[name].operation
    given = names.base_name(per)
    found = next((n for n in operation.input if n == given or n.startswith(f"{given}_")), "")
    if found:
        return f"input.{found}"
    if per in {"", "client", "address", "ip", "ip address", "visitor"}:
        return "address"
    acting = {f.word("role") for f in bench.operations[name].facts}
    signed_in = operation.access not in {"anyone", "user?"}
    mine = per in {"caller", "user", *acting} or (bench.account is not None and bench.entity(per) is bench.account)
    return "caller" if signed_in and mine else ""
