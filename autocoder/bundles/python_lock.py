"""The locked Python libraries of a bundle, and the part of them that one service needs.

Owns the dependency graph with its extras and markers. Holds no address: a client finds the files by their hashes at
whatever index it is configured for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from autocoder.diagnostics import Diagnostic, StageFailed, nearest

_ROOT = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[(?P<extras>[A-Za-z0-9._, -]*)\])?")

Conditions = frozenset[frozenset[str]]
"""When a package is needed: any of these groups of markers, every marker of it holding. An empty group: always."""


@dataclass(frozen=True, kw_only=True)
class Requires:
    """A package that another one needs: with these extras, where the marker holds ("" for everywhere)."""

    name: str
    extras: tuple[str, ...] = ()
    marker: str = ""


@dataclass(frozen=True, kw_only=True)
class Package:
    """A locked package: its files' sha256 (hex), what it needs, and what each of its extras adds."""

    name: str
    version: str
    hashes: tuple[str, ...]
    requires: tuple[Requires, ...] = ()
    extras: Mapping[str, tuple[Requires, ...]] = field(default_factory=dict[str, tuple[Requires, ...]])


@dataclass(frozen=True, kw_only=True)
class Locked:
    """A package of a closure and where it is needed: `marker` is PEP 508, "" for everywhere."""

    package: Package
    marker: str

    def __str__(self) -> str:
        pin = f"{self.package.name}=={self.package.version}"
        return f"{pin} ; {self.marker}" if self.marker else pin


@dataclass(frozen=True, kw_only=True)
class PythonLock:
    """All libraries of a bundle. `roots` are those that the bundle lists, with the markers it lists them with."""

    requires_python: str
    roots: tuple[Requires, ...]
    packages: tuple[Package, ...]

    @cached_property
    def _by_name(self) -> Mapping[str, Package]:
        return {package.name: package for package in self.packages}

    def version(self, name: str) -> str:
        """The locked version of a library. Raises `StageFailed` (AC4003) for one that is not locked."""
        return self._package(name).version

    def select(self, roots: Iterable[str]) -> tuple[Locked, ...]:
        """What these roots ("fastapi", "pyjwt[crypto]") need, themselves included, by name.

        Raises `StageFailed` (AC4003) for a library or an extra that is not locked.
        """
        needed: dict[str, Conditions] = {}
        waiting = [(self._root(root), frozenset({frozenset[str]()})) for root in sorted(set(roots))]
        walked: dict[tuple[str, str], Conditions] = {}
        while waiting:
            wanted, when = waiting.pop()
            when = _narrowed(when, wanted.marker)
            needed[wanted.name] = _either(needed.get(wanted.name, frozenset()), when)
            for part in ("", *wanted.extras):
                before = walked.get((wanted.name, part), frozenset[frozenset[str]]())
                walked[wanted.name, part] = _either(before, when)
                if walked[wanted.name, part] != before:
                    waiting += [(other, when) for other in self._part(wanted.name, part)]
        return tuple(Locked(package=self._by_name[name], marker=_marker(needed[name])) for name in sorted(needed))

    def closure(self, roots: Iterable[str]) -> str:
        """What these roots need as a requirements file: pinned, hashed, for every platform, sorted by name.

        Raises `StageFailed` (AC4003) for a library or an extra that is not locked.
        """
        return "".join(
            " \\\n    ".join((str(locked), *(f"--hash=sha256:{digest}" for digest in locked.package.hashes))) + "\n"
            for locked in self.select(roots)
        )

    def _root(self, text: str) -> Requires:
        match = _ROOT.fullmatch(text.strip())
        if match is None:
            raise self._unknown(text)
        name = normalised(match["name"])
        extras = tuple(sorted(normalised(e) for e in (match["extras"] or "").split(",") if e.strip()))
        listed = {root.name: root.marker for root in self.roots}
        return Requires(name=name, extras=extras, marker=listed.get(name, ""))

    def _part(self, name: str, extra: str) -> tuple[Requires, ...]:
        package = self._package(name)
        if not extra:
            return package.requires
        if extra not in package.extras:
            raise self._unknown(f"{name}[{extra}]")
        return package.extras[extra]

    def _package(self, name: str) -> Package:
        if name not in self._by_name:
            raise self._unknown(name)
        return self._by_name[name]

    def _unknown(self, name: str) -> StageFailed:
        return StageFailed(
            [
                Diagnostic(
                    code="AC4003",
                    message=f'the platform bundle locks no library "{name}"',
                    subject="python.lock.json",
                    value=name,
                    rule="a service uses only libraries that its platform bundle locks",
                    help=nearest(name, self._by_name),
                )
            ]
        )


def normalised(name: str) -> str:
    """A project or extra name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def _narrowed(when: Conditions, marker: str) -> Conditions:
    return frozenset(group | {marker} for group in when) if marker else when


def _either(one: Conditions, other: Conditions) -> Conditions:
    """The union without groups that a shorter group already covers."""
    groups = one | other
    return frozenset(group for group in groups if not any(smaller < group for smaller in groups))


def _marker(when: Conditions) -> str:
    if frozenset() in when:
        return ""
    groups = sorted(sorted(group) for group in when)
    if len(groups) == 1:
        return " and ".join(_grouped(marker) for marker in groups[0]) if len(groups[0]) > 1 else groups[0][0]
    return " or ".join(f"({' and '.join(_grouped(marker) for marker in group)})" for group in groups)


def _grouped(marker: str) -> str:
    return f"({marker})" if " or " in marker else marker
