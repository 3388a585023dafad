from click.testing import CliRunner

from autocoder.cli.explain import explain
from autocoder.diagnostics import CATALOGUE


def run(*words):
    return CliRunner().invoke(explain, words)


def test_a_code_is_explained_with_reason_fix_and_example():
    assert run("ac3005").stdout == (
        "AC3005: a key stands twice\n"
        "\n"
        "Of two values under one key only one could count, and readers differ on which.\n"
        "\n"
        "What to do: Remove one of them, or give it another name.\n"
        "\n"
        "Example:\n"
        "    input: {url: url, url: text}\n"
    )


def test_every_code_is_listed():
    lines = run().stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(CATALOGUE)


def test_an_unknown_code_names_the_nearest():
    result = run("AC305")
    assert result.exit_code == 2
    assert 'there is no code "AC305": did you mean "AC' in result.stderr
