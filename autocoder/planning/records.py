"""What belongs to a larger whole: the parts of each line of a list, and what an event from outside carries.

Owns which fields of the text are no fields of a thing of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocoder.blueprint.model import FieldSpec
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.workbench import Workbench

LINES = "list of record"
"""The type of a list whose lines have parts."""


def wholes(bench: Workbench) -> frozenset[str]:
    """The names of lines and of events from outside: their fields define no thing."""
    lines = {f.word("name") for f in bench.of("field") if f.word("type") == LINES}
    return frozenset(lines | {f.word("name") for f in bench.of("event") if f.word("from")})


def parts_of(bench: Workbench, fact: Fact) -> list[Fact]:
    """The fields of each line of a list."""
    return [f for f in bench.of("field") if f.word("of") == fact.word("name")] if fact.word("type") == LINES else []


def with_parts(bench: Workbench, spec: FieldSpec, parts: Sequence[tuple[Fact, FieldSpec]]) -> FieldSpec:
    """The field with its parts; without any it is a list of texts, for nothing says what each line has."""
    if not parts:
        return spec.model_copy(update={"type": "list of text"}) if spec.type == LINES else spec
    bench.use(*(f for f, _ in parts))
    return spec.model_copy(update={"fields": {names.field_name(f.word("name")): s for f, s in parts}})
