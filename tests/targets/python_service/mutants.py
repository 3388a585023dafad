"""Defects put into the emitted link shortener by hand, and whether its own tests find them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.targets.python_service.emitted import Emitted

LINKS = "operations/links.py"
MUTANTS = {
    "an expired link is followed at its last instant": (LINKS, "Link.expires_at > now", "Link.expires_at >= now"),
    "the owner is not asked for": (LINKS, "if link.owner_id != caller.id:", "if link.owner_id == 1:"),
    "the lock is lost": (LINKS, ".with_for_update()", ""),
    "equal rows are in any order": (
        LINKS,
        ".order_by(Link.expires_at.desc(), Link.seq)",
        ".order_by(Link.expires_at.desc(), Link.id)",
    ),
    "nothing is committed": ("database.py", "await session.commit()\n                return result", "return result"),
    "a total begins too high": ("handlers/count_click.py", "clicks=1", "clicks=2"),
    "a token of a deleted account is taken": (
        "authentication.py",
        'if row is None:\n        raise Unauthenticated("the token is not valid")\n    return SignedIn(*row)',
        "return SignedIn(*row) if row else SignedIn(subject_of(credentials.credentials))",
    ),
    "a failed delivery is dropped": (
        "worker.py",
        "await postpone(session, taken[0], now)",
        "await session.execute(delete(Delivery))\n                await session.commit()",
    ),
    "a turn runs a minute early": ("scheduler.py", "timedelta(minutes=1)", "timedelta(minutes=2)"),
    "the password is shown": ("schemas.py", "    email: str\n", "    email: str\n    password: str\n"),
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
