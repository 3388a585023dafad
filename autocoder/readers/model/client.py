"""The model's client: the one place that opens a connection to a model, and the one owner of openai and instructor.

Owns the protocol: structured output, asking again where an answer does not fit, sending again what failed on the way,
and what every way of failing is called. The key goes into the request's header and nowhere else; text that an endpoint
sends back is shortened, and the key is taken out of it, before anybody sees it.
"""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Sequence
from typing import Any, TypeVar, cast

import instructor
import openai
from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException
from pydantic import BaseModel

from autocoder.diagnostics import Diagnostic, Note, StageFailed
from autocoder.readers.model.completions import Message, Request
from autocoder.readers.model.meter import Meter, Usage
from autocoder.readers.model.settings import ModelSettings, check_endpoint

R = TypeVar("R", bound=BaseModel)

_MODES = {
    "tools": instructor.Mode.TOOLS,
    "json_schema": instructor.Mode.JSON_SCHEMA,
    "json": instructor.Mode.JSON,
}
_CHARACTERS_PER_TOKEN = 3
_LONGEST_PAUSE = 30.0
_RETRIED = (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError)

for _name in ("instructor", "openai", "httpx", "httpx2"):
    # They log requests, prose included, and instructor every failure; what people need to know is a diagnostic.
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class OpenAIClient:
    """Asks an OpenAI-compatible endpoint. The connection is made at the first question."""

    def __init__(self, settings: ModelSettings, meter: Meter) -> None:
        self.settings = settings
        self.meter = meter
        self._opened: openai.OpenAI | None = None

    def ask(self, request: Request, messages: Sequence[Message], reply: type[R]) -> tuple[R, Usage]:
        """An answer that fits `reply`. Raises `StageFailed`, AC1103 to AC1112."""
        check_endpoint(self.settings)
        exchange = _Exchange(client=self._client, settings=self.settings, meter=self.meter, about=request.subject)
        create = instructor.patch(create=exchange.create, mode=_MODES[request.mode])
        try:
            answer = create(
                response_model=reply,
                model=request.model,
                messages=cast("Any", [dict(m) for m in messages]),
                max_retries=self.settings.reasks,
                strict=False,
                **cast("dict[str, Any]", request.parameters),
            )
        except IncompleteOutputException as error:
            raise _failed("AC1109", "the answer was cut off at its largest size", "raise max_tokens") from error
        except InstructorRetryException as error:
            raise self._explained(error, exchange) from None
        return answer, exchange.usage

    @property
    def _client(self) -> openai.OpenAI:
        if self._opened is None:
            omitted = openai.Omit()
            self._opened = openai.OpenAI(
                base_url=self.settings.url,
                api_key=self.settings.key.get_secret_value() or "none",
                # Every attempt is counted against the budget, so sending again is ours. A key never follows a redirect.
                max_retries=0,
                http_client=openai.DefaultHttpxClient(follow_redirects=False),
                # Variables that openai reads by itself choose nothing here.
                default_headers=cast("Any", {"OpenAI-Organization": omitted, "OpenAI-Project": omitted}),
            )
        return self._opened

    def _explained(self, error: InstructorRetryException, exchange: _Exchange) -> StageFailed:
        cause = error.__cause__
        if isinstance(cause, StageFailed):
            return cause
        if isinstance(cause, openai.OpenAIError):
            return _protocol_failure(cause, self.settings)
        problems = str(cause).splitlines()
        return _failed(
            "AC1112",
            f"the model gave no answer that fits the schema in {exchange.answers} tries",
            "try another mode (tools, json_schema, json) or another model",
            notes=[_clean(line, self.settings) for line in problems[:8]],
        )


