"""Runs one program under sandlock (Landlock and seccomp), in a process of its own.

Runs as a script of its own, `python -I sandlock_launcher.py SETTINGS PROGRAM …`: sandlock forks and supervises from
inside the process that calls it, which a program with threads must not do. `SETTINGS` is a JSON object of sandlock's
own options. Ends with the program's status (128 + signal where one killed it), 126 where sandlock could not confine it.
"""

from __future__ import annotations

import json
import sys

import sandlock


def main(argv: list[str]) -> int:
    """Status of the confined program."""
    try:
        box = sandlock.Sandbox(**json.loads(argv[1]))
        status = box.run_interactive(argv[2:])
    except (sandlock.SandlockError, RuntimeError, ValueError) as error:
        print(f"sandlock: {argv[2]}: {error}", file=sys.stderr)
        return 126
    return status if status >= 0 else 137


if __name__ == "__main__":
    raise SystemExit(main(sys.argv))
