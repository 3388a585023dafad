"""Whole commands with a model: one IR from both readers, filled functions, frozen builds, interruptions.

The answers are hand-written: the server replays them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autocoder.readers.model.completions import Frozen
from autocoder.tools.user_folders import cache_folder
from tests.compiling import FIXTURES
from tests.model_server import ModelServer, rows, says, serving

BODY = '''"""What a late return costs."""


def late_fee(days: int, daily: int) -> int:
    """Late days times the daily fee."""
    return {}
'''
WRONG, RIGHT = BODY.format("days * daily + 1"), BODY.format("min(max(days, 0), 30) * daily")
REACHES_OUT = "import os\n\n\n" + RIGHT
PROSE = "# Notes\n\nAnyone can paste a text and gets a 10-character key. Notes expire after 2 weeks.\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "XDG_CACHE_HOME" / "autocoder").mkdir(parents=True)
    environments = cache_folder() / "envs"  # of the gates: made once for all tests
    environments.mkdir(parents=True, exist_ok=True)
    (folder / "XDG_CACHE_HOME" / "autocoder" / "envs").symlink_to(environments)
    return folder


def variables(home: Path, server: ModelServer | None) -> dict[str, str]:
    named = {name: str(home / name) for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    url = {"AUTOCODER_MODEL_URL": server.url, "AUTOCODER_MODEL": "scripted"} if server else {}
    return {**os.environ, **named, **url}


def autocoder(*words: str, cwd: Path, home: Path, server: ModelServer | None = None):
    return subprocess.run(
        [sys.executable, "-m", "autocoder", *words],
        cwd=cwd,
        env=variables(home, server),
        capture_output=True,
        text=True,
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def ir(folder: Path) -> str:
    return json.loads((folder / "generated/ir.v1.json").read_text())["sha256"]


SAME = (2, "operation", {"actor": ("anyone", "Anyone"), "verb": ("paste", "paste"), "object": ("text", "text")})
OTHER = (2, "operation", {"actor": ("anyone", "Anyone"), "verb": ("get", "gets"), "object": ("key", "key")})


@pytest.mark.slow
@pytest.mark.parametrize(("facts", "more"), [((SAME,), ()), ((OTHER,), ("--accept-defaults",))])
def test_both_readers_compile_to_one_ir_where_the_rules_understood_everything(tmp_path, home, facts, more):
    (tmp_path / "description.md").write_text(PROSE)
    text = tmp_path / "given.md"
    shutil.copy(tmp_path / "description.md", text)
    rules = autocoder("compile", str(text), "--out", "rules", *more, cwd=tmp_path, home=home)
    assert rules.returncode == 0, rules.stderr
    with serving(says(rows(*facts))) as server:
        words = ("compile", str(text), "--out", "model", "--reader", "model", *more)
        model = autocoder(*words, cwd=tmp_path, home=home, server=server)
    assert model.returncode == 0, model.stderr
    assert (len(server.requests), ir(tmp_path / "rules")) == (1, ir(tmp_path / "model"))
    before = tree(tmp_path / "model")
    again = autocoder("compile", "--frozen", cwd=tmp_path / "model", home=home)
    assert again.returncode == 0, again.stderr
    assert tree(tmp_path / "model") == before
    assert Frozen.of_lock(before["autocoder.lock"].decode()).reader == "model"


def lending(tmp_path: Path) -> Path:
    folder = tmp_path / "lending"
    folder.mkdir()
    for name in ("architecture.yaml", "deployment.yaml"):
        shutil.copy(FIXTURES / "lending" / name, folder / name)
    return folder


@pytest.mark.slow
def test_a_body_is_repaired_from_the_gates_exact_error_and_replays_without_a_connection(tmp_path, home):
    folder = lending(tmp_path)
    with serving(says({"source": REACHES_OUT}), says({"source": WRONG}), says({"source": RIGHT})) as server:
        done = autocoder("compile", "--fill", cwd=folder, home=home, server=server)
    assert done.returncode == 0, done.stderr
    refused, failed = (r["messages"][-1]["content"] for r in server.requests[1:])
    assert "AC3141 custom/late_fee.py:1:1: custom/late_fee.py: it imports os" in refused
    assert "AC5010 generated/tests/test_functions.py:" in failed
    assert "assert 21 == 20" in failed
    assert (folder / "custom/late_fee.py").read_text() == RIGHT
    decisions = json.loads((folder / "generated/decisions.json").read_text())
    (body,) = [d for d in decisions if d["subject"] == "functions.late_fee.body"]
    assert body["because"].startswith("a model wrote it")
    before = tree(folder)
    (folder / "custom/late_fee.py").unlink()
    shutil.rmtree(home / "XDG_CACHE_HOME" / "autocoder" / "completions")
    again = autocoder("compile", "--fill", "--frozen", cwd=folder, home=home)
    assert again.returncode == 0, again.stderr
    assert tree(folder) == before


@pytest.mark.slow
def test_a_models_body_is_not_run_until_a_person_approves_it(tmp_path, home):
    folder = lending(tmp_path)
    with serving(says({"source": RIGHT})) as server:
        assert autocoder("compile", "--fill", cwd=folder, home=home, server=server).returncode == 0
    refused = autocoder("run", "--port", "1", cwd=folder, home=home)
    assert (refused.returncode, "AC1120" in refused.stderr) == (1, True)
    assert autocoder("approve", "functions.late_fee.body", "--by", "Ada", cwd=folder, home=home).returncode == 0
    approved = autocoder("run", "--data", "/dev/null/x", cwd=folder, home=home)
    assert "AC1120" not in approved.stderr


@pytest.mark.slow
def test_a_body_that_stays_wrong_stops_the_build_and_writes_nothing(tmp_path, home):
    folder = lending(tmp_path)
    before = tree(folder)
    with serving(says({"source": WRONG})) as server:
        done = autocoder("compile", "--fill", cwd=folder, home=home, server=server)
    assert (done.returncode, len(server.requests)) == (1, 2)
    assert "AC1117" in done.stderr
    assert "assert 21 == 20" in done.stderr
    assert tree(folder) == before


def test_a_frozen_build_names_what_is_missing_and_writes_nothing(tmp_path, home):
    (tmp_path / "description.md").write_text(PROSE)
    before = tree(tmp_path)
    done = autocoder("plan", "--reader", "model", "--frozen", cwd=tmp_path, home=home)
    assert (done.returncode, "AC1114" in done.stderr) == (1, True)
    assert {k: v for k, v in tree(tmp_path).items() if not k.startswith("home/")} == before


def test_the_model_reader_wants_to_know_the_workspace_first(tmp_path, home):
    done = autocoder("plan", PROSE, "--reader", "model", cwd=tmp_path, home=home)
    assert (done.returncode, "AC1119" in done.stderr) == (2, True)


def test_frozen_and_refresh_exclude_each_other(tmp_path, home):
    done = autocoder("plan", "--frozen", "--refresh", cwd=tmp_path, home=home)
    assert (done.returncode, "exclude each other" in done.stderr) == (2, True)


def test_an_interrupted_question_leaves_nothing_half_written(tmp_path, home):
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "description.md").write_text(PROSE)
    before = tree(folder)

    def silent(handler, _asked) -> None:
        handler.served.release.wait(30)
        handler.close_connection = True

    with serving(silent) as server:
        started = subprocess.Popen(
            [sys.executable, "-m", "autocoder", "plan", "--reader", "model"],
            cwd=folder,
            env=variables(home, server),
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        while not server.requests:
            assert started.poll() is None
            time.sleep(0.02)
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=30)
    assert (started.returncode, b"nothing was half-written" in said) == (130, True)
    assert tree(folder) == before
