"""The tables of the oracle, as emitted: which of the rows that the service made belongs to which change."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from tests.targets.python_service.emitted import compiled, tree_of


def emitted_tables() -> Any:
    """The emitted module, loaded."""
    source = tree_of(compiled("lending"))["generated/tests/support/tables.py"].content.decode()
    module = ModuleType("tables_of_a_test")
    sys.modules[module.__name__] = module  # where dataclasses look for names
    try:
        exec(source, module.__dict__)
    finally:
        del sys.modules[module.__name__]
    return module


def oracle_that_saw(*made: dict[str, Any]) -> Any:
    """An oracle that was shown entries that the service made."""
    emitted = emitted_tables()
    entry = emitted.Entity(fields=["id", "row"], made=["id"])
    oracle = type("Oracle", (emitted.Tables,), {"entities": {"AuditEntry": entry}})()
    oracle.made["AuditEntry"] = list(made)
    return oracle


def test_rows_that_concurrent_calls_made_in_turns_are_told_apart_by_their_values() -> None:
    oracle = oracle_that_saw({"id": 1, "row": "second"}, {"id": 2, "row": "first"})
    assert [oracle.insert("AuditEntry", {"row": row})["id"] for row in ("first", "second")] == [2, 1]


def test_a_value_that_the_service_got_wrong_stays_a_difference() -> None:
    assert oracle_that_saw({"id": 1, "row": "another"}).insert("AuditEntry", {"row": "first"}) == {
        "id": 1,
        "row": "first",
    }
