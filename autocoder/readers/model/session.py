"""One run's use of readers and of a model: which reader reads, where answers come from, what goes into the lock.

Owns the choice of the reader: what was asked for, else what is configured, else what the lock says, else the rules. A
client is imported, and a connection opened, only when a question is asked.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from autocoder import registry
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.readers.model.completions import LOCK, Asked, Client, Completer, Frozen, Message, Request, Use
from autocoder.readers.model.meter import Meter, Usage
from autocoder.readers.model.reader import ModelReader
from autocoder.readers.model.settings import Configuration, ModelSettings
from autocoder.readers.protocol import Reader, Reading

R = TypeVar("R", bound=BaseModel)
FILL = "fill-body"
"""The task of completions that are bodies; their subject is the function's name."""


@dataclass(frozen=True)
class _LateClient:
    """The client, imported when the first question is asked."""

    settings: ModelSettings
    meter: Meter

    def ask(self, request: Request, messages: Sequence[Message], reply: type[R]) -> tuple[R, Usage]:
        return self._client.ask(request, messages, reply)

    @cached_property
    def _client(self) -> Client:
        from autocoder.readers.model.client import OpenAIClient

        return OpenAIClient(self.settings, self.meter)


@dataclass(kw_only=True)
class Session:
    """What one run reads with. `frozen` is what the workspace's lock keeps, `file` how diagnostics name the lock."""

    frozen: Frozen = field(default_factory=Frozen)
    file: str = LOCK
    chosen: str | None = None
    use: Use = Use.ASK
    configuration: Configuration = field(default_factory=Configuration)
    cache: Path | None = None
    talk: Callable[[str, str], None] = lambda _stage, _text: None
    progress: Callable[[str], None] = lambda _text: None
    _readings: dict[str, Reading] = field(default_factory=dict[str, Reading])

    @property
    def reader_name(self) -> str:
        """Which reader reads."""
        return self.chosen or self.configuration.reader or self.frozen.reader

    @cached_property
    def settings(self) -> ModelSettings:
        """The configured model, else the one that the lock's completions came from."""
        configured, asked = self.configuration.model, self.frozen.model
        if configured.model or asked is None:
            return configured
        return configured.model_copy(update=dict(asked))

    @cached_property
    def meter(self) -> Meter:
        """What this run has spent."""
        return Meter(settings=self.settings, progress=self.progress)

    @cached_property
    def completer(self) -> Completer:
        """Finds this run's answers."""
        return Completer(
            settings=self.settings,
            frozen=self.frozen,
            use=self.use,
            client=_LateClient(self.settings, self.meter),
            meter=self.meter,
            cache=self.cache,
        )

    @cached_property
    def reader(self) -> Reader:
        """The chosen reader. Raises `StageFailed` (AC1115) for a reader that there is not."""
        name = self.reader_name
        if name not in registry.READERS:
            message = f'{self.file} names the reader "{name}", which there is not'
            raise StageFailed([Diagnostic(code="AC1115", message=message, subject=self.file)])
        made = registry.load(registry.READERS[name])
        return made(completer=self.completer) if made is ModelReader else made()

    def read(self, prose: str, *, file: str) -> Reading:
        """The reading of a text; the same text is read once. Says what was spent, and what --refresh changed."""
        if prose not in self._readings:
            try:
                self._readings[prose] = self.reader.read(prose, file=file)
            finally:
                self.report("model")
            if self.use is Use.REFRESH:
                for line in self._difference(self._readings[prose], file):
                    self.talk("facts", line)
        return self._readings[prose]

    def report(self, stage: str) -> None:
        """Says what was asked of a model and what came of it, where one took part."""
        if summary := self.summary:
            self.talk(stage, summary)

    def _difference(self, reading: Reading, file: str) -> list[str]:
        """The facts that a text loses (-) and gains (+) against its reading from the lock, if that has one."""
        try:
            before = Session(frozen=self.frozen, file=self.file, use=Use.FROZEN).read(reading.prose.text, file=file)
        except StageFailed:
            return []
        return [line for line in difflib.ndiff(_lines(before), _lines(reading)) if line[0] in "+-"]

    def kept(self, bodies: Mapping[str, str]) -> Frozen:
        """What the next lock keeps: the completions that this run rests on, and those that are a body's text."""
        written = {
            digest: completion
            for digest, completion in (self.frozen.completions | self.completer.used).items()
            if completion.task == FILL and bodies.get(completion.subject) == completion.reply.get("source")
        }
        kept = {d: c for d, c in self.completer.used.items() if c.task != FILL} | written
        asked = self._asked if self.completer.used else self.frozen.model
        return Frozen(reader=self.reader_name, model=asked if kept else None, completions=dict(sorted(kept.items())))

    @property
    def _asked(self) -> Asked:
        given = self.settings
        return Asked(model=given.model, mode=given.mode, parameters=given.parameters, sentences=given.sentences)

    @property
    def summary(self) -> str:
        """What was asked and what came of it, in one line; empty where no model took part."""
        if not (self.meter.usage.calls or self.meter.replayed):
            return ""
        reader = self.reader
        found = (
            f"; {reader.taken} facts taken, {len(reader.refused)} refused" if isinstance(reader, ModelReader) else ""
        )
        return f"{self.meter.summary}{found}"


def written_by_model(frozen: Frozen, bodies: Mapping[str, str]) -> dict[str, str]:
    """The functions whose body is, to the letter, what a model wrote: name to the sha256 (hex) of the body."""
    texts = {c.subject: c.reply.get("source") for c in frozen.completions.values() if c.task == FILL}
    return {name: sha256(body.encode()).hexdigest() for name, body in sorted(bodies.items()) if texts.get(name) == body}


def _lines(reading: Reading) -> list[str]:
    return sorted(f"{fact.kind}: " + ", ".join(f"{k}={v}" for k, v in fact.values.items()) for fact in reading.facts)
