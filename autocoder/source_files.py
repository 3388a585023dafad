"""Reads what people own in a workspace: regular UTF-8 files in real folders.

Refuses symbolic links, which may lead out of the workspace, and names everything that is wrong at once.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from autocoder.compilation import ARCHITECTURE, CONTEXT, CUSTOM, DECISIONS, DEPLOYMENT, PROSE, Sources
from autocoder.diagnostics import Diagnostic, Diagnostics, StageFailed
from autocoder.targets.python_service.migrations.history import RELEASED
from autocoder.targets.python_service.migrations.history import paths as released_paths
from autocoder.workspace.transaction import obstacle


def read_sources(folder: Path, shown: str, planned: Mapping[str, str] | None = None) -> Sources:
    """The sources of a workspace; `planned` texts (by file) take the place of what is on disk.

    Raises `StageFailed`: AC8201 (exit code 2) without a blueprint, AC8202 and AC8003 for what cannot be read.
    """
    problems = Diagnostics()
    texts = dict(planned or {})
    _read_all(
        folder,
        shown,
        (
            PROSE,
            DECISIONS,
            RELEASED,
            ARCHITECTURE,
            DEPLOYMENT,
            *_bodies(folder, shown, problems),
            *_context(folder, shown, problems),
        ),
        texts,
        problems,
    )
    problems.stop()
    released = released_paths(texts.get(RELEASED), shown=shown_path(shown, RELEASED))
    _read_all(folder, shown, released, texts, problems)
    problems.stop()
    missing = [path for path in (ARCHITECTURE, DEPLOYMENT) if path not in texts]
    if missing:
        message = f"{shown or '.'} has no {' and no '.join(missing)}"
        raise StageFailed([Diagnostic(code="AC8201", message=message, subject=shown)], exit_code=2)
    return Sources(
        architecture=texts[ARCHITECTURE],
        deployment=texts[DEPLOYMENT],
        prose=texts.get(PROSE),
        decisions=texts.get(DECISIONS),
        released=texts.get(RELEASED),
        migrations={path: texts[path] for path in released if path in texts},
        bodies={Path(path).stem: text for path, text in texts.items() if path.startswith(f"{CUSTOM}/")},
        context={path.removeprefix(f"{CONTEXT}/"): t for path, t in texts.items() if path.startswith(f"{CONTEXT}/")},
        shown={path: shown_path(shown, path) for path in texts},
    )


def _read_all(folder: Path, shown: str, paths: Iterable[str], texts: dict[str, str], problems: Diagnostics) -> None:
    """Adds the texts of the files that are there."""
    for path in paths:
        if path in texts:
            continue
        try:
            found = read_source(folder, path, shown)
        except StageFailed as failed:
            problems.extend(failed.diagnostics)
            continue
        if found is not None:
            texts[path] = found


def read_source(folder: Path, path: str, shown: str) -> str | None:
    """One owned file below the workspace, None where there is none. Raises `StageFailed` (AC8003, AC8202)."""
    if (blocked := obstacle(folder, path)) is not None:
        message = f"{shown_path(shown, blocked)}, and an input is a regular file in the workspace itself"
        raise StageFailed([Diagnostic(code="AC8003", message=message, subject=shown_path(shown, path))])
    return read_text(folder / path, shown_path(shown, path))


def shown_path(shown: str, path: str) -> str:
    """How diagnostics name a file of the workspace that is shown as `shown`."""
    return path if shown in ("", ".") else f"{shown}/{path}"


def _bodies(folder: Path, shown: str, problems: Diagnostics) -> tuple[str, ...]:
    """The files of custom functions."""
    found = _listed(folder, CUSTOM, "the bodies of custom functions", shown, problems)
    return tuple(path for path in found if path.endswith(".py"))


def _context(folder: Path, shown: str, problems: Diagnostics) -> tuple[str, ...]:
    """The files that the text was read with."""
    return _listed(folder, CONTEXT, "the files that a text is read with", shown, problems)


def _listed(folder: Path, name: str, what: str, shown: str, problems: Diagnostics) -> tuple[str, ...]:
    """The regular files in one folder of the workspace."""
    place = folder / name
    try:
        mode = place.lstat().st_mode
        if stat.S_ISDIR(mode):
            return tuple(sorted(f"{name}/{path.name}" for path in place.iterdir() if path.is_file()))
        kind = "is a symbolic link" if stat.S_ISLNK(mode) else "is not a folder"
        message = f"{shown_path(shown, name)} {kind}; {what} are files in that folder"
        problems.error("AC8003", message, subject=shown_path(shown, name))
    except FileNotFoundError:
        pass
    except OSError as error:
        message = f"{shown_path(shown, name)} cannot be read: {error.strerror}"
        problems.error("AC8202", message, subject=shown_path(shown, name))
    return ()


def read_context_files(folder: Path, shown: str) -> dict[str, str]:
    """The context files that a workspace keeps, by name. Raises `StageFailed` as `read_sources` does."""
    problems = Diagnostics()
    found = {path: read_source(folder, path, shown) for path in _context(folder, shown, problems)}
    problems.stop()
    return {path.removeprefix(f"{CONTEXT}/"): text for path, text in found.items() if text is not None}


def read_text(path: Path, shown: str) -> str | None:
    """A text file, or None where there is none. Raises `StageFailed` (AC8202) where it cannot be read."""
    try:
        if path.exists() and not path.is_file():
            raise StageFailed([Diagnostic(code="AC8202", message=f"{shown} is not a regular file", subject=shown)])
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise StageFailed(
            [Diagnostic(code="AC8202", message=f"{shown} cannot be read: {reason}", subject=shown)]
        ) from error
