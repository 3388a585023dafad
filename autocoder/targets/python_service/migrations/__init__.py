"""Migrations: how the schema of one release becomes that of the next.

The released schema is data (`migrations/released.json`). What the blueprint asks for is compared with it, and the
difference is one unreleased migration, made again by every build until `autocoder release`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from autocoder.decisions import Decision
from autocoder.ir.views import Views
from autocoder.targets.python_service.migrations import alembic_text
from autocoder.targets.python_service.migrations.changes import SchemaChange, compare, losses
from autocoder.targets.python_service.migrations.history import FOLDER, History
from autocoder.targets.python_service.migrations.schema import Schema, schema_of
from autocoder.targets.tree import Owner, Tree


@dataclass(frozen=True, kw_only=True)
class Migrations:
    """All migrations of a service: the released ones as they are, and the one that leads to this blueprint."""

    views: Views
    history: History

    @cached_property
    def schema(self) -> Schema:
        """What the blueprint asks for."""
        return schema_of(self.views)

    @cached_property
    def change(self) -> SchemaChange:
        """What the next release changes."""
        return compare(self.history.schema, self.schema)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """What somebody must have approved before the next migration is written."""
        return tuple(loss.decision(self.history.next_revision) for loss in losses(self.change))

    def tree(self) -> Tree:
        """Every version file, with its owner."""
        tree = Tree()
        for path, text in self.history.migrations.items():
            tree.text(path, text, owner=Owner.APPENDED)
        if self.change or not self.history.migrations:
            path = f"{FOLDER}/versions/{self.history.next_revision}_{self._name()}.py"
            tree.text(path, self._source(), owner=Owner.APPENDED)
        return tree

    def released(self) -> History:
        """The history after a release of everything that there is now."""
        files = {file.path: file.content.decode() for file in self.tree()}
        return History(migrations=files, schema=self.schema)

    def _source(self) -> str:
        doc = "The first schema." if not self.history.migrations else f"{self._name().replace('_', ' ').capitalize()}."
        back = compare(self.schema, self.history.schema)
        history = self.history
        origins = {entity.table: entity.id for entity in self.views.entities}
        revisions = (history.next_revision, history.last_revision)
        return alembic_text.source(doc, *revisions, self.change, back, origins=origins)

    def _name(self) -> str:
        """What the migration is about, as a part of its file's name."""
        if not self.history.migrations:
            return "first_schema"
        change = self.change
        tables = [
            *(f"create_{t.name}" for t in change.created),
            *(f"change_{t.name}" for t in change.changed),
            *(f"drop_{t.name}" for t in change.dropped),
        ]
        return tables[0][:50] if len(tables) == 1 else "change_schema"
