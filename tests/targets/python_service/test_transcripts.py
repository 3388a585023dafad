"""Each effect macro, against what a person wrote down: a wrong macro would be wrong in every fold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import ruamel.yaml

from autocoder.compilation import Sources, compile_sources
from autocoder.ir.effects import EFFECTS
from tests.compiling import DEPLOYMENT, FIXTURES
from tests.targets.python_service.emitted import ON_SQLITE, write

TRANSCRIPTS = sorted((FIXTURES / "transcripts").glob("*.yaml"))
PLAY = Path(__file__).with_name("play_transcript.py")


def read(path: Path) -> dict[str, Any]:
    return ruamel.yaml.YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def test_every_effect_has_a_transcript() -> None:
    assert EFFECTS.keys() <= {path.stem for path in TRANSCRIPTS}


@pytest.mark.slow
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_service_and_the_oracle_do_what_was_written(path: Path, store: str, tmp_path: Path) -> None:
    transcript = read(path)
    blueprint = {"schema_version": "1.0.0", "system": {"name": "shop"}, **transcript["blueprint"]}
    sources = Sources(
        architecture=json.dumps(blueprint),
        deployment=(ON_SQLITE if store == "sqlite" else DEPLOYMENT).format(name="shop"),
        bodies=transcript.get("bodies", {}),
    )
    service = write(compile_sources(sources), tmp_path / "workspace")
    (tmp_path / "transcript.json").write_text(json.dumps(transcript), encoding="utf-8")
    folders = f"{service.project / 'src'}:{service.project / 'tests'}"
    done = service.run(str(PLAY), str(tmp_path / "transcript.json"), PYTHONPATH=folders)
    assert done.returncode == 0, done.stderr[-3000:]
