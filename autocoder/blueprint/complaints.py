"""What the models refuse, in our own words: each validation error becomes a diagnostic with place, rule, next step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from autocoder.blueprint.annotations import inside, plain, tagged_members
from autocoder.blueprint.document import Document
from autocoder.blueprint.model import EFFECTS, SCHEMA_VERSION
from autocoder.blueprint.positions import Path
from autocoder.blueprint.shapes import SHAPES
from autocoder.diagnostics import Diagnostics, nearest

_KEY = "[key]"
"""How a validation error says that it is about a key."""


@dataclass(frozen=True, kw_only=True)
class _Site:
    """Where an error is: the path in the file, whether it is about the key, and the model around the last key."""

    path: Path
    key: bool
    model: type[BaseModel] | None

    @property
    def subject(self) -> str:
        return ".".join(str(part) for part in self.path)

    @property
    def last(self) -> str:
        return str(self.path[-1]) if self.path else ""


@dataclass(frozen=True, kw_only=True)
class _Complaint:
    code: str
    message: str
    rule: str = ""
    help: str = ""
    value: str = ""


def complain(error: ValidationError, model: type[BaseModel], document: Document, diagnostics: Diagnostics) -> None:
    """Adds a diagnostic for each error of validating the document's data against the model."""
    for details in error.errors(include_url=False):
        site = _site(model, details["loc"])
        found = _complaint(details, site)
        at_key = site.key or details["type"] in ("extra_forbidden", "effect_verb")
        at = site.path[:-1] if details["type"] == "missing" else site.path
        diagnostics.error(
            found.code,
            f"{site.subject}: {found.message}" if site.subject else found.message,
            document.positions.span(*at, key=at_key),
            subject=site.subject,
            value=found.value,
            rule=found.rule,
            help=found.help,
        )


# Where.


def _site(model: type[BaseModel], loc: tuple[int | str, ...]) -> _Site:
    path: list[str | int] = []
    annotation: Any = model
    owner: type[BaseModel] | None = None
    for part in loc:
        annotation = plain(annotation)
        tagged = tagged_members(annotation)
        if part == _KEY and part == loc[-1]:
            return _Site(path=tuple(path), key=True, model=owner)
        if tagged:
            annotation = tagged.get(str(part))
            continue
        owner = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
        path.append(part)
        annotation = inside(annotation, part)
    return _Site(path=tuple(path), key=False, model=owner)


def known_keys(model: type[BaseModel]) -> list[str]:
    """The keys that a model's map takes, as they are written."""
    return [field.alias or name for name, field in model.model_fields.items()]


# What.


def _complaint(details: ErrorDetails, site: _Site) -> _Complaint:
    kind, given = details["type"], details["input"]
    context: Mapping[str, Any] = details.get("ctx") or {}
    match kind:
        case "extra_forbidden":
            return _unknown_key(site)
        case "missing":
            return _missing_key(site)
        case "string_pattern_mismatch":
            return _wrong_shape(str(given), str(context.get("pattern")), site)
        case "literal_error":
            words = re.findall(r"'([^']*)'", str(context.get("expected")))
            rule = "one of " + ", ".join(words)
            message = f"{_shown(given)} is not one of the values"
            return _Complaint(code="AC3014", message=message, value=str(given), rule=rule, help=_close(given, words))
        case "effect_verb":
            return _no_verb(given)
        case "expression_shape":
            return _Complaint(
                code="AC3017",
                message=f"YAML reads {_shown(given)} here, where an expression is meant",
                rule="`{` starts a map and `[` a list in YAML",
                help="put quotes around the whole expression",
            )
        case "broker_not_emitted":
            return _Complaint(
                code="AC3240",
                message=f'no service is emitted for "{given}"',
                value=str(given),
                rule="code is emitted only for brokers that it was tried against: nats, rabbitmq, redis",
                help="name one of these, or `store`",
            )
        case _:
            return _out_of_bounds(given, context) or _wrong_type(kind, given, site)


def _unknown_key(site: _Site) -> _Complaint:
    known = known_keys(site.model) if site.model else []
    return _Complaint(
        code="AC3010",
        message=f'unknown key "{site.last}"',
        value=site.last,
        rule=f"the keys here are {', '.join(known)}",
        help=_close(site.last, known) or "remove it",
    )


