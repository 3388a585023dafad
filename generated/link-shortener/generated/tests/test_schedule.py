"""The schedule: each turn of each job once, however many schedulers there are."""

import asyncio
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from link_shortener import scheduler
from link_shortener.models import Turn
from link_shortener.settings import settings
from oracle import HANDLERS
from support.factories import FACTORIES
from support.world import World

JOBS = [("cleanup_links", "cleanup_links")]


def next_turn(job: str, world: World) -> None:
    """Lets time pass until just when the job is due again."""
    line, _ = scheduler.JOBS[job]
    last = scheduler.last_due(line, world.now)
    while scheduler.last_due(line, world.now) == last:
        world.now += timedelta(minutes=1)
    world.now = scheduler.last_due(line, world.now)


def add_rows_around(time: datetime, world: World) -> None:
    """Rows whose times are just before, exactly, and just after a time."""
    for entity, factory in FACTORIES.items():
        times = [name for name, value in factory(world, 1).items() if isinstance(value, datetime)]
        for n in (-1, 0, 1):
            world.add(entity, **dict.fromkeys(times, time + timedelta(microseconds=n)))


@pytest.mark.parametrize(("job", "name"), JOBS)
def test_the_turn_before_the_service_was_there_is_not_run(world: World, job: str, name: str) -> None:
    for entity in FACTORIES:
        world.add(entity)
    world.now += timedelta(days=500)
    assert not world.run(scheduler.run_due(job, world.now))
    world.check_rows()
    assert world.count(Turn) == 1
    assert name in HANDLERS


@pytest.mark.parametrize(("job", "name"), JOBS)
def test_a_turn_runs_once_with_four_schedulers(world: World, job: str, name: str) -> None:
    world.run(scheduler.run_due(job, world.now))
    next_turn(job, world)
    add_rows_around(world.now, world)
    assert not world.run(scheduler.run_due(job, world.now - timedelta(microseconds=1)))

    async def four_schedulers() -> list[bool]:
        return await asyncio.gather(*(scheduler.run_due(job, world.now) for _ in range(4)))

    assert sorted(world.run(four_schedulers())) == [False, False, False, True]
    world.take_what_was_made()
    HANDLERS[name][1](world.oracle, {}, world.now)
    world.check_rows()


@pytest.mark.parametrize(("job", "name"), JOBS)
def test_a_turn_that_fails_is_run_again(world: World, job: str, name: str) -> None:
    world.run(scheduler.run_due(job, world.now))
    next_turn(job, world)

    async def fail(**_: object) -> None:
        raise RuntimeError("the job failed")

    line, _ = scheduler.JOBS[job]
    with patch.dict(scheduler.JOBS, {job: (line, fail)}), pytest.raises(RuntimeError):
        world.run(scheduler.run_due(job, world.now))
    assert world.run(scheduler.run_due(job, world.now))
    world.take_what_was_made()
    HANDLERS[name][1](world.oracle, {}, world.now)
    world.check_rows()


def test_a_scheduler_goes_on_where_a_job_fails(world: World) -> None:
    stop, looks = asyncio.Event(), list[str]()

    async def look(name: str, now: datetime) -> bool:
        looks.append(name)
        assert now == world.now
        if len(looks) == 3 * len(JOBS):
            stop.set()
        if len(looks) == 1:
            raise RuntimeError("the job failed")
        return True

    changed = patch.multiple(scheduler, run_due=look, current_time=lambda: world.now)
    with changed, patch.object(settings(), "poll_seconds", 0.001), capture_logs() as logged:
        world.run(asyncio.wait_for(scheduler.run_until(stop), 30))
    assert looks == 3 * [job for job, _ in JOBS]
    assert [(entry["event"], entry["job"]) for entry in logged] == [("turn failed", JOBS[0][0])]
