"""The data that `autocoder run` keeps from one start to the next, and which migrations made it.

An unreleased migration is replaced by every build. Data that an earlier one made looks migrated and is not, so it is
refused instead of being served with the wrong tables.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from autocoder.diagnostics import Diagnostic, StageFailed


@dataclass(frozen=True, kw_only=True)
class DevelopmentData:
    """A database file or folder (`data`), and beside it the hashes of the `migrations` that made it."""

    migrations: Path
    record_file: Path
    data: Path

    def claim(self) -> None:
        """Records that the data is that of today's migrations.

        Raises `StageFailed` (AC3254) where there is data, and one of the migrations that made it is not as it was.
        """
        now, before = self._hashes(), self._recorded()
        changed = sorted(name for name, digest in before.items() if now.get(name) != digest)
        if not self.data.exists() or (before and not changed):
            self.record_file.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
            return
        why = f"{', '.join(changed)} is not as it was" if changed else "nothing says which migrations made it"
        message = f"the data kept in {self.data} is of another schema: {why}"
        help_ = "`autocoder run --new-data` removes it and starts with none; `--data` names another folder"
        raise StageFailed([Diagnostic(code="AC3254", message=message, subject=self.data.name, help=help_)])

    def remove(self) -> None:
        """Removes the data."""
        for path in (self.data, *(self.data.with_name(f"{self.data.name}{end}") for end in ("-wal", "-shm"))):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self.record_file.unlink(missing_ok=True)

    def _hashes(self) -> dict[str, str]:
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(self.migrations.glob("*.py"))
        }

    def _recorded(self) -> dict[str, str]:
        try:
            found = json.loads(self.record_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        recorded = cast("dict[str, str]", found)
        return dict(recorded) if isinstance(found, dict) else {}
