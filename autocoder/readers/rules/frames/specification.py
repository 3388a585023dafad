"""Frames of specifications: where things start, what happens by itself, who is told, what arrives from outside."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Frame, Role

INSIDE = Frame(name="what each of them has", kind="field", roles=(Role(at="inside", slot="name"),))
"""What parentheses count out."""

SPAN = (
    Frame(
        name="from a time",
        kind="field",
        roles=(Role(at="record", slot="of"), Role(at="prep:from,starting", slot="name", reads="times")),
    ),
    Frame(
        name="to a time",
        kind="field",
        roles=(Role(at="record", slot="of"), Role(at="prep:to,until,till", slot="name", reads="times")),
    ),
)
"""The times that a record holds: "reserve a tool from a start date to an end date"."""

REMARK = Frame(
    name="and says something beside it",
    kind="field",
    roles=(
        Role(at="object", slot="of", reads="plain or it", shared=True),
        Role(at="prep:with", slot="name", reads="remark"),
    ),
)
"""What somebody says with what they do: "close them with a comment"."""

API_KEY = Frame(
    name="with an API key",
    kind="authentication",
    roles=(
        Role(at="subject", slot="entity", reads="sender", shared=True),
        Role(at="prep:with,by,via,using", slot="scheme", reads="an api key"),
    ),
)
"""How programs say who they are."""

FRAMES: tuple[Frame, ...] = (
    Frame(
        name="somebody sends things again and again",
        kind="operation",
        verbs=("make with", "send"),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="actor"),
            Role(at="object", slot="object", reads="plain"),
            Role(at="schedule", slot="every", reads="interval"),
            Role(at="prep:over,via", reads="over http", optional=True),
        ),
        extra=(API_KEY,),
        example="Each sensor sends one reading every 10 seconds over HTTP.",
        gives=(
            (
                "operation",
                {
                    "actor": "role",
                    "role": "sensor",
                    "object": "reading",
                    "every": "10s",
                    "verb": "send",
                    "does": "other",
                },
            ),
        ),
    ),
    Frame(
        name="somebody changes some fields",
        kind="operation",
        verbs=("update",),
        names=True,
        roles=(
            Role(at="subject", slot="actor", reads="actor"),
            Role(at="object", slot="object", reads="any of its fields"),
            Role(at="prep:with,using,via", slot="method", reads="http method", optional=True),
            Role(at="prep:at", reads="own address", optional=True),
        ),
        example="A card has a front and a hint. Users can change any of its front or hint with PATCH.",
        gives=(
            ("field", {"of": "card", "name": "front"}),
            ("field", {"of": "card", "name": "hint"}),
            (
                "operation",
                {
                    "actor": "user",
                    "object": "card",
                    "fields": ("front", "hint"),
                    "method": "PATCH",
                    "verb": "change",
                    "does": "update",
                },
            ),
        ),
    ),
    Frame(
        name="people sign in with a provider",
        kind="authentication",
        verbs=("sign_in",),
        roles=(
            Role(at="subject", slot="entity", reads="who signs in"),
            Role(at="prep:through,via,with,using,by,over", slot="scheme", reads="identity provider"),
            Role(at="prep:in,on", reads="alone", optional=True),
        ),
        example="Editors log in through the company's OpenID Connect provider.",
        gives=(("authentication", {"entity": "editor", "scheme": "openid connect"}),),
    ),
    Frame(
        name="something is done elsewhere",
        kind="",
        verbs=("handled outside",),
        roles=(
            Role(at="by itself"),
            Role(at="object", reads="plain"),
            Role(at="adverb", reads="elsewhere"),
        ),
        example="Billing is done elsewhere: an `InvoicePaid` event arrives on NATS.",
        gives=(("event", {"name": "InvoicePaid", "from": "outside"}), ("broker", {"engine": "nats"})),
    ),
    Frame(
        name="what is done is kept",
        kind="",
        verbs=("store",),
        roles=(
            Role(at="by itself"),
            Role(at="object", reads="thing of an age"),
        ),
        example="Readings older than one hour are stored but never raise an alarm.",
        gives=(
            ("reaction", {"when": "readings older than one hour", "verb": "raise", "object": "alarm", "never": True}),
        ),
    ),
    Frame(
        name="something does not follow",
        kind="reaction",
        verbs=("make with", "cause", "raise"),
        names=True,
        negated=True,
        roles=(
            Role(at="subject", slot="when", reads="thing of an age"),
            Role(at="object", slot="object", reads="plain"),
        ),
        constants={"never": True},
        example="Scans older than two days never open an alert.",
        gives=(("reaction", {"when": "scans older than two days", "verb": "open", "object": "alert", "never": True}),),
    ),
    Frame(
        name="things start in a state",
        kind="lifecycle",
        verbs=("be", "stay"),
        roles=(
            Role(at="subject", slot="entity", reads="new thing"),
            Role(at="state", slot="state"),
        ),
        constants={"initial": True},
        example="New vouchers are unused.",
        gives=(("lifecycle", {"entity": "voucher", "state": "unused", "initial": True}),),
    ),
    Frame(
        name="things are in a state at first",
        kind="lifecycle",
        verbs=("domain", "be", "stay"),
        passive=False,
        roles=(
            Role(at="subject", slot="entity", reads="plain", optional=True),
            Role(at="object", slot="entity", reads="plain", optional=True),
            Role(at="state", slot="state"),
            Role(at="at first"),
        ),
        constants={"initial": True},
        example="A poster is hidden at first.",
        gives=(("lifecycle", {"entity": "poster", "state": "hidden", "initial": True}),),
    ),
    Frame(
        name="things begin as something",
        kind="lifecycle",
        verbs=("begin",),
        roles=(Role(at="subject", slot="entity", reads="plain"), Role(at="as state", slot="state")),
        constants={"initial": True},
        example="Applications start as submitted.",
        gives=(("lifecycle", {"entity": "application", "state": "submitted", "initial": True}),),
    ),
    Frame(
        name="things are in a state until something is done",
        kind="lifecycle",
        verbs=("be", "stay"),
        roles=(
            Role(at="subject", slot="entity", reads="plain"),
            Role(at="state", slot="state"),
            Role(at="until"),
        ),
        constants={"initial": True},
        example="A claim is pending until an adjuster approves it.",
        gives=(
            ("lifecycle", {"entity": "claim", "state": "pending", "initial": True}),
            (
                "operation",
                {
                    "actor": "role",
                    "role": "adjuster",
                    "object": "claim",
                    "verb": "approve",
                    "does": "other",
                    "from_states": ("pending",),
                },
            ),
        ),
    ),
    Frame(
        name="something is done when something is the case",
        kind="reaction",
        verbs=("domain",),
        names=True,
        roles=(
            Role(at="case", slot="when"),
            Role(at="by itself"),
            Role(at="object", slot="object", reads="what changes"),
        ),
        example="When two deliveries in a row are late, a complaint is opened.",
        gives=(("reaction", {"when": "two deliveries in a row are late", "object": "complaint", "verb": "open"}),),
    ),
    Frame(
        name="something happens by itself when something is the case",
        kind="reaction",
        verbs=("domain", "close", "begin"),
        names=True,
        roles=(
            Role(at="subject", slot="object", reads="plain"),
            Role(at="by itself"),
            Role(at="case", slot="when"),
        ),
        example="A campaign stops by itself if a budget is empty.",
        gives=(("reaction", {"object": "campaign", "when": "a budget is empty", "verb": "stop"}),),
    ),
    Frame(
        name="something happens by itself after something",
        kind="reaction",
        verbs=("domain", "close", "begin"),
        names=True,
        roles=(
            Role(at="subject", slot="object", reads="plain"),
            Role(at="by itself"),
            Role(at="prep:after,upon", slot="when", reads="after things"),
        ),
        example="The fault closes itself after three normal readings.",
        gives=(("reaction", {"object": "fault", "when": "after three normal readings", "verb": "close"}),),
    ),
    Frame(
        name="a thing in some case makes another",
        kind="reaction",
        verbs=("make with", "begin", "cause"),
        names=True,
        roles=(
            Role(at="subject", slot="when", reads="thing in a case"),
            Role(at="object", slot="object", reads="plain"),
            Role(at="prep:as", reads="alone", optional=True),
        ),
        example="A boiler that has been cold for ten minutes opens a fault.",
        gives=(
            ("reaction", {"when": "a boiler that has been cold for ten minutes", "object": "fault", "verb": "open"}),
        ),
    ),
    Frame(
        name="a thing comes into a state when something is the case",
        kind="reaction",
        verbs=("become",),
        roles=(
            Role(at="case", slot="when"),
            Role(at="subject", slot="object", reads="plain"),
            Role(at="state", slot="to_state"),
        ),
        example="If the amount matches the total, the invoice becomes settled.",
        gives=(("reaction", {"when": "the amount matches the total", "object": "invoice", "to_state": "settled"}),),
    ),
    Frame(
        name="an event goes where failures go",
        kind="reaction",
        verbs=("travel", "send", "arrive"),
        roles=(
            Role(at="case", slot="when", optional=True),
            Role(at="subject", reads="an event", optional=True),
            Role(at="object", reads="an event", optional=True),
            Role(at="prep:to,into", reads="dead letter queue"),
        ),
        example="If a message is malformed, it goes to a dead letter queue.",
        gives=(("reaction", {"when": "a message is malformed", "verb": "dead-letter", "object": "event"}),),
    ),
    Frame(
        name="an event arrives from outside",
        kind="event",
        verbs=("arrive",),
        roles=(Role(at="subject", slot="name", reads="arriving event", each=True),),
        constants={"from": "outside"},
        extra=(
            INSIDE,
            Frame(
                name="what carries it",
                kind="broker",
                roles=(Role(at="prep:on,over,via,through,from,by", slot="engine", reads="broker"),),
            ),
        ),
        example="A `ParcelScanned` event (shipment id, weight in grams) arrives on NATS.",
        gives=(
            ("event", {"name": "ParcelScanned", "from": "outside"}),
            ("field", {"name": "shipment id", "of": "ParcelScanned"}),
            ("field", {"name": "weight", "type": "decimal", "of": "ParcelScanned"}),
            ("broker", {"engine": "nats"}),
        ),
    ),
    Frame(
        name="what is done is published as an event",
        kind="event",
        verbs=("publish",),
        roles=(
            Role(at="object", slot="object", reads="plain"),
            Role(at="prep:as", slot="name", reads="event_name"),
        ),
        example="When a gate is forced, an alert is opened and published as `AlertOpened`.",
        gives=(
            ("reaction", {"when": "a gate is forced", "object": "alert", "verb": "open"}),
            ("event", {"object": "alert", "name": "AlertOpened", "cause": "open"}),
        ),
    ),
    Frame(
        name="something is posted to a webhook",
        kind="integration",
        verbs=("send",),
        roles=(
            Role(at="object", slot="object", reads="plain"),
            Role(at="prep:to", slot="name", reads="somebody's webhook"),
        ),
        example="Each alert is posted to the gate's webhook, signed with the gate's secret.",
        gives=(("integration", {"object": "alert", "to": "gate", "name": "webhook", "signed_with": "gate secret"}),),
    ),
    Frame(
        name="and signed with a secret",
        kind="integration",
        verbs=("sign with",),
        extends=True,
        roles=(
            Role(at="object", reads="plain", optional=True, shared=True),
            Role(at="prep:with,by,using", slot="signed_with", reads="somebody's secret"),
        ),
        example="An alert is posted to the gate's webhook and signed with the gate's secret.",
        gives=(("integration", {"object": "alert", "to": "gate", "name": "webhook", "signed_with": "gate secret"}),),
    ),
    Frame(
        name="nothing gets lost",
        kind="policy",
        verbs=("lose",),
        roles=(
            Role(at="object", slot="entity", reads="none of them"),
            Role(at="even when", optional=True),
        ),
        constants={"topic": "delivery"},
        example="No event may be lost, even when the broker is down for an hour.",
        gives=(("policy", {"entity": "event", "topic": "delivery"}),),
    ),
    Frame(
        name="the service loses nothing that it took",
        kind="policy",
        verbs=("lose",),
        negated=True,
        roles=(
            Role(at="subject", reads="part or system", optional=True),
            Role(at="object", slot="entity", reads="acknowledged thing"),
            Role(at="even when", optional=True),
        ),
        constants={"topic": "delivery"},
        example="The service must not lose a vote that it has acknowledged.",
        gives=(("policy", {"entity": "vote", "topic": "delivery"}),),
    ),
    Frame(
        name="something comes twice",
        kind="policy",
        verbs=("cope",),
        roles=(Role(at="subject", reads="plain"), Role(at="prep:with", reads="duplicates")),
        constants={"topic": "delivery"},
        example="Receivers must cope with duplicates.",
        gives=(("policy", {"topic": "delivery"}),),
    ),
    Frame(
        name="the service survives a failure",
        kind="policy",
        verbs=("survive",),
        roles=(
            Role(at="subject", reads="part or system", optional=True),
            Role(at="activity", optional=True),
            Role(at="object", reads="failure of the service"),
            Role(at="prep:without", reads="doing it twice", optional=True),
        ),
        constants={"topic": "delivery"},
        example="Sending survives a restart without sending anything twice.",
        gives=(("policy", {"topic": "delivery"}),),
    ),
    Frame(
        name="a key that comes again gets the same answer",
        kind="policy",
        verbs=("respond", "gain"),
        roles=(
            Role(at="endpoint", slot="entity", optional=True),
            Role(at="subject", reads="same key"),
            Role(at="object", reads="first answer"),
            Role(at="bound", slot="within", reads="within", optional=True),
            Role(at="prep:for,within", slot="within", reads="duration", optional=True),
        ),
        constants={"topic": "idempotency"},
        example="The same key within 24 hours returns the first answer.",
        gives=(("policy", {"within": "24h", "topic": "idempotency"}),),
    ),
    Frame(
        name="and does nothing else",
        kind="policy",
        verbs=("create", "update"),
        extends=True,
        roles=(Role(at="subject", reads="same key"), Role(at="object", reads="nothing")),
        example="The same key returns the same answer and creates nothing.",
        gives=(("policy", {"topic": "idempotency"}),),
    ),
    Frame(
        name="clients send a header",
        kind="field",
        verbs=("send", "contain"),
        roles=(
            Role(at="context", reads="route"),
            Role(at="subject", reads="actor", optional=True),
            Role(at="object", slot="name", reads="a header"),
        ),
        constants={"direction": "request", "location": "header"},
        route="request",
        example="`POST /transfers` books a transfer. Clients send a `Request-Id` header.",
        gives=(
            (
                "operation",
                {"method": "POST", "path": "/transfers", "object": "transfer", "verb": "book", "does": "other"},
            ),
            (
                "field",
                {"name": "Request-Id", "of": "POST /transfers", "direction": "request", "location": "header"},
            ),
        ),
    ),
    Frame(
        name="routes are for somebody",
        kind="operation",
        verbs=("be",),
        roles=(
            Role(at="subject", slot="path", reads="route or sibling", each=True),
            Role(at="prep:for", slot="actor", reads="whom a route is for"),
            Role(at="adverb", reads="only", optional=True),
        ),
        example="`POST /claims/{id}/approve`, `/reject` are for the claims desk (role `adjuster`).",
        gives=(
            ("operation", {"method": "POST", "path": "/claims/{id}/approve", "actor": "role", "role": "adjuster"}),
            ("operation", {"method": "POST", "path": "/claims/{id}/reject", "actor": "role", "role": "adjuster"}),
        ),
    ),
    Frame(
        name="other changes are refused",
        kind="lifecycle",
        verbs=("refuse",),
        roles=(
            Role(at="object", reads="other changes"),
            Role(at="entity", slot="entity"),
            Role(at="prep:with", slot="otherwise", reads="failing status"),
        ),
        example="Job states: queued -> running -> done. Any other change of state is refused with 409.",
        gives=(
            ("lifecycle", {"entity": "job", "states": ("queued", "running", "done")}),
            ("lifecycle", {"entity": "job", "otherwise": 409}),
        ),
    ),
)
