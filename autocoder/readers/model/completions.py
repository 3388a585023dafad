"""Completions, frozen: each one under the canonical hash of the whole request that it answers.

Owns requests, the part of `autocoder.lock` that keeps completions, the cache beside it, and the order in which an
answer is looked for: the lock, the cache, the model. Never opens a connection itself. Refuses, where only frozen
completions may be used, a request that none of them answers, and names what is missing or changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, TypeVar

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from autocoder.diagnostics import Diagnostic, Note, StageFailed
from autocoder.readers.model.meter import Meter, Usage
from autocoder.readers.model.settings import ModelSettings

LOCK = "autocoder.lock"
Parameters = dict[str, str | int | float | bool | None]
Message = Mapping[str, str]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rejected(_Strict):
    """An answer that fitted the schema and was sent back: the hash of its canonical form, and why."""

    sha256: str
    problem: str


class Completion(_Strict):
    """A completion with everything that its request consisted of; long parts by their hash."""

    task: str
    subject: str
    model: str
    mode: str
    prompt: str
    prompt_sha256: str
    schema_sha256: str
    parameters: Parameters
    messages_sha256: str
    reply: dict[str, Any]
    rejected: tuple[Rejected, ...] = ()
    calls: int
    input_tokens: int
    output_tokens: int


class Asked(_Strict):
    """The settings that decide what a request says."""

    model: str
    mode: str
    parameters: Parameters
    sentences: int


class Frozen(_Strict):
    """What `autocoder.lock` keeps of reading and filling: who read, which model was asked, every completion by hash."""

    reader: str = "rules"
    model: Asked | None = None
    completions: dict[str, Completion] = Field(default_factory=dict[str, Completion])

    @staticmethod
    def of_lock(text: str | None, *, file: str = LOCK) -> Frozen:
        """The part of a lock's text. Raises `StageFailed` (AC1115) where it is not one that autocoder wrote."""
        if text is None:
            return Frozen()
        try:
            data: Any = json.loads(text)
            return Frozen.model_validate({name: value for name, value in data.items() if name in Frozen.model_fields})
        except (ValueError, AttributeError) as error:
            first = error.errors()[0] if isinstance(error, ValidationError) else None
            said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}" if first else str(error)
            message = f"{file} is not a lock that autocoder wrote: {said}"
            help_ = "take it from version control again"
            raise StageFailed([Diagnostic(code="AC1115", message=message, subject=file, help=help_)]) from None

    def as_data(self) -> dict[str, Any]:
        """JSON-ready, as it stands in the lock."""
        return self.model_dump(mode="json")


def with_frozen(lock: str | None, frozen: Frozen) -> str:
    """The text of a lock with these completions in it; whatever else stands in it stays."""
    data: Any = json.loads(lock) if lock else {"version": 1}
    return json.dumps(data | frozen.as_data(), indent=2, sort_keys=True) + "\n"


