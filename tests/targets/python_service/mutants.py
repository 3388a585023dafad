"""Defects put into the emitted link shortener by hand, and whether its own tests find them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.targets.python_service.emitted import Emitted

LINKS = "operations/links.py"
MUTANTS = {
    "an expired link is followed at its last instant": (LINKS, "Link.expires_at > now", "Link.expires_at >= now"),
    "an expired link is followed": (LINKS, ", Link.expires_at > now", ""),
    "a click is not counted": (LINKS, "clicks=Link.clicks + 1", "clicks=Link.clicks"),
    "the owner is not asked for": (LINKS, "if link.owner_id != caller.id:", "if link.owner_id == 1:"),
    "the lock is lost": (LINKS, ".with_for_update()", ""),
    "another status": (LINKS, "status_code=204", "status_code=200"),
    "another failure": (LINKS, "raise Forbidden()", 'raise Missing("no such link")'),
    "the list shows everybody's links": (LINKS, ".where(Link.owner_id == caller.id)", ""),
    "the list is in the wrong order": (LINKS, "Link.expires_at.desc()", "Link.expires_at"),
    "equal rows are in any order": (
        LINKS,
        ".order_by(Link.expires_at.desc(), Link.seq)",
        ".order_by(Link.expires_at.desc(), Link.id)",
    ),
    "the list is cut too late": (LINKS, ".limit(100)", ".limit(101)"),
    "a link lives a day longer": (LINKS, "timedelta(days=30)", "timedelta(days=31)"),
    "a click is not published": (LINKS, "publish(session, LinkClicked(code=link.code, at=now))", "pass"),
    "a redirect may be cached": (LINKS, '"no-store"', '"public"'),
    "a link has no owner": (LINKS, "owner_id=caller.id if caller else None", "owner_id=None"),
    "nothing is committed": ("database.py", "await session.commit()\n                return result", "return result"),
    "a total counts from the wrong day": ("handlers/count_click.py", "day=event.at.date()", "day=now.date()"),
    "a total begins too high": ("handlers/count_click.py", "clicks=1", "clicks=2"),
    "the cleanup spares the last instant": ("handlers/cleanup.py", "Link.expires_at <= now", "Link.expires_at < now"),
    "every password is right": (
        "authentication.py",
        "except (VerificationError, InvalidHashError):\n        return False",
        "except (VerificationError, InvalidHashError):\n        return True",
    ),
    "a forged signature is taken": (
        "authentication.py",
        'options={"require"',
        'options={"verify_signature": False, "require"',
    ),
    "a token of a deleted account is taken": (
        "authentication.py",
        'if row is None:\n        raise Unauthenticated("the token is not valid")\n    return SignedIn(*row)',
        "return SignedIn(*row) if row else SignedIn(subject_of(credentials.credentials))",
    ),
    "another scheme is nobody": ("authentication.py", 'if "Authorization" in request.headers:', "if False:"),
    "a delivery is repeated": ("worker.py", "Delivery.seq.in_(", "Delivery.seq.not_in("),
    "a failed delivery is dropped": (
        "worker.py",
        "await postpone(session, taken[0], now)",
        "await session.execute(delete(Delivery))\n                await session.commit()",
    ),
    "a failed delivery is never given up": ("worker.py", "Delivery.attempts < ATTEMPTS, ", ""),
    "a failed delivery is not delayed": ("worker.py", '"due_at": later', '"due_at": now'),
    "a turn runs twice": (
        "scheduler.py",
        "if await session.scalar(claim) is None:",
        "if await session.scalar(claim) == 0:",
    ),
    "a turn runs a minute early": ("scheduler.py", "timedelta(minutes=1)", "timedelta(minutes=2)"),
    "any address is one of the web": ("types.py", 'parts.scheme not in ("http", "https") or ', ""),
    "an address may hold spaces": ("types.py", ' and " " not in value', ""),
    "NUL reaches the database": ("types.py", 'if "\\x00" in value:', 'if "\\x01" in value:'),
    "a code is shorter": ("models.py", "partial(random_code, 7)", "partial(random_code, 6)"),
    "a number may overflow": ("models.py", 'CheckConstraint(fits_64_bits("clicks"), name="ck_links_clicks"),', ""),
    "the password is shown": ("schemas.py", "    email: str\n", "    email: str\n    password: str\n"),
    "a literal path loses": ("application.py", "    app.router.routes.sort(key=literal_first)\n", ""),
    "a large body is read": ("observability.py", "if size > limit:", "if size > 10 * limit:"),
    "case counts in an address": ("types.py", ", AfterValidator(str.lower)]", "]"),
    "a short password is taken": ("schemas.py", "min_length=8", "min_length=1"),
    "any schema is ready": ("database.py", "if found is None or found in older:", "if False:"),
}
"""What is wrong, to the file, the text and what stands there instead."""


def mutated(emitted: Emitted, name: str, folder: Path) -> Emitted:
    """A copy of the service with the defect, in a new folder."""
    file, old, new = MUTANTS[name]
    shutil.copytree(emitted.folder, folder)
    path = folder / "generated" / "src" / emitted.package / file
    source = path.read_text(encoding="utf-8")
    assert old in source, f"{old} is not in {file} any more"
    path.write_text(source.replace(old, new), encoding="utf-8")
    return emitted.at(folder)


def judged(mutant: Emitted) -> subprocess.CompletedProcess[str]:
    """Its own tests, up to the first that fails; the properties only where the others pass."""
    done = mutant.pytest("tests", "-x", "--ignore=tests/properties")
    return mutant.pytest("tests/properties") if done.returncode == 0 else done
