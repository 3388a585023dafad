"""Who is told what: mail and webhooks, when something happens or when time comes.

Owns channels, the texts that nobody states, and the rows that are read for an address. What goes to a channel that the
language does not have is refused with its sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from autocoder.blueprint.model import (
    AnyEffect,
    Channel,
    Compute,
    Delete,
    FieldSpec,
    Handler,
    ListRows,
    Notify,
    Output,
    Publish,
    Read,
)
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names, people
from autocoder.planning.holders import records_of, still, with_rows
from autocoder.planning.occasions import Occasion, occasions
from autocoder.planning.workbench import EntityDraft, Workbench
from autocoder.readers.rules.tagging import participle

SENDER = "no-reply@example.com"
MOST = 1000
"""Rows for which something is sent at one time."""
_SELF = frozenset({"they", "caller", "user", "somebody"})


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where mail goes: the value, what must be read for it before, and the condition without which nobody is there."""

    value: str
    reads: tuple[AnyEffect, ...] = ()
    when: str | None = None
    each: str | None = None
    item: str = "item"


def plan_notices(bench: Workbench) -> None:
    """Every sentence that has somebody told."""
    for fact in bench.of("integration"):
        if fact.word("url") or id(fact) in bench.planned:
            continue
        match fact.word("name"):
            case "e-mail":
                problem = _timed(bench, fact) if fact.word("cron") else _mailed(bench, fact)
            case "webhook":
                problem = _hooked(bench, fact)
            case other:
                problem = f'"{other}" is no channel of the language: it has mail and webhooks'
        if problem:
            bench.refuse(
                "AC2001",
                problem,
                fact,
                rule="mail goes to somebody whose address is known, a webhook to one address, when something happens",
                help='say who gets it, and when, like "When an order is shipped, the customer gets an e-mail."',
            )
        else:
            bench.use(fact)


# when something happens


def _mailed(bench: Workbench, fact: Fact) -> str:
    """Mail in every operation that the sentence means; why not, where that cannot be."""
    if fact.word("before"):
        return f"a message {fact.said('before')} before something is understood, but not planned yet"
    found = occasions(bench, fact)
    if not found:
        return _nowhere(fact)
    if fact.word("on") and _holders(bench, fact, found):
        return ""
    planned: list[tuple[Occasion, Address]] = []
    for at in found:
        address = _address(bench, fact, at.entity, at.row, at)
        if isinstance(address, str):
            return address
        if unknown := _unknown(bench, fact, at.entity):
            return unknown
        planned.append((at, address))
    channel = _mail(bench, fact)
    for at, address in planned:
        if at.when:
            address = replace(address, when=" && ".join(c for c in (at.when, address.when) if c))
        mail = _message(bench, fact, channel, at.entity, at.row, address)
        if address.reads and at.operation.output is None:
            at.draft.operation = at.operation.model_copy(update={"output": _answer(at)})
        at.change(_behind(at, [*address.reads, mail]), fact)
        bench.decide(
            f"operations.{at.name}.mail",
            f"{mail.subject}: {' / '.join((mail.text or '').splitlines())}",
            "Nothing says the words of the message.",
            source=Source.INFERRED,
        )
    return ""


def plan_here(
    bench: Workbench, fact: Fact, entity: EntityDraft, subject: str, when: str | None
) -> list[AnyEffect] | str:
    """Mail beside what a handler does to a row; why not, where nobody's address is known."""
    if fact.word("name") != "e-mail":
        return f'"{fact.said("name")}" is no channel that tells somebody when an event arrives'
    address = _address(bench, fact, entity, entity.row, None)
    if isinstance(address, str):
        return address
    address = replace(address, when=" && ".join(c for c in (when, address.when) if c) or None)
    mail = _message(bench, fact, _mail(bench, fact), entity, entity.row, address)
    reads = [r.model_copy(update={"when": r.when or when}) for r in address.reads]
    lines = [f"{subject}.", f"{entity.words.capitalize()}: {{{{{entity.row}.id}}}}"]
    return [*reads, mail.model_copy(update={"subject": subject[:1].upper() + subject[1:], "text": "\n".join(lines)})]


