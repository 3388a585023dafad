"""Nouns by class: actors, systems, containers, value types, engines, measures."""

from __future__ import annotations

from autocoder.readers.rules.lexicon.words import listed, words

ACTORS: dict[str, str] = {
    **dict.fromkeys(
        listed("anyone anybody everyone everybody people person visitor somebody someone world caller one whoever"),
        "anyone",
    ),
    **dict.fromkeys(listed("user member customer subscriber owner account they"), "user"),
    **dict.fromkeys(listed("nobody none"), "nobody"),
    **dict.fromkeys(listed("guest"), "guest"),
}
"""Noun lemma to who that is. "they" stands for whoever acted before."""

VALUE_NOUNS = words("category type kind status state level priority size colour color value option unit language")
"""Fields whose values are counted out behind them."""

OWNERS = words("owner creator")
"""Nouns for whoever made a row."""

MAKERS = OWNERS | words("author poster submitter uploader organizer organiser initiator requester reporter seller host")
"""Nouns for whoever made what they are said to be of: its author, the organizer of the event."""

ROLES = words(
    "admin administrator moderator editor operator manager staff librarian teacher student author reviewer agent clerk "
    "viewer lawyer doctor patient employee organizer organiser host participant instructor seller buyer driver "
    "supervisor partner client candidate applicant tenant merchant assistant accountant consultant attendant tutor "
    "parent pupil child resident citizen volunteer guard nurse vet chef cook secretary treasurer president director "
    "principal head boss colleague professional nutritionist physician technician mechanic musician electrician "
    "politician freelancer contractor landlord athlete coach captain referee judge expert specialist representative "
    "executive auditor recipient sponsor donor fan friend creator partner guardian company firm team organisation "
    "organization department shop restaurant vendor supplier courier device sensor station machine robot meter "
    "terminal gateway finance reception back-office hr office school club community crew squad guide caretaker foreman "
    "captain monk nun priest pilot analyst attorney steward curator warden ranger butcher smith groom maid pathologist"
)
"""Nouns for people with a certain role: signed in, and more than a user."""

DEPARTMENTS = frozenset(
    {"back office", "front desk", "claims desk", "help desk", "service desk", "box office", "accounting"}
)
"""Names of several words for people with a certain role."""

PERSON_ENDINGS = ("er", "or", "ist", "ee", "ian", "woman", "sman")
"""Endings of nouns for people: translator, dentist, trainee."""

NO_PERSONS = words(
    "order number folder letter paper offer header parameter timer counter tracker container server worker computer "
    "printer calendar reminder transfer chapter answer quarter register filter layer buffer error color colour factor "
    "vector sector newsletter sensor power tower river center centre cover drawer locker poster sticker ticker voucher "
    "trailer banner folder identifier browser crawler scanner router broker handler consumer scheduler processor "
    "paper water weather matter master pointer setter getter monitor mirror behavior floor door editor-in-chief fee "
    "coffee tree committee degree list checklist playlist wishlist waitlist shortlist trigger summer winter december "
    "median september october november footer character tier other another after flyer planner manager-id "
    "boiler cooler freezer heater charger dispenser motor reactor elevator detector projector scooter tractor"
)
"""Nouns with such an ending that are no people."""

ORGANISATIONS = words(
    "company firm team organisation organization department shop restaurant club school community library hotel bakery"
)
"""Nouns for those who run a service, where one of them is spoken of."""

RANKS = words("senior junior chief head deputy lead vice general regional local night assistant super")
"""Words before a role that belong to its name: chief editor."""

CALLING = words("current calling")
"""Words for the user whose request it is."""

SIGNED_IN = words("signed-in logged-in registered authenticated authorised authorized")
SIGNED_OUT = words("anonymous unauthenticated unregistered signed-out logged-out")

SYSTEMS = words(
    "api service app application backend server system site website tool program microservice endpoint platform it"
)
"""Nouns for what is being built."""

ALSO_THINGS = words("tool application site website program platform app machine")
"""Nouns among them that many texts keep as things: tools to lend, applications for a job, sites to inspect."""

FORMS: dict[str, str] = {
    "api": "api", "service": "service", "microservice": "service", "app": "app", "application": "app",
    "backend": "backend", "server": "backend", "system": "service", "site": "app", "website": "app", "tool": "app",
    "platform": "service", "program": "app",
}  # fmt: skip

COLLECTIONS = words(
    "list board tracker manager catalogue catalog registry store directory collection log archive library book planner "
    "organizer organiser database keeper inventory diary journal"
)
"""Heads that name a collection: a "to-do list" keeps to-dos."""

LIST_LABELS = words(
    "role state status category error step note example endpoint schema feature requirement type user actor kind goal "
    "storage data throughput load latency availability uptime performance quality security deployment exposure "
    "parameter field body request response header option rule limit event command operation action method route page "
    "question answer todo scope constraint assumption stack technology database language role permission"
)
"""Labels of lists that are not lists of fields."""

NAMED_SYSTEMS = words("pastebin blog wiki guestbook diary journal leaderboard newsletter forum")
"""Nouns that name a whole system."""

PEOPLE_WORKERS = words("worker job process consumer handler task background-worker daemon")

DATA = words(
    "data everything information state row record content storage database persistence it all answer response result "
    "reply"
)
"""Nouns for what is stored, where no particular thing is meant."""

