"""Rules over emitted text that is no manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from autocoder.diagnostics import Severity, Span
from autocoder.rules.rule import Look, Rule, Scope

Texts = Mapping[str, str]
"""File to text."""

_BASE = re.compile(r"^ARG BASE_IMAGE(?:=(\S*))?$", re.MULTILINE)
_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def _base_images(texts: Texts) -> Iterator[Look]:
    for file, text in texts.items():
        if file.rpartition("/")[2] == "Dockerfile":
            yield _base_image(file, text)


def _base_image(file: str, text: str) -> Look:
    match = _BASE.search(text)
    if match is None:
        return Look(subject=file, problem="no argument BASE_IMAGE names the base image", severity=Severity.ERROR)
    image = match[1] or ""
    line = text.count("\n", 0, match.start()) + 1
    wrong = "" if _DIGEST.search(image) else f'the base image "{image}" has a digest only where the build gives one'
    return Look(subject=file, problem=wrong, value=image, span=Span(file=file, line=line, column=1))


SOURCE_RULES: tuple[Rule[Texts], ...] = (
    # A warning: the compose overlay for production refuses to build without a digest.
    Rule(id="source:base-image", code="AC4301", scope=Scope.SOURCE, look=_base_images, severity=Severity.WARNING),
)
