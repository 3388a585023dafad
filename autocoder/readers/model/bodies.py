"""What a model is asked when it is to write a custom function's body. Owns the request; runs nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autocoder.readers.model.completions import Request
from autocoder.readers.model.prompts import load_prompt
from autocoder.readers.model.replies import Body
from autocoder.readers.model.session import FILL
from autocoder.readers.model.settings import ModelSettings

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Hole:
    """A function without a body: its signature as Python, what it does, calls with their results (JSON-ready)."""

    name: str
    signature: str
    description: str
    examples: Sequence[Mapping[str, Any]]
    properties: Sequence[str] = ()


def body_request(hole: Hole, settings: ModelSettings, modules: Sequence[str], forbidden: Sequence[str]) -> Request:
    """The request for a body that may import `modules` and may not use the names `forbidden`."""
    prompt = load_prompt(FILL, VERSION)
    asked = {
        "signature": hole.signature,
        "description": hole.description,
        "examples": list(hole.examples),
        "properties": list(hole.properties),
    }
    values = {
        "modules": ", ".join(modules),
        "forbidden": ", ".join(forbidden),
        "request": json.dumps(asked, ensure_ascii=False, indent=1),
    }
    return Request(
        task=FILL,
        subject=hole.name,
        model=settings.model,
        mode=settings.mode,
        prompt=prompt.name,
        prompt_sha256=prompt.sha256,
        schema=Body.model_json_schema(),
        parameters=settings.parameters,
        messages=prompt.filled(values),
    )
