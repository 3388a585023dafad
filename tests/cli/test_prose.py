"""How a command takes a text, and what it says about one that it cannot build."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.planning.proposal import settle
from autocoder.readers.protocol import Option, Question
from autocoder.readers.rules.reader import RulesReader
from tests.cli.test_main import autocoder

ODD = "A to-do list API.\n\nThe flux wobbles unless quorum sings twice backwards.\n"


@pytest.mark.parametrize("word", ["missing-folder", "missing.md", "two words.md", "a/b", "x" * 400, "deep/" * 1000])
@pytest.mark.parametrize("command", ["build", "plan", "compile"])
def test_a_word_that_is_no_sentence_is_a_path_and_the_one_that_is_missing_is_named(
    command: str, word: str, tmp_path: Path
) -> None:
    done = autocoder(command, word, cwd=tmp_path)
    assert done.returncode in (1, 2), done.stderr
    assert "error[AC8202]" in done.stderr and word in done.stderr
    assert "Traceback" not in done.stderr and not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["Notes.", "a notes service", "w" * 300 + " " + "v" * 300 + "."])
def test_several_words_or_a_sentence_are_prose(text: str, tmp_path: Path) -> None:
    done = autocoder("plan", text, "--dry-run", cwd=tmp_path)
    assert "AC8202" not in done.stderr and "Traceback" not in done.stderr


def test_diagnostics_name_the_file_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "d.md").write_text(ODD, encoding="utf-8")
    for words in (["d.md"], ["d.md", "--out", "w"]):
        done = autocoder("build", *words, cwd=tmp_path)
        assert done.stderr.startswith("d.md:3:1: error[AC1001]")
        assert "    The flux wobbles" in done.stderr


def test_diagnostics_of_a_text_on_the_command_line_name_no_file(tmp_path: Path) -> None:
    assert autocoder("plan", ODD, cwd=tmp_path).stderr.startswith("text:3:1: error[AC1001]")


@pytest.mark.parametrize(
    ("text", "code"),
    [(ODD, "AC1001"), ("A to-do list API. Data is kept in MongoDB.", "AC2001"), ("Make it fast.", "AC")],
)
@pytest.mark.parametrize("out", [[], ["--out", "w"]])
def test_every_sentence_is_explained_also_where_reading_or_planning_fails(
    text: str, code: str, out: list[str], tmp_path: Path
) -> None:
    done = autocoder("plan", text, "--explain", *out, cwd=tmp_path)
    assert done.returncode != 0 and f"error[{code}" in done.stderr
    for sentence in re.split(r"(?<=\.)\s+", text.strip()):
        assert f"]  {sentence}" in done.stdout


def test_what_was_understood_is_named_with_the_words_of_the_text(tmp_path: Path) -> None:
    done = autocoder("plan", "A to-do list API. Data is kept in MongoDB.", cwd=tmp_path)
    assert '"MongoDB" is understood' in done.stderr


def test_plan_and_compile_count_the_same_decisions(tmp_path: Path) -> None:
    plan = autocoder("plan", "A to-do list API.", "--out", "todo", cwd=tmp_path)
    compile_ = autocoder("compile", "todo", cwd=tmp_path)
    counts = [re.findall(r"(\d+) decisions", done.stderr) for done in (plan, compile_)]
    assert counts[0] == counts[1] != []
    data = json.loads(autocoder("plan", "todo", "--format", "json", cwd=tmp_path).stdout)
    assert [str(len(data["decisions"]))] == counts[0]


def question(default: str | None) -> Question:
    reading = RulesReader().read("A to-do list API.", file="text")
    options = (
        Option(key="7d", text="seven days.", consequence="Rows go after a week."),
        Option(key="30d", text="30 days", consequence="Rows go after a month"),
    )
    return Question(id="expiry", text="When?", span=reading.sentences[0].span, options=options, default=default)


@pytest.mark.parametrize(
    ("default", "help_"),
    [
        (None, "this question has no safe default: answer it with --answer expiry=7d|30d"),
        ("30d", "answer with --answer expiry=30d, or take every default with --accept-defaults"),
    ],
)
def test_an_open_question_says_how_to_answer_it(default: str | None, help_: str) -> None:
    reading = RulesReader().read("A to-do list API.", file="text")
    with pytest.raises(StageFailed) as failure:
        settle(replace(reading, questions=(question(default),)), {})
    (open_,) = failure.value.diagnostics
    assert open_.help == help_
    assert [note.message.partition(": ")[2] for note in open_.notes] == [
        "seven days. Rows go after a week.",
        "30 days. Rows go after a month.",
    ]


def test_context_gives_what_the_text_leaves_unsaid_and_stays_with_the_workspace(tmp_path: Path) -> None:
    table = "CREATE TABLE books (id uuid primary key, title text not null, pages integer);\n"
    (tmp_path / "shop.sql").write_text(table, encoding="utf-8")
    done = autocoder("compile", "A book API.", "--context", "shop.sql", "--out", "books", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "pages: {type: integer, optional: true}" in (tmp_path / "books/architecture.yaml").read_text("utf-8")
    assert (tmp_path / "books/context/shop.sql").read_text("utf-8") == table
    again = autocoder("compile", "books", "--check", cwd=tmp_path)
    assert again.returncode == 0, again.stderr


def test_two_context_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text("name,age\n", encoding="utf-8")
    done = autocoder("plan", "A book API.", "--context", "a/x.csv", "--context", "b/x.csv", cwd=tmp_path)
    assert done.returncode == 2 and "two files are named x.csv" in done.stderr
