"""Which keys a service needs: those of its tokens, of its digests and of its secrets. Each is a variable."""

from __future__ import annotations

from autocoder.ir.behaviour import Invoke, walk_steps
from autocoder.ir.nodes import Entity, Field
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.names import attribute, model, row_attribute

SIGNING_KEY = "SIGNING_KEY"
DIGEST_KEY = "DIGEST_KEY"
ENCRYPTION_KEYS = "ENCRYPTION_KEYS"


def signs(views: Views) -> bool:
    """Whether the service issues tokens itself."""
    return views.auth is not None and views.auth.issuer is None


def digests(views: Views) -> bool:
    """Whether digests are kept under a key."""
    made = ("new_token", "digest", "check_token")
    behaviours = (*views.operations, *views.handlers)
    steps = (step for behaviour in behaviours for step in walk_steps(behaviour.steps))
    if views.auth and views.auth.api_keys:
        return True
    return looks_up(views) or any(isinstance(step, Invoke) and step.target in made for step in steps)


def looks_up(views: Views) -> bool:
    """Whether rows are found by secrets."""
    return any(f.type.format == "digest" for entity in views.entities for f in entity.fields)


def encrypts(views: Views) -> bool:
    """Whether anything is kept encrypted."""
    return bool(secrets(views))


def of_callers(views: Views) -> dict[str, str]:
    """How the code names the keys of callers; empty where there are none."""
    stated = views.auth.api_keys if views.auth else None
    if stated is None or views.auth is None:
        return {}
    entity, accounts = views.entity(stated.entity), model(views.auth.entity)
    account = entity.field(stated.account).type if stated.account else None
    known = f'{model(entity.name)}.{attribute(stated.field)} == digest(key or "")'
    ends = f"{model(entity.name)}.{attribute(stated.expires)}" if stated.expires else ""
    there = f"or_({ends}.is_(None), {ends} > now)" if ends else ""
    same = f"{model(entity.name)}.{row_attribute(stated.account, account)} == {accounts}.id" if account else ""
    return {
        "model": model(entity.name),
        "header": literal(stated.header),
        "expires": attribute(stated.expires) if stated.expires else "",
        "conditions": ", ".join(part for part in (known, same, there) if part),
    }


def secrets(views: Views) -> list[tuple[Entity, Field]]:
    """Every field that is kept encrypted, with its entity."""
    return [(entity, f) for entity in views.entities for f in entity.fields if f.type.format == "secret"]


def needed(views: Views) -> dict[str, str]:
    """The variables that hold keys in production, and what each is called in the secret that holds it."""
    wanted = {SIGNING_KEY: signs(views), DIGEST_KEY: digests(views), ENCRYPTION_KEYS: encrypts(views)}
    return {name: name.lower().replace("_", "-") for name, is_wanted in wanted.items() if is_wanted}
