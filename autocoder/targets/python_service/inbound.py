"""Webhooks that come in: the senders that an emitted service knows, and how its operations and tests name them."""

from __future__ import annotations

import re
from typing import Any

from autocoder.ir.capabilities import Signed
from autocoder.ir.nodes import Operation
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import Imports, duration, literal
from autocoder.targets.python_service.source import Module


def senders(views: Views) -> dict[Signed, str]:
    """Every sender with the constant that is it in `senders.py`, named by its variable."""
    found: dict[Signed, str] = {}
    for signed in (o.signed for o in views.operations if o.signed):
        if signed not in found:
            base = re.sub(r"_(KEY|SECRET)S?$", "", signed.secret)
            same = sum(1 for known in found.values() if re.fullmatch(rf"{base}(_\d+)?_SENDER", known))
            found[signed] = f"{base}_{same + 1}_SENDER" if same else f"{base}_SENDER"
    return found


def secrets(views: Views) -> set[str]:
    """The variables that hold the keys of senders."""
    return {signed.secret for signed in senders(views)}


def decodes(views: Views) -> bool:
    """Whether keys of senders may be base64."""
    return any(signed.encoded for signed in senders(views))


def values(views: Views) -> dict[str, Any]:
    """What the skeletons of the service ask for."""
    known = senders(views)
    encoded = {signed.secret for signed in known if signed.encoded}
    return {
        "signed_secrets": sorted(name.lower() for name in secrets(views)),
        "encoded_secrets": sorted(name.lower() for name in encoded),
        "plain_secrets": sorted({signed.secret.lower() for signed in known if not signed.encoded}),
        "timed_senders": any(signed.time_header for signed in known),
        "untimed_senders": any(not signed.time_header for signed in known),
        "times_beside": any(_beside(signed) for signed in known),
        "times_apart": any(signed.time_header and not _beside(signed) for signed in known),
        "encoded_senders": any(signed.encoded for signed in known),
        "plain_senders": any(not signed.encoded for signed in known),
        "senders": [
            {
                "name": name,
                "scheme": literal(name),
                "setting": signed.secret.lower(),
                "variable": signed.secret,
                "before": literal(signed.before),
                "written": literal(signed.written),
                "headers": _headers(signed),
                "tolerance": duration(signed.tolerance_us, Imports()) if signed.time_header else "",
                "encoded": signed.encoded,
            }
            for signed, name in known.items()
        ],
    }


def _beside(signed: Signed) -> bool:
    """Whether the time stands in the header of the signature."""
    return signed.time_header.lower() == signed.signature_header.lower()


def _headers(signed: Signed) -> str:
    """Source of the headers by what they hold."""
    named = (("id", signed.id_header), ("timestamp", signed.time_header), ("signature", signed.signature_header))
    return "{" + ", ".join(f"{literal(what)}: {literal(name)}" for what, name in named if name) + "}"


def dependency(operation: Operation, views: Views, module: Module) -> str:
    """What a route depends on so that only the sender gets through; "" where anyone may."""
    if operation.signed is None:
        return ""
    name = senders(views)[operation.signed]
    module.imports.add("fastapi", "Depends")
    module.imports.add(f"{module.package}.senders", name)
    return f"Depends({name})"


def table(views: Views, module: Module) -> None:
    """Tells the tests how each delivery is signed."""
    rows = [
        f"    {literal(o.name)}: Signing({literal(o.signed.before)}, {literal(o.signed.written)}, "
        f"{_headers(o.signed).lower()}, {_tolerance(o.signed, module.imports)}),"
        for o in views.operations
        if o.signed
    ]
    if rows:
        module.imports.add("support.senders", "Signing")
        module.add("\n".join(["SIGNED = {", *rows, "}", '"""How the sender of each delivery signs it."""']))


def _tolerance(signed: Signed, imports: Imports) -> str:
    return duration(signed.tolerance_us, imports) if signed.time_header else "None"