class _Exchange:
    """One question with its answers: what instructor calls where it would call openai."""

    def __init__(self, *, client: openai.OpenAI, settings: ModelSettings, meter: Meter, about: str) -> None:
        self.client = client
        self.settings = settings
        self.meter = meter
        self.about = about
        self.usage = Usage()
        self.said: set[str] = set()

    @property
    def answers(self) -> int:
        """How many different answers there were."""
        return len(self.said)

    def create(self, **kwargs: Any) -> Any:
        """A completion that has an answer in it. Sends again, with growing pauses, what failed on the way."""
        size = len(json.dumps([kwargs.get("messages"), kwargs.get("tools")], default=str)) // _CHARACTERS_PER_TOKEN
        limit = kwargs.get("max_completion_tokens") or kwargs.get("max_tokens") or 0
        for attempt in itertools.count():
            self.meter.allow(size, limit)
            try:
                return self._checked(self._send(kwargs, size))
            except _RETRIED as error:
                if attempt >= self.settings.retries:
                    raise
                self.meter.pause(_pause(error, attempt), _what(error))
        raise AssertionError  # the loop above ends only by returning or raising

    def _send(self, kwargs: dict[str, Any], size: int) -> Any:
        seconds = min(self.settings.timeout, self.meter.seconds_left)
        counted = Usage(calls=1)
        try:
            with self.meter.waiting(f"waiting for {self.settings.model} ({self.about})"):
                create = cast("Any", self.client.chat.completions.create)
                response: Any = create(**kwargs, timeout=seconds)
            used = getattr(response, "usage", None)
            counted = Usage(
                calls=1,
                input_tokens=getattr(used, "prompt_tokens", None) or size,
                output_tokens=getattr(used, "completion_tokens", None) or 0,
            )
            return response
        finally:
            self.usage += counted
            self.meter.add(counted)

    def _checked(self, response: Any) -> Any:
        """Refuses what is no answer, and an answer that was given before: asking on would never end."""
        choices: Any = getattr(response, "choices", None)
        if not choices:
            raise _failed("AC1109", "the endpoint's answer has no choice in it", "is the address the one up to /v1?")
        message: Any = choices[0].message
        if message.refusal or choices[0].finish_reason == "content_filter":
            said = _clean(message.refusal or "its content filter", self.settings)
            raise _failed(
                "AC1109", f"the model refused to answer: {said}", "say it in other words, or ask another model"
            )
        if choices[0].finish_reason == "length":
            raise _failed(
                "AC1109", "the answer was cut off at its largest size", "raise max_tokens in [model.parameters]"
            )
        text = json.dumps([message.content, [c.function.arguments for c in message.tool_calls or ()]])
        if text in self.said:
            raise _failed("AC1111", "the model gives the same wrong answer again", "ask another model")
        self.said.add(text)
        return response


def _pause(error: openai.OpenAIError, attempt: int) -> float:
    """Seconds until the next try: what the endpoint asks for, else twice as long each time."""
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    try:
        return max(float(asked), 0.0)
    except ValueError:
        return min(0.5 * 2**attempt, _LONGEST_PAUSE)


def _what(error: openai.OpenAIError) -> str:
    match error:
        case openai.APITimeoutError():
            return "the model did not answer in time"
        case openai.APIConnectionError():
            return "the connection to the model failed"
        case openai.RateLimitError():
            return "the endpoint limits requests"
        case _:
            return "the endpoint has a fault"


def _protocol_failure(error: openai.OpenAIError, settings: ModelSettings) -> StageFailed:
    said = _clean(str(error), settings)
    tries = f"after {settings.retries + 1} tries"
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return _failed(
                "AC1103", f"the endpoint refused the key: {said}", f"put a valid key into {settings.key_variable}"
            )
        case openai.NotFoundError():
            text = f'the endpoint knows no model "{settings.model}" at this address: {said}'
            return _failed("AC1104", text, "check AUTOCODER_MODEL and AUTOCODER_MODEL_URL (it ends in /v1)")
        case openai.RateLimitError():
            return _failed("AC1105", f"the endpoint limits requests, {tries}: {said}", "wait, or raise the limit there")
        case openai.APITimeoutError():
            text = f"the model did not answer within {settings.timeout:g} s, {tries}"
            return _failed("AC1106", text, "raise timeout in config.toml, or ask a faster model")
        case openai.APIConnectionError():
            cause = _clean(str(error.__cause__ or error), settings)
            return _failed("AC1107", f"no whole answer came from {settings.url}, {tries}: {cause}", "is it running?")
        case openai.InternalServerError():
            return _failed("AC1108", f"the endpoint has a fault, {tries}: {said}", "look at the endpoint's own log")
        case _:
            text = f"the endpoint did not take the request: {said}"
            return _failed("AC1108", text, "check mode and parameters in config.toml")


def _failed(code: str, message: str, help_: str, notes: Sequence[str] = ()) -> StageFailed:
    return StageFailed(
        [Diagnostic(code=code, message=message, help=f"{help_}; see docs/models.md", notes=tuple(map(_note, notes)))]
    )


def _note(text: str) -> Note:
    return Note(message=text)


def _clean(text: str, settings: ModelSettings) -> str:
    """Text from outside on one line, short, printable, without the key."""
    key = settings.key.get_secret_value()
    flat = " ".join((text.replace(key, "…") if key else text).split())
    shown = "".join(c if c.isprintable() else "?" for c in flat)
    return shown if len(shown) <= 300 else f"{shown[:299]}…"
