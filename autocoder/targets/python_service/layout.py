"""Lays out Python source as the field's formatter does: long statements are broken at brackets, outermost first.

Code is rendered in one line per statement; only this module knows about widths.
"""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 120
_OPEN, _CLOSE = "([{", ")]}"


def lay_out(source: str) -> str:
    """The source with every statement that is too long broken. Lines inside triple quotes are left alone."""
    lines: list[str] = []
    quoted = False
    for line in source.splitlines():
        if not quoted and len(line) > WIDTH and '"""' not in line and not line.lstrip().startswith("#"):
            indent = line[: len(line) - len(line.lstrip())]
            lines += _broken(indent, line.lstrip())
        else:
            lines.append(line.rstrip())
        if line.count('"""') % 2:
            quoted = not quoted
    return "\n".join(lines).rstrip("\n") + "\n"


@dataclass(frozen=True)
class _Bracket:
    start: int
    end: int


def _pairs(text: str) -> list[_Bracket]:
    """The outermost bracket pairs of a statement, text in quotes skipped."""
    found: list[_Bracket] = []
    depth, start, quote, i = 0, 0, "", 0
    while i < len(text):
        char = text[i]
        if quote:
            if char == "\\":
                i += 1
            elif char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        elif char in _OPEN:
            if depth == 0:
                start = i
            depth += 1
        elif char in _CLOSE:
            depth -= 1
            if depth == 0:
                found.append(_Bracket(start, i))
        i += 1
    return found


def _split(text: str, separator: str) -> list[str]:
    """The parts between separators that stand in no bracket and no quotes."""
    inside: set[int] = set()
    for pair in _pairs(text):
        inside.update(range(pair.start, pair.end))
    inside.update(_quoted(text))
    parts: list[str] = []
    begin = 0
    for i in range(len(text)):
        if i not in inside and text.startswith(separator, i):
            parts.append(text[begin:i])
            begin = i + len(separator)
    return [part.strip() for part in (*parts, text[begin:])]


def _quoted(text: str) -> set[int]:
    found: set[int] = set()
    quote, begin, i = "", 0, 0
    while i < len(text):
        if quote:
            if text[i] == "\\":
                i += 1
            elif text[i] == quote:
                found.update(range(begin, i + 1))
                quote = ""
        elif text[i] in "\"'":
            quote, begin = text[i], i
        i += 1
    return found


def _broken(indent: str, text: str) -> list[str]:
    if len(indent) + len(text) <= WIDTH:
        return [indent + text]
    pairs = [pair for pair in _pairs(text) if pair.end > pair.start + 1]
    if not pairs:
        return [indent + text]
    pair = pairs[0] if text.startswith(("def ", "async def ", "class ")) else pairs[-1]
    head, body, tail = text[: pair.start + 1], text[pair.start + 1 : pair.end].strip(), text[pair.end :]
    inner = indent + "    "
    parts = [part for part in _split(body, ",") if part]
    if len(inner) + len(body) <= WIDTH and not body.endswith(","):
        middle = [inner + body]
    elif len(parts) == 1:
        middle = _chain(inner, body)
    else:
        middle = [line for part in parts for line in _broken(inner, f"{part},")]
    return [indent + head, *middle, indent + tail]


def _chain(indent: str, text: str) -> list[str]:
    """A chain of calls, one call a line; anything else is broken at its brackets."""
    links = _split(text, ").")
    if len(links) < 3:
        return _broken(indent, text)
    calls = [f"{link})" for link in links[:-1]] + [links[-1]]
    first, *rest = calls
    return [line for call in (first, *(f".{call}" for call in rest)) for line in _broken(indent, call)]