def _answer(at: Occasion) -> Output:
    """The answer stays what it was: the row that it is about, and nobody whose address is read."""
    if any(isinstance(e, Delete) for e in at.operation.effects):
        return Output(status=204)
    return Output.model_validate({"body": at.row, **({"status": 201} if at.made else {})})


def _nowhere(fact: Fact) -> str:
    what = fact.said("on") or fact.said("object")
    return f'nothing does what it waits for ("{what}")' if what else "nothing says when it is sent"


def _behind(at: Occasion, more: Sequence[AnyEffect]) -> tuple[AnyEffect, ...]:
    """What is told, after all else; a row that is removed is told of before."""
    effects = at.operation.effects
    gone = next((n for n, e in enumerate(effects) if isinstance(e, Delete)), len(effects))
    return (*effects[:gone], *more, *effects[gone:])


def _mail(bench: Workbench, fact: Fact) -> str:
    """The channel for mail."""
    if "mail" not in bench.channels:
        bench.decide("channels.mail.from", SENDER, "Nothing says from which address mail comes.", "an address of yours")
    known = bench.channels.get("mail", (Channel.model_validate({"mail": {"from": SENDER}}), []))
    bench.channels["mail"] = (known[0], [*known[1], fact])
    return "mail"


def _message(bench: Workbench, fact: Fact, channel: str, entity: EntityDraft, row: str, to: Address) -> Notify:
    """The mail: what happened as its subject, and what the text wants shown, a line each."""
    on = fact.word("on")
    purpose = fact.word("purpose")
    done = participle(on) if on else ("to come" if fact.word("cron") else "added")
    subject = f"{entity.words.capitalize()} {done}" if not purpose else f"{entity.words.capitalize()}: {purpose}"
    said = f"{subject}." if not purpose else f"{purpose.capitalize()} of a {entity.words}."
    told = _texts(fact) or _names(entity)
    lines = [f"{w.capitalize()}: {{{{{_shown(bench, entity, row, w)}}}}}" for w in told]
    return Notify.model_validate(
        {
            "notify": channel,
            "to": to.value,
            "subject": subject,
            "text": "\n".join([said, *lines]),
            "when": to.when,
            "each": to.each,
            "item": to.item,
        }
    )


def _names(entity: EntityDraft) -> list[str]:
    """What tells a row from others, where the text does not say what a message shows."""
    known = [n for n in ("title", "name", "subject", "number", "reference", "code") if n in entity.fields]
    return [n.replace("_", " ") for n in known if entity.fields[n].type in {"text", "integer", "code"}][:1]


def _texts(fact: Fact) -> list[str]:
    told = fact.get("shows")
    return list(told) if isinstance(told, tuple) else []


def _shown(bench: Workbench, entity: EntityDraft, row: str, said: str) -> str:
    """The field that a message shows; empty where there is none such."""
    name, _, of = said.partition(" of ")
    if of and bench.entity(of) is not entity:
        return ""
    field = names.field_name(name)
    found = next((n for n in (field, names.plural(field)) if n in entity.fields), "")
    secret = found and entity.fields[found].type in {"password", "secret", "token", "file"}
    return f"{row}.{found}" if found and not secret else ""


def _unknown(bench: Workbench, fact: Fact, entity: EntityDraft) -> str:
    """Why something cannot be shown; empty where all can."""
    gone = [w for w in _texts(fact) if not _shown(bench, entity, "row", w)]
    return f'a {entity.words} has no "{gone[0]}" that a message could show' if gone else ""


# to whom


