"""Rules for emitted Dockerfiles: the base by digest, no root, no secret, nothing fetched unchecked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autocoder.diagnostics import Diagnostic, Span

_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
_SECRET_NAME = re.compile(r"(?i)(password|passwd|secret|token|api_?key|private_?key|credential)")
_PIPED = re.compile(r"\b(curl|wget)\b[^|]*\|\s*(sudo\s+)?(ba|z|da)?sh\b")
_ROOT = {"root", "0"}


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction, its continuation lines joined."""

    line: int
    word: str
    rest: str


def instructions(text: str) -> list[Instruction]:
    """The instructions of a Dockerfile in order; comments and empty lines are left out."""
    found: list[Instruction] = []
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        start = start if parts else number
        parts.append(line.rstrip().removesuffix("\\").strip())
        if not line.rstrip().endswith("\\"):
            word, _, rest = " ".join(parts).partition(" ")
            found.append(Instruction(line=start, word=word.upper(), rest=rest.strip()))
            parts = []
    return found


def dockerfile_findings(file: str, text: str) -> list[Diagnostic]:
    """Every rule that the Dockerfile breaks."""
    steps = instructions(text)
    problems = [*_bases(steps), *_user(steps), *_settings(steps), *_fetches(steps)]
    return [
        Diagnostic(code="AC5008", message=message, span=Span(file=file, line=line, column=1), rule=rule)
        for line, rule, message in problems
    ]


Problem = tuple[int, str, str]


def _bases(steps: list[Instruction]) -> Iterator[Problem]:
    """An image that the build names is the catalogue's business: it knows where the digest comes from."""
    stages = {"scratch"}
    for step in steps:
        if step.word == "FROM":
            words = [word for word in step.rest.split() if not word.startswith("--")]
            image = words[0] if words else ""
            if "$" not in image and image not in stages and not _DIGEST.search(image):
                yield step.line, "docker:base-digest", f"the base image {image} is not pinned by digest"
            if len(words) == 3:
                stages.add(words[2])


def _user(steps: list[Instruction]) -> Iterator[Problem]:
    last = max((i for i, step in enumerate(steps) if step.word == "FROM"), default=0)
    users = [step for step in steps[last:] if step.word == "USER"]
    if not users:
        yield steps[last].line if steps else 1, "docker:user", "the image runs as root: its last stage sets no USER"
    elif users[-1].rest.split(":")[0] in _ROOT:
        yield users[-1].line, "docker:user", f"the image runs as {users[-1].rest}"


def _settings(steps: list[Instruction]) -> Iterator[Problem]:
    for step in steps:
        if step.word in ("ENV", "ARG"):
            for name, value in re.findall(r"(\w+)=(\"[^\"]*\"|\S*)", step.rest):
                if value.strip('"') and _SECRET_NAME.search(name):
                    yield step.line, "docker:secret", f"{step.word} {name} puts a secret into the image"


def _fetches(steps: list[Instruction]) -> Iterator[Problem]:
    for step in steps:
        if step.word == "ADD":
            yield step.line, "docker:copy", "ADD unpacks and fetches; COPY does neither"
        if step.word == "RUN" and _PIPED.search(step.rest):
            yield step.line, "docker:pipe", "what is fetched is run unchecked"
