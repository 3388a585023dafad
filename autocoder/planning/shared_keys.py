"""One key for all callers: where a text asks for an API key and nobody has an account.

Owns when a key is shared, the variable that holds it, and what a caller without it is told.
"""

from __future__ import annotations

from autocoder.blueprint.model import AccessRule
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning.routes import endpoints
from autocoder.planning.workbench import Workbench

VARIABLE = "API_KEY"
HEADER = "X-API-Key"
_SCHEME = "api key"


def is_shared(bench: Workbench) -> bool:
    """Whether a key is all that the text says of callers: no accounts, no roles, no rows of their own."""
    stated = [f for f in bench.of("authentication") if f.get("needed") is not False]
    if not stated or any(f.word("scheme") != _SCHEME or f.word("entity") or f.get("roles") for f in stated):
        return False
    acting = [f for f in bench.facts if f.get("actor") in {"user", "role", "guest"} or f.get("scope") == "own"]
    doors = any(e.signs for e in endpoints(bench))
    personal = any(f.word("visible") for f in bench.of("field")) or any(
        f.word("to") == "user" for f in bench.of("relation")
    )
    return not doors and not personal and bool(acting) and all(_asks_for_key(f) for f in acting)


def _asks_for_key(fact: Fact) -> bool:
    """A stated endpoint for which callers need the key, and nothing more."""
    routed = bool(fact.word("path") and fact.word("method"))
    return routed and fact.word("actor") == "user" and not fact.word("role") and not fact.word("scope")


def access(bench: Workbench) -> AccessRule:
    """Who has the key may call."""
    stated = [f for f in bench.of("authentication") if f.word("scheme") == _SCHEME]
    bench.use(*stated)
    header = next((f.word("header") for f in stated if f.word("header")), HEADER)
    bench.decide(
        "auth.api_key",
        f"one key for all callers, in {VARIABLE}",
        "The text asks for a key and speaks of no accounts that could have keys of their own.",
        "a key for each account",
        source=Source.INFERRED,
        consequence=f"Whoever runs the service sets {VARIABLE}; who has it may do everything.",
    )
    return AccessRule.model_validate({"secret": VARIABLE, "in": f"header {header}"})


def refusal(bench: Workbench) -> str:
    """What callers without a token or a key are told; empty where nothing says it."""
    return next((f.word("message") for f in bench.of("authentication") if f.word("message")), "")