def _missing_key(site: _Site) -> _Complaint:
    field = (
        next((f for n, f in site.model.model_fields.items() if site.last in (f.alias, n)), None) if site.model else None
    )
    examples = (field.examples if field else None) or []
    shown = f", for example `{site.last}: {examples[0]}`" if examples and isinstance(examples[0], str) else ""
    rule = (field.description if field else None) or ""
    return _Complaint(code="AC3011", message="this key is missing", rule=rule, help=f"add `{site.last}`{shown}")


def _wrong_shape(given: str, pattern: str, site: _Site) -> _Complaint:
    what = "the key" if site.key else "the value"
    return _Complaint(
        code="AC3013",
        message=f'{what} "{given}" has the wrong shape',
        value=given,
        rule=SHAPES.get(pattern, f"it matches {pattern}"),
        help=_reshaped(given, pattern),
    )


def _reshaped(given: str, pattern: str) -> str:
    """The nearest value that has the shape, as a hint."""
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", given)
    for joined in (
        "_".join(words).lower(),
        "-".join(words).lower(),
        "".join(word[:1].upper() + word[1:] for word in words),
        "_".join(words).upper(),
        given.strip().upper().split(" ", 1)[0] + given.strip()[len(given.strip().split(" ", 1)[0]) :],
        f"{given}.0",
        f"{given}.0.0",
    ):
        if re.fullmatch(pattern, joined):
            return f'write "{joined}"'
    return ""


def _no_verb(given: Any) -> _Complaint:
    if not isinstance(given, dict):
        return _Complaint(
            code="AC3012", message=f"an effect is a map, not {_shown(given)}", help="for example {create: Link}"
        )
    keys = [str(key) for key in cast("dict[Any, Any]", given)]
    verbs = [verb for verb in EFFECTS if verb in keys]
    message = f"the effect has the verbs {' and '.join(verbs)}" if verbs else "the effect has no verb"
    close = next((hint for key in keys if (hint := _close(key, EFFECTS))), "")
    return _Complaint(
        code="AC3016",
        message=message,
        value=", ".join(verbs or keys),
        rule="an effect has exactly one of " + ", ".join(EFFECTS),
        help="write one effect for each verb, in order" if verbs else close or "add the verb",
    )


_BOUNDS = {
    "ge": "at least {}",
    "gt": "more than {}",
    "le": "at most {}",
    "lt": "less than {}",
    "max_length": "at most {} characters",
    "min_length": "at least {} characters",
}


def _out_of_bounds(given: Any, context: Mapping[str, Any]) -> _Complaint | None:
    for name, text in _BOUNDS.items():
        if name in context:
            value = str(given)
            shown = value if len(value) <= 60 else value[:60] + "…"
            return _Complaint(
                code="AC3015", message=f"{shown} is out of bounds", value=shown, rule=text.format(context[name])
            )
    return None


_WANTED = {
    "string_type": "text",
    "model_type": "a map",
    "dict_type": "a map",
    "tuple_type": "a list",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "scalar_type": "text, a number, true, false or null",
}


def _wrong_type(kind: str, given: Any, site: _Site) -> _Complaint:
    wanted = _WANTED.get(kind, "another kind of value")
    return _Complaint(
        code="AC3012",
        message=f"{_shown(given)} stands where {wanted} is expected",
        value="" if given is None or isinstance(given, dict | list) else str(given)[:60],
        rule=f"the value is {wanted}",
        help=next(_ways_out(kind, given, site), ""),
    )


def _ways_out(kind: str, given: Any, site: _Site) -> Iterator[str]:
    if site.last in ("schema_version", "version"):
        yield f'write three numbers in quotes, for example "{SCHEMA_VERSION}"'
    elif given is None:
        yield "write a value, or remove the key"
    elif kind == "string_type" and isinstance(given, bool | int | float):
        yield f'put quotes around it: "{str(given).lower() if isinstance(given, bool) else given}"'
    elif kind == "bool_type" and str(given).lower() in ("yes", "on", "y"):
        yield "write `true`"
    elif kind == "bool_type" and str(given).lower() in ("no", "off", "n"):
        yield "write `false`"
    elif kind == "tuple_type" and isinstance(given, str):
        yield f"write [{given}]"


def _shown(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f'the text "{value[:60]}"'
        case list():
            return "a list"
        case _:
            return "a map"


def _close(word: Any, known: Any) -> str:
    hint = nearest(str(word), known)
    return hint if hint.startswith("did you mean") else ""
