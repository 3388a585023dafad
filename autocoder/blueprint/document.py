"""A YAML file as plain data with positions.

Owns what YAML is here: version 1.2, one document, no tags, text keys, each key once, limited in size. Knows nothing of
blueprints: the shape of the data is the models' business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from autocoder.blueprint.positions import Extent, Path, Place, Positions
from autocoder.diagnostics import Diagnostic, Diagnostics, Note, Span, StageFailed

MAX_BYTES = 8_000_000
"""Size of one file."""
MAX_VALUES = 500_000
"""Maps, lists and scalars of one file, what aliases stand for included."""
MAX_ALIASED = 20_000
"""Values that all aliases together stand for."""
MAX_DEPTH = 40
"""Levels of maps and lists."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """The data of a file (dicts, lists, text, numbers, booleans, null) and where it stands."""

    data: Any
    positions: Positions


def read_document(source: str | bytes, *, file: str, diagnostics: Diagnostics) -> Document:
    """Reads one YAML file.

    Adds what is wrong with single keys and values to `diagnostics`; raises `StageFailed` where no data can be had.
    """
    text = _text(source, file)
    blank = Positions(file=file, text=text, places={})
    root = _Tree(positions=blank).build(text)
    reading = _Reading(positions=blank, diagnostics=diagnostics)
    data = reading.value(root, (), None)
    return Document(data=data, positions=Positions(file=file, text=text, places=reading.places))


# Text.

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]|(?<!^)\ufeff")


def _text(source: str | bytes, file: str) -> str:
    if len(source) > MAX_BYTES:
        start = Span(file=file, line=1, column=1)
        raise _failed("AC3007", f"the file has {len(source)} bytes", start, rule=f"at most {MAX_BYTES} bytes")
    if isinstance(source, bytes):
        try:
            source = source.decode("utf-8")
        except UnicodeDecodeError as error:
            before = source[: error.start].decode("utf-8")
            raise _failed(
                "AC3001",
                f"byte 0x{source[error.start]:02x} is not UTF-8",
                Positions(file=file, text=before, places={}).between(error.start, error.start),
                help="save the file as UTF-8",
            ) from None
    source = source.removeprefix("\ufeff")
    found = _UNREADABLE.search(source)
    if found:
        span = Positions(file=file, text=source, places={}).between(found.start(), found.end())
        raise _failed(
            "AC3001",
            f"the file holds the character U+{ord(found[0]):04X}",
            span,
            rule="a blueprint is text without control characters",
            help='remove it; in double quotes "\\uXXXX" writes a character by its number',
        )
    return source


def _failed(code: str, message: str, span: Span, **details: str) -> StageFailed:
    return StageFailed([Diagnostic(code=code, message=message, span=span, **details)])  # pyright: ignore[reportArgumentType] # text details only


# Events to a tree.


@dataclass(frozen=True, kw_only=True)
class _Event:
    """What the YAML reader reports, typed. `kind` is its class without "Event"."""

    kind: str
    start: int
    end: int
    value: str
    plain: bool
    flow: bool
    anchor: str
    tag: str


def _events(text: str) -> Iterator[_Event]:
    reader: Any = YAML(typ="safe", pure=True)
    for event in reader.parse(text):
        yield _Event(
            kind=type(event).__name__.removesuffix("Event"),
            start=event.start_mark.index,
            end=event.end_mark.index,
            value=getattr(event, "value", None) or "",
            plain=getattr(event, "style", None) is None,
            flow=bool(getattr(event, "flow_style", False)),
            anchor=getattr(event, "anchor", None) or "",
            tag=str(getattr(event, "tag", None) or ""),
        )


@dataclass(kw_only=True)
class _Node:
    extent: Extent
    plain: bool = False
    items: list[_Node] = field(default_factory=list["_Node"])
    kind: str = "scalar"
    open: bool = False
    size: int = 1


@dataclass(kw_only=True)
class _Tree:
    """Builds the tree of one document without recursion, so that no nesting can exhaust the stack."""

    positions: Positions
    anchors: dict[str, _Node] = field(default_factory=dict[str, _Node])
    open: list[_Node] = field(default_factory=list[_Node])
    root: _Node | None = None
    aliased: int = 0

    def build(self, text: str) -> _Node:
        documents = 0
        try:
            for event in _events(text):
                documents += event.kind == "DocumentStart"
                if documents > 1:
                    raise self._wrong("AC3004", "a second document starts here", event, help="remove the `---`")
                self._take(event)
        except MarkedYAMLError as error:
            raise _syntax_error(error, text, self.positions) from None
        except YAMLError as error:
            raise _failed("AC3002", f"no YAML: {error}".splitlines()[0], self.positions.span()) from None
        if self.root is None or (self.root.plain and not self.root.extent.scalar):
            raise _failed("AC3003", "the file is empty", self.positions.span())
        return self.root

    def _take(self, event: _Event) -> None:
        if event.tag:
            raise self._tagged(event)
        match event.kind:
            case "MappingStart" | "SequenceStart":
                self._start(event)
            case "MappingEnd" | "SequenceEnd":
                node = self.open.pop()
                node.open = False
                node.extent = replace(node.extent, end=event.end)
                node.size = 1 + sum(item.size for item in node.items)
            case "Scalar":
                extent = Extent(start=event.start, end=event.end, scalar=event.value)
                self._add(_Node(extent=extent, plain=event.plain), event.anchor)
            case "Alias":
                self._alias(event)
            case _:
                pass

    def _start(self, event: _Event) -> None:
        if len(self.open) >= MAX_DEPTH:
            rule = f"at most {MAX_DEPTH} levels"
            raise self._wrong("AC3007", "maps and lists are nested too deeply", event, rule=rule)
        kind = "mapping" if event.kind == "MappingStart" else "sequence"
        extent = Extent(start=event.start, end=event.end, flow=event.flow)
        node = _Node(extent=extent, kind=kind, open=True)
        self._add(node, event.anchor)
        self.open.append(node)

    def _alias(self, event: _Event) -> None:
        target = self.anchors.get(event.anchor)
        if target is None:
            quoting = "put quotes around text that starts with `*`"
            raise self._wrong("AC3002", f'no anchor is named "{event.anchor}"', event, help=quoting)
        if target.open:
            raise self._wrong("AC3007", f'"*{event.anchor}" stands inside what it stands for', event)
        self.aliased += target.size
        if self.aliased > MAX_ALIASED:
            rule = f"aliases stand for at most {MAX_ALIASED} values"
            raise self._wrong("AC3007", f'"*{event.anchor}" expands to too much', event, rule=rule)
        self._add(target, "")

    def _add(self, node: _Node, anchor: str) -> None:
        if anchor:
            self.anchors[anchor] = node
        if self.open:
            self.open[-1].items.append(node)
        else:
            self.root = node

    def _tagged(self, event: _Event) -> StageFailed:
        shown = event.tag.replace("tag:yaml.org,2002:", "!!")
        return self._wrong(
            "AC3006",
            f'"{shown}" is a YAML tag',
            event,
            value=shown,
            rule="types come from the schema, not from tags",
            help="put quotes around an expression that starts with `!`; else remove the tag",
        )

    def _wrong(self, code: str, message: str, event: _Event, **details: str) -> StageFailed:
        return _failed(code, message, self.positions.between(event.start, event.end), **details)


# Syntax errors.

_QUOTE = "put quotes around the whole text if it holds `: `, ` #`, `{`, `[` or starts with a special sign"


def _syntax_error(error: MarkedYAMLError, text: str, positions: Positions) -> StageFailed:
    raw: Any = error
    problem, context, mark, unclosed = raw.problem or "", raw.context or "", raw.problem_mark, raw.context_mark
    at = min(mark.index, len(text)) if mark is not None else 0
    if "cannot start any token" in problem and text[at : at + 1] == "\t":
        rule = "YAML indents with spaces"
        return _failed("AC3008", "a tab indents this line", positions.between(at, at + 1), rule=rule)
    ended = at >= len(text.rstrip()) or "end of stream" in problem
    if unclosed is not None and ended and ("quoted" in context or "flow" in context):
        sign = text[unclosed.index : unclosed.index + 1]
        place = positions.between(unclosed.index, unclosed.index + 1)
        return _failed("AC3002", f"the `{sign}` that stands here is never closed", place, help="close it")
    message, hint = _in_words(problem, text[at : at + 1])
    return _failed("AC3002", message, positions.between(at, at + 1), help=hint)


def _in_words(problem: str, found: str) -> tuple[str, str]:
    if "mapping values are not allowed" in problem:
        return "`: ` cannot stand here", f"indent the line like its neighbours, or {_QUOTE}"
    if "cannot start any token" in problem:
        return f"text cannot start with `{found}`", "put quotes around it"
    if match := re.search(r"expected ',' or '(.)'", problem):
        return f"`,` or `{match[1]}` is missing before this", _QUOTE
    if "expected <block end>" in problem:
        return "this does not belong to the lines above", f"indent the line like its neighbours, or {_QUOTE}"
    if "could not find expected ':'" in problem:
        return "the line above is a key without `:`", "write `key: value`"
    return f"the file stops being YAML here: {problem or 'unreadable'}", _QUOTE


# The tree to data.

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}|0o[0-7]{1,40}|0x[0-9a-fA-F]{1,40}", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?", re.ASCII)
_NAME_LIKE = re.compile(r"[A-Za-z0-9_.-]+\??", re.ASCII)


@dataclass(kw_only=True)
class _Reading:
    positions: Positions
    diagnostics: Diagnostics
    places: dict[Path, Place] = field(default_factory=dict[Path, Place])

    def value(self, node: _Node, path: Path, key: Extent | None) -> Any:
        self.places[path] = Place(key=key, value=node.extent)
        if len(self.places) > MAX_VALUES or len(path) > MAX_DEPTH:
            raise _failed(
                "AC3007",
                "the file holds too many values",
                self.span(node),
                rule=f"at most {MAX_VALUES} values and {MAX_DEPTH} levels",
            )
        match node.kind:
            case "mapping":
                return self.mapping(node, path)
            case "sequence":
                return [self.value(item, (*path, index), None) for index, item in enumerate(node.items)]
            case _:
                return self.scalar(node)

    def span(self, node: _Node) -> Span:
        return self.positions.between(node.extent.start, node.extent.end)

    def mapping(self, node: _Node, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first: dict[str, _Node] = {}
        before: _Node | None = None
        for key, value in zip(node.items[::2], node.items[1::2], strict=True):
            name = None if self.cut(node, key, value, before) else self.key(key)
            before = value
            if name is None:
                continue
            if name in first:
                self.twice(key, first[name], name)
            else:
                first[name] = key
                found[name] = self.value(value, (*path, name), key.extent)
        return found

    def key(self, node: _Node) -> str | None:
        """The key, or None after a diagnostic."""
        text = node.extent.scalar
        if text is None or (node.plain and not isinstance(_resolved(text), str)):
            shown = "a map or list" if text is None else f'"{text}"'
            self.diagnostics.error(
                "AC3018",
                f"{shown} cannot be a key",
                self.span(node),
                rule="a key is text that starts with a letter",
                help="choose another name" if text is None else "choose another name, or put quotes around it",
            )
            return None
        return text

    def twice(self, node: _Node, first: _Node, name: str) -> None:
        self.diagnostics.add(
            Diagnostic(
                code="AC3005",
                message=f'the key "{name}" stands twice',
                span=self.span(node),
                value=name,
                rule="each key stands once in a map",
                help="remove one of them or give it another name",
                notes=(Note(message="the first one stands here", span=self.span(first)),),
            )
        )

    def cut(self, node: _Node, key: _Node, value: _Node, before: _Node | None) -> bool:
        """Whether the key is the rest of a text that YAML cut at a comma."""
        text = key.extent.scalar or ""
        alone = value.plain and value.extent.start == value.extent.end
        if not (node.extent.flow and key.plain and alone) or _NAME_LIKE.fullmatch(text):
            return False
        start = before.extent.scalar if before and before.plain else None
        whole = f'"{start}, {text}"' if start else f'"{text}"'
        self.diagnostics.error(
            "AC3017",
            f"YAML reads `{text}` as a key of its own",
            self.span(key),
            value=text,
            rule="inside `{ }` a comma ends a value",
            help=f"put quotes around the whole expression: {whole}",
        )
        return True

    def scalar(self, node: _Node) -> str | int | float | bool | None:
        text = node.extent.scalar or ""
        found = _resolved(text) if node.plain else text
        if isinstance(found, float) and Decimal(text) != Decimal(repr(found)):
            self.diagnostics.error(
                "AC3012",
                f"{text} has more digits than a YAML number keeps",
                self.span(node),
                value=text,
                help=f'put quotes around it: "{text}"',
            )
        if "\x00" in text or re.search("[\ud800-\udfff]", text):
            self.diagnostics.error(
                "AC3001",
                "an escape makes a character that is no text",
                self.span(node),
                rule="text holds no NUL and no half of a surrogate pair",
                help="remove the escape",
            )
        return found


def _resolved(text: str) -> str | int | float | bool | None:
    """An unquoted scalar by YAML 1.2's core schema; `yes`, `no`, dates and versions are text."""
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
