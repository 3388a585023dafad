"""Random requests, callers and times: the running service agrees with its oracle on every reply and every row."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from oracle import OPERATIONS
from support.factories import FACTORIES
from support.interface import BAD, GOOD, REFERENCES, ROUTES
from support.tables import Row
from support.world import World

DATA = st.data()


class Requests(RuleBasedStateMachine):
    """One service and one oracle; each step goes to both."""

    world: World
    examples = 0
    steps = 0

    @initialize()
    def begin(self) -> None:
        """An empty database."""
        type(self).examples += 1
        self.world.reset()

    @rule(data=DATA, operation=st.sampled_from(sorted(OPERATIONS)))
    def request(self, data: st.DataObject, operation: str) -> None:
        """Somebody asks for something, mostly with values that are right, often with values of rows that are there."""
        type(self).steps += 1
        route = ROUTES[operation]
        given: Row = {}
        wrong = data.draw(st.integers(0, 9), "one value is wrong if 9") == 9 and bool(route.places)
        bad = data.draw(st.sampled_from(sorted(route.places)), "wrong") if wrong else None
        for name, place in route.places.items():
            if name == bad and name in BAD.get(operation, {}):
                given[name] = data.draw(st.sampled_from(BAD[operation][name]), name)
                continue
            bad = None if name == bad else bad
            optional = name not in route.required and place != "path"
            values = self.values(operation, name)
            if values and not (optional and data.draw(st.booleans(), f"leave out {name}")):
                given[name] = data.draw(st.sampled_from(values), name)
        token = self.token(data, operation)
        self.world.call(operation, given, token, valid=bad is None)

    def values(self, operation: str, name: str) -> list[Any]:
        """Values to send: good ones, and those of the rows that are there."""
        if name in REFERENCES.get(operation, {}):
            rows = self.world.oracle.rows[REFERENCES[operation][name]]
            return [row["id"] for row in rows] + [UUID(int=7)]
        there = [row[name] for rows in self.world.oracle.rows.values() for row in rows if row.get(name) is not None]
        fitting = [value for value in there if fits(operation, name, value)]
        if ROUTES[operation].places[name] == "path":
            # Nothing, or a slash, would make another path.
            fitting = [value for value in fitting if value != "" and "/" not in str(value)]
        return GOOD.get(operation, {}).get(name, []) + fitting * 2

    def token(self, data: st.DataObject, operation: str) -> str | None:
        """Somebody's token, or none, or a forged one."""
        del data, operation
        return None

    @rule(entity=st.sampled_from(sorted(FACTORIES)))
    def add_row(self, entity: str) -> None:
        """A row is there already."""
        self.world.add(entity)

    @rule(data=DATA)
    def pass_time(self, data: st.DataObject) -> None:
        """Time passes, mostly until just before, exactly, or just after a time that some row holds."""
        rows = [row for rows in self.world.oracle.rows.values() for row in rows]
        stored = sorted({value for row in rows for value in row.values() if isinstance(value, datetime)})
        instants = [time + timedelta(microseconds=n) for time in stored for n in (-1, 0, 1)]
        later = [time for time in instants if time > self.world.now]
        self.world.now = data.draw(st.sampled_from([*later, self.world.now + timedelta(hours=7)]), "until")


def fits(operation: str, name: str, value: object) -> bool:
    """Whether a value of a row is of the kind that an input takes."""
    known = GOOD.get(operation, {}).get(name, [])
    return not known or any(isinstance(value, type(good)) for good in known)


def test_the_service_agrees_with_its_oracle(
    world: World, record_testsuite_property: Callable[[str, object], None]
) -> None:
    Requests.world = world
    run_state_machine_as_test(Requests, settings=settings())
    record_testsuite_property("examples", Requests.examples)
    record_testsuite_property("steps", Requests.steps)