def _address(bench: Workbench, fact: Fact, entity: EntityDraft, row: str, at: Occasion | None) -> Address | str:
    """Where mail goes: an address of the text, of the row, of what the row refers to, of the caller, of a role."""
    to = fact.word("to")
    if "@" in to:
        return Address(value=f"'{to}'")
    if found := _referred(bench, entity, row, fact, to):
        return found
    mine = _email(entity)
    if mine and (bench.entity(to) is entity or not _signs(bench, to)):
        return Address(value=f"{row}.{mine}")
    if at is not None and at.operation.access not in {"anyone", "user?"} and _acts(bench, at, to):
        return Address(value=f"caller.{_email(bench.account)}") if bench.account and _email(bench.account) else ""
    account = bench.account
    roles = account.fields["role"].values if account and "role" in account.fields else ()
    role = next((r for r in roles if r.replace("_", "") == names.base_name(to).replace("_", "")), "")
    if account and role and _email(account):
        many = names.plural(role)
        every = ListRows.model_validate({"list": account.name, "where": f"role == '{role}'", "limit": MOST, "as": many})
        return Address(value=f"{role}.{_email(account)}", reads=(every,), each=many, item=role)
    return f'no e-mail address of "{fact.said("to") or to}" is known where this happens'


def _referred(bench: Workbench, entity: EntityDraft, row: str, fact: Fact, to: str) -> Address | None:
    """The address of whom the row refers to: its customer, its owner, whom it was assigned to."""
    for name, spec in entity.fields.items():
        other = bench.entities.get(spec.to) if spec.type == "ref" and spec.to else None
        email = _email(other)
        if other is None or not email or not _named(bench, entity, name, other, fact, to):
            continue
        bound = names.base_name(name) if names.base_name(name) != row else f"{name}_told"
        read = {"read": other.name, "by": f"{row}.{name}", **({"as": bound} if bound != other.row else {})}
        if not spec.optional:
            return Address(value=f"{bound}.{email}", reads=(Read.model_validate(read),))
        there = f"{row}.{name} != null"
        return Address(value=f"{bound}.{email}", reads=(Read.model_validate({**read, "when": there}),), when=there)
    return None


def _named(bench: Workbench, entity: EntityDraft, name: str, other: EntityDraft, fact: Fact, to: str) -> bool:
    """Whether a reference is to whoever the text means."""
    makers = {"owner", "creator", "author", *people.makers(bench, entity)}
    if names.field_name(to) == name or (name == "owner" and to in makers):
        return True
    if to in _SELF:
        return name.startswith(names.base_name(fact.word("on"))[:6]) and bool(fact.word("on"))
    return other is not bench.account and bench.entity(to) is other


def _signs(bench: Workbench, to: str) -> bool:
    """Whether it is somebody who signs in."""
    account = bench.account
    roles = account.fields["role"].values if account and "role" in account.fields else ()
    return account is not None and (bench.entity(to) is account or names.field_name(to, suffix="role") in roles)


def _acts(bench: Workbench, at: Occasion, to: str) -> bool:
    """Whether it is whoever calls the operation."""
    acting = {f.word("role") for f in at.draft.facts if f.kind == "operation"}
    if acting - {""} and _is_role(bench, to):
        return to in acting
    return to in _SELF or to in acting or (bench.account is not None and bench.entity(to) is bench.account)


def _is_role(bench: Workbench, to: str) -> bool:
    """Whether the text knows people by that name who act."""
    return any(f.word("role") == to for f in bench.of("operation"))


def _holders(bench: Workbench, fact: Fact, found: Sequence[Occasion]) -> bool:
    """Tells everybody who has something of the thing: those who booked a class that is cancelled."""
    account, to = bench.account, fact.word("to")
    for at in found:
        theirs = records_of(bench, at.entity, to)
        if account is None or not _email(account) or len(theirs) != 1 or at.made or _acts(bench, at, to):
            return False
        record, place = theirs[0]
        if not with_rows(bench, at, record, place, still(record), fact):
            return False
        people, many = names.base_name(to), names.plural(names.base_name(to))
        owners = {"compute": {f"{record.base}_owners": f"{record.plural}.map(r, r.owner)"}}
        where = f"id in {record.base}_owners"
        listed = {"list": account.name, "where": where, "limit": MOST, "as": many}
        address = Address(value=f"{people}.{_email(account)}", each=many, item=people)
        mail = _message(bench, fact, _mail(bench, fact), at.entity, at.row, address)
        tell = (Compute.model_validate(owners), ListRows.model_validate(listed), mail)
        at.change((*at.operation.effects, *tell), fact)
    return bool(found)


