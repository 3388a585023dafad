"""Frames of restrictions: how often somebody may do something, how many at a time, in which state of the row."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Frame, Role

_PEOPLE = Role(at="subject", slot="per", reads="each of", shared=True)
_ACTOR = Role(at="subject", slot="actor", reads="actor", shared=True)
_ONCE = {"topic": "limit", "max": "1"}
_RECORD = Role(at="record", slot="entity", shared=True)
_SAME_TIME = Role(at="prep:at", reads="same time", optional=True)

FRAMES: tuple[Frame, ...] = (
    Frame(
        name="somebody may do it once to a thing",
        kind="policy",
        verbs=("domain", "create"),
        roles=(_RECORD, _PEOPLE, Role(at="object", slot="per", reads="same thing"), Role(at="adverb", reads="once")),
        constants=_ONCE,
        extra=(
            Frame(
                name="somebody may do it to a thing",
                kind="operation",
                names=True,
                roles=(_ACTOR, Role(at="object", slot="object", reads="same thing", shared=True)),
            ),
        ),
        example="Each user can rate a recipe only once.",
        gives=(
            ("policy", {"entity": "rating", "per": "user recipe", "max": "1", "topic": "limit"}),
            ("operation", {"actor": "user", "verb": "rate", "does": "other", "object": "recipe"}),
        ),
    ),
    Frame(
        name="somebody may act once on a thing",
        kind="policy",
        verbs=("act on",),
        roles=(
            _RECORD,
            _PEOPLE,
            Role(at="adverb", reads="once"),
            Role(at="prep:per,on,in,for,to", slot="per", reads="same thing"),
        ),
        constants=_ONCE,
        extra=(
            Frame(
                name="somebody may act on it",
                kind="operation",
                names=True,
                roles=(_ACTOR, Role(at="prep:per,on,in,for,to", slot="object", reads="same thing", shared=True)),
            ),
        ),
        example="A user can vote once per poll.",
        gives=(
            ("policy", {"entity": "vote", "per": "user poll", "max": "1", "topic": "limit"}),
            ("operation", {"actor": "user", "verb": "vote", "does": "other", "object": "poll"}),
        ),
    ),
    Frame(
        name="nobody may do it twice to a thing",
        kind="policy",
        verbs=("domain", "create"),
        negated=True,
        roles=(_RECORD, _PEOPLE, Role(at="object", slot="per", reads="same thing"), Role(at="adverb", reads="twice")),
        constants=_ONCE,
        example="A member cannot book the same class twice.",
        gives=(("policy", {"entity": "booking", "per": "member class", "max": "1", "topic": "limit"}),),
    ),
    Frame(
        name="nobody may act twice on a thing",
        kind="policy",
        verbs=("act on",),
        negated=True,
        roles=(
            _RECORD,
            _PEOPLE,
            Role(at="adverb", reads="twice"),
            Role(at="prep:on,in,for,to", slot="per", reads="same thing"),
        ),
        constants=_ONCE,
        example="A user may not vote twice on the same poll.",
        gives=(("policy", {"entity": "vote", "per": "user poll", "max": "1", "topic": "limit"}),),
    ),
    Frame(
        name="one record per person and thing",
        kind="policy",
        roles=(Role(at="subject", slot="entity", reads="record"),),
        constants=_ONCE,
        example="One vote per user and poll.",
        gives=(("policy", {"entity": "vote", "per": "user poll", "max": "1", "topic": "limit"}),),
    ),
    Frame(
        name="nobody may have more than so many",
        kind="policy",
        verbs=("contain", "domain", "create", "keep"),
        roles=(
            Role(at="subject", slot="per", reads="nobody of"),
            Role(at="object", slot="entity", reads="too many"),
            _SAME_TIME,
        ),
        constants={"topic": "limit"},
        example="No member may have more than three loans at the same time.",
        gives=(("policy", {"per": "member", "entity": "loan", "max": "3", "topic": "limit"}),),
    ),
    Frame(
        name="somebody may not have more than so many",
        kind="policy",
        verbs=("contain", "domain", "create", "keep"),
        negated=True,
        roles=(
            Role(at="subject", slot="per", reads="plain"),
            Role(at="object", slot="entity", reads="too many"),
            _SAME_TIME,
        ),
        constants={"topic": "limit"},
        example="A member cannot have more than three loans.",
        gives=(("policy", {"per": "member", "entity": "loan", "max": "3", "topic": "limit"}),),
    ),
    Frame(
        name="a thing has only so many",
        kind="policy",
        verbs=("contain",),
        roles=(
            Role(at="subject", slot="per", reads="plain"),
            Role(at="object", slot="entity", reads="only so many"),
            _SAME_TIME,
        ),
        constants={"topic": "limit"},
        example="A vehicle can have only one open stay.",
        gives=(("policy", {"per": "vehicle", "entity": "stay", "max": "1", "state": "open", "topic": "limit"}),),
    ),
    Frame(
        name="only things in a state may be changed",
        kind="operation",
        verbs=("domain", "update", "delete"),
        names=True,
        passive=True,
        roles=(Role(at="object", slot="object", reads="only in state"),),
        example="Only open tickets can be closed.",
        gives=(
            (
                "operation",
                {"verb": "close", "does": "other", "object": "ticket", "to_state": "closed", "from_states": ("open",)},
            ),
        ),
    ),
    Frame(
        name="things in a state may not be changed",
        kind="access",
        verbs=("domain", "update", "delete"),
        names=True,
        negated=True,
        passive=True,
        roles=(Role(at="object", slot="object", reads="thing in state"),),
        constants={"allowed": False},
        example="Closed tickets cannot be changed.",
        gives=(
            ("access", {"verb": "change", "does": "update", "object": "ticket", "state": "closed", "allowed": False}),
        ),
    ),
    Frame(
        name="things may not be changed",
        kind="access",
        verbs=("domain", "update", "delete"),
        names=True,
        negated=True,
        passive=True,
        roles=(Role(at="object", slot="object", reads="plain"),),
        constants={"allowed": False},
        example="A table cannot be booked once it is taken or has been removed.",
        gives=(
            (
                "access",
                {
                    "verb": "book",
                    "does": "other",
                    "object": "table",
                    "allowed": False,
                    "states": ("taken", "removed"),
                },
            ),
        ),
    ),
    Frame(
        name="things may be changed",
        kind="operation",
        verbs=("domain", "update", "delete"),
        names=True,
        passive=True,
        roles=(Role(at="object", slot="object", reads="plain"),),
        example="Trips can be cancelled up to two hours before the trip starts.",
        gives=(
            (
                "operation",
                {
                    "verb": "cancel",
                    "does": "other",
                    "object": "trip",
                    "to_state": "cancelled",
                    "before": "2h",
                    "of": "start",
                },
            ),
        ),
    ),
    Frame(
        name="nobody may do it",
        kind="access",
        verbs=("domain", "update", "delete"),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="nobody"),
            Role(at="object", slot="object", reads="thing", each=True),
        ),
        constants={"allowed": False},
        example="While a bike is lent, nobody else can borrow it.",
        gives=(
            (
                "access",
                {
                    "actor": "nobody",
                    "verb": "borrow",
                    "does": "other",
                    "object": "bike",
                    "allowed": False,
                    "states": ("lent",),
                },
            ),
        ),
    ),
    Frame(
        name="people keep things of their own",
        kind="operation",
        verbs=("keep",),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="actor", each=True),
            Role(at="object", slot="object", reads="own things", each=True),
        ),
        constants={"does": "manage"},
        example="Drivers keep their vehicles.",
        gives=(
            (
                "operation",
                {
                    "actor": "role",
                    "role": "driver",
                    "verb": "keep",
                    "does": "manage",
                    "object": "vehicle",
                    "scope": "own",
                },
            ),
        ),
    ),
    Frame(
        name="somebody marks a thing as something",
        kind="operation",
        verbs=("mark",),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="actor", each=True),
            Role(at="object", slot="object", reads="thing"),
            Role(at="as state", slot="to_state"),
        ),
        example="Bakers mark orders as baked.",
        gives=(
            (
                "operation",
                {
                    "actor": "role",
                    "role": "baker",
                    "verb": "mark",
                    "does": "other",
                    "object": "order",
                    "to_state": "baked",
                },
            ),
        ),
    ),
)
