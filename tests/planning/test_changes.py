"""Verbs that usually make a thing change one that is there, and parts of things come about."""

from __future__ import annotations

import pytest

from autocoder.blueprint.model import Create, ListRows, Notify, Require, Transition
from tests.planning.test_plan import compiles, planned

CLERKS = "Clerks sign in with e-mail and password. "
INVOICES = CLERKS + "An invoice has a number. Clerks create invoices. An invoice is draft, sent or paid. "


@pytest.mark.parametrize("told", ["Clerks send draft invoices.", "Clerks send invoices."])
def test_a_verb_that_leads_to_a_counted_state_changes_what_is_made_otherwise(told: str) -> None:
    found = planned(INVOICES + told)
    assert [type(e) for e in found.architecture.operations["create_invoice"].effects] == [Create]
    assert any(isinstance(e, Transition) for e in found.architecture.operations["send_invoice"].effects)
    lifecycle = found.architecture.entities["Invoice"].lifecycle
    assert lifecycle and lifecycle.transitions["send"].origins == ("draft",)
    compiles(found)


def test_what_happens_then_happens_with_the_change() -> None:
    told = "Clerks send draft invoices. When an invoice is sent, notify clerks by e-mail."
    found = planned(INVOICES + told)
    telling = [n for n, o in found.architecture.operations.items() if any(isinstance(e, Notify) for e in o.effects)]
    assert telling == ["send_invoice"]


def test_the_verb_that_alone_makes_a_thing_still_makes_it() -> None:
    found = planned(CLERKS + "A claim has a title. Clerks submit claims. A claim is submitted, then approved.")
    assert "create_claim" in found.architecture.operations


def test_parts_are_added_by_those_who_make_the_whole() -> None:
    told = "A list has a name. Clerks create and list their own lists. Each list has items with a text and a price."
    found = planned(CLERKS + told)
    added = found.architecture.operations["create_item"]
    assert added.access == found.architecture.operations["create_list"].access
    assert [e.require for e in added.effects if isinstance(e, Require)] == ["list_row.owner == caller.id"]
    listed = [e for e in found.architecture.operations["list_items"].effects if isinstance(e, ListRows)]
    assert [e.where for e in listed] == ["list == input.id"]
    compiles(found)


def test_the_values_of_the_last_field_stand_behind_a_colon() -> None:
    told = "A tool has a name. A rental has a tool, a due date and a status: open, late or returned. "
    found = planned(CLERKS + told + "Clerks create rentals. Clerks mark rentals as late.")
    rental = found.architecture.entities["Rental"]
    assert set(rental.fields) == {"tool", "due_date", "status"}
    assert rental.fields["status"].values == ("open", "late", "returned")
    assert rental.lifecycle and rental.lifecycle.transitions["mark_late"].origins == ("open",)
    assert set(found.architecture.entities["Tool"].fields) == {"name"}
