"""Lists of dictionaries that behave as the database does: keys, references, limits, and all or nothing."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

Row = dict[str, Any]


@dataclass(frozen=True)
class Token:
    """A token for somebody. The service makes it; whoever compares remembers whose it is."""

    subject: Any


class Failed(Exception):
    """An operation that failed: the class of the failure, and its own status where it has one."""

    def __init__(self, failure: str, status: int = 0) -> None:
        super().__init__(failure)
        self.failure = failure
        self.status = status


@dataclass(frozen=True)
class Reply:
    """What an operation answers."""

    status: int
    body: Any = None
    location: str | None = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class Entity:
    """What the database holds for a kind of row. `made` are the fields that the service makes, `codes` those that
    are codes of so many characters.
    """

    fields: list[str]
    made: list[str]
    codes: dict[str, int] = field(default_factory=dict[str, int])
    hidden: list[str] = field(default_factory=list[str])
    unique: list[list[str]] = field(default_factory=list[list[str]])
    refers: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    limits: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    computed: dict[str, Callable[[Row], Any]] = field(default_factory=dict[str, Callable[[Row], Any]])
    passwords: list[str] = field(default_factory=list[str])
    keys: list[str] = field(default_factory=list[str])


def first(rows: list[Row]) -> Row | None:
    """The first row, or None."""
    return rows[0] if rows else None


def ordered(rows: list[Row], *keys: tuple[str, bool]) -> list[Row]:
    """The rows by these fields, each with whether it descends; null comes first, and equal rows keep their order."""
    for name, descending in reversed(keys):
        there = sorted((row for row in rows if row[name] is not None), key=lambda row: row[name], reverse=descending)
        rows = [row for row in rows if row[name] is None] + there
    return rows


def page(rows: list[Row], start: int, count: int) -> list[Row]:
    """So many rows, from a position on."""
    return rows[start : start + count]


def grouped(rows: list[Row], *names: str) -> list[list[Row]]:
    """The rows in groups of the same values; without names all rows are one group."""
    groups: dict[str, list[Row]] = {} if names else {"": []}
    for row in rows:
        groups.setdefault(repr([row[name] for name in names]) if names else "", []).append(row)
    return list(groups.values())


def without_null(values: Row, *names: str) -> Row:
    """A body without these keys where they are null."""
    return {name: value for name, value in values.items() if name not in names or value is not None}


class Tables:
    """All rows, the events on their way, and who holds which token."""

    entities: ClassVar[dict[str, Entity]] = {}

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {name: [] for name in self.entities}
        self.queue: list[tuple[str, Row]] = []
        self.tokens: dict[str, Any] = {}
        self.secrets: dict[str, str] = {}
        self.made: dict[str, list[Row]] = {name: [] for name in self.entities}

    def attempt(self, work: Callable[[], Reply]) -> Reply:
        """Does all of the work or nothing of it."""
        before = copy.deepcopy((self.rows, self.queue))
        try:
            return work()
        except (Failed, ArithmeticError) as failure:
            self.rows, self.queue = before
            if isinstance(failure, Failed):
                return Reply(failure.status, failure=failure.failure)
            return Reply(0, failure="invalid")

    def insert(self, entity: str, values: Row, taken: Failed | None = None) -> Row:
        """Adds a row; what the service makes itself is taken from what it made."""
        known = self.entities[entity]
        made = self.take_made(entity, values)
        row = {name: values[name] if name in values else made.get(name) for name in known.fields}
        assert not made or all(len(made[name]) == length for name, length in known.codes.items())
        self._check(entity, row, taken)
        self.rows[entity].append(row)
        return row

    def take_made(self, entity: str, values: Row) -> Row:
        """The first of the rows that the service made that agree with the most of these values."""
        made = self.made[entity]
        agreeing = [sum(row.get(name) == value for name, value in values.items()) for row in made]
        return made.pop(agreeing.index(max(agreeing))) if made else {}

    def change(self, entity: str, row: Row, values: Row) -> None:
        """Changes a row that was read."""
        for kept in self.rows[entity]:
            if kept["id"] == row["id"]:
                self._check(entity, {**kept, **values})
                kept.update(values)
                row.update(values)

    def change_all(self, entity: str, rows: list[Row], values: Callable[[Row], Row]) -> None:
        """Changes many rows; those that were read before do not show it."""
        for row in rows:
            changed = {**row, **values(row)}
            self._check(entity, changed)
            self.rows[entity][self.rows[entity].index(row)] = changed

    def remove(self, entity: str, rows: list[Row]) -> None:
        """Removes rows, as far as what refers to them allows."""
        gone = [row["id"] for row in rows]
        self.rows[entity] = [row for row in self.rows[entity] if row["id"] not in gone]
        for name, known in self.entities.items():
            for reference, (to, on_delete) in known.refers.items():
                holding = [row for row in self.rows[name] if to == entity and row[reference] in gone]
                if holding and on_delete == "refuse":
                    raise Failed("conflict")
                if on_delete == "clear":
                    self.change_all(name, holding, lambda _row, reference=reference: {reference: None})
                elif holding:
                    self.remove(name, holding)

    def shown(self, entity: str, row: Row) -> Row:
        """A row as clients see it."""
        return self.plain(entity, row)

    def plain(self, entity: str, row: Row) -> Row:
        """A row without what is hidden, and with what is worked out of it."""
        known = self.entities[entity]
        shown = {name: value for name, value in row.items() if name not in known.hidden}
        return shown | {name: work(row) for name, work in known.computed.items()}

    def stored(self, entity: str, row: Row) -> Row:
        """A row as the database keeps it, without what is hidden."""
        return {name: value for name, value in row.items() if name not in self.entities[entity].hidden}

    def publish(self, event: str, values: Row) -> None:
        """Puts an event on its way."""
        self.queue.append((event, values))

    def _check(self, entity: str, row: Row, taken: Failed | None = None) -> None:
        known = self.entities[entity]
        if any(isinstance(value, int) and not -(2**63) <= value < 2**63 for value in row.values()):
            raise Failed("invalid")
        for name, (low, high) in known.limits.items():
            if row[name] is not None and not low <= row[name] <= high:
                raise Failed("invalid")
        others = [other for other in self.rows[entity] if other["id"] != row["id"]]
        for key in known.unique:
            values = [row[name] for name in key]
            if None not in values and any([other[name] for name in key] == values for other in others):
                raise taken or Failed("conflict")
        for name, (to, _) in known.refers.items():
            if row[name] is not None and not any(other["id"] == row[name] for other in self.rows[to]):
                raise Failed("invalid")
