"""Frames of what leaves the service and of what it can do beside its operations: messages, calls, keys, caches."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Frame, Role

_OCCASION = Role(at="occasion", slot="on", optional=True)
_SHOWS = Role(at="prep:with,containing,including,about", slot="shows", reads="contents", optional=True)
_ON_TIME = Role(at="schedule", slot="cron", reads="schedule", optional=True)
_WHO = Role(at="object", slot="to", reads="recipient")
_SERVICE = Role(at="subject", reads="system", optional=True)

FRAMES: tuple[Frame, ...] = (
    Frame(
        name="somebody gets a message",
        closed=True,
        kind="integration",
        verbs=("gain",),
        roles=(
            Role(at="subject", slot="to", reads="recipient"),
            Role(at="object", slot="name", reads="message"),
            _OCCASION,
            _SHOWS,
            _ON_TIME,
        ),
        example="When an order is shipped, the customer gets an e-mail with the delivery date.",
        gives=(
            (
                "integration",
                {"to": "customer", "name": "e-mail", "on": "ship", "object": "order", "shows": ("delivery date",)},
            ),
        ),
    ),
    Frame(
        name="somebody is sent a message",
        kind="integration",
        verbs=("send",),
        roles=(
            _SERVICE,
            Role(at="receiver", slot="to", reads="recipient"),
            Role(at="object", slot="name", reads="message"),
            _OCCASION,
            _SHOWS,
            _ON_TIME,
        ),
        example="When a booking is cancelled, send the customer an e-mail.",
        gives=(("integration", {"to": "customer", "name": "e-mail", "on": "cancel", "object": "booking"}),),
    ),
    Frame(
        name="a message is sent",
        kind="integration",
        verbs=("send",),
        roles=(
            _SERVICE,
            Role(at="object", slot="name", reads="message"),
            Role(at="prep:to", slot="to", reads="recipient"),
            _OCCASION,
            _SHOWS,
            _ON_TIME,
        ),
        example="When a task is finished, an e-mail is sent to the owner.",
        gives=(("integration", {"name": "e-mail", "to": "owner", "on": "finish", "object": "task"}),),
    ),
    Frame(
        name="a webhook is sent",
        kind="integration",
        verbs=("send",),
        roles=(
            _SERVICE,
            Role(at="object", slot="name", reads="message"),
            Role(at="prep:to", slot="to", reads="system outside", optional=True),
            _OCCASION,
            _SHOWS,
        ),
        example="When a payment is confirmed, a webhook with its reference is sent to the shop system.",
        gives=(
            (
                "integration",
                {
                    "name": "webhook",
                    "to": "shop system",
                    "on": "confirm",
                    "object": "payment",
                    "shows": ("reference",),
                },
            ),
        ),
    ),
    Frame(
        name="somebody is told when something happens",
        kind="integration",
        verbs=("tell",),
        roles=(
            _SERVICE,
            _WHO,
            Role(at="prep:by,via,per,through", slot="name", reads="channel"),
            Role(at="occasion", slot="on"),
            _SHOWS,
            _ON_TIME,
        ),
        example="When a task is done, notify the owner by e-mail.",
        gives=(("integration", {"to": "owner", "name": "e-mail", "on": "do", "object": "task"}),),
    ),
    Frame(
        name="a system outside is asked",
        kind="integration",
        verbs=("ask outside",),
        roles=(
            _SERVICE,
            Role(at="object", slot="url", reads="address"),
            Role(at="aim", slot="gets", optional=True),
            Role(at="prep:for", slot="gets", reads="answer", optional=True),
            Role(at="prep:with", slot="sends", reads="contents", optional=True),
            _OCCASION,
        ),
        example="When an expense is added, call https://api.example.com/rates to get the rate of its currency.",
        gives=(
            (
                "integration",
                {
                    "url": "https://api.example.com/rates",
                    "name": "api.example.com",
                    "gets": ("rate",),
                    "sends": ("currency",),
                    "on": "add",
                    "object": "expense",
                },
            ),
        ),
    ),
    Frame(
        name="what was answered is kept",
        kind="",
        verbs=("store", "keep"),
        roles=(
            Role(at="object", reads="answered", each=True),
            Role(at="prep:with,on,in", reads="plain", optional=True),
        ),
        example="When an expense is added, call https://api.example.com/rates to get the rate and store it with the "
        "expense.",
        gives=(
            (
                "integration",
                {
                    "url": "https://api.example.com/rates",
                    "name": "api.example.com",
                    "gets": ("rate",),
                    "on": "add",
                    "object": "expense",
                },
            ),
        ),
    ),
    Frame(
        name="something is cached",
        kind="cache",
        verbs=("cache",),
        roles=(
            _SERVICE,
            Role(at="object", slot="object", reads="cached", each=True),
            Role(at="prep:for", slot="keeps", reads="duration", optional=True),
        ),
        example="Cache the product page for 5 minutes.",
        gives=(("cache", {"object": "product", "keeps": "5m"}),),
    ),
    Frame(
        name="only some see a field",
        closed=True,
        kind="field",
        verbs=("read",),
        roles=(
            Role(at="subject", slot="visible", reads="only viewers", each=True),
            Role(at="object", slot="name", reads="known own field", each=True),
        ),
        example="An employee has a name and a salary. Only managers see the salary.",
        gives=(
            ("field", {"of": "employee", "name": "name", "type": "text"}),
            ("field", {"of": "employee", "name": "salary", "type": "money"}),
            ("field", {"of": "employee", "name": "salary", "visible": "manager"}),
        ),
    ),
    Frame(
        name="a field is visible to some only",
        closed=True,
        kind="field",
        verbs=("be", "read"),
        roles=(
            Role(at="subject", slot="name", reads="known own field", each=True),
            Role(at="adjective", reads="visible"),
            Role(at="prep:to,for", slot="visible", reads="viewers", each=True),
            Role(at="adverb", reads="only"),
        ),
        example="An employee has a name and a salary. The salary is visible to managers only.",
        gives=(
            ("field", {"of": "employee", "name": "name", "type": "text"}),
            ("field", {"of": "employee", "name": "salary", "type": "money"}),
            ("field", {"of": "employee", "name": "salary", "visible": "manager"}),
        ),
    ),
    Frame(
        name="requests may come again",
        kind="policy",
        verbs=("retry",),
        roles=(
            Role(at="subject", reads="people", optional=True),
            Role(at="object", reads="requests", optional=True),
            Role(at="prep:with,using,by", reads="idempotency key"),
            Role(at="adverb", reads="safely", optional=True),
        ),
        constants={"topic": "idempotency"},
        example="Clients may retry with an Idempotency-Key.",
        gives=(("policy", {"topic": "idempotency", "header": "Idempotency-Key"}),),
    ),
    Frame(
        name="idempotency keys are taken",
        closed=True,
        kind="policy",
        verbs=("accept", "take", "use"),
        roles=(
            Role(at="subject", reads="people", optional=True),
            Role(at="object", reads="idempotency key"),
        ),
        constants={"topic": "idempotency"},
        example="The API accepts an Idempotency-Key header.",
        gives=(("policy", {"topic": "idempotency", "header": "Idempotency-Key"}),),
    ),
    Frame(
        name="an audit log is kept",
        closed=True,
        kind="policy",
        verbs=("record", "keep", "manage"),
        roles=(_SERVICE, Role(at="object", reads="audit log")),
        constants={"topic": "audit"},
        example="Keep an audit log of every change.",
        gives=(("policy", {"topic": "audit"}),),
    ),
    Frame(
        name="requests are traced",
        closed=True,
        kind="policy",
        verbs=("trace",),
        roles=(
            _SERVICE,
            Role(at="object", reads="requests"),
            Role(at="prep:with,by,through,via", reads="tracer", optional=True),
        ),
        constants={"topic": "tracing"},
        example="Requests are traced with OpenTelemetry.",
        gives=(("policy", {"topic": "tracing"}),),
    ),
    Frame(
        name="programs sign in with a key",
        kind="authentication",
        verbs=("sign_in",),
        roles=(
            Role(at="subject", slot="entity", reads="people"),
            Role(at="prep:with,by,using", slot="scheme", reads="api key"),
            Role(at="prep:in", slot="header", reads="header", optional=True),
        ),
        constants={"needed": True},
        example="Stations authenticate with an API key in the X-Api-Key header.",
        gives=(
            (
                "authentication",
                {"entity": "station", "scheme": "api key", "header": "X-Api-Key", "needed": True},
            ),
        ),
    ),
    Frame(
        name="a thing is encrypted",
        kind="policy",
        verbs=("encrypt",),
        roles=(_SERVICE, Role(at="object", slot="entity", reads="plain", each=True)),
        constants={"topic": "encryption"},
        example="Encrypt the diagnosis.",
        gives=(("policy", {"entity": "diagnosis", "topic": "encryption"}),),
    ),
    Frame(
        name="a thing is stored encrypted",
        kind="policy",
        verbs=("store", "keep"),
        roles=(
            _SERVICE,
            Role(at="object", slot="entity", reads="plain", each=True),
            Role(at="participle", reads="encrypted"),
        ),
        constants={"topic": "encryption"},
        example="Store the access token encrypted.",
        gives=(("policy", {"entity": "access token", "topic": "encryption"}),),
    ),
    Frame(
        name="inactive accounts are deleted",
        closed=True,
        kind="lifecycle",
        verbs=("delete",),
        roles=(_SERVICE, Role(at="object", slot="entity", reads="inactive")),
        constants={"state": "deleted"},
        example="Delete accounts that have been inactive for 2 years.",
        gives=(("lifecycle", {"entity": "account", "after": "730d", "of": "last activity", "state": "deleted"}),),
    ),
    Frame(
        name="so many on a page",
        closed=True,
        kind="operation",
        verbs=("list", "read"),
        names=True,
        roles=(_SERVICE, Role(at="object", slot="object", reads="page of")),
        constants={"does": "list"},
        example="Show 25 customers per page.",
        gives=(("operation", {"verb": "show", "does": "list", "object": "customer", "limit": 25}),),
    ),
    Frame(
        name="values worked out for each thing are shown",
        closed=True,
        kind="field",
        verbs=("read", "list"),
        roles=(
            _SERVICE,
            Role(at="prep:for", slot="of", reads="plain"),
            Role(at="object", slot="name", reads="aggregate", each=True),
        ),
        example="For each trail, show the average rating and the number of ratings.",
        gives=(
            ("field", {"of": "trail", "name": "average rating", "computed": "average rating"}),
            ("field", {"of": "trail", "name": "number of ratings", "computed": "number of ratings"}),
        ),
    ),
    Frame(
        name="a thing shows values worked out",
        closed=True,
        kind="field",
        verbs=("contain", "read"),
        roles=(
            Role(at="subject", slot="of", reads="plain"),
            Role(at="object", slot="name", reads="aggregate", each=True),
        ),
        example="A trail shows its average rating.",
        gives=(("field", {"of": "trail", "name": "average rating", "computed": "average rating"}),),
    ),
)
