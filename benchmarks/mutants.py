"""The share of hand-made defects that the emitted link shortener's own tests find, and those that they do not.

Run: `python -m benchmarks.mutants [first letters of a name]`. About twenty seconds for each of the defects.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.targets.python_service.emitted import compiled, write
from tests.targets.python_service.mutants import MUTANTS, judged, mutated


def main(wanted: str) -> None:
    """Prints each defect with its verdict, then the share found."""
    names = [name for name in MUTANTS if name.startswith(wanted)]
    found = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        service = write(compiled("link_shortener"), Path(folder) / "service")
        for number, name in enumerate(names):
            done = judged(mutated(service, name, Path(folder) / str(number)))
            found += done.returncode == 1
            print(f"{'found' if done.returncode == 1 else 'SURVIVED'}  {name}", flush=True)
    print(f"{found} of {len(names)} found ({found / max(len(names), 1):.0%})")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