def canonical_hash(value: object) -> str:
    """sha256 (hex) over the canonical JSON of a value."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()  # pyright: ignore[reportArgumentType] # JSON-ready by type


@dataclass(frozen=True, kw_only=True)
class Request:
    """Everything that decides an answer. `subject` says for people what it is about."""

    task: str
    subject: str
    model: str
    mode: str
    prompt: str
    prompt_sha256: str
    schema: Mapping[str, Any]
    parameters: Parameters
    messages: Sequence[Message]

    @property
    def parts(self) -> dict[str, object]:
        """The parts by name, as a completion keeps them."""
        return {
            "model": self.model,
            "mode": self.mode,
            "prompt": self.prompt,
            "prompt_sha256": self.prompt_sha256,
            "schema_sha256": canonical_hash(self.schema),
            "parameters": self.parameters,
            "messages_sha256": canonical_hash(list(self.messages)),
        }

    @property
    def hash(self) -> str:
        """sha256 (hex) of the canonical form of the whole request."""
        return canonical_hash(
            {
                "task": self.task,
                "model": self.model,
                "mode": self.mode,
                "prompt": [self.prompt, self.prompt_sha256],
                "schema": self.schema,
                "parameters": self.parameters,
                "messages": list(self.messages),
            }
        )


class Use(StrEnum):
    """Where answers may come from."""

    ASK = "what is frozen, else the model"
    FROZEN = "only what is frozen"
    REFRESH = "the model, also where an answer is frozen"


class Client(Protocol):
    """Asks a model."""

    def ask(self, request: Request, messages: Sequence[Message], reply: type[R]) -> tuple[R, Usage]:
        """An answer that fits the schema, and what it took. Raises `StageFailed` for everything that went wrong."""
        ...


R = TypeVar("R", bound=BaseModel)
Check = Callable[[R], str]
"""Says what is wrong with an answer, empty where nothing is."""


@dataclass(kw_only=True)
class Completer:
    """Finds the answers to requests. `used` are the completions that this run rests on, by hash."""

    settings: ModelSettings
    frozen: Frozen
    use: Use
    client: Client
    meter: Meter
    cache: Path | None = None
    used: dict[str, Completion] = field(default_factory=dict[str, Completion])

    def complete(self, request: Request, reply: type[R], check: Check[R] = lambda _reply: "") -> R:
        """The answer to a request: frozen, from the cache, or asked for.

        An answer that `check` finds wrong is sent back with the exact problem, `settings.repairs` times at most.
        Raises `StageFailed`: AC1114 without a frozen answer where only those may be used, AC1117 where the last repair
        is wrong too, and whatever the client raises.
        """
        digest = request.hash
        found = self.used.get(digest) or self._known(digest)
        if found is None and self.use is Use.FROZEN:
            raise StageFailed([self._missing(request)])
        if found is not None:
            answer = reply.model_validate(found.reply)
            if problem := check(answer):
                raise StageFailed([_stopped(request, problem, 0)])
            self.meter.replayed += digest not in self.used
        else:
            answer, found = self._ask(request, reply, check)
            self._remember(digest, found)
        self.used[digest] = found
        return answer

    def _known(self, digest: str) -> Completion | None:
        if self.use is Use.REFRESH:
            return None
        found = self.frozen.completions.get(digest)
        return self._cached(digest) if found is None and self.use is Use.ASK else found

    def _ask(self, request: Request, reply: type[R], check: Check[R]) -> tuple[R, Completion]:
        messages = list(request.messages)
        rejected: list[Rejected] = []
        spent = Usage()
        while True:
            answer, usage = self.client.ask(request, messages, reply)
            spent += usage
            said = answer.model_dump(mode="json")
            problem = check(answer)
            if not problem:
                break
            digest = canonical_hash(said)
            if len(rejected) >= self.settings.repairs or digest in {r.sha256 for r in rejected}:
                raise StageFailed([_stopped(request, problem, len(rejected))])
            rejected.append(Rejected(sha256=digest, problem=problem))
            messages += [
                {"role": "assistant", "content": json.dumps(said)},
                {"role": "user", "content": f"That was refused. Mend exactly this and answer again:\n\n{problem}"},
            ]
        return answer, Completion(
            task=request.task,
            subject=request.subject,
            reply=said,
            rejected=tuple(rejected),
            calls=spent.calls,
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
            **request.parts,  # pyright: ignore[reportArgumentType] # the same names with the same types
        )

    def _missing(self, request: Request) -> Diagnostic:
        """Which part of the request differs from the frozen one about the same thing, or that there is none."""
        same = [c for c in self.frozen.completions.values() if c.task == request.task]
        kept = next((c for c in same if c.subject == request.subject), same[0] if len(same) == 1 else None)
        changed = [name for name, value in request.parts.items() if kept and getattr(kept, name) != value]
        what = f"changed: {', '.join(_WORDS[name] for name in changed)}" if kept else "there is none about it"
        return Diagnostic(
            code="AC1114",
            message=f"no frozen completion answers {request.task} ({request.subject}); {what}",
            subject=request.subject,
            value=request.hash[:12],
            rule="a frozen build opens no connection",
            help=f"build without --frozen, look at what changes, and keep {LOCK}",
            notes=tuple(_difference(name, getattr(kept, name), request.parts[name]) for name in changed),
        )

    # The cache: an answer that was paid for outlives a build that ended in questions.

    def _path(self, digest: str) -> Path | None:
        if self.cache is None:
            return None
        where = hashlib.sha256(self.settings.url.encode()).hexdigest()[:8]
        return self.cache / f"{where}-{digest}.json"

    def _cached(self, digest: str) -> Completion | None:
        path = self._path(digest)
        try:
            return Completion.model_validate_json(path.read_bytes()) if path else None
        except (OSError, ValidationError):
            return None  # not there, or of another version: asked again

    def _remember(self, digest: str, completion: Completion) -> None:
        if (path := self._path(digest)) is None:
            return
        with contextlib.suppress(OSError):  # a cache that cannot be written costs a call, nothing else
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(completion.model_dump_json())
            Path(name).replace(path)


_WORDS = {
    "model": "the model",
    "mode": "the mode",
    "prompt": "the prompt's version",
    "prompt_sha256": "the prompt's text",
    "schema_sha256": "the schema of answers",
    "parameters": "the parameters",
    "messages_sha256": "the messages (the text that was read, or the vocabulary)",
}


def _difference(name: str, frozen: object, now: object) -> Note:
    return Note(message=f"{_WORDS[name]}: frozen {_short(frozen)}, now {_short(now)}")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= 60 else f"{text[:12]}…"


def _stopped(request: Request, problem: str, repairs: int) -> Diagnostic:
    lines = problem.splitlines() or [""]
    return Diagnostic(
        code="AC1117",
        message=f"{request.task} ({request.subject}): the answer is wrong after {repairs} repairs: {lines[0]}",
        subject=request.subject,
        rule="what a model writes passes the same checks as everything else, or it is not taken",
        help="write it by hand, say more in the description and examples, or ask another model",
        notes=tuple(Note(message=line) for line in lines[1:12]),
    )
