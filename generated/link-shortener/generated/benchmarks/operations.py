"""Prints, as one JSON document, what each operation takes on a real PostgreSQL. Run it in the project's folder."""

import json
import sys
from pathlib import Path


def main() -> None:
    """Measures and prints."""
    # The tests' own modules, which know how to make every operation succeed.
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from support.database import engine_name, migrated_database
    from support.measure import cold_start, measure
    from support.world import World

    with migrated_database():
        world = World()
        try:
            engine = world.run(engine_name())
            measured = measure(world)
        finally:
            world.close()
        print(json.dumps({"engine": engine, "cold_start": cold_start(), **measured}))


if __name__ == "__main__":
    main()
