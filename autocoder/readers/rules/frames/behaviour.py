"""Frames of behaviour: who does what to what, what comes of it, what happens when."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Ask, Frame, Role
from autocoder.readers.rules.frames.specification import API_KEY, REMARK, SPAN

_ACTOR = Role(at="subject", slot="actor", reads="actor", each=True)
_THING = Role(at="object", slot="object", reads="thing", each=True)
_ROWS = ("create", "upload", "list", "read", "update", "delete", "manage", "search", "convert")

FRAMES: tuple[Frame, ...] = (
    Frame(
        name="somebody does something to a thing",
        kind="operation",
        verbs=(*_ROWS, "domain"),
        names=True,
        roles=(
            _ACTOR,
            _THING,
            Role(at="order", slot="order", reads="order", optional=True),
            Role(at="prep:for,from,of", slot="given", reads="given", optional=True),
            Role(at="prep:to,in,into,from,for,on", slot="parent", reads="possible parent", optional=True),
            Role(at="prep:to", reads="oneself", optional=True),
            Role(at="prep:at", reads="own address", optional=True),
            Role(at="prep:as", slot="output", reads="html page", optional=True),
            Role(at="while", slot="from_states", reads="states", optional=True),
            Role(at="prep:with,via,using,through", slot="path", reads="stated route", optional=True),
        ),
        extra=(*SPAN, REMARK, API_KEY),
        example="Signed-in users list and delete their own links.",
        gives=(
            ("operation", {"actor": "user", "verb": "list", "does": "list", "object": "link", "scope": "own"}),
            ("operation", {"actor": "user", "verb": "delete", "does": "delete", "object": "link", "scope": "own"}),
        ),
    ),
    Frame(
        name="somebody opens a route",
        kind="operation",
        verbs=("visit", "read"),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="actor", optional=True),
            Role(at="object", slot="path", reads="path"),
        ),
        constants={"method": "GET", "does": "visit"},
        bare="gerund",
        example="Visiting `/{code}` redirects to the URL.",
        gives=(
            ("operation", {"verb": "visit", "does": "visit", "method": "GET", "path": "/{code}", "redirect": "url"}),
        ),
    ),
    Frame(
        name="somebody visits a thing",
        kind="operation",
        verbs=("visit",),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="actor", optional=True),
            Role(at="object", slot="object", reads="thing"),
        ),
        constants={"does": "visit"},
        bare="gerund",
        example="Following a link redirects to the URL.",
        gives=(("operation", {"verb": "follow", "does": "visit", "object": "link", "redirect": "url"}),),
    ),
    Frame(
        name="somebody gets something",
        kind="operation",
        verbs=("gain",),
        extends=True,
        roles=(Role(at="subject", reads="actor", optional=True), Role(at="object", slot="output", reads="outcome")),
        example="Anyone can shorten a URL and gets a 7-character code.",
        gives=(
            (
                "operation",
                {
                    "actor": "anyone",
                    "verb": "shorten",
                    "does": "convert",
                    "object": "url",
                    "output": "code",
                    "output_length": 7,
                },
            ),
        ),
    ),
    Frame(
        name="it redirects",
        kind="operation",
        verbs=("redirect",),
        extends=True,
        roles=(
            Role(at="subject", reads="system", optional=True),
            Role(at="object", reads="redirected", optional=True),
            Role(at="prep:to", slot="redirect", reads="target"),
        ),
        example="When someone opens `/{key}`, the service redirects them to the URL.",
        gives=(
            (
                "operation",
                {
                    "actor": "anyone",
                    "verb": "open",
                    "does": "visit",
                    "method": "GET",
                    "path": "/{key}",
                    "redirect": "url",
                },
            ),
        ),
    ),
    Frame(
        name="it counts",
        kind="operation",
        verbs=("count",),
        extends=True,
        roles=(
            Role(at="subject", reads="system", optional=True),
            Role(at="object", slot="counts", reads="occurrence"),
        ),
        example="Visiting `/{code}` counts the click.",
        gives=(
            ("operation", {"verb": "visit", "does": "visit", "method": "GET", "path": "/{code}", "counts": "click"}),
        ),
    ),
    Frame(
        name="a route redirects",
        kind="operation",
        verbs=("redirect",),
        roles=(
            Role(at="subject", slot="path", reads="route"),
            Role(at="prep:to", slot="redirect", reads="target"),
        ),
        constants={"does": "visit"},
        example="GET /{code} redirects to the target URL and counts the click.",
        gives=(
            (
                "operation",
                {"does": "visit", "method": "GET", "path": "/{code}", "redirect": "url", "counts": "click"},
            ),
        ),
    ),
    Frame(
        name="things are valid for a time",
        kind="lifecycle",
        verbs=("be", "stay"),
        roles=(
            Role(at="subject", slot="entity", reads="thing", each=True),
            Role(at="adjective", reads="valid"),
            Role(at="prep:for", slot="after", reads="duration"),
        ),
        constants={"state": "expired"},
        example="Links are valid for 30 days.",
        gives=(("lifecycle", {"entity": "link", "state": "expired", "after": "30d"}),),
    ),
    Frame(
        name="things are deleted at an age",
        kind="lifecycle",
        verbs=("delete",),
        roles=(
            Role(at="subject", reads="system", optional=True),
            Role(at="object", slot="entity", reads="thing", each=True),
            Role(at="prep:after", slot="after", reads="duration"),
        ),
        constants={"state": "deleted"},
        example="Links are deleted after 30 days.",
        gives=(("lifecycle", {"entity": "link", "state": "deleted", "after": "30d"}),),
    ),
    Frame(
        name="things expire",
        kind="lifecycle",
        verbs=("expire",),
        roles=(
            Role(at="subject", slot="entity", reads="thing", each=True),
            Role(at="prep:after,within,in", slot="after", reads="duration"),
        ),
        constants={"state": "expired"},
        example="Links expire after 30 days.",
        gives=(("lifecycle", {"entity": "link", "state": "expired", "after": "30d"}),),
    ),
    Frame(
        name="things expire, nobody says when",
        kind="lifecycle",
        verbs=("expire",),
        roles=(Role(at="subject", slot="entity", reads="thing", each=True),),
        constants={"state": "expired"},
        asks=Ask(
            slot="after",
            text="After how long does a {entity} expire?",
            options=(
                ("1d", "It is gone a day after it was made."),
                ("7d", "It is gone a week after it was made."),
                ("30d", "It is gone 30 days after it was made."),
                ("365d", "It is gone a year after it was made."),
            ),
            default="30d",
        ),
        example="Pastes expire.",
    ),
    Frame(
        name="things never expire",
        kind="lifecycle",
        verbs=("expire",),
        negated=True,
        roles=(Role(at="subject", slot="entity", reads="thing", each=True),),
        constants={"state": "expired", "never": True},
        example="Links never expire.",
        gives=(("lifecycle", {"entity": "link", "state": "expired", "never": True}),),
    ),
    Frame(
        name="things live for a time",
        kind="lifecycle",
        verbs=("live",),
        roles=(
            Role(at="subject", slot="entity", reads="thing", each=True),
            Role(at="prep:for", slot="after", reads="duration"),
        ),
        constants={"state": "expired"},
        example="Pastes live for 2 weeks.",
        gives=(("lifecycle", {"entity": "paste", "state": "expired", "after": "14d"}),),
    ),
    Frame(
        name="things last a time",
        kind="lifecycle",
        verbs=("live",),
        roles=(
            Role(at="subject", slot="entity", reads="thing", each=True),
            Role(at="quantity", slot="after", reads="duration"),
        ),
        constants={"state": "expired"},
        example="A session lasts 30 minutes.",
        gives=(("lifecycle", {"entity": "session", "state": "expired", "after": "30m"}),),
    ),
    Frame(
        name="somebody may not do something",
        kind="access",
        verbs=(*_ROWS, "domain"),
        names=True,
        negated=True,
        roles=(_ACTOR, _THING),
        constants={"allowed": False},
        example="Guests cannot delete comments.",
        gives=(
            (
                "access",
                {"actor": "guest", "verb": "delete", "does": "delete", "object": "comment", "allowed": False},
            ),
        ),
    ),
    Frame(
        name="somebody may not act on a thing",
        kind="access",
        verbs=("act on",),
        names=True,
        negated=True,
        roles=(_ACTOR, Role(at="prep:on,in,to,for,at,from", slot="object", reads="thing")),
        constants={"allowed": False},
        example="Guests cannot comment on posts.",
        gives=(
            (
                "access",
                {"actor": "guest", "verb": "comment", "does": "other", "object": "post", "allowed": False},
            ),
        ),
    ),
    Frame(
        name="something is done on a schedule",
        kind="schedule",
        verbs=("delete",),
        names=True,
        roles=(
            Role(at="subject", reads="system", optional=True),
            Role(at="object", slot="object", reads="thing", each=True),
            Role(at="schedule", slot="cron", reads="schedule"),
        ),
        example="Every night at 02:00 expired links are deleted.",
        gives=(
            (
                "schedule",
                {"cron": "0 2 * * *", "verb": "delete", "does": "delete", "object": "link", "state": "expired"},
            ),
        ),
    ),
    Frame(
        name="an occurrence publishes an event",
        kind="event",
        verbs=("publish",),
        roles=(
            Role(at="subject", slot="cause", reads="occurrence"),
            Role(at="object", slot="name", reads="event_name", each=True),
        ),
        example="A click publishes `LinkClicked`.",
        gives=(("event", {"name": "LinkClicked", "cause": "click"}),),
    ),
    Frame(
        name="each change of state publishes its event",
        kind="event",
        verbs=("publish",),
        roles=(
            Role(at="subject", slot="cause", reads="change of state"),
            Role(at="object", slot="name", reads="event_name", each=True),
            Role(at="prep:with,containing", slot="object", reads="whole thing", optional=True),
        ),
        example="Each change of state publishes `OrderPaid` or `OrderShipped`.",
        gives=(
            ("event", {"name": "OrderPaid", "cause": "change of state"}),
            ("event", {"name": "OrderShipped", "cause": "change of state"}),
        ),
    ),
    Frame(
        name="an event is published for an occurrence",
        kind="event",
        verbs=("publish",),
        roles=(
            Role(at="subject", reads="system", optional=True),
            Role(at="object", slot="name", reads="event_name", each=True),
            Role(at="prep:for,on,at,upon,after", slot="cause", reads="occurrence"),
        ),
        example="A `LinkClicked` event is published for every click.",
        gives=(("event", {"name": "LinkClicked", "cause": "click"}),),
    ),
    Frame(
        name="a worker counts occurrences",
        kind="subscription",
        verbs=("count",),
        roles=(
            Role(at="subject", slot="consumer", reads="worker"),
            Role(at="object", slot="keeps", reads="counted"),
        ),
        example="A worker counts clicks per link and day.",
        gives=(
            (
                "subscription",
                {"consumer": "worker", "keeps": "count", "counts": "click", "period": "day", "per": "link"},
            ),
        ),
    ),
    Frame(
        name="a worker keeps totals",
        kind="subscription",
        verbs=("tally",),
        roles=(
            Role(at="subject", slot="consumer", reads="worker"),
            Role(at="object", slot="keeps", reads="totals"),
            Role(at="prep:from,of", slot="event", reads="event_name", optional=True),
            Role(at="prep:less,minus", slot="less", reads="taken back", optional=True),
            Role(at="adverb", reads="back", optional=True),
        ),
        extra=(
            Frame(
                name="where they are shown",
                kind="operation",
                roles=(Role(at="prep:at,under", slot="path", reads="route"),),
            ),
        ),
        example="A click publishes `LinkClicked`; a worker keeps daily totals per link.",
        gives=(
            ("event", {"name": "LinkClicked", "cause": "click"}),
            (
                "subscription",
                {"event": "LinkClicked", "consumer": "worker", "keeps": "total", "period": "day", "per": "link"},
            ),
        ),
    ),
    Frame(
        name="nobody does something without signing in",
        kind="access",
        verbs=(*_ROWS, "domain"),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="nobody"),
            Role(at="object", slot="object", reads="thing", each=True),
            Role(at="prep:without", slot="without", reads="signing in"),
        ),
        constants={"allowed": False},
        example="Nobody deletes a link without signing in.",
        gives=(
            (
                "access",
                {
                    "actor": "nobody",
                    "verb": "delete",
                    "does": "delete",
                    "object": "link",
                    "allowed": False,
                    "without": "sign in",
                },
            ),
        ),
    ),
)
