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


def values(views: Views) -> dict[str, Any]:
    """What the skeletons of the service ask for."""
    return {
        "signed_secrets": sorted(name.lower() for name in secrets(views)),
        "senders": [
            {
                "name": name,
                "scheme": literal(name),
                "setting": signed.secret.lower(),
                "variable": signed.secret,
                "id": literal(signed.id_header),
                "time": literal(signed.time_header),
                "signature": literal(signed.signature_header),
                "tolerance": duration(signed.tolerance_us, Imports()),
            }
            for signed, name in senders(views).items()
        ],
    }


def dependency(operation: Operation, views: Views, module: Module) -> str:
    """What a route depends on so that only the sender gets through; "" where anyone may."""
    if operation.signed is None:
        return ""
    name = senders(views)[operation.signed]
    module.imports.add("fastapi", "Depends")
    module.imports.add(f"{module.package}.senders", name)
    return f"Depends({name})"


def table(views: Views, module: Module) -> None:
    """Tells the tests what each delivery is signed with."""
    rows = [
        f"    {literal(o.name)}: ({literal(o.signed.id_header.lower())}, {literal(o.signed.time_header.lower())}, "
        f"{literal(o.signed.signature_header.lower())}, {duration(o.signed.tolerance_us, module.imports)}),"
        for o in views.operations
        if o.signed
    ]
    if rows:
        note = '"""The headers of id, time and signature of what is signed, and how far the time may be off."""'
        module.imports.add("datetime", "timedelta")
        module.add("\n".join(["SIGNED: dict[str, tuple[str, str, str, timedelta]] = {", *rows, "}", note]))
