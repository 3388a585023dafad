"""Frames of records and parts: what an act leaves behind, what belongs to a thing and what that has, its marks."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Frame, Role

_ACTOR = Role(at="subject", slot="actor", reads="actor")

FRAMES: tuple[Frame, ...] = (
    Frame(
        name="somebody leaves a record with fields",
        kind="operation",
        verbs=("leave a record",),
        names=True,
        roles=(_ACTOR, Role(at="object", slot="object", reads="thing")),
        extra=(
            Frame(
                name="the range of a rating",
                kind="field",
                verbs=("rate",),
                roles=(
                    Role(at="record", slot="of", shared=True),
                    Role(at="bound", reads="limits"),
                ),
                constants={"name": "rating", "type": "integer"},
            ),
            Frame(
                name="the fields of the record",
                kind="field",
                roles=(
                    Role(at="record", slot="of", shared=True),
                    Role(at="prep:with,containing", slot="name", reads="field", each=True),
                ),
            ),
        ),
        example="Guests rate a trail from 1 to 5 with a short comment.",
        gives=(
            ("operation", {"actor": "guest", "verb": "rate", "does": "other", "object": "trail"}),
            ("field", {"of": "rating", "name": "rating", "type": "integer", "min": "1", "max": "5"}),
            ("field", {"of": "rating", "name": "comment", "type": "text"}),
        ),
    ),
    Frame(
        name="a thing has several of another, with fields",
        kind="relation",
        verbs=("contain",),
        roles=(
            Role(at="subject", slot="to", reads="plain"),
            Role(at="object", slot="entity", reads="several with"),
        ),
        extra=(
            Frame(
                name="the fields of each of them",
                kind="field",
                roles=(
                    Role(at="object", slot="of", reads="plain", shared=True),
                    Role(at="prep:with,containing", slot="name", reads="field", each=True),
                ),
            ),
        ),
        example="Each invoice has lines with a description and a unit price.",
        gives=(
            ("relation", {"to": "invoice", "entity": "line"}),
            ("field", {"of": "line", "name": "description", "type": "text"}),
            ("field", {"of": "line", "name": "unit price", "type": "money"}),
        ),
    ),
)
