"""What a run spends on its model, and the limits that it keeps: calls, tokens, money, seconds of waiting.

Refuses the call that could go over a limit, before it is made.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.readers.model.settings import ModelSettings

Progress = Callable[[str], None]

_BEAT = 5.0
_MILLION = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens that an endpoint counted for a completion, and the requests that it took."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            calls=self.calls + other.calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
        )


@dataclass(kw_only=True)
class Meter:
    """Counts what a run spends. `replayed` counts the completions that cost nothing."""

    settings: ModelSettings
    progress: Progress
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    replayed: int = 0

    @property
    def cost(self) -> float | None:
        """Money spent; None where no prices are known."""
        return self._price(self.usage)

    def _price(self, usage: Usage) -> float | None:
        given = self.settings.input_price, self.settings.output_price
        if given[0] is None or given[1] is None:
            return None
        return (usage.input_tokens * given[0] + usage.output_tokens * given[1]) / _MILLION

    @property
    def seconds_left(self) -> float:
        """Seconds that this run may still wait."""
        return self.settings.max_seconds - self.seconds

    def allow(self, input_tokens: int, output_tokens: int) -> None:
        """Raises `StageFailed` (AC1110) where one more call of at most this size could go over a limit."""
        after = self.usage + Usage(calls=1, input_tokens=input_tokens, output_tokens=output_tokens)
        tokens = after.input_tokens + after.output_tokens
        cost, limit = self._price(after), self.settings.max_cost
        if limit is not None and cost is None:
            raise _spent("max_cost", "the limit on money needs input_price and output_price")
        if after.calls > self.settings.max_calls:
            raise _spent("max_calls", f"the limit of {self.settings.max_calls} calls is reached")
        if tokens > self.settings.max_tokens:
            raise _spent("max_tokens", f"the next call could go over the limit of {self.settings.max_tokens:,} tokens")
        if self.seconds_left <= 0:
            raise _spent("max_seconds", f"the limit of {self.settings.max_seconds:g} s of waiting is reached")
        if limit is not None and cost is not None and cost > limit:
            raise _spent("max_cost", f"the next call could cost more than the limit of {limit:g}")

    def add(self, usage: Usage) -> None:
        """Counts what came of a call."""
        self.usage += usage

    @contextmanager
    def waiting(self, text: str) -> Generator[None]:
        """Counts the seconds, and says every few of them that the wait goes on."""
        begin, over = time.monotonic(), threading.Event()

        def beat() -> None:
            while not over.wait(_BEAT):
                self.progress(f"{text}, {time.monotonic() - begin:.0f} s")

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            self.seconds += time.monotonic() - begin

    def pause(self, seconds: float, why: str) -> None:
        """Waits before a request is sent again. Raises `StageFailed` (AC1110) where that takes longer than allowed."""
        if seconds > self.seconds_left:
            raise _spent("max_seconds", f"{why}; waiting {seconds:g} s goes over the limit")
        self.progress(f"{why}; trying again in {seconds:g} s")
        with self.waiting(why):
            time.sleep(seconds)

    @property
    def summary(self) -> str:
        """One line for the screen."""
        used = self.usage
        parts = [f"{used.calls} call{'' if used.calls == 1 else 's'}"]
        if used.calls:
            parts += [f"{used.input_tokens:,} + {used.output_tokens:,} tokens", f"{self.seconds:.1f} s"]
        if self.replayed:
            parts.append(f"{self.replayed} replayed")
        if used.calls and self.cost is not None:
            parts.append(f"cost {self.cost:.4f}")
        return ", ".join(parts)

    def as_data(self) -> dict[str, object]:
        """JSON-ready, for the record of builds."""
        return {
            "calls": self.usage.calls,
            "replayed": self.replayed,
            "input_tokens": self.usage.input_tokens,
            "output_tokens": self.usage.output_tokens,
            "cost": self.cost,
        }


def _spent(setting: str, message: str) -> StageFailed:
    help_ = f"raise {setting} in config.toml, or shorten the text"
    return StageFailed([Diagnostic(code="AC1110", message=message, subject=setting, help=help_)])
