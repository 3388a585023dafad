"""A completer that asks a scripted server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autocoder.readers.model.client import OpenAIClient
from autocoder.readers.model.completions import Completer, Frozen, Use
from autocoder.readers.model.meter import Meter
from autocoder.readers.model.settings import ModelSettings
from tests.model_server import KEY

MakeCompleter = Callable[..., Completer]


@pytest.fixture
def make_completer(monkeypatch: pytest.MonkeyPatch) -> MakeCompleter:
    monkeypatch.setenv("AUTOCODER_MODEL_KEY", KEY)
    monkeypatch.setenv("AUTOCODER_MODEL_LOOPBACK_ONLY", "1")

    def make(url: str, *, frozen: Frozen | None = None, use: Use = Use.ASK, cache: Path | None = None, **settings):
        chosen = ModelSettings(url=url, model="scripted", **settings)
        meter = Meter(settings=chosen, progress=lambda _text: None)
        return Completer(
            settings=chosen,
            frozen=frozen or Frozen(),
            use=use,
            client=OpenAIClient(chosen, meter),
            meter=meter,
            cache=cache,
        )

    return make
