"""Settings: from a file and from variables, and a key from nowhere else."""

from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.readers.model.settings import ModelSettings, load_configuration

KEY = "sk-secret"


def load(tmp_path: Path, text: str = "", **environment: str):
    file = tmp_path / "config.toml"
    if text:
        file.write_text(text)
    return load_configuration(file, environment)


def wrong(tmp_path: Path, text: str = "", **environment: str) -> list[tuple[str, str]]:
    with pytest.raises(StageFailed) as caught:
        load(tmp_path, text, **environment)
    assert caught.value.exit_code == 2
    return [(d.code, d.subject) for d in caught.value.diagnostics]


def test_nothing_configured_means_that_nobody_asks_a_model(tmp_path):
    found = load(tmp_path)
    assert (found.reader, found.model.url, found.model.model) == (None, "", "")


def test_a_variable_goes_before_the_file(tmp_path):
    text = 'reader = "model"\n[model]\nurl = "https://a.example/v1/"\nmodel = "small"\nretries = 7\n'
    found = load(tmp_path, text, AUTOCODER_MODEL="large", AUTOCODER_READER="rules")
    assert (found.reader, found.model.model, found.model.url, found.model.retries) == (
        "rules",
        "large",
        "https://a.example/v1",
        7,
    )


def test_variables_of_other_programs_choose_nothing(tmp_path):
    found = load(tmp_path, OPENAI_API_KEY=KEY, OPENAI_BASE_URL="https://a.example/v1", OPENAI_MODEL="x")
    assert (found.reader, found.model) == (None, ModelSettings())


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (f'[model]\nkey = "{KEY}"\n', "model.key"),
        (f'[model]\nurl = "https://user:{KEY}@a.example/v1"\n', "model.url"),
        (f'[model]\nurl = "https://a.example/v1?key={KEY}"\n', "model.url"),
        ('[model]\nurl = "a.example"\n', "model.url"),
        ('[model]\nmode = "xml"\n', "model.mode"),
        ("[model]\ntimeout = 0\n", "model.timeout"),
        ('reader = "guess"\n', "reader"),
        ("model = 3\n", "model"),
        ("[model\n", "config.toml"),
    ],
)
def test_what_cannot_be_is_named_and_a_key_is_not_shown(tmp_path, text: str, subject: str):
    with pytest.raises(StageFailed) as caught:
        load(tmp_path, text)
    (found,) = caught.value.diagnostics
    assert (found.code, found.subject, caught.value.exit_code) == ("AC1102", subject, 2)
    assert KEY not in f"{found}"


def test_a_wrong_variable_is_named_too(tmp_path):
    assert wrong(tmp_path, AUTOCODER_MODEL_TIMEOUT="soon") == [("AC1102", "model.timeout")]


def test_the_key_comes_from_the_variable_that_is_named(monkeypatch):
    monkeypatch.setenv("MY_KEY", KEY)
    settings = ModelSettings(key_variable="MY_KEY")
    assert settings.key.get_secret_value() == KEY
    assert KEY not in f"{settings!r} {settings.key} {settings.model_dump_json()}"