def _email(entity: EntityDraft | None) -> str:
    return next((n for n, f in entity.fields.items() if f.type == "email"), "") if entity else ""


# webhooks


def _hooked(bench: Workbench, fact: Fact) -> str:
    found = occasions(bench, fact)
    if not found:
        return _nowhere(fact)
    for at in found:
        if unknown := _unknown(bench, fact, at.entity):
            return unknown
    name = names.base_name(fact.word("to") or "webhook")
    variable = f"{name.upper()}_HOOK_URL" if fact.word("to") else "WEBHOOK_URL"
    hook = {"url": {"env": variable}, "sign": {"secret": f"{variable.removesuffix('URL')}KEY"}}
    known = bench.channels.get(name, (Channel.model_validate({"webhook": hook}), []))
    bench.channels[name] = (known[0], [*known[1], fact])
    for at in found:
        values = {names.base_name(w): _shown(bench, at.entity, at.row, w) for w in _texts(fact)}
        values = values or {names.base_name(at.entity.words): f"{at.row}.id"}
        at.change(_behind(at, [Notify.model_validate({"notify": name, "with": values})]), fact)
        if not _texts(fact):
            bench.decide(f"operations.{at.name}.{name}", ", ".join(values), "Nothing says what the webhook holds.")
    bench.decide(
        f"channels.{name}",
        f"{variable}, signed",
        "Its address and the key that it is signed with are the environment's.",
    )
    return ""


# when time comes


def _timed(bench: Workbench, fact: Fact) -> str:
    """Mail for rows, at a time: the schedule publishes an event for each, and a handler tells somebody of each."""
    entity = bench.entity(fact.word("object")) if fact.word("object") else None
    where = _due(entity, fact) if entity else None
    if entity is None or where is None:
        return "nothing says of which things, and in which state, a message is sent at that time"
    address = _address(bench, fact, entity, entity.row, None)
    if isinstance(address, str):
        return address
    if unknown := _unknown(bench, fact, entity):
        return unknown
    channel = _mail(bench, fact)
    event, many = f"{entity.name}Due", entity.plural
    bench.events[event] = {entity.base: FieldSpec(type="uuid")}
    find: tuple[AnyEffect, ...] = (
        ListRows.model_validate({"list": entity.name, "where": where, "limit": MOST, "as": many}),
        Publish.model_validate(
            {
                "publish": event,
                "with": {entity.base: f"{entity.row}.id"},
                "each": many,
                "item": entity.row,
            }
        ),
    )
    mail = _message(bench, fact, channel, entity, entity.row, address)
    read = Read(read=entity.name, by=f"event.{entity.base}")
    bench.handlers[f"find_due_{many}"] = (Handler(every=fact.word("cron"), effects=find), [fact])
    bench.handlers[f"tell_of_{entity.base}"] = (Handler(on=event, effects=(read, *address.reads, mail)), [fact])
    bench.decide(f"handlers.find_due_{many}.zone", "UTC", "Nothing says the time zone; cron lines are in UTC.")
    bench.decide(
        f"handlers.find_due_{many}.limit",
        MOST,
        f"At one time, at most so many {names.plural(entity.words)} are told of.",
    )
    return ""


def _due(entity: EntityDraft, fact: Fact) -> str | None:
    """Which rows a message at a time is about; None where the text does not say."""
    state = names.state_name(fact.word("on")) if fact.word("on") else ""
    status = entity.fields.get("status")
    dates: Iterable[str] = [n for n, f in entity.fields.items() if f.type in {"date", "datetime"} and not f.read_only]
    due = [n for n in dates if n.startswith(("due", "deadline", "ends", "end", "return_by"))]
    if status and state in status.values:
        return f"status == '{state}'"
    open_ = "".join(f" && {n} == null" for n in ("returned_at", "ended_at", "closed_at") if n in entity.fields)
    date = entity.fields[due[0]].type == "date" if due else False
    if due and state == "overdue":
        return f"{due[0]} < {'date(now)' if date else 'now'}{open_}"
    if due and state == "due" and date:
        return f"{due[0]} == date(now){open_}"
    return None
