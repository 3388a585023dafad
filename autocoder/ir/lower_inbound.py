"""Lowers webhooks that come in: their sender's signature, and the id by which each delivery happens once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from autocoder.blueprint import model
from autocoder.ir.capabilities import Idempotency, Signed
from autocoder.ir.durations import microseconds
from autocoder.ir.lower_access import rules_of
from autocoder.ir.lower_capabilities import keyed, unfit
from autocoder.ir.nodes import Operation

if TYPE_CHECKING:
    from autocoder.ir.lower import Blueprint


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
    named = stated.headers
    for code, key, message, rule in _wrong(operation, spec, stated, len(rules)):
        blueprint.complain(code, message, rule, *at, *key)
    signed = Signed(
        secret=stated.secret,
        id_header=named.id,
        time_header=named.timestamp,
        signature_header=named.signature,
        tolerance_us=microseconds(stated.tolerance),
    )
    once = Idempotency(input=_input(stated), keep_us=microseconds(stated.keep))
    return replace(keyed(operation, once), signed=signed)


def _input(stated: model.Signed) -> str:
    return stated.headers.id.lower().replace("-", "_")


def _wrong(
    operation: Operation, spec: model.Operation, stated: model.Signed, rules: int
) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """What is wrong with a signature: a code, the key, the problem, and the rule."""
    if rules > 1:
        yield (
            "AC3282",
            (),
            "it stands beside other rules",
            "a sender signs and is nobody else; a signature stands alone",
        )
    for _, problem, _help in unfit(operation, _input(stated)):
        yield "AC3283", (), problem, "a delivery is a POST or PATCH whose effects and reply can be kept under its id"
    if any(given.place == "form" for given in operation.inputs):
        yield "AC3283", (), "it takes a form", "a delivery holds JSON"
    if spec.idempotency is not None:
        yield "AC3283", (), "it has a key of its own", "the id of a delivery is its key; leave `idempotency` out"
    if microseconds(stated.keep) < 2 * microseconds(stated.tolerance):
        rule = "an id is kept at least twice as long as `tolerance`: so long the same delivery is good"
        yield "AC3284", ("keep",), f"{stated.keep} is too short", rule
    if len({name.lower() for name in (stated.headers.id, stated.headers.timestamp, stated.headers.signature)}) < 3:
        yield "AC3285", ("headers",), "two of them are one header", "id, time and signature have a header each"
