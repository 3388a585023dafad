"""Rows that somebody is given: an assignee, an operation that sets it, and rules for those who have them."""

from __future__ import annotations

from autocoder.blueprint.model import AccessRule, ListRows, Require, Update
from tests.planning.test_plan import compiles, planned

JOBS = (
    "Staff sign in with an e-mail address and a password. Dispatchers create jobs. A job has an address. "
    "A job is open, assigned, accepted or delivered. "
)


def test_rows_are_assigned_to_people_with_the_right_role() -> None:
    found = planned(JOBS + "A dispatcher assigns a job to a driver.").architecture
    assignee = found.entities["Job"].fields["assignee"]
    assert (assignee.to, assignee.optional, assignee.read_only) == ("User", True, True)
    operation = found.operations["assign_job"]
    assert operation.access == AccessRule(role="dispatcher")
    assert [e.require for e in operation.effects if isinstance(e, Require)] == ["chosen.role == 'driver'"]
    assert [e.set for e in operation.effects if isinstance(e, Update)] == [{"assignee": "input.assignee"}]
    people = found.operations["list_drivers"]
    assert [e.where for e in people.effects if isinstance(e, ListRows)] == ["role == 'driver'"]


def test_those_who_are_given_rows_see_and_change_their_own() -> None:
    told = "A dispatcher assigns a job to a driver. Drivers see the jobs assigned to them. Dispatchers see all jobs. "
    found = planned(JOBS + told + "Drivers accept jobs and mark them as delivered.")
    operations = found.architecture.operations
    (listed,) = (e for e in operations["list_jobs"].effects if isinstance(e, ListRows))
    assert listed.where == "(assignee == caller.id || caller.role == 'dispatcher')"
    for name in ("accept_job", "mark_delivered_job"):
        rules = [e.require for e in operations[name].effects if isinstance(e, Require)]
        assert rules == ["job.assignee == caller.id"]
    compiles(found)


def test_somebody_takes_a_row_that_nobody_has() -> None:
    found = planned(JOBS + "Agents assign jobs to themselves.")
    operation = found.architecture.operations["assign_job"]
    assert set(operation.input) == {"id"}
    assert [e.require for e in operation.effects if isinstance(e, Require)] == ["job.assignee == null"]
    assert [e.set for e in operation.effects if isinstance(e, Update)] == [{"assignee": "caller.id"}]
    compiles(found)
