"""`autocoder release`: from now on the migrations of a workspace never change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autocoder.cli import workspace_options as workspace

if TYPE_CHECKING:
    from autocoder.driver import Driver


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
def release(folder: Path | None) -> None:
    """Make the migrations of a compiled workspace (FOLDER, else here) immutable.

    Do it when they are about to run on a database whose rows matter. A later change of the schema becomes a migration
    of its own.
    """
    from autocoder.driver import Options

    where = folder or Path()
    screen = workspace.Screen()
    with workspace.driving(where, Options(), screen) as driver:
        released = _release(driver, where.resolve().name)
    screen.stage("release", ", ".join(released) or "nothing new: every migration was released before")


def _release(driver: Driver, hint: str) -> tuple[str, ...]:
    """The paths of the migrations that were not released before. Raises `StageFailed` (AC8205) where the workspace is
    not what its blueprint compiles to.
    """
    from autocoder.targets.python_service.migrations.history import RELEASED

    proposal = driver.propose(None, hint)
    compiled, tree = driver.compile(proposal)
    driver.compare(proposal, tree)
    released = driver.workspace.release(RELEASED, compiled.migrations.released().document())
    if released:  # the list of them is an input now: the lock names it
        after = driver.propose(None, hint)
        driver.write(after, driver.compile(after)[1])
    return released
