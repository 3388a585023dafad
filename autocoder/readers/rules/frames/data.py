"""Frames of data: what things have, how fields are limited, what belongs to what."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Frame, Role
from autocoder.readers.rules.frames.specification import INSIDE

_FIELD = Role(at="object", slot="name", reads="field", each=True)

_SOMEBODY = Frame(
    name="a field that is somebody",
    kind="relation",
    roles=(
        Role(at="subject", slot="entity", reads="plain", shared=True),
        Role(at="object", slot="role", reads="somebody's field", shared=True),
    ),
)

FRAMES: tuple[Frame, ...] = (
    Frame(
        name="a thing has fields",
        kind="field",
        verbs=("contain",),
        roles=(Role(at="subject", slot="of", reads="named thing"), _FIELD),
        extra=(
            INSIDE,
            _SOMEBODY,
            Frame(
                name="and things of its own",
                kind="relation",
                roles=(
                    Role(at="subject", slot="to", reads="plain", shared=True),
                    Role(at="object", slot="entity", reads="their several", each=True),
                ),
            ),
        ),
        example="A recipe has a title and a rating from 1 to 5.",
        gives=(
            ("field", {"of": "recipe", "name": "title", "type": "text"}),
            ("field", {"of": "recipe", "name": "rating", "type": "integer", "min": "1", "max": "5"}),
        ),
    ),
    Frame(
        name="a thing consists of fields",
        kind="field",
        verbs=("consist",),
        roles=(
            Role(at="subject", slot="of", reads="named thing"),
            Role(at="prep:of", slot="name", reads="field", each=True),
        ),
        example="A message consists of a text and a date.",
        gives=(
            ("field", {"of": "message", "name": "text", "type": "text"}),
            ("field", {"of": "message", "name": "date", "type": "date"}),
        ),
    ),
    Frame(
        name="a thing with its fields after a colon",
        kind="field",
        roles=(
            Role(at="label", slot="of", reads="labelled thing"),
            Role(at="subject", slot="name", reads="field", each=True),
        ),
        example="Book: title, ISBN (unique), price.",
        gives=(
            ("field", {"of": "book", "name": "title", "type": "text"}),
            ("field", {"of": "book", "name": "isbn", "type": "text", "unique": True}),
            ("field", {"of": "book", "name": "price", "type": "money"}),
        ),
    ),
    Frame(
        name="a field is unique, required or optional",
        kind="field",
        verbs=("be",),
        roles=(
            Role(at="subject", slot="name", reads="known field", each=True),
            Role(at="adjective", reads="constraint"),
        ),
        example="Usernames are unique.",
        gives=(("field", {"of": "user", "name": "username", "unique": True}),),
    ),
    Frame(
        name="a field is limited",
        kind="field",
        verbs=("be", "contain"),
        roles=(
            Role(at="subject", slot="name", reads="known field", each=True),
            Role(at="bound", reads="limits"),
            Role(at="adjective", reads="long", optional=True),
        ),
        example="A note has a title. Titles are at most 100 characters long.",
        gives=(
            ("field", {"of": "note", "name": "title", "type": "text"}),
            ("field", {"of": "note", "name": "title", "max": "100"}),
        ),
    ),
    Frame(
        name="a thing belongs to a thing",
        kind="relation",
        verbs=("belong",),
        roles=(
            Role(at="subject", slot="entity", reads="named thing", each=True),
            Role(at="prep:to", slot="to", reads="plain", each=True),
        ),
        example="Each task belongs to a user.",
        gives=(("relation", {"entity": "task", "to": "user"}),),
    ),
)
