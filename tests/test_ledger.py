"""Every build is a row that nobody changes, however many write at once."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from autocoder.cli.log import log
from autocoder.diagnostics import StageFailed
from autocoder.ledger import Build, Outcome, open_ledger


def build(name: str = "links", **changes: object) -> Build:
    values: dict[str, object] = {
        "name": name,
        "version": "0.1.0",
        "started": "2026-01-02T03:04:05Z",
        "finished": "2026-01-02T03:04:45Z",
        "outcome": Outcome.SIGNED,
        "inputs": {"description.md": "ab" * 32},
        "decisions": [{"subject": "entities.Link.ttl", "value": "30d", "because": "„stated“ ✓"}],
        "verdicts": [{"gate": "static", "status": "ok", "measures": {"seconds": 0.5}}],
        "outputs": {"dist/links-0.1.0.tar.gz": "cd" * 32},
    }
    return Build(**{**values, **changes})  # type: ignore[arg-type]


def test_a_build_comes_back_as_it_was_recorded(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/new/ledger.db") as ledger:
        number = ledger.record(build())
        (row,) = ledger.rows()
    assert row.number == number == 1
    assert vars(row.build) == vars(build(approvals=[], diagnostics=[]))
    assert stat.S_IMODE((tmp_path / "new/ledger.db").stat().st_mode) == 0o600


def test_the_default_is_a_file_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with open_ledger() as ledger:
        ledger.record(build())
    assert (tmp_path / "autocoder/ledger.db").is_file()


def test_rows_are_the_latest_of_one_system_newest_first(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        for name in ("links", "todo", "links", "links"):
            ledger.record(build(name))
        assert [row.number for row in ledger.rows()] == [4, 3, 2, 1]
        assert [row.number for row in ledger.rows(name="links", limit=2)] == [4, 3]


@pytest.mark.parametrize(
    "statement", ["UPDATE autocoder_builds SET outcome = 'signed'", "DELETE FROM autocoder_builds"]
)
def test_a_row_cannot_be_changed_or_removed(tmp_path: Path, statement: str) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        ledger.record(build(outcome=Outcome.FAILED))
        connection = sqlite3.connect(tmp_path / "ledger.db")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
        connection.close()
        assert [row.build.outcome for row in ledger.rows()] == [Outcome.FAILED]


def test_many_processes_write_to_a_new_ledger_at_once(tmp_path: Path) -> None:
    script = (
        "import sys; from autocoder.ledger import *\n"
        "with open_ledger(sys.argv[1]) as ledger:\n"
        "    for n in range(20): ledger.record(Build(name=sys.argv[2], version=str(n), started='', finished='',"
        " outcome=Outcome.SIGNED))\n"
    )
    url = f"sqlite:///{tmp_path}/ledger.db"
    writers = [subprocess.Popen([sys.executable, "-c", script, url, str(n)]) for n in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    with open_ledger(url) as ledger:
        rows = ledger.rows(limit=1000)
    assert sorted((row.build.name, int(row.build.version)) for row in rows) == [
        (str(writer), n) for writer in range(4) for n in range(20)
    ]


def opening_fails(url: str) -> str:
    with pytest.raises(StageFailed) as failure:
        open_ledger(url)
    assert [d.code for d in failure.value.diagnostics] == ["AC6060"]
    return failure.value.diagnostics[0].message + str(failure.value.diagnostics[0].value)


def test_a_ledger_that_cannot_be_opened_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database " * 100)
    assert "not a database" in opening_fails(f"sqlite:///{tmp_path}/text.db")
    assert opening_fails(f"sqlite:///{tmp_path}/text.db/below/ledger.db")
    assert opening_fails("no url at all")
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE autocoder_builds (number INTEGER PRIMARY KEY)")
    connection.close()
    assert "no such column" in opening_fails(f"sqlite:///{tmp_path}/other.db")


def test_a_password_in_the_url_is_never_shown() -> None:
    text = opening_fails("postgresql+nodriver://someone:hunter2@127.0.0.1:1/ledger")
    assert "hunter2" not in text and "someone" in text


def test_a_row_that_cannot_be_written_is_a_diagnostic(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        connection = sqlite3.connect(tmp_path / "ledger.db")
        connection.execute("DROP TABLE autocoder_builds")
        connection.close()
        with pytest.raises(StageFailed) as failure:
            ledger.record(build())
    assert [d.code for d in failure.value.diagnostics] == ["AC6061"]


def test_log_lists_builds_as_lines_and_as_json(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    with open_ledger(url) as ledger:
        ledger.record(build())
        ledger.record(build("todo", outcome=Outcome.GATE_FAILED, outputs={}))
    text = CliRunner().invoke(log, ["--ledger", url])
    assert text.output.splitlines() == [
        "    2  2026-01-02T03:04:05Z  todo 0.1.0  gate failed",
        "    1  2026-01-02T03:04:05Z  links 0.1.0  signed  dist/links-0.1.0.tar.gz sha256:cdcdcdcdcdcd",
    ]
    data = json.loads(CliRunner().invoke(log, ["--ledger", url, "--format", "json", "--name", "links"]).output)
    assert [(row["number"], row["outcome"]) for row in data] == [(1, "signed")]


def test_looking_for_builds_makes_no_ledger(tmp_path: Path) -> None:
    shown = CliRunner().invoke(log, ["--ledger", f"sqlite:///{tmp_path}/ledger.db"])
    assert shown.exit_code == 0
    assert not list(tmp_path.iterdir())
