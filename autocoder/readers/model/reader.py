"""The model reader: the rules' reading, widened by facts that a model finds in the same sentences.

Owns what the model is shown (sentences that are prose, nothing else: no context file, no block of code or HTML) and
what is reported of its answers. Raises `StageFailed` where the model could not be asked, never because of what a
text says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autocoder.diagnostics import Diagnostic, Note, Severity
from autocoder.facts import KINDS, FactKind, Prose, SlotSpec
from autocoder.readers.model.checking import Checked, Refused, check_rows
from autocoder.readers.model.completions import Completer, Request
from autocoder.readers.model.merging import merge
from autocoder.readers.model.prompts import load_prompt
from autocoder.readers.model.replies import FactRows
from autocoder.readers.protocol import Context, Outcome, Reading
from autocoder.readers.rules import RulesReader
from autocoder.readers.rules.lexicon.words import words

TASK, VERSION = "read-facts", 1
_NO_PROSE = ("AC1003", "AC1004")
_SHOWN = 12
_ENGLISH = words(
    "the a an is are be of to and in for with can by on it that or has have must each their from as at may"
)
_OTHERS = words(
    "der das und ein eine einen ist nicht mit für auf dem den sich von wird werden kann nach wer zur le les et une des "
    "est dans pour qui sur avec peut el los las y una con por que para del se su il gli che di è per non sono een het "
    "van niet wordt naar um uma não os com и в на не"
)
"""The commonest words of languages with spaces between words; those that English has too are left out."""


@dataclass(kw_only=True)
class ModelReader:
    """Reads with the rules first, then with a model, and puts both together. `refused` are the facts not taken."""

    completer: Completer
    name: str = "model"
    refused: tuple[Refused, ...] = ()
    taken: int = 0

    def read(self, prose: str, *, file: str, context: Context | None = None) -> Reading:
        """The reading of a text; `file` is the path that places show."""
        rules = RulesReader().read(prose, file=file, context=context)
        if _foreign(rules):
            return replace(rules, diagnostics=(_not_english(rules), *rules.diagnostics))
        text = Prose(text=prose, file=file)
        found: dict[int, list[Checked]] = {}
        refused: list[Refused] = []
        for numbers in self._chunks(rules):
            shown = {number + 1: rules.sentences[number].span for number in numbers}
            reply = self.completer.complete(self._request(shown_texts(rules, numbers)), FactRows)
            taken, no = check_rows(reply.rows, shown, text)
            refused += no
            for checked in taken:
                found.setdefault(checked.sentence - 1, []).append(checked)
        self.refused, self.taken = tuple(refused), sum(len(facts) for facts in found.values())
        merged = merge(rules, found)
        return replace(merged, diagnostics=(*merged.diagnostics, *_refusals(refused)))

    def _chunks(self, rules: Reading) -> Iterator[list[int]]:
        """The numbers, from 0, of the sentences of each request."""
        opaque = {(d.span.line, d.span.column) for d in rules.diagnostics if d.code in _NO_PROSE and d.span}
        places = [(s.span.place.line, s.span.place.column) for s in rules.sentences]
        readable = [n for n, place in enumerate(places) if place not in opaque]
        size = self.completer.settings.sentences
        for start in range(0, len(readable), size):
            yield readable[start : start + size]

    def _request(self, sentences: Sequence[tuple[int, str]]) -> Request:
        settings, prompt = self.completer.settings, load_prompt(TASK, VERSION)
        rows = [{"sentence": number, "text": text} for number, text in sentences]
        values = {"kinds": vocabulary(), "sentences": json.dumps(rows, ensure_ascii=False, indent=0)}
        return Request(
            task=TASK,
            subject=f"sentences {sentences[0][0]} to {sentences[-1][0]}",
            model=settings.model,
            mode=settings.mode,
            prompt=prompt.name,
            prompt_sha256=prompt.sha256,
            schema=FactRows.model_json_schema(),
            parameters=settings.parameters,
            messages=prompt.filled(values),
        )


def shown_texts(rules: Reading, numbers: Sequence[int]) -> list[tuple[int, str]]:
    """What the model sees of the sentences with these numbers (from 0): each with its number from 1, on one line."""
    return [(n + 1, " ".join(rules.sentences[n].span.text.split())) for n in numbers]


def vocabulary() -> str:
    """The kinds of facts with their slots, as the prompt shows them."""
    return "\n".join(_kind(kind) for kind in KINDS.values())


def _kind(kind: FactKind) -> str:
    slots = "\n".join(f"  - {name}{'*' if spec.required else ''}: {_slot(spec)}" for name, spec in kind.slots.items())
    return f"- {kind.name}: {kind.meaning}\n{slots}"


def _slot(spec: SlotSpec) -> str:
    return f"{spec.type} ({', '.join(spec.choices) or spec.meaning})"


def _foreign(rules: Reading) -> bool:
    """Whether the rules understood nothing, and the commonest words, or most letters, are those of another language."""
    if any(s.outcome is Outcome.FACTS and any(f.kind != "system" for f in s.facts) for s in rules.sentences):
        return False
    said = re.findall(r"[^\W\d_]+", " ".join(s.span.text for s in rules.sentences).casefold())
    others, english = (sum(word in common for word in said) for common in (_OTHERS, _ENGLISH))
    latin = sum(word.isascii() for word in said)
    return others > max(english, 1) or 2 * latin < len(said)


def _not_english(rules: Reading) -> Diagnostic:
    return Diagnostic(
        code="AC1118",
        message="the text is not English, so the model was not asked",
        span=rules.sentences[0].span.place,
        rule="facts consist of the text's own words",
        help="translate the description",
    )


def _refusals(refused: Sequence[Refused]) -> Iterator[Diagnostic]:
    if not refused:
        return
    invented = sum(r.invented for r in refused)
    shown = [Note(message=r.why) for r in refused[:_SHOWN]]
    if len(refused) > _SHOWN:
        shown.append(Note(message=f"… and {len(refused) - _SHOWN} more"))
    yield Diagnostic(
        code="AC1116",
        message=f"{len(refused)} of the model's facts were refused, {invented} of them for an invented quote",
        value=str(len(refused)),
        rule="every quote is in its sentence, and every value is in its quote",
        severity=Severity.WARNING,
        notes=tuple(shown),
    )
