"""Tokens of an issuer: what an emitted service and its tests must know of it, and how accounts come to be."""

from __future__ import annotations

from typing import Any

from autocoder.ir.behaviour import expressions, walk_steps
from autocoder.ir.expressions import Now, walk
from autocoder.ir.nodes import Auth, Issuer
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import Imports, literal
from autocoder.targets.python_service.names import attribute
from autocoder.targets.python_service.source import import_block


def of(views: Views) -> Issuer | None:
    """Who issues tokens, None where the service does so itself or nobody signs in."""
    return views.auth.issuer if views.auth else None


def values(views: Views, package: str) -> dict[str, Any]:
    """What the skeletons of the service ask for."""
    auth, found = views.auth, of(views)
    if auth is None or found is None:
        return {"issuer": {}, "joining": {"uses_now": False, "imports": ()}, "roles": False}
    about = f"A token of {found.address}, for the audience {found.audience}."
    return {
        "issuer": _issuer(views, auth, found),
        "roles": bool(auth.role),
        "joining": {
            "described": literal(about),
            "login": attribute(auth.login),
            "role": attribute(auth.role) if auth.role else "",
            "no_role": bool(auth.role) and not found.usual,
            "uses_now": uses_now(found),
            **_statements(views, found, package),
        },
    }


def _issuer(views: Views, auth: Auth, found: Issuer) -> dict[str, str]:
    roles = views.entity(auth.entity).field(auth.role).constraints.values if auth.role else ()
    return {
        "setting": found.address.lower(),
        "variable": found.address,
        "audience": literal(found.audience),
        "subject": literal(found.subject),
        "path": ", ".join(literal(name) for name in found.role) + ("," if len(found.role) == 1 else ""),
        "words": f"{{{', '.join(f'{literal(word)}: {literal(role)}' for word, role in found.roles)}}}",
        "role_values": ", ".join(literal(role) for role in roles),
        "usual": literal(found.usual) if found.usual else "None",
    }


def tests(views: Views) -> dict[str, Any]:
    """What the skeletons of the tests ask for."""
    auth, found = views.auth, of(views)
    if auth is None or found is None:
        return {"issuer": {}}
    words = {role: word for word, role in found.roles}
    return {
        "issuer": {
            **_issuer(views, auth, found),
            "login": literal(auth.login),
            "role": literal(auth.role) if auth.role else "",
            "claim": found.subject,
            "said": f"{{{', '.join(f'{literal(role)}: {literal(word)}' for role, word in words.items())}}}",
        }
    }


def uses_now(found: Issuer) -> bool:
    """Whether a new account holds the time."""
    return any(
        isinstance(node, Now) for step in walk_steps(found.account) for expr in expressions(step) for node in walk(expr)
    )


def _statements(views: Views, found: Issuer, package: str) -> dict[str, list[str]]:
    """What keeps an account, of `subject` and `role`."""
    from autocoder.targets.python_service.handlers import Behaviour

    imports = Imports()
    lines = Behaviour(
        views=views, package=package, imports=imports, names={"subject": "subject", "role": "role"}
    ).render(found.account)
    return {"lines": lines, "imports": import_block(imports, package).splitlines()}
