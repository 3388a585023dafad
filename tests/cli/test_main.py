"""What the program answers: exit codes, places, and never a traceback."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autocoder.cli import COMMANDS
from tests.compiling import FIXTURES


def autocoder(*words: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autocoder", *words],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "XDG_STATE_HOME": str(cwd / ".state"), "XDG_CONFIG_HOME": str(cwd / ".config")},
    )


def workspace(folder: Path, fixture: str = "language_example") -> Path:
    for name in ("architecture.yaml", "deployment.yaml"):
        (folder / name).write_text((FIXTURES / fixture / name).read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    hidden = (".state", ".config")
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.relative_to(folder).parts[0] not in hidden
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_in_the_help_exists_and_explains_itself(command: str, tmp_path: Path) -> None:
    done = autocoder(command, "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: autocoder {command}")


def test_a_misspelt_command_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    done = autocoder("biuld", cwd=tmp_path)
    assert done.returncode == 2
    assert 'Did you mean "build"?' in done.stderr


def test_a_misspelt_key_is_named_at_its_place_and_nothing_is_written(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    text = (folder / "architecture.yaml").read_text(encoding="utf-8")
    lines = text.splitlines()
    line = next(i for i, content in enumerate(lines) if content.strip().startswith("access: user?"))
    lines[line] = lines[line].replace("access", "acess")
    (folder / "architecture.yaml").write_text("\n".join(lines), encoding="utf-8")
    before = snapshot(folder)
    done = autocoder("compile", cwd=folder)
    assert done.returncode == 1
    column = lines[line].index("acess") + 1
    assert f"architecture.yaml:{line + 1}:{column}: error[AC3" in done.stderr
    assert 'did you mean "access"?' in done.stderr
    assert "autocoder explain AC3" in done.stderr
    assert snapshot(folder) == before


def test_a_sentence_that_nobody_understands_stops_the_build_at_its_place(tmp_path: Path) -> None:
    prose = "A to-do list API.\n\nThe flux wobbles unless quorum sings twice backwards.\n"
    done = autocoder("build", "-", cwd=tmp_path, stdin=prose)
    assert done.returncode in (1, 2)
    assert "stdin:3:" in done.stderr
    assert snapshot(tmp_path) == {}


def test_an_impossible_latency_names_the_path_and_what_would_do(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    path = folder / "architecture.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("p95: 50ms", "p95: 1ms"), encoding="utf-8")
    done = autocoder("compile", "--format", "json", cwd=folder)
    assert done.returncode == 2  # compile has no --format
    done = autocoder("compile", cwd=folder)
    assert done.returncode == 1
    assert "error[AC3151] follow cannot answer within 1 ms" in done.stderr


def test_a_name_that_resolves_to_nothing_lists_what_it_could_have_been(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    path = folder / "architecture.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("{create: Link}", "{create: Lnik}"), encoding="utf-8")
    done = autocoder("compile", cwd=folder)
    assert done.returncode == 1
    assert 'error[AC3120] operations.shorten.effects.0.create: no entity is named "Lnik"' in done.stderr
    assert 'did you mean "Link"?' in done.stderr


def test_there_is_nothing_to_build_in_an_empty_folder(tmp_path: Path) -> None:
    done = autocoder("build", cwd=tmp_path)
    assert done.returncode == 2
    assert "AC8201" in done.stderr


def test_a_defect_is_reported_without_a_traceback(tmp_path: Path) -> None:
    code = (
        "import autocoder.cli.explain as e\n"
        "def broken(*a, **k): raise RuntimeError('boom')\n"
        "e.explain.callback = broken\n"
        "from autocoder.__main__ import main\n"
        "main(['explain', 'AC1001'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert "AC9001" in done.stderr
    assert "Traceback" not in done.stderr


def test_diagnostics_come_as_json_where_that_is_asked_for(tmp_path: Path) -> None:
    done = autocoder("plan", "Make it fast.", "--format", "json", cwd=tmp_path)
    assert done.returncode in (1, 2)
    assert json.loads(done.stdout)["diagnostics"][0]["code"].startswith("AC")


def test_a_blueprint_that_was_edited_is_kept_and_a_second_compile_changes_nothing(tmp_path: Path) -> None:
    assert autocoder("compile", "A to-do list API.", "--out", "todo", "--accept-defaults", cwd=tmp_path).returncode == 0
    path = tmp_path / "todo" / "architecture.yaml"
    edited = path.read_text(encoding="utf-8").replace("A to-do list API.", "My list.", 1)
    path.write_text(edited, encoding="utf-8")
    done = autocoder("compile", "todo", "--accept-defaults", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert path.read_text(encoding="utf-8") == edited
    before = snapshot(tmp_path)
    assert autocoder("compile", "todo", "--accept-defaults", cwd=tmp_path).returncode == 0
    assert snapshot(tmp_path) == before


def test_a_changed_text_never_overwrites_an_edited_blueprint(tmp_path: Path) -> None:
    assert autocoder("plan", "A to-do list API.", "--out", "todo", "--accept-defaults", cwd=tmp_path).returncode == 0
    path = tmp_path / "todo" / "architecture.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    (tmp_path / "todo" / "description.md").write_text(
        "A to-do list API. Todos expire after 30 days.\n", encoding="utf-8"
    )
    before = snapshot(tmp_path)
    done = autocoder("plan", "todo", "--accept-defaults", cwd=tmp_path)
    assert done.returncode == 2
    assert "AC2054" in done.stderr
    assert "+ entities.Todo.fields.expires_at" in done.stderr
    assert snapshot(tmp_path) == before


@pytest.mark.slow
def test_a_merge_that_is_asked_for_is_written_and_then_stands(tmp_path: Path) -> None:
    assert autocoder("plan", "A to-do list API.", "--out", "todo", "--accept-defaults", cwd=tmp_path).returncode == 0
    path = tmp_path / "todo" / "architecture.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    (tmp_path / "todo" / "description.md").write_text(
        "A to-do list API. Todos expire after 30 days.\n", encoding="utf-8"
    )
    done = autocoder("plan", "todo", "--accept-defaults", "--apply", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    merged = path.read_text(encoding="utf-8")
    assert "expires_at" in merged and merged.endswith("# mine\n")
    before = snapshot(tmp_path)
    assert autocoder("compile", "todo", "--accept-defaults", "--check", cwd=tmp_path).returncode == 1
    assert autocoder("plan", "todo", "--accept-defaults", cwd=tmp_path).returncode == 0
    assert snapshot(tmp_path) == before


@pytest.mark.slow
def test_a_conflict_shows_both_sides_and_is_decided_by_name(tmp_path: Path) -> None:
    assert autocoder("plan", "A to-do list API.", "--out", "todo", "--accept-defaults", cwd=tmp_path).returncode == 0
    path = tmp_path / "todo" / "architecture.yaml"
    edited = path.read_text(encoding="utf-8").replace("A to-do list API.}", "Mine.}  # ours is better")
    path.write_text(edited, encoding="utf-8")
    (tmp_path / "todo" / "description.md").write_text("A to-do list service.\n", encoding="utf-8")
    before = snapshot(tmp_path)
    done = autocoder("plan", "todo", "--accept-defaults", cwd=tmp_path)
    assert done.returncode == 2
    assert "error[AC2052] system.description" in done.stderr
    assert 'yours:    Mine.  (your comment says "ours is better")' in done.stderr
    assert "the text: A to-do list service." in done.stderr
    assert snapshot(tmp_path) == before
    assert autocoder("plan", "todo", "--keep", "system.descriptoin", cwd=tmp_path).returncode == 2
    assert autocoder("plan", "todo", "--keep", "system.description", cwd=tmp_path).returncode == 0
    assert "Mine.}  # ours is better" in path.read_text(encoding="utf-8")
    assert autocoder("plan", "todo", cwd=tmp_path).returncode == 0


def test_another_text_for_the_same_workspace_is_shown_and_not_taken(tmp_path: Path) -> None:
    assert autocoder("plan", "A to-do list API.", "--out", "todo", "--accept-defaults", cwd=tmp_path).returncode == 0
    done = autocoder("plan", "A recipe API.", "--out", "todo", "--accept-defaults", cwd=tmp_path)
    assert done.returncode == 1
    assert "AC2051" in done.stderr
    assert "+A recipe API." in done.stderr


def test_a_system_keeps_its_name_where_its_folder_is_renamed(tmp_path: Path) -> None:
    first, second = tmp_path / "rooms", tmp_path / "a-clone"
    (tmp_path / "bookings.md").write_text("Meeting rooms that people can book.\n")
    planned = autocoder("plan", "bookings.md", "--out", "rooms", cwd=tmp_path)
    before = (first / "architecture.yaml").read_text()
    shutil.move(first, second)
    again = autocoder("plan", cwd=second)
    assert (planned.returncode, again.returncode) == (0, 0)
    assert "system: {name: bookings," in before
    assert (second / "architecture.yaml").read_text() == before
