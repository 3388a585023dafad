"""What a fresh checkout of the project would hold: the paths that Git tracks, read from Git, never by rules of our own.

Where the project is not in Git it is every file on disk. Git runs without hooks, without a file monitor, without
a person's own ignore file, and without the lock that would let it write to its index.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.gen.index import LoadedIndex
from autocoder.gen.refusals import inputs_of, outputs_of, within
from autocoder.gen.trees import Entry, Kind, at_or_below, entry_at, walk, with_parents
from autocoder.tools import process, programs

_SECONDS = 120
_WATCHED = "H"  # the tag in `ls-files -v` of a file that Git looks at; it may be told not to, or be in conflict
_OWN = (".git", ".autocoder")


@dataclass(frozen=True, kw_only=True)
class Project:
    """The project as the copies get it.

    `entries` holds what Git tracks, declared inputs and outputs on disk, and the folders above; `tracked` the files
    that Git tracks; `blobs` Git's own name for the content of those that were not changed since. `in_git` says whether
    Git was asked.
    """

    root: Path
    entries: Mapping[str, Entry]
    tracked: frozenset[str]
    blobs: Mapping[str, str]
    in_git: bool

    @cached_property
    def ordered(self) -> tuple[str, ...]:
        """All paths, sorted."""
        return tuple(sorted(self.entries))

    def below(self, roots: Iterable[str]) -> dict[str, Entry]:
        """The entries at and below `roots`."""
        return {path: self.entries[path] for root in roots for path in at_or_below(self.ordered, root)}

    def identity(self, path: str) -> str:
        """A line that changes whenever what stands at `path` does."""
        entry = self.entries[path]
        if entry.kind is not Kind.FILE:
            return f"{path}\0{entry.kind}\0{entry.target}"
        content = self.blobs.get(path) or hashlib.sha256(entry.source.read_bytes()).hexdigest()
        return f"{path}\0{'x' if entry.executable else '-'}\0{content}"

    def untracked(self) -> tuple[str, ...]:
        """Files on disk that no copy has although nothing says to ignore them."""
        if not self.in_git:
            return ()
        found = _words(_git(self.root, "ls-files", "-z", "--others", "--exclude-standard"))
        return tuple(path for path in found if path not in self.entries and path.split("/")[0] not in _OWN)

    def ignored(self, paths: Iterable[str]) -> frozenset[str]:
        """Those of `paths` that Git would not track."""
        asked = "\0".join(paths)
        if not self.in_git or not asked:
            return frozenset()
        return frozenset(
            _words(_git(self.root, "check-ignore", "-z", "--stdin", "--no-index", text=asked, codes=(0, 1)))
        )


def survey(index: LoadedIndex) -> Project:
    """Looks at the project. Raises `StageFailed` (AC7203, exit code 4) where Git cannot be asked."""
    in_git = any((folder / ".git").exists() for folder in (index.root, *index.root.parents))
    declared = {path for one in index.generators for path in (*outputs_of(one), *(inputs_of(one) or ()))}
    if in_git:
        blobs, tracked = _tracked(index.root)
        hidden = _ignored_outputs(index)
        starts = sorted(path for path in declared if not any(within(path, other) for other in hidden))
        present = [path for start in starts for path, _ in walk(index.root, start, (*_OWN, *hidden))]
        paths = with_parents([*tracked, *present])
    else:
        blobs, tracked, paths = {}, [], {path for path, _ in walk(index.root, "", _OWN)}
    found = ((path, entry_at(index.root / path)) for path in sorted(paths))
    entries = {path: entry for path, entry in found if entry is not None and entry.kind is not Kind.SPECIAL}
    return Project(root=index.root, entries=entries, tracked=frozenset(tracked), blobs=blobs, in_git=in_git)


def _ignored_outputs(index: LoadedIndex) -> set[str]:
    """Ignored, untracked paths in the outputs: a checkout does not have them. A folder stands for all in it."""
    outputs = sorted({path for one in index.generators for path in outputs_of(one)})
    arguments = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--", *outputs)
    return {path.removesuffix("/") for path in _words(_git(index.root, *arguments))} if outputs else set()


def _tracked(root: Path) -> tuple[dict[str, str], list[str]]:
    """Content names of unchanged files, and all tracked paths, those of submodules included."""
    blobs: dict[str, str] = {}
    paths: list[str] = []
    for row in _words(_git(root, "ls-files", "-z", "--stage", "-v")):
        head, _, path = row.partition("\t")
        tag, mode, name, _stage = head.split(" ")
        if mode == "160000":
            if (root / path / ".git").exists():
                inner_blobs, inner_paths = _tracked(root / path)
                blobs |= {f"{path}/{inner}": blob for inner, blob in inner_blobs.items()}
                paths += [f"{path}/{inner}" for inner in inner_paths]
            continue
        paths.append(path)
        if tag == _WATCHED:
            blobs[path] = name
    for path in _words(_git(root, "diff-files", "-z", "--name-only", "--relative", "--ignore-submodules")):
        blobs.pop(path, None)
    return blobs, paths


def _words(output: bytes) -> list[str]:
    return [os.fsdecode(word) for word in output.split(b"\0") if word]


def _git(root: Path, *arguments: str, text: str = "", codes: tuple[int, ...] = (0,)) -> bytes:
    program = programs.find("git")
    if program is None:
        raise _unknown("git is not on this machine; the project is a Git checkout")
    settings = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", f"core.excludesFile={os.devnull}")
    argv = [program, *(word for setting in settings for word in ("-c", setting)), "-C", root, *arguments]
    kept = ("PATH", "HOME", "XDG_CONFIG_HOME")
    env = {name: value for name, value in os.environ.items() if name in kept or name.startswith("GIT_CONFIG_")}
    env |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    done = process.run(argv, cwd=root, env=env, timeout=_SECONDS, stdin=os.fsencode(text), output_limit=None)
    if done.timed_out or done.code not in codes:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _unknown(f"git {arguments[0]} failed: {said[0] if said else f'status {done.code}'}")
    return done.stdout


def _unknown(message: str) -> StageFailed:
    help_ = "make `git ls-files` work in the project, then run the command again"
    return StageFailed([Diagnostic(code="AC7203", message=message, help=help_)], exit_code=4)
