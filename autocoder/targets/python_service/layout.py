"""Lays out Python source as the field's formatter does: long statements are broken at brackets and operators.

Code is rendered in one line per statement; only this module knows about widths. It knows the shapes that this target
emits, not all of Python.
"""

from __future__ import annotations

import io
import re
import token
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import east_asian_width

WIDTH = 120
_OPEN, _CLOSE = "([{", ")]}"
_STEP = "    "
_STATEMENT = re.compile(r"(?:(?:if|elif|while|return|assert|yield) |[\w.\[\]\" :|]+? [+\-*]?= )(?=\S)")
_NAME = re.compile(r"\w+(\.\w+)*")
_LABEL = re.compile(r"(?:\w+=(?!=)|\"[^\"\\]*\": |\*{1,2})")
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"if", "else"}),
    frozenset({"or", "and"}),
    frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "is"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)


def lay_out(source: str) -> str:
    """The source with every statement that is too long broken. Lines inside triple quotes are left alone."""
    lines: list[str] = []
    quoted = False
    for line in source.splitlines():
        if not quoted and not fits(line) and '"""' not in line and not line.lstrip().startswith("#"):
            indent = line[: len(line) - len(line.lstrip())]
            lines += _statement(indent, line.strip())
        else:
            lines.append(line.rstrip())
        if line.count('"""') % 2:
            quoted = not quoted
    return "\n".join(lines).rstrip("\n") + "\n"


@dataclass(frozen=True)
class _Token:
    kind: int
    text: str
    start: int
    end: int
    depth: int


def _tokens(text: str) -> list[_Token]:
    """The tokens of one line; a bracket's depth is that of what surrounds it."""
    found: list[_Token] = []
    depth = 0
    for item in tokenize.generate_tokens(io.StringIO(text).readline):
        if item.type in (token.NEWLINE, token.NL, token.ENDMARKER, token.INDENT, token.DEDENT):
            continue
        if item.string in _CLOSE and item.type == token.OP:
            depth -= 1
        found.append(_Token(item.type, item.string, item.start[1], item.end[1], depth))
        if item.string in _OPEN and item.type == token.OP:
            depth += 1
    return found


def _statement(indent: str, text: str) -> list[str]:
    """A statement; a value without brackets of its own gets some."""
    if text.endswith(","):
        return _element(indent, text)
    match = _STATEMENT.match(text)
    value = text[match.end() :] if match else ""
    end = ":" if match and text.endswith(":") else ""
    value = value.removesuffix(end)
    if match and (_is_text(value) or (_splits(value) and not _hangs(indent, text, value)) or _NAME.fullmatch(value)):
        return [indent + match[0] + "(", *_element(indent + _STEP, value), f"{indent}){end}"]
    return _bracketed(indent, text)


def _hangs(indent: str, text: str, value: str) -> bool:
    """Whether a value with one operator is broken inside its brackets: those that it ends with, or begins with."""
    parts, pair = _splits(value), _pair(text)
    if len(parts) != 2 or pair is None or not fits(indent + text[: pair[0] + 1]):
        return False
    start, end = pair
    begins = value.startswith("(") and start == text.rindex(value)
    ends = text[end + 1 :] in {"", ":"} and not _is_index(text, start) and not _is_chain(parts[1])
    return begins or ends


def _is_index(text: str, start: int) -> bool:
    return text[start] == "[" and re.search(r"[\w)\]]$", text[:start]) is not None


def _is_chain(text: str) -> bool:
    """Whether calls follow upon calls."""
    return any(b.text == "." and a.text in (")", "]") for a, b in pairwise(t for t in _tokens(text) if t.depth == 0))


def _element(indent: str, text: str) -> list[str]:
    """Something inside brackets, with its comma."""
    if fits(indent + text):
        return [indent + text]
    comma = "," if text.endswith(",") else ""
    label = _LABEL.match(text)
    head = label[0] if label else ""
    value = text[len(head) :].removesuffix(",")
    if _is_text(value):
        return _pieces(indent, head, value, comma)
    parts = _splits(value)
    if not parts:
        return _bracketed(indent, text)
    parts[0] = head + parts[0]
    parts[-1] += comma
    return [line for part in parts for line in _element(indent, part)]


def _splits(text: str) -> list[str]:
    """The parts of an expression at its loosest operators, each led by its operator; none where there are none."""
    tokens = [t for t in _tokens(text) if t.depth == 0]
    loops = [t for t in tokens if t.text in ("for", "async")]
    if loops:
        begin = loops[0].start
        starts = [t.start for t in tokens if t.text in ("for", "if") and t.start >= begin and t.start > 0]
        return _cut(text, starts) if starts else []
    for level in _LEVELS:
        marks = [t.start for t in tokens if t.text in level and t.kind in (token.NAME, token.OP) and t.start > 0]
        starts = [mark for mark in marks if not text[:mark].rstrip().endswith(("not", "is", "lambda"))]
        if starts:
            return _cut(text, [_with_not(text, start) for start in starts])
    return []