ENGINES: dict[str, tuple[str, str]] = {
    "postgresql": ("storage", "postgresql"), "postgres": ("storage", "postgresql"), "sqlite": ("storage", "sqlite"),
    "mysql": ("storage", "mysql"), "mariadb": ("storage", "mariadb"), "mongodb": ("storage", "mongodb"),
    "redis": ("cache", "redis"), "memcached": ("cache", "memcached"), "valkey": ("cache", "valkey"),
    "nats": ("broker", "nats"), "kafka": ("broker", "kafka"), "rabbitmq": ("broker", "rabbitmq"),
}  # fmt: skip
"""Product to the kind of fact and its name."""

BROKERS = words("nats kafka rabbitmq redis")
"""Products that can carry events."""

PLATFORM_PARTS: dict[str, str] = {
    "cache": "cache", "caching": "cache", "database": "storage", "store": "storage", "storage": "storage",
    "data": "storage", "broker": "broker", "queue": "broker", "event": "broker", "message": "broker",
    "messaging": "broker",
}  # fmt: skip
"""What a product is used as, by kind of fact."""

_TYPE_NOUNS: dict[str, str] = {
    "url": "url uri link web-address website homepage",
    "text": "text string snippet word line message name title description comment body content note subject label "
    "caption summary question answer city street country author category color colour address bio "
    "nickname username sku isbn brand",
    "integer": "number integer int int32 int64 long count quantity rating score age year stock position priority order "
    "rank size point points star stars capacity duration-in-minutes",
    "decimal": "amount decimal float double temperature weight height latitude longitude humidity percentage distance "
    "rate ratio",
    "money": "price cost fee salary balance money fare rent wage revenue deposit",
    "boolean": "flag boolean bool checkbox",
    "date": "date birthday deadline expiry day date-of-birth birthdate",
    "datetime": "time timestamp datetime date-time moment start end beginning",
    "duration": "duration",
    "email": "e-mail email e-mail-address",
    "phone": "phone telephone",
    "uuid": "uuid guid",
    "password": "password",
    "slug": "slug",
    "file": "file photo picture image document attachment",
}

IDENTIFYING = words(
    "vat tax serial account card passport licence license registration tracking reference insurance bank plate "
    "routing identification house zip postal part model chassis policy member membership customer employee student id"
)
"""Nouns before "number" that make it a text: it may hold letters, signs and leading zeros."""

VALUE_TYPES: dict[str, str] = {noun: type_ for type_, nouns in _TYPE_NOUNS.items() for noun in nouns.split()}
"""Head noun of a field's name, or a type's name, to a type of the blueprint language."""

NAMED_TYPES = words(
    "text string number integer int boolean bool flag decimal float double date datetime date-time timestamp uuid guid "
    "url uri email e-mail password file duration int64 int32 long time enum array object money"
)
"""Words that are the name of a type when they follow a field's name or stand in its parentheses."""

WRITTEN_TYPES: dict[str, str] = {name: VALUE_TYPES[name] for name in NAMED_TYPES if name in VALUE_TYPES} | {
    "number": "decimal"
}
"""Type as a text writes it behind a field's name ("price (number)"), to a type of the blueprint language."""

CODES = words("code key token slug id identifier")
"""What a generated short name is called."""

TOTALS = words("total count counter statistic sum tally stat number figure")
SUMS = words("revenue turnover sales income volume consumption")
"""Nouns for what a worker adds up."""

OCCURRENCES = words("click visit hit view access redirect download request call open use play read")
"""Nouns for something that happened and may be counted."""

PERIODS: dict[str, str] = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annual": "year",
    "hour": "hour", "day": "day", "month": "month", "year": "year", "week": "week",
}  # fmt: skip

STATES: dict[str, str] = {"expired": "expired", "lapsed": "expired"}
"""Adjectives that name a state of a row."""

NO_STATES = words(
    "unique optional required mandatory public private internal available reachable valid possible necessary empty "
    "true false harmless first last new"
)
"""Adjectives that say something else of a thing than the state that it is in."""

NO_MARKS = NO_STATES - words("public private internal") | words("late early long short different several more empty")
"""Adjectives that are no mark which a thing has or has not."""

OPEN_STATES = words(
    "unpaid paid overdue pending unread read unassigned assigned unapproved outstanding archived inactive active "
    "published unpublished draft open closed upcoming past late missed scheduled"
)
"""Adjectives that tell rows apart by a state of theirs, whether or not the text counts the states out."""

STATE_NOUNS = words("draft")
"""Nouns that name the state of what they stand before: draft invoices."""

FLAGS: dict[str, str] = {"completed": "completed", "done": "done", "finished": "finished"}

EXTRA_NOUNS = words(
    "data api app url uri https http tls ssl id json html csv internet web homepage username upvote todo to-do "
    "webhook backend frontend login logout signup pastebin paste timestamp slug inbox p95 uptime ingest"
)
"""Words that the tables do not know, or know as something else only."""

NOUNS_ONLY = words(
    "rest people staff meeting building booking rating reading listing parking training wedding shipping housing "
    "painting drawing recording setting spelling meal recipe room person audit employee status patient client "
    "address phone number job billing"
)
"""Words that are nouns here, though the tables have other readings for them."""

INVARIANT = words(
    "data https news series species status address access class process business stats "
    "cors postgres redis nats kubernetes canvas atlas sms gps dns analysis basis lens gas"
)
"""Nouns whose singular is the word itself."""
