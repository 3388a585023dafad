"""What is changed between two runs of a generator, so that output which depends on it shows.

Owns the environment of every run: an allow-list, with nothing of the caller's but what the index passes through.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from autocoder.gen.index import Generator
from autocoder.tools import process, programs


class Axis(StrEnum):
    """One thing that the second run has otherwise."""

    HASH_SEED = "hash seed"
    FOLDER = "working folder"
    TIME_ZONE = "time zone"
    LOCALE = "locale"
    UMASK = "umask"
    HOST = "host name"
    CLOCK = "clock"
    ORDER = "directory order"
    PROCESSORS = "number of processors"


Axes = frozenset[Axis]

NONE: Axes = frozenset()
EVERYWHERE: Axes = frozenset({Axis.HASH_SEED, Axis.FOLDER, Axis.TIME_ZONE, Axis.LOCALE, Axis.UMASK})
BY_BUBBLEWRAP: Axes = frozenset({Axis.HOST})
BY_SANDLOCK: Axes = frozenset({Axis.CLOCK, Axis.PROCESSORS})
BY_REORDERING: Axes = frozenset({Axis.ORDER})

UMASKS = (0o022, 0o077)
_SHIFT = timedelta(days=461, hours=7, minutes=13, seconds=29)
_FAR_ZONES = ("Pacific/Kiritimati", "<+14>-14")
_PREFERRED = ("tr_TR", "de_DE", "fr_FR", "ja_JP", "ar_")
_EARLIEST_ZIP = "315532800"  # 1980: no ZIP file holds an earlier time


def shifted_clock() -> str:
    """The time that the second run starts at, in another day, month and year."""
    return (datetime.now(UTC) + _SHIFT).strftime("%Y-%m-%dT%H:%M:%SZ")


def far_zone() -> str:
    """A time zone in which it is often another day; by rule where the machine has no table of zones."""
    return _FAR_ZONES[0] if Path("/usr/share/zoneinfo", _FAR_ZONES[0]).is_file() else _FAR_ZONES[1]


def other_locale() -> str:
    """An installed locale unlike the usual one; plain C, which still changes the encoding, where there is none."""
    program = programs.find("locale")
    if program is None:
        return "C"
    done = process.run([program, "-a"], cwd=Path("/"), env={"LC_ALL": "C"}, timeout=20)
    names = [
        name for name in done.stdout.decode("ascii", "replace").split() if name.lower().endswith(("utf8", "utf-8"))
    ]
    others = [name for name in names if not name.startswith(("C.", "en_US"))]
    return next((name for start in _PREFERRED for name in others if name.startswith(start)), (others or ["C"])[0])


def passed(generator: Generator) -> Mapping[str, str]:
    """The caller's variables that the index passes through, where they are set."""
    wanted = (name for name, value in generator.env.items() if value is None)
    return {name: os.environ[name] for name in wanted if name in os.environ}


def environment(generator: Generator, axes: Axes, *, x07: bool, path: str, home: str, locale: str) -> dict[str, str]:
    """All variables of one run. `locale` is the one for the stressed run."""
    usual = "C" if x07 else "C.UTF-8"
    chosen = usual if Axis.LOCALE not in axes else locale if locale != usual else "C.UTF-8"
    env = {
        "PATH": path,
        "HOME": home,
        "TMPDIR": home,
        "LANG": chosen,
        "LC_ALL": chosen,
        "TZ": far_zone() if Axis.TIME_ZONE in axes else "UTC",
        "SOURCE_DATE_EPOCH": "0" if x07 else _EARLIEST_ZIP,
        "PYTHONHASHSEED": "1000003" if Axis.HASH_SEED in axes else "0",
        "PERL_HASH_SEED": "1000003" if Axis.HASH_SEED in axes else "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if x07:
        env["X07_TOOL_API_CHILD"] = "1"
    set_here = {name: value for name, value in generator.env.items() if value is not None}
    return {**env, **set_here, **passed(generator)}
