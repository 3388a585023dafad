"""Lowers pages: a template becomes one expression of type html, in which every value is escaped.

`{{x}}` is an escaped value, `{{{x}}}` a value of type html, `{{#each xs as x}}…{{/each}}` repeats and
`{{#if c}}…{{#else}}…{{/if}}` chooses. There is nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from autocoder.ir.expressions import Call, Const, Expr, Op, Over
from autocoder.ir.resolve import Scope
from autocoder.ir.types import BOOLEAN, JSON, TEXT, Type, list_of
from autocoder.ir.typing_rules import not_null_if

if TYPE_CHECKING:
    from autocoder.ir.lower_behaviour import Lowering, Path

_TAG = re.compile(r"\{\{\{(.*?)\}\}\}|\{\{(.*?)\}\}", re.DOTALL)
_EACH = re.compile(r"#each\s+(.+?)\s+as\s+([a-z][a-z0-9_]*)", re.DOTALL)


@dataclass(kw_only=True)
class _Block:
    """What is open: its parts so far, and how it is closed."""

    word: str
    scope: Scope
    parts: list[Expr] = field(default_factory=list[Expr])
    condition: Expr | None = None
    items: Expr | None = None
    item: str = ""
    then: Expr | None = None


def page(to: Lowering, template: str, at: Path, *, escaped: bool = True) -> Expr:
    """The page as an expression; a plain text where nothing is `escaped`."""
    return _Page(to=to, at=at, escaped=escaped).read(template)


@dataclass(kw_only=True)
class _Page:
    to: Lowering
    at: Path
    escaped: bool = True
    open: list[_Block] = field(default_factory=list[_Block])
    said: str = ""

    def read(self, template: str) -> Expr:
        """The expression of a template; what is wrong is reported."""
        self.open = [_Block(word="", scope=self.to.scope())]
        end = 0
        for tag in _TAG.finditer(template):
            self._text(template[end : tag.start()])
            end = tag.end()
            self._tag(tag)
        self._text(template[end:])
        if len(self.open) > 1:
            self._wrong(f"{{{{#{self.open[-1].word}}}}} is never closed")
        return _joined(self.open[0].parts)

    def _wrong(self, message: str) -> None:
        self.to.complain("AC3129", message, self.at, rule="{{x}}, {{#each xs as x}}, {{#if c}}, {{#else}}")

    def _text(self, text: str) -> None:
        self.said += text
        if text:
            self.open[-1].parts.append(Const(value=text, type=TEXT))

    def _tag(self, tag: re.Match[str]) -> None:
        if tag[1] is not None:
            self._value(tag[1], safe=True)
            return
        word = tag[2].strip()
        match word.split(None, 1)[0] if word else "":
            case "#each":
                self._each(word)
            case "#if":
                condition = self._expression(word.removeprefix("#if"), BOOLEAN)
                known = self.open[-1].scope.not_null | not_null_if(condition, True)
                self.open.append(
                    _Block(word="if", scope=replace(self.open[-1].scope, not_null=known), condition=condition)
                )
            case "#else" if self.open[-1].word == "if" and self.open[-1].then is None:
                self.open[-1].then = _joined(self.open[-1].parts)
                self.open[-1].parts = []
                self.open[-1].scope = self.open[-2].scope
            case "/each" | "/if" if self.open[-1].word == word[1:]:
                self._close()
            case first if first.startswith(("#", "/")):
                self._wrong(f"{{{{{word}}}}} cannot stand here")
            case _:
                self._value(word, safe=False)

    def _each(self, word: str) -> None:
        found = _EACH.fullmatch(word)
        if found is None:
            self._wrong(f"{{{{{word}}}}} names no item: write {{{{#each xs as x}}}}")
        items = self._expression(found[1] if found else "[]", None)
        if items.type.name != "list":
            self._wrong(f"{{{{{word}}}}} goes over {items.type}, not over a list")
        item = found[2] if found else "item"
        scope = self.open[-1].scope
        inner = replace(scope, items={**scope.items, item: items.type.item or JSON})
        self.open.append(_Block(word="each", scope=inner, items=items, item=item))

    def _close(self) -> None:
        block = self.open.pop()
        inside = _joined(block.parts)
        if block.items is not None and block.items.type.name == "list":
            over = Over(op="map", items=block.items, item=block.item, body=inside, type=list_of(inside.type))
            inside = Call(function="join", args=(over, Const(value="", type=TEXT)), type=TEXT)
        elif block.condition is not None:
            then = inside if block.then is None else block.then
            otherwise = Const(value="", type=TEXT) if block.then is None else inside
            inside = Op(op="?:", args=(block.condition, then, otherwise), type=TEXT)
        self.open[-1].parts.append(inside)

    def _expression(self, text: str, expected: Type | None) -> Expr:
        return self.to.expression(text.strip(), self.at, self.open[-1].scope, expected, whole=False)

    def _value(self, text: str, *, safe: bool) -> None:
        value = self._expression(text, None)
        if safe and value.type.format != "html":
            self._wrong(f"{{{{{{{text.strip()}}}}}}} is {value.type}, not html: write {{{{{text.strip()}}}}}")
        elif safe and not _is_between_tags(self.said):
            self.to.complain(
                "AC3262",
                f"{{{{{{{text.strip()}}}}}}} stands inside a tag, a script or a style",
                self.at,
                rule="sanitised html is harmless between tags alone",
                help=f"write {{{{{text.strip()}}}}}, which is escaped",
            )
        shown = _as_text(value)
        if shown is None:
            self._wrong(f"{{{{{text.strip()}}}}} is {value.type}, which has no text")
            return
        plain = safe or not self.escaped
        self.open[-1].parts.append(shown if plain else Call(function="escape", args=(shown,), type=TEXT))


def _is_between_tags(said: str) -> bool:
    """Whether a page is at a place for tags after this text."""
    raw = re.findall(r"<(/?)(script|style|textarea|title)\b", said, re.IGNORECASE)
    in_tag = said.rfind("<") > said.rfind(">")
    return not in_tag and (not raw or raw[-1][0] == "/")


def _as_text(value: Expr) -> Expr | None:
    """A value as text, nothing of null; None of what has no text."""
    plain = value.type.not_null()
    if plain.name not in ("text", "integer", "decimal", "boolean", "date", "datetime", "uuid", "null"):
        return None
    if plain.name == "null":
        return Const(value="", type=TEXT)
    here = replace(value, type=plain)
    text = here if plain.name == "text" else Call(function="text", args=(here,), type=TEXT)
    if not value.type.optional:
        return text
    null = Const(value=None, type=Type(name="null", optional=True))
    absent = Op(op="==", args=(value, null), type=BOOLEAN)
    return Op(op="?:", args=(absent, Const(value="", type=TEXT), text), type=TEXT)


def _joined(parts: list[Expr]) -> Expr:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Const(value="", type=TEXT)
    texts = Op(op="[]", args=tuple(parts), type=list_of(TEXT))
    return Call(function="join", args=(texts, Const(value="", type=TEXT)), type=TEXT)
