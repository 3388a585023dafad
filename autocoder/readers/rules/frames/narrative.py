"""Frames of narratives: limits, times until which something may be done, retention, notices, computed values."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Frame, Role

_ACTOR = Role(at="subject", slot="actor", reads="actor")
_OBJECT = Role(at="object", slot="object", reads="thing", each=True)

FRAMES: tuple[Frame, ...] = (
    Frame(
        name="somebody searches things by fields",
        kind="operation",
        verbs=("search", "list", "read"),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="actor", optional=True),
            Role(at="object", slot="object", reads="thing"),
            Role(at="prep:by", slot="filters", reads="filters"),
            Role(at="order", slot="order", reads="order", optional=True),
        ),
        example="Anyone can search books by title or author.",
        gives=(
            (
                "operation",
                {
                    "actor": "anyone",
                    "verb": "search",
                    "does": "search",
                    "object": "book",
                    "filters": ("title", "author"),
                },
            ),
        ),
    ),
    Frame(
        name="somebody makes a thing with fields",
        kind="operation",
        verbs=("make with",),
        names=True,
        roles=(_ACTOR, Role(at="object", slot="object", reads="thing")),
        extra=(
            Frame(
                name="the fields that it is made with",
                kind="field",
                roles=(
                    Role(at="object", slot="of", reads="plain", shared=True),
                    Role(at="prep:with,containing", slot="name", reads="field", each=True),
                ),
            ),
        ),
        example="Customers submit tickets with a subject and a description.",
        gives=(
            (
                "operation",
                {"actor": "user", "role": "customer", "verb": "submit", "does": "create", "object": "ticket"},
            ),
            ("field", {"of": "ticket", "name": "subject", "type": "text"}),
            ("field", {"of": "ticket", "name": "description", "type": "text"}),
        ),
    ),
    Frame(
        name="it runs somewhere",
        kind="environment",
        verbs=("run",),
        roles=(
            Role(at="subject", reads="system", optional=True),
            Role(at="prep:in,on", slot="region", reads="place"),
            Role(at="adverb", reads="only", optional=True),
        ),
        example="The service runs in the EU.",
        gives=(("environment", {"region": "eu"}),),
    ),
    Frame(
        name="an act publishes an event",
        kind="event",
        verbs=("publish",),
        roles=(Role(at="act", slot="cause"), Role(at="object", slot="name", reads="event_name", each=True)),
        example="Placing an order publishes `OrderPlaced`.",
        gives=(("event", {"cause": "place", "object": "order", "name": "OrderPlaced"}),),
    ),
    Frame(
        name="keep track of things",
        kind="system",
        verbs=("keep track",),
        bare="imperative",
        roles=(Role(at="object", slot="subject", reads="tracked"),),
        example="Track tools.",
        gives=(("system", {"subject": "tool"}),),
    ),
    Frame(
        name="a part of the service bears a load",
        kind="quality",
        verbs=("handle", "answer"),
        roles=(
            Role(at="subject", slot="scope", reads="part of the service"),
            Role(at="quantity", slot="value", reads="rate"),
        ),
        constants={"metric": "throughput"},
        example="Search handles 500 requests per second.",
        gives=(("quality", {"scope": "search", "value": "500", "unit": "per second", "metric": "throughput"}),),
    ),
    Frame(
        name="somebody acts on a thing",
        kind="operation",
        verbs=("act on",),
        names=True,
        roles=(
            _ACTOR,
            Role(at="prep:on,in,to,for,at,from", slot="object", reads="thing"),
        ),
        example="Members comment on posts.",
        gives=(
            ("operation", {"actor": "user", "role": "member", "verb": "comment", "does": "other", "object": "post"}),
        ),
    ),
    Frame(
        name="somebody may do it until a time before",
        kind="operation",
        verbs=("domain", "update", "delete"),
        names=True,
        roles=(
            _ACTOR,
            _OBJECT,
            Role(at="prep:until,till", slot="before", reads="duration"),
            Role(at="prep:before", slot="of", reads="moment"),
        ),
        example="Customers can cancel a booking until 24 hours before its start.",
        gives=(
            (
                "operation",
                {
                    "actor": "user",
                    "role": "customer",
                    "verb": "cancel",
                    "does": "other",
                    "object": "booking",
                    "before": "24h",
                    "of": "start",
                },
            ),
        ),
    ),
    Frame(
        name="a thing may be changed in some states",
        kind="operation",
        verbs=("domain", "update", "delete"),
        names=True,
        passive=True,
        roles=(
            Role(at="object", slot="object", reads="thing"),
            Role(at="while", slot="from_states", reads="states"),
        ),
        example="An order can be cancelled while it is new or paid.",
        gives=(
            (
                "operation",
                {
                    "verb": "cancel",
                    "does": "other",
                    "object": "order",
                    "to_state": "cancelled",
                    "from_states": ("new", "paid"),
                },
            ),
        ),
    ),
    Frame(
        name="somebody has at most so many",
        kind="policy",
        verbs=("contain",),
        roles=(
            Role(at="subject", slot="per", reads="plain"),
            Role(at="object", slot="entity", reads="limited"),
        ),
        constants={"topic": "limit"},
        example="A member has at most five loans.",
        gives=(("policy", {"per": "member", "entity": "loan", "max": "5", "topic": "limit"}),),
    ),
    Frame(
        name="at most so many per thing",
        kind="policy",
        roles=(Role(at="subject", slot="entity", reads="limited"),),
        constants={"topic": "limit"},
        example="Max 20 bookings per class.",
        gives=(("policy", {"entity": "booking", "max": "20", "per": "class", "topic": "limit"}),),
    ),
    Frame(
        name="somebody may send so many requests",
        kind="policy",
        verbs=("send", "create", "convert"),
        roles=(
            Role(at="subject", slot="per", reads="somebody"),
            Role(at="quantity", slot="max", reads="rate"),
        ),
        constants={"topic": "rate limit"},
        example="Clients may send at most 100 requests per minute.",
        gives=(("policy", {"per": "client", "max": "100", "unit": "per minute", "topic": "rate limit"}),),
    ),
    Frame(
        name="things do not overlap",
        kind="policy",
        verbs=("overlap",),
        negated=True,
        roles=(Role(at="subject", slot="entity", reads="overlapping"),),
        constants={"topic": "no overlap"},
        example="Two bookings of the same room must never overlap.",
        gives=(("policy", {"entity": "booking", "per": "room", "topic": "no overlap"}),),
    ),
    Frame(
        name="a thing has several of another",
        kind="relation",
        verbs=("contain",),
        roles=(
            Role(at="subject", slot="to", reads="plain"),
            Role(at="object", slot="entity", reads="several", each=True),
        ),
        example="A course has many lessons.",
        gives=(("relation", {"to": "course", "entity": "lesson"}),),
    ),
    Frame(
        name="things are kept for a time",
        kind="lifecycle",
        verbs=("keep", "store"),
        roles=(
            Role(at="subject", reads="system", optional=True),
            Role(at="object", slot="entity", reads="plain", each=True),
            Role(at="prep:for", slot="after", reads="duration"),
        ),
        constants={"state": "deleted"},
        example="Readings are kept for 30 days.",
        gives=(("lifecycle", {"entity": "reading", "after": "30d", "state": "deleted"}),),
    ),
    Frame(
        name="things are deleted a time after something",
        kind="lifecycle",
        verbs=("delete",),
        roles=(
            Role(at="object", slot="entity", reads="plain", each=True),
            Role(at="quantity", slot="after", reads="quantity"),
            Role(at="prep:after", slot="of", reads="moment"),
        ),
        constants={"state": "deleted"},
        example="Guests are deleted two years after their last visit.",
        gives=(("lifecycle", {"entity": "guest", "after": "730d", "of": "last visit", "state": "deleted"}),),
    ),
    Frame(
        name="things close after a time",
        kind="lifecycle",
        verbs=("close",),
        roles=(
            Role(at="subject", slot="entity", reads="plain", each=True),
            Role(at="prep:after", slot="after", reads="duration"),
        ),
        constants={"state": "closed"},
        example="A poll closes after 7 days.",
        gives=(("lifecycle", {"entity": "poll", "after": "7d", "state": "closed"}),),
    ),
    Frame(
        name="a notice is sent",
        kind="integration",
        verbs=("send",),
        roles=(
            Role(at="object", slot="purpose", reads="plain"),
            Role(at="prep:by,via,per,through,as", slot="name", reads="channel"),
            Role(at="prep:to", slot="to", reads="somebody", optional=True),
            Role(at="quantity", slot="before", reads="quantity", optional=True),
            Role(at="prep:before", slot="object", reads="told", optional=True),
        ),
        example="A reminder is sent by e-mail one day before each appointment.",
        gives=(
            (
                "integration",
                {"purpose": "reminder", "name": "e-mail", "before": "1d", "object": "appointment"},
            ),
        ),
    ),
    Frame(
        name="somebody is told",
        kind="integration",
        verbs=("tell",),
        roles=(
            Role(at="object", slot="to", reads="somebody"),
            Role(at="prep:by,via,per,through", slot="name", reads="channel"),
            Role(at="prep:of,about,for,on", slot="object", reads="told", optional=True),
        ),
        example="Owners are notified by e-mail of every comment.",
        gives=(("integration", {"to": "owner", "name": "e-mail", "object": "comment"}),),
    ),
    Frame(
        name="a value is computed",
        kind="field",
        verbs=("be",),
        roles=(
            Role(at="subject", slot="name", reads="own field"),
            Role(at="object", slot="computed", reads="formula"),
        ),
        example="The total of an invoice is the sum of its lines.",
        gives=(("field", {"of": "invoice", "name": "total", "computed": "sum of its lines"}),),
    ),
    Frame(
        name="fields are personal data",
        kind="field",
        verbs=("be",),
        roles=(
            Role(at="subject", slot="name", reads="own field", each=True),
            Role(at="object", slot="personal", reads="personal data"),
        ),
        example="Names and phone numbers of guests are personal data.",
        gives=(
            ("field", {"of": "guest", "name": "name", "personal": True}),
            ("field", {"of": "guest", "name": "phone number", "personal": True}),
        ),
    ),
    Frame(
        name="changes are recorded",
        kind="policy",
        verbs=("record",),
        roles=(
            Role(at="object", reads="anything", each=True),
            Role(at="prep:in,to", reads="log"),
        ),
        constants={"topic": "audit"},
        example="Every change is recorded in an audit log.",
        gives=(("policy", {"topic": "audit"}),),
    ),
)
