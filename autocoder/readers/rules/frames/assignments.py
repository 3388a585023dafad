"""Frames of assignments: who gives a thing to whom."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Frame, Role

FRAMES: tuple[Frame, ...] = (
    Frame(
        name="somebody assigns a thing to somebody",
        kind="operation",
        verbs=("assign",),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="actor", optional=True, each=True),
            Role(at="object", slot="object", reads="thing"),
            Role(at="prep:to", slot="assignee", reads="somebody"),
        ),
        example="A dispatcher assigns a job to a driver.",
        gives=(
            (
                "operation",
                {
                    "actor": "role",
                    "role": "dispatcher",
                    "verb": "assign",
                    "does": "other",
                    "object": "job",
                    "assignee": "driver",
                },
            ),
        ),
    ),
    Frame(
        name="somebody takes a thing on",
        kind="operation",
        verbs=("assign",),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="actor", each=True),
            Role(at="object", slot="object", reads="thing"),
            Role(at="prep:to", slot="assignee", reads="oneself"),
        ),
        constants={"assignee": "self"},
        example="Agents assign tickets to themselves.",
        gives=(
            (
                "operation",
                {
                    "actor": "role",
                    "role": "agent",
                    "verb": "assign",
                    "does": "other",
                    "object": "ticket",
                    "assignee": "self",
                },
            ),
        ),
    ),
)
