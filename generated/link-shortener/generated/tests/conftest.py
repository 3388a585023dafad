"""What every test may ask for."""

import os
from collections.abc import Callable, Iterator

import alembic.config
import pytest
from hypothesis import HealthCheck, Phase, settings

from support.database import engine_name, migrated_database
from support.postgres import NoServer
from support.world import World

quick = settings(
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=(
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.too_slow,
        HealthCheck.large_base_example,
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
        HealthCheck.nested_given,
    ),
)
settings.register_profile("gate", quick, max_examples=60, stateful_step_count=40, derandomize=True)
settings.register_profile("nightly", quick, max_examples=2000, stateful_step_count=60)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


@pytest.fixture(scope="session")
def migrations() -> Iterator[alembic.config.Config]:
    """A database on the newest schema, and where its migrations are."""
    try:
        with migrated_database() as config:
            yield config
    except NoServer as reason:
        pytest.exit(str(reason), returncode=1)


@pytest.fixture(scope="session")
def service(
    migrations: alembic.config.Config, record_testsuite_property: Callable[[str, object], None]
) -> Iterator[World]:
    """The service beside its oracle."""
    assert migrations.config_file_name
    world = World()
    record_testsuite_property("engine", world.run(engine_name()))
    yield world
    world.close()


@pytest.fixture
def world(service: World) -> World:
    """The service without rows."""
    service.reset()
    return service
