"""Which model is asked, where, and how much may be spent on it.

Owns `config.toml` in the user's configuration folder and the variables that go before it. Refuses a key in the file
(it comes from the environment alone), credentials in the address, unknown settings, and a file that is not TOML.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.tools.user_folders import config_folder

FILE = "config.toml"
LOOPBACK_ONLY = "AUTOCODER_MODEL_LOOPBACK_ONLY"
"""The switch that forbids requests to anything but this machine: `1`, as in autocoder's own tests."""

READER = "AUTOCODER_READER"
_VARIABLES = {
    "AUTOCODER_MODEL_URL": "url",
    "AUTOCODER_MODEL": "model",
    "AUTOCODER_MODEL_MODE": "mode",
    "AUTOCODER_MODEL_TIMEOUT": "timeout",
}
_HELP = "see docs/models.md"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(gt=0)]
Price = Annotated[float, Field(ge=0)]


class ModelSettings(BaseModel):
    """The `[model]` table. Prices are per million tokens, in whatever currency `max_cost` is in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="", description="The address of an OpenAI-compatible endpoint, up to `/v1`.")
    model: str = Field(default="", description="The model's name, as the endpoint knows it.")
    mode: Literal["tools", "json_schema", "json"] = Field(
        default="tools", description="How the endpoint is asked for structured output."
    )
    key_variable: str = Field(
        default="AUTOCODER_MODEL_KEY", description="The environment variable that holds the key.", min_length=1
    )
    parameters: dict[str, str | int | float | bool | None] = Field(
        default_factory=lambda: {"temperature": 0, "max_tokens": 4096},
        description="Parameters of every request, as the endpoint takes them.",
    )
    sentences: Annotated[int, Field(ge=1)] = Field(default=25, description="Sentences per request.")
    timeout: Seconds = Field(default=120, description="Longest wait for one answer, in seconds.")
    retries: Count = Field(default=3, description="How often a request that failed on the way is sent again.")
    reasks: Count = Field(default=2, description="How often an answer that does not fit the schema is asked for again.")
    repairs: Count = Field(default=3, description="How often a custom body is repaired.")
    max_calls: Count = Field(default=40, description="Requests in one run, those sent again included.")
    max_tokens: Count = Field(default=400_000, description="Tokens in one run, in and out.")
    max_seconds: Seconds = Field(default=900, description="Seconds of waiting in one run.")
    max_cost: Price | None = Field(default=None, description="Money in one run; needs both prices.")
    input_price: Price | None = Field(default=None, description="Price of a million tokens in.")
    output_price: Price | None = Field(default=None, description="Price of a million tokens out.")

    @field_validator("url")
    @classmethod
    def _plain(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("an address looks like https://host/v1")
        if parts.username or parts.password or parts.query:
            raise ValueError("an address holds no credentials: the key comes from an environment variable")
        return url.rstrip("/")

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is on this machine."""
        return urlsplit(self.url).hostname in _LOOPBACK

    @property
    def key(self) -> SecretStr:
        """The key, read from the environment each time; empty where there is none, as local servers take it."""
        return SecretStr(os.environ.get(self.key_variable, ""))


class Configuration(BaseModel):
    """`config.toml`: which reader reads where nothing else says it, and the model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reader: Literal["rules", "model"] | None = None
    model: ModelSettings = Field(default_factory=ModelSettings)


def load_configuration(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Configuration:
    """What file and environment say; a variable goes before the file.

    Raises `StageFailed` (AC1102, exit code 2) with everything that is wrong in either.
    """
    file = path or config_folder() / FILE
    data = _data(file)
    given = {name: environment[variable] for variable, name in _VARIABLES.items() if environment.get(variable)}
    if given and isinstance(data.setdefault("model", {}), dict):
        data["model"] |= given
    if environment.get(READER):
        data["reader"] = environment[READER]
    try:
        return Configuration.model_validate(data)
    except ValidationError as error:
        wrong = [
            Diagnostic(
                code="AC1102",
                message=f"{'.'.join(str(part) for part in problem['loc'])}: {_said(problem)}",
                subject=".".join(str(part) for part in problem["loc"]),
                rule="settings stand in config.toml or in AUTOCODER_MODEL… variables, a key in its own",
                help=_HELP,
            )
            for problem in error.errors(include_url=False, include_input=False)
        ]
        raise StageFailed(wrong, exit_code=2) from None


def _said(problem: Mapping[str, Any]) -> str:
    return "there is no such setting" if problem["type"] == "extra_forbidden" else str(problem["msg"])


def _data(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"{file.name} in the configuration folder cannot be read: {error}"
        raise StageFailed(
            [Diagnostic(code="AC1102", message=message, subject=file.name, help=_HELP)], exit_code=2
        ) from None


def check_endpoint(settings: ModelSettings) -> None:
    """Raises `StageFailed` (exit code 2): AC1101 where no endpoint or model is named, AC1113 where it is forbidden."""
    missing = [name for name in ("url", "model") if not getattr(settings, name)]
    if missing:
        raise StageFailed(
            [
                Diagnostic(
                    code="AC1101",
                    message=f"a model is to be asked, and no {' and no '.join(missing)} is configured",
                    rule="the model is chosen by the user, never by accident",
                    help="set AUTOCODER_MODEL_URL and AUTOCODER_MODEL, or write them into config.toml; " + _HELP,
                )
            ],
            exit_code=2,
        )
    if os.environ.get(LOOPBACK_ONLY) == "1" and not settings.is_local:
        message = f"requests to {urlsplit(settings.url).hostname} are forbidden by {LOOPBACK_ONLY}"
        raise StageFailed([Diagnostic(code="AC1113", message=message, value=settings.url)], exit_code=2)
