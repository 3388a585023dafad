"""Lowers webhooks that come in: their sender's signature, and the id by which each delivery happens once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.blueprint.inbound import SchemeName, SignatureScheme, SignedHeaders
from autocoder.ir.capabilities import Idempotency, Signed
from autocoder.ir.durations import microseconds
from autocoder.ir.lower_access import rules_of
from autocoder.ir.lower_capabilities import keyed, unfit
from autocoder.ir.nodes import Operation

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint

USUAL_TOLERANCE = "5m"
STANDARD: SchemeName = "standard"
SCHEMES: Mapping[SchemeName, SignatureScheme] = {
    "standard": SignatureScheme(signs="{id}.{timestamp}.{body}", written="v1,{base64}"),
    "github": SignatureScheme(signs="{body}", written="sha256={hex}"),
    "stripe": SignatureScheme(signs="{timestamp}.{body}", written="v1={hex}"),
}
HEADERS: Mapping[SchemeName, SignedHeaders] = {
    "standard": SignedHeaders(id="Webhook-Id", timestamp="Webhook-Timestamp", signature="Webhook-Signature"),
    "github": SignedHeaders(id="X-GitHub-Delivery", signature="X-Hub-Signature-256"),
    "stripe": SignedHeaders(timestamp="Stripe-Signature", signature="Stripe-Signature"),
}
IDS: Mapping[SchemeName, str] = {"stripe": "id"}
"""Where the body holds the id of a delivery."""

Problem = tuple[str, tuple[str, ...], str, str]
"""A code, the key, the problem, and the rule."""


def delivered(blueprint: Blueprint, operation: Operation) -> Operation:
    """An operation that only a sender may ask for, as its access says: it is signed, and each delivery happens once."""
    spec = blueprint.design.operations.get(operation.name)
    if spec is None:
        return operation
    rules = rules_of(spec.access)
    found = [r for r in rules if isinstance(r, model.AccessRule) and r.signature]
    if not found or found[0].signature is None:
        return operation
    stated = found[0].signature
    index = () if isinstance(spec.access, model.AccessRule) else (rules.index(found[0]),)
    at = ("operations", operation.name, "access", *index, "signature")
    signed = _signed(stated)
    once = Idempotency(input=_input(stated, signed), keep_us=microseconds(stated.keep))
    problems = (_beside(spec, len(rules)), _unfit(operation, spec, signed, once), _unproved(stated, signed, once))
    for code, key, message, rule in (problem for part in problems for problem in part):
        blueprint.complain(code, message, rule, *at, *key)
    return replace(keyed(operation, once, "header" if signed.id_header else "body"), signed=signed)


def _signed(stated: model.Signed) -> Signed:
    name = stated.scheme if isinstance(stated.scheme, str) else STANDARD
    scheme = SCHEMES[stated.scheme] if isinstance(stated.scheme, str) else stated.scheme
    usual, headers = HEADERS[name], stated.headers
    in_body = stated.id is not None or (name in IDS and headers.id is None)
    timed = "{timestamp}" in scheme.signs
    return Signed(
        secret=stated.secret,
        before=scheme.signs.removesuffix("{body}"),
        written=scheme.written,
        id_header="" if in_body else headers.id or usual.id or "",
        time_header=(headers.timestamp or usual.timestamp or "") if timed else "",
        signature_header=headers.signature or usual.signature or "",
        tolerance_us=microseconds(stated.tolerance or USUAL_TOLERANCE) if timed else 0,
        encoded=stated.scheme == STANDARD,
    )


def _input(stated: model.Signed, signed: Signed) -> str:
    if signed.id_header:
        return signed.id_header.lower().replace("-", "_")
    return stated.id or next(IDS[name] for name in IDS if name == stated.scheme)


def _beside(spec: model.Operation, rules: int) -> Iterator[Problem]:
    if rules > 1:
        rule = "a sender signs and is nobody else; a signature stands alone"
        yield "AC3282", (), "it stands beside other rules", rule
    if spec.idempotency is not None:
        yield "AC3283", (), "it has a key of its own", "the id of a delivery is its key; leave `idempotency` out"


def _unfit(operation: Operation, spec: model.Operation, signed: Signed, once: Idempotency) -> Iterator[Problem]:
    """Why a delivery could not happen once by its id."""
    for _, problem, _help in unfit(operation, once.input if signed.id_header else ""):
        yield "AC3283", (), problem, "a delivery is a POST or PATCH whose effects and reply can be kept under its id"
    if any(given.place == "form" for given in operation.inputs):
        yield "AC3283", (), "it takes a form", "a delivery holds JSON"
    if signed.id_header:
        return
    for given in operation.inputs:
        if given.name == once.input and not (
            given.place == "body" and given.type.name == "text" and given.required and not given.type.optional
        ):
            rule = "the id of a delivery is a text of its body, and always there"
            yield "AC3307", ("id",), f'"{given.name}" is no such input', rule


def _unproved(stated: model.Signed, signed: Signed, once: Idempotency) -> Iterator[Problem]:
    """What the signature does not prove although the blueprint relies on it."""
    if once.keep_us < 2 * signed.tolerance_us:
        rule = "an id is kept at least twice as long as `tolerance`: so long the same delivery is good"
        yield "AC3284", ("keep",), f"{stated.keep} is too short", rule
    named = [name.lower() for name in (signed.id_header, signed.time_header, signed.signature_header) if name]
    inline = signed.time_header.lower() == signed.signature_header.lower()
    if len(set(named)) + inline < len(named):
        yield "AC3285", ("headers",), "two of them are one header", "id and signature have a header each"
    if inline and "," in signed.written:
        rule = "beside a time signatures have commas between them"
        yield "AC3306", ("scheme", "written"), "a comma stands in the signature", rule
    for key, what in (
        () if signed.time_header else (("tolerance", stated.tolerance), ("headers", stated.headers.timestamp))
    ):
        if what is not None:
            yield "AC3306", (key,), "the time is not signed", "a time that is not signed proves nothing; leave it out"
    if stated.id and stated.headers.id:
        yield "AC3307", ("id",), "a header holds it too", "the id stands in one place"
    if "{id}" in signed.before and not signed.id_header:
        yield "AC3307", ("id",), "the scheme signs the id of a header", "name the header in `headers.id`"
