"""Which keys a service needs: those of its tokens and of its digests. Each is a variable."""

from __future__ import annotations

from autocoder.ir.behaviour import Invoke, walk_steps
from autocoder.ir.views import Views

SIGNING_KEY = "SIGNING_KEY"
DIGEST_KEY = "DIGEST_KEY"


def signs(views: Views) -> bool:
    """Whether the service issues tokens."""
    return views.auth is not None


def digests(views: Views) -> bool:
    """Whether digests are kept under a key."""
    made = ("new_token", "digest", "check_token")
    behaviours = (*views.operations, *views.handlers)
    steps = (step for behaviour in behaviours for step in walk_steps(behaviour.steps))
    return any(isinstance(step, Invoke) and step.target in made for step in steps)


def needed(views: Views) -> dict[str, str]:
    """The variables that hold keys in production, and what each is called in the secret that holds it."""
    wanted = {SIGNING_KEY: signs(views), DIGEST_KEY: digests(views)}
    return {name: name.lower().replace("_", "-") for name, is_wanted in wanted.items() if is_wanted}
