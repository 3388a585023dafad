"""Events: each takes effect once in each of its handlers, whatever fails on the way."""

import asyncio
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from link_shortener import events, worker
from link_shortener.models import Delivery
from link_shortener.settings import settings
from oracle import HANDLERS
from support.factories import EVENT_VALUES
from support.interface import EVENTS, FIELDS
from support.tables import Row
from support.world import World, deliver_all

NAMES = sorted({event for event, _ in HANDLERS.values() if event})


def made(event: str, values: Row) -> events.Event:
    """An event with these values."""
    return EVENTS[event](**{FIELDS[event][name]: value for name, value in values.items()})


def publish(world: World, event: str) -> None:
    """Publishes an event in a transaction of its own, in the service and in the oracle."""
    values = EVENT_VALUES[event](world)

    async def work(session: AsyncSession) -> None:
        events.publish(session, made(event, values))

    world.in_session(work)
    world.oracle.publish(event, values)


def deliveries(world: World) -> list[Delivery]:
    """What is on its way."""

    async def read(session: AsyncSession) -> list[Delivery]:
        return list(await session.scalars(select(Delivery).order_by(Delivery.seq)))

    return world.in_session(read)


async def fail(*_: object, **__: object) -> None:
    """A handler that cannot work."""
    raise RuntimeError("the handler failed")


@pytest.mark.parametrize("event", NAMES)
def test_an_event_takes_effect_once(world: World, event: str) -> None:
    publish(world, event)
    world.deliver()
    assert deliveries(world) == []
    world.deliver()


@pytest.mark.parametrize("event", NAMES)
def test_an_event_that_arrives_late_takes_the_same_effect(world: World, event: str) -> None:
    publish(world, event)
    world.now += timedelta(days=3)
    world.deliver()


@pytest.mark.parametrize("event", NAMES)
def test_many_events_take_effect_once_each_with_many_workers(world: World, event: str) -> None:
    for _ in range(8):
        publish(world, event)

    async def four_workers() -> None:
        await asyncio.gather(*(deliver_all(world.now) for _ in range(4)))

    world.run(four_workers())
    world.deliver()
    assert deliveries(world) == []


@pytest.mark.parametrize("event", NAMES)
def test_a_handler_that_fails_changes_nothing_and_is_tried_again(world: World, event: str) -> None:
    publish(world, event)
    sent = len(deliveries(world))
    before = world.stored()
    with patch.dict(worker.HANDLERS, {name: (kind, fail) for name, (kind, _) in worker.HANDLERS.items()}):
        assert world.run(worker.deliver(world.now)) == sent
    assert world.stored() == before
    assert [delivery.attempts for delivery in deliveries(world)] == [1] * sent
    assert not world.run(worker.deliver(world.now + timedelta(seconds=2) - timedelta(microseconds=1)))
    world.now += timedelta(seconds=2)
    world.deliver()
    assert deliveries(world) == []


def test_a_handler_that_always_fails_ends_as_a_dead_letter(world: World) -> None:
    publish(world, NAMES[0])
    sent = len(deliveries(world))
    with patch.dict(worker.HANDLERS, {name: (kind, fail) for name, (kind, _) in worker.HANDLERS.items()}):
        for _ in range(worker.ATTEMPTS):
            assert world.run(worker.deliver(world.now)) == sent
            world.now += timedelta(days=1)
        assert not world.run(worker.deliver(world.now))
    assert not world.run(worker.deliver(world.now))
    assert [delivery.attempts for delivery in deliveries(world)] == [worker.ATTEMPTS] * sent
    world.run(worker.observe_queue(world.now))
    assert REGISTRY.get_sample_value("deliveries_dead") == sent


@pytest.mark.parametrize("event", NAMES)
def test_one_that_fails_does_not_hold_up_those_around_it(world: World, event: str) -> None:
    for _ in range(3):
        publish(world, event)
    broken = deliveries(world)[len(deliveries(world)) // 2]

    async def spoil(session: AsyncSession) -> None:
        await session.execute(update(Delivery).where(Delivery.seq == broken.seq).values(handler="nobody"))

    world.in_session(spoil)
    world.run(deliver_all(world.now))
    assert [(delivery.seq, delivery.attempts) for delivery in deliveries(world)] == [(broken.seq, 1)]


def test_the_queue_is_measured(world: World) -> None:
    publish(world, NAMES[0])
    sent = len(deliveries(world))
    due = deliveries(world)[0].due_at
    world.run(worker.observe_queue(due + timedelta(seconds=5)))
    assert (REGISTRY.get_sample_value("deliveries_waiting"), REGISTRY.get_sample_value("deliveries_dead")) == (sent, 0)
    assert REGISTRY.get_sample_value("deliveries_oldest_seconds") == 5
    world.run(worker.observe_queue(due - timedelta(seconds=5)))
    assert REGISTRY.get_sample_value("deliveries_oldest_seconds") == 0


def test_a_worker_goes_on_where_the_queue_cannot_be_read_for_a_while(world: World) -> None:
    publish(world, NAMES[0])
    stop, looks = asyncio.Event(), 0

    async def look(now: datetime) -> None:
        nonlocal looks
        looks += 1
        assert now == world.now
        if looks == 1:
            raise OSError("the database is away")
        if looks == 4:
            stop.set()

    changed = patch.multiple(worker, observe_queue=look, current_time=lambda: world.now)
    with changed, patch.object(settings(), "poll_seconds", 0.001), capture_logs() as logged:
        world.run(asyncio.wait_for(worker.deliver_until(stop), 30))
    assert [entry["event"] for entry in logged] == ["deliveries cannot be read"]
    assert looks == 4
    world.deliver()
    assert deliveries(world) == []


def test_an_event_of_a_failed_transaction_is_never_sent(world: World) -> None:
    async def work(session: AsyncSession) -> None:
        events.publish(session, made(NAMES[0], EVENT_VALUES[NAMES[0]](world)))
        await session.flush()
        raise RuntimeError("something failed after the event")

    with pytest.raises(RuntimeError):
        world.in_session(work)
    assert deliveries(world) == []
