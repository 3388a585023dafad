"""Every diagnostic code with its explanation; `autocoder explain` and the reference page are made from it.

The codes stand in `codes/`, one module per stage. The first digit names the stage: 1 read, 2 plan, 3 lower, 4 emit,
5 gate, 6 package, 7 gen, 8 workspace and command line, 9 tools and autocoder itself.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from autocoder.diagnostics import codes


@dataclass(frozen=True, kw_only=True)
class Code:
    """One kind of finding. `why` says the constraint, `fix` the next step, `example` an input that has it."""

    code: str
    title: str
    why: str
    fix: str
    example: str = ""


def _collect() -> Mapping[str, Code]:
    found: dict[str, Code] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(codes.__path__)):
        for row in importlib.import_module(f"{codes.__name__}.{module}").CODES:
            code = Code(**row)
            if code.code in found:
                raise ValueError(f"{code.code} is defined twice")
            found[code.code] = code
    return MappingProxyType(dict(sorted(found.items())))


CATALOGUE: Mapping[str, Code] = _collect()


def lookup(code: str) -> Code:
    """The entry of a code. Raises `KeyError` for an unknown one."""
    return CATALOGUE[code]