def _with_not(text: str, start: int) -> int:
    """`not in` begins with its `not`."""
    before = text[:start].rstrip()
    return start - 4 if before.endswith(" not") and text[start:].startswith("in ") else start


def _cut(text: str, starts: list[int]) -> list[str]:
    bounds = [0, *starts, len(text)]
    return [part for a, b in pairwise(bounds) if (part := text[a:b].strip())]


def _is_text(value: str) -> bool:
    tokens = _tokens(value)
    return len(tokens) == 1 and tokens[0].kind == token.STRING


def _pieces(indent: str, head: str, value: str, comma: str) -> list[str]:
    """A long text in pieces that stand one below the other, cut after spaces and ends of lines."""
    quote = value[-1]
    if value[0] not in "\"'":
        return [indent + head + value + comma]
    lines = [indent + head]
    pieces = [""]
    for word in re.findall(r"(?:\\[^n]|[^ \\])*(?: |\\n)?", value[1:-1]):
        if not fits(f"{lines[-1]}{quote}{pieces[-1]}{word}{quote}{comma}") and pieces[-1]:
            lines.append(indent)
            pieces.append("")
        pieces[-1] += word
    found = [line + _quoted(piece, quote) for line, piece in zip(lines, pieces, strict=True)]
    return [*found[:-1], found[-1] + comma]


def _quoted(piece: str, quote: str) -> str:
    """A piece of a text that was in these quotes, in those that it needs by itself."""
    if quote == "'" and '"' not in piece:
        return '"' + piece.replace("\\'", "'") + '"'
    return quote + piece + quote


def _bracketed(indent: str, text: str) -> list[str]:
    """Something that is broken inside one of its outermost brackets."""
    pair = _pair(text, indent)
    if fits(indent + text) or pair is None:
        return [indent + text]
    start, end = pair
    head, body, tail = text[: start + 1], text[start + 1 : end].strip(), text[end:]
    inner = indent + _STEP
    parts = list(_arguments(body))
    if len(parts) == 1 and text.startswith(("def ", "async def ")):
        middle = [f"{inner}{body},"]
    elif fits(inner + body) and not body.endswith(",") and not (_is_display(text, start) and len(parts) > 1):
        middle = [inner + body]
    elif len(parts) == 1:
        middle = _chain(inner, body)
    else:
        middle = [line for part in parts for line in _element(inner, f"{part},")]
    return [indent + head, *middle, indent + tail]


def _pair(text: str, indent: str = "") -> tuple[int, int] | None:
    """The outermost brackets to break: the last that hold something, an index only where there is nothing else.

    What stands before them must fit into its line, as far as earlier ones can see to that.
    """
    tokens = [t for t in _tokens(text) if t.depth == 0]
    found: list[tuple[int, int, bool]] = []
    for before, here, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if here.text in _OPEN and here.kind == token.OP:
            index = here.text == "[" and before is not None and (before.kind == token.NAME or before.text in _CLOSE)
            if after is not None and after.start > here.end:
                found.append((here.start, after.start, index))
    if text.startswith(("def ", "async def ", "class ")):
        return found[0][:2] if found else None
    plain = [pair for pair in found if not pair[2]] or found
    fitting = [pair for pair in plain if fits(indent + text[: pair[0] + 1])] or plain[-1:]
    return fitting[-1][:2] if fitting else None


def _is_display(text: str, start: int) -> bool:
    """Whether a bracket holds a list, a set, a dictionary, a tuple or an index, and not arguments or a group."""
    return text[start] != "(" or not re.search(r"[\w)\]]$", text[:start])


def fits(line: str) -> bool:
    """Whether a line is within the width; wide characters count twice."""
    return len(line) <= WIDTH and (
        line.isascii() or sum(2 if east_asian_width(char) in "WF" else 1 for char in line) <= WIDTH
    )


def _arguments(body: str) -> Iterator[str]:
    begin = 0
    if any(item.depth == 0 and item.text == "for" for item in _tokens(body)):
        yield body.strip()
        return
    named = False  # whether these are the parameters of a lambda, which stay in one line
    for item in _tokens(body):
        if item.depth == 0 and item.text in ("lambda", ":"):
            named = item.text == "lambda"
        if item.depth == 0 and item.text == "," and not named:
            yield body[begin : item.start].strip()
            begin = item.end
    if rest := body[begin:].strip():
        yield rest


def _chain(indent: str, text: str) -> list[str]:
    """A chain of calls, one call a line; anything else is broken at its operators or brackets."""
    tokens = [t for t in _tokens(text) if t.depth == 0]
    dots = [b.start for a, b in pairwise(tokens) if b.text == "." and a.text in (")", "]")]
    label = _LABEL.match(text)
    if len(dots) < 2 or _splits(text[label.end() :] if label else text):
        return _element(indent, text)
    return [line for part in _cut(text, dots) for line in _bracketed(indent, part)]
