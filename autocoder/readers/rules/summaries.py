"""Tells sentences that only sum up a specification, or praise it: "the service thus supports secure registration".

Owns when a sentence may be that: every word of it that could state something stands elsewhere in the text, or is
praise, and none restricts. Such a sentence states nothing of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from autocoder.readers.rules.discourse import Discourse
from autocoder.readers.rules.lexicon import closed, nouns
from autocoder.readers.rules.lexicon.words import words
from autocoder.readers.rules.phrases import Item

_SUMS_UP = words("overall thus effectively therefore together altogether summary short conclusion hence")
_PRAISE = words(
    "secure securely security simple reliable reliably robust effective seamless seamlessly easy easily efficient "
    "efficiently comprehensive detailed various several assist help issue problem usage encounter provide "
    "support ensure "
    "enable allow manage management way offer service backend system platform api server application full "
    "complete basic "
    "functionality interaction experience error message information data user-friendly convenient convenience "
    "possible "
    "feature capability operation handle handling consistent clear simple straightforward well flexible "
    "essential entire "
    "document describe specification specify overview environment process use make serve base based core key "
    "main purpose minimal mechanism endpoint user client "
    "implement implementation facilitate guarantee appropriate proper properly store storing retrieve creation "
    "deletion "
    "update authentication authorization validation quickly smooth smoothly while such both also them it they"
)
_FREE = words("while first then more each per own")
"""Words that restrict elsewhere; in a summary they only join."""


def is_summary(items: Sequence[Item], discourse: Discourse) -> bool:
    """Whether a sentence of a text with endpoints only sums up, or says beforehand, what other sentences state."""
    said = [i for i in items if any(w.token.is_word for w in i.words)]
    symbols = discourse.symbols
    if symbols.first_route is None or len(symbols.routes) < 2 or not said or _states(said):
        return False
    before = discourse.sentence < symbols.first_route
    values = [w.token.value for i in said for w in i.words]
    sums = bool(set(values[:6]) & _SUMS_UP) and any(
        symbols.system(i.lemma) or i.lemma in {"this", "it"} for i in said[:6]
    )
    if sums and not before and any(i.lemma in _OFFERS for i in said):
        return True
    return (sums or before) and all(_known(i, discourse) for i in said)


_OFFERS = words("provide offer support ensure enable make serve form deliver cover combine")


_USUAL = words(
    "all api endpoint request response body error accept return use json format content type application/json "
    "utf-8 be in "
    "and as encode encoded rest restful http https the are with should must send sent object every each "
    "exchange data both "
    "it is style write written follow conventions convention"
)


def goes_without_saying(items: Sequence[Item]) -> bool:
    """Whether a sentence only says that bodies are JSON: "All endpoints accept and return JSON."."""
    said = {i.lemma.lower() for i in items if any(w.token.is_word for w in i.words)}
    if said & {"timestamp", "time", "date"} and said <= _USUAL | words(
        "timestamp time date utc iso 8601 rfc 3339 iso8601"
    ):
        return True
    return bool(said & {"json", "application/json", "rest", "restful"}) and said <= _USUAL and len(said) > 2


def _states(said: Sequence[Item]) -> bool:
    """Whether a word asks for something definite: a number, a literal, a must, what restricts."""
    literal = any(i.tag == "L" and i.kind not in {"word", "camel", "number"} for i in said)
    limits = any(i.tag in "MXZBKH" for i in said)
    strict = any(w.token.value in closed.RESTRICTORS - _FREE for i in said for w in i.words)
    return literal or limits or strict or any(i.kind == "route" for i in said)


def _known(item: Item, discourse: Discourse) -> bool:
    """Whether a word says nothing that the text does not say elsewhere."""
    if item.tag in "DSPCAFTORQW,Y" or item.lemma in nouns.SYSTEMS:
        return True
    return all(_elsewhere(w.token.value, w.lemma, discourse) for w in item.words)


def _elsewhere(value: str, lemma: str, discourse: Discourse) -> bool:
    if {value, lemma} & (_PRAISE | _SUMS_UP) or not value.strip(".,;:!()"):
        return True
    stem = lemma[: max(4, len(lemma) - 4)]
    others = (w for w, numbers in discourse.symbols.where.items() if numbers - {discourse.sentence})
    return any(w.startswith(stem) or (len(w) > 3 and stem in w) for w in others)
