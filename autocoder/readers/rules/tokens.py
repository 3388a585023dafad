"""Splits a stretch of prose into tokens, literals first.

Owns the literal kinds (data: name, expression) and the sentence splitter. A literal (code span, quote, route, path,
number with its unit, time, host) is one token, so that nothing later looks inside it by accident. Every expression is
bounded, so that hostile text costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Token:
    """A piece of the prose. `value` is what it stands for: lower-case words, literals without their quotes."""

    kind: str
    text: str
    start: int
    end: int
    value: str

    @property
    def is_word(self) -> bool:
        """Whether it is subject to word-level accounting."""
        return self.kind not in _SIGNS


_SIGNS = frozenset({"punct", "mark", "space"})

LITERALS: tuple[tuple[str, str], ...] = (
    ("comment", r"<!--.{0,4000}?-->"),
    (
        "route",
        (
            r"`?\b(?:GET|POST|PUT|PATCH|DELETE)`?\s{1,3}`?"
            r"/(?:[\w\-~:.]{0,80}(?:\{\w{1,60}\})?[\w\-~]{0,60}/?){0,20}(?<![.:])(?:\?\w[\w=&…{}<>|\[\]-]{0,200})?`?"
        ),
    ),
    ("code", r"``[^\n]{1,300}?``|`[^`\n]{1,300}`"),
    ("quoted", r"“[^“”\n]{1,300}”|\"[^\"\n]{1,300}\"|‘[^‘’\n]{1,300}’(?!\w)|(?<!\w)'[^'\n]{1,80}'(?!\w)"),
    (
        "shape",
        r"(?:\b[A-Z]\w{1,60}\s{0,2}=\s{0,2})?\{[^{}\n]{0,600}(?:\{[^{}\n]{0,600}\}[^{}\n]{0,600}){0,20}\}(?:\[\])?",
    ),
    ("regex", r"(?<!\w)\^[^\s;,]{1,200}\$"),
    ("url", r"https?://[^\s<>()\[\]{}]{1,300}[^\s<>()\[\]{}.,;:!?]"),
    ("email", r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    ("path", r"(?<![\w/.)])/(?:[\w\-~:.]{0,80}(?:\{\w{1,60}\})?[\w\-~]{0,60}/?){1,20}(?<![.:])"),
    ("media", r"\b(?:application|text|image|multipart)/[a-z][\w.+-]{1,60}"),
    ("abbreviation", r"\b(?:e\.g\.|i\.e\.|etc\.|vs\.|approx\.|max\.|min\.|incl\.|resp\.|a\.m\.|p\.m\.|no\.(?=\s?\d))"),
    ("time", r"\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\b)?|\b\d{1,2}\s?[ap]m\b"),
    ("percentile", r"\b[pP]\d{2}(?:\.\d{1,3})?\b"),
    ("percent", r"\b\d{1,3}(?:\.\d{1,6})?\s?(?:%|percent\b|per cent\b)"),
    ("sized", r"\b\d{1,9}-[A-Za-z]{1,20}(?:-long)?\b"),
    ("host", r"\b(?:[a-z0-9](?:[a-z0-9-]{0,60}[a-z0-9])?\.){1,6}[a-z]{2,24}\b(?![(@])"),
    ("dots", r"(?<=\d)\s?(?:\.{2,3}|…)\s?(?=-?\d)"),
    (
        "number",
        (
            r"(?<![\w.])-?\d{1,3}(?:[,_]\d{3}){1,6}\b"
            r"|(?:(?<![\w.])|(?<=\d\.\.)|(?<=\d\.\.\.))-?\d{1,18}(?:\.\d{1,12})?(?:k|K)?(?![\d])"
        ),
    ),
    ("snake", r"\b[A-Za-z][A-Za-z0-9]{0,60}(?:_[A-Za-z0-9]{1,60}){1,8}\b"),
    ("camel", r"\b[a-z]{1,40}(?:[A-Z][a-z0-9]{0,40}){1,8}\b|\b(?:[A-Z][a-z0-9]{1,40}){2,8}\b"),
    ("word", r"°[CF]\b|[^\W\d_]+(?:['’‐‑-][^\W\d_]+){0,6}\d{0,3}"),
    ("mark", r"\*{1,3}|_{1,3}|~~"),
    ("arrow", r"→|->|⇒|=>"),
    ("compare", r"<=|>=|≤|≥|<|>"),
    ("space", r"\s+"),
    ("punct", r"."),
)
"""Literal kinds in order of precedence."""

KNOWN_CAMEL = re.compile(
    r"openid|postgresql|mysql|mariadb|sqlite|mongodb|rabbitmq|github|gitlab|openapi|javascript|graphql|oauth", re.I
)
"""Names with an inner capital that are ordinary words."""

_MASTER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in LITERALS), re.S)
_ENDS = frozenset(".!?…。")
_CLOSERS = frozenset("\"'”’)*_")


def tokenize(text: str, offset: int = 0) -> tuple[Token, ...]:
    """The tokens of `text`, without white space; `offset` is where it starts in the prose."""
    return tuple(_tokens(text, offset))


def _tokens(text: str, offset: int) -> Iterator[Token]:
    for match in _MASTER.finditer(text):
        kind, word = match.lastgroup or "punct", match.group()
        if kind in {"space", "comment"}:
            continue
        start = offset + match.start()
        if kind == "word":
            yield from _word(word, start)
            continue
        if kind == "code" and re.fullmatch(r"`[1-5]\d\d`", word):
            kind = "number"  # a status
        if kind == "camel" and KNOWN_CAMEL.fullmatch(word):
            kind = "word"
        yield Token(kind=kind, text=word, start=start, end=start + len(word), value=_value(kind, word))


def _word(word: str, start: int) -> Iterator[Token]:
    """A word; a possessive ending is a token of its own ("user's" is "user" + "'s")."""
    stem = re.match(r"(.+?)(['’]s|(?<=s)['’])$", word)
    if stem and not word.lower().startswith(("it'", "it’", "that", "there", "let", "what")):
        cut = len(stem.group(1))
        yield Token(kind="word", text=word[:cut], start=start, end=start + cut, value=word[:cut].lower())
        yield Token(kind="word", text=word[cut:], start=start + cut, end=start + len(word), value="'s")
        return
    value = word.lower().replace("’", "'").replace("‐", "-").replace("‑", "-")
    yield Token(kind="word", text=word, start=start, end=start + len(word), value=value)


def _value(kind: str, word: str) -> str:
    match kind:
        case "code":
            return word.strip("`").strip()
        case "route":
            return " ".join(word.replace("`", " ").partition("?")[0].split())
        case "quoted":
            return word[1:-1].strip()
        case "number":
            plain = word.strip("`").replace(",", "").replace("_", "")
            return f"{plain[:-1]}000" if plain[-1] in "kK" else plain
        case "percent":
            return re.match(r"[\d.]+", word).group()  # pyright: ignore[reportOptionalMemberAccess]
        case "percentile":
            return word[1:]
        case "dots":
            return ".."
        case "shape":
            return word[word.index("{") :]
        case "word" | "time" | "sized" | "abbreviation":
            return word.lower()
        case _:
            return word


def _opens_line(tokens: Sequence[Token], i: int, text: str, offset: int) -> bool:
    """Whether a token starts a line of its own: a route, an arrow, a label, a named shape, below another one's.

    A line that ends with a route is a heading where the next one starts with a capital.
    """
    before = next((t for t in reversed(tokens[max(i - 4, 0) : i]) if t.kind != "mark"), None)
    if before is None or "\n" not in text[before.end - offset : tokens[i].start - offset] or tokens[i].kind == "mark":
        return False
    after = next((t for t in tokens[i + 1 : i + 4] if t.kind != "mark"), None)
    told = tokens[i].kind in {"route", "arrow"} or (before.kind == "route" and tokens[i].text[:1].isupper())
    labelled = after is not None and after.text == ":" and tokens[i].text[:1].isupper()
    return told or (labelled and before.text not in {",", ":"})


def sentences(tokens: Sequence[Token], text: str, offset: int = 0) -> Iterator[tuple[Token, ...]]:
    """The tokens sentence by sentence; the closing mark is the last token of its sentence."""
    start = 0
    for i, token in enumerate(tokens):
        if i > start and _opens_line(tokens, i, text, offset):
            yield tuple(tokens[start:i])
            start = i
        if _ends_sentence(tokens, i, text, offset):
            end = i + 1
            while end < len(tokens) and tokens[end].text in _CLOSERS and tokens[end].start == tokens[end - 1].end:
                end += 1
            if end > start:
                yield tuple(tokens[start:end])
            start = max(start, end)
        del token
    if start < len(tokens):
        yield tuple(tokens[start:])


def _ends_sentence(tokens: Sequence[Token], i: int, text: str, offset: int) -> bool:
    token = tokens[i]
    if token.kind == "quoted" and token.text[-2:-1] in _ENDS and i + 1 < len(tokens):
        return tokens[i + 1].is_word and tokens[i + 1].text[:1].isupper()  # a quoted sentence ends the one around it
    if token.kind != "punct" or token.text not in _ENDS:
        return False
    after = token.end - offset
    return after >= len(text) or text[after].isspace() or text[after] in _CLOSERS or token.text == "。"
