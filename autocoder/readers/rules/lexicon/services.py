"""What well-known services are, and what is meant where one is "with" something: sentences that the reader reads.

A new service or a new feature is one line here. `{thing}` is what the service keeps, `{things}` its plural. A service
says in plain sentences what a client would expect of one of which nothing else is told; every one of them is a
decision. Keys are lemmas.
"""

from __future__ import annotations

_VOTING = (
    "A poll has a question.",
    "A poll has many options.",
    "An option has a text.",
    "A vote has an option.",
    "Users sign in with an e-mail address and a password.",
    "Users create polls.",
    "Users add options to polls.",
    "A user can vote once per poll.",
)
_FORM = (
    "A contact message has a name, an e-mail address and a message.",
    "Anyone can submit a contact message.",
)
_SHOP = (
    "A product has a name, a price and a stock.",
    "A cart has many cart items.",
    "A cart item has a product and a quantity.",
)
_SHORTENER = (
    "A link has a target URL.",
    "Anyone can shorten a URL and gets a 7-character code.",
    "Visiting `/{code}` redirects to the URL.",
)
_SNIPPETS = ("A {thing} has a text, an optional title and an optional language.",)
_STORE = ("An entry has a unique key and a value.",)
_FLAGS = ("A {thing} has a unique name, an enabled flag that starts as false and an optional description.",)
_SCORES = ("A score has a player and a number of points.", "Anyone can submit scores.", "Anyone can list scores.")
_NEWSLETTER = ("A subscriber has a unique e-mail address.",)
_BLOG = (
    "A post has a title, a text and a publication date.",
    "Authors write posts.",
    "Authors change and delete their own posts.",
    "Anyone can read posts.",
)
_JOBS = ("A job has a payload.", "Anyone can submit jobs.", "Jobs go from queued to running, then done.")
_COUPONS = ("A {thing} has a unique code and a discount percentage.",)
_CARDS = ("A gift card has a unique code and a balance in cents.",)
_QUEUE = (
    "A party has a name, a number of people and a phone number.",
    "A party is waiting, called, seated or gone.",
)
_CHAT = (
    "A room has a name.",
    "A message has a text.",
    "A message belongs to a room.",
    "Users sign in with an e-mail address and a password.",
    "Users send messages.",
    "Anyone can list messages.",
)

SERVICES: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("url shortener", "link shortener", "short link"), ("link", _SHORTENER)),
    **dict.fromkeys(("pastebin",), ("paste", _SNIPPETS)),
    **dict.fromkeys(("snippet", "code snippet", "snippet manager"), ("snippet", _SNIPPETS)),
    "guestbook": ("guestbook entry", ("A guestbook entry has a name and a message.",)),
    **dict.fromkeys(("key-value store", "key value store", "kv store"), ("entry", _STORE)),
    **dict.fromkeys(("feature flag", "feature toggle"), ("feature flag", _FLAGS)),
    **dict.fromkeys(("leaderboard", "high score", "highscore", "high-score list", "scoreboard"), ("score", _SCORES)),
    **dict.fromkeys(("poll", "voting"), ("poll", _VOTING)),
    "contact form": ("contact message", _FORM),
    **dict.fromkeys(("shopping cart", "cart"), ("cart", _SHOP)),
    **dict.fromkeys(("newsletter", "newsletter signup", "newsletter sign-up"), ("subscriber", _NEWSLETTER)),
    "blog": ("post", _BLOG),
    **dict.fromkeys(("job queue", "task queue", "work queue"), ("job", _JOBS)),
    **dict.fromkeys(("coupon", "coupon code", "voucher", "voucher code"), ("coupon", _COUPONS)),
    **dict.fromkeys(("gift card", "gift voucher"), ("gift card", _CARDS)),
    **dict.fromkeys(("waiting list", "waitlist", "wait list"), ("party", _QUEUE)),
    **dict.fromkeys(("chat", "chat room", "chatroom"), ("room", _CHAT)),
}
"""Name of a service to what it keeps and what it is."""

ACTIVITIES: dict[str, str] = {
    "rental": "rent", "hire": "rent", "booking": "book", "reservation": "reserve", "registration": "register for",
    "lending": "borrow", "subscription": "subscribe to", "ordering": "order", "sale": "buy", "adoption": "adopt",
    "approval": "approve", "sharing": "share", "signup": "sign up for", "sign-up": "sign up for",
    "submission": "submit", "search": "search", "finder": "search", "lookup": "search", "upload": "upload",
}  # fmt: skip
"""Noun for what is done with things, behind their name ("bike rental"), to the verb."""

CALCULATORS = {"calculator": "Anyone can calculate {}.", "converter": "Anyone can convert {}."}
"""Heads of services that only work something out."""

KEEPING = frozenset({"management", "tracking", "administration", "register", "overview", "storage", "monitoring"})
"""Nouns behind a thing's name that say no more than that it is kept."""

ENTRIES = frozenset({"diary", "journal", "log", "logbook"})
"""Collections of which one is an entry of."""

FEATURES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("user authentication", "authentication", "login", "sign-in", "auth", "user account", "account", "user login"),
        ("Users sign in with an e-mail address and a password.",),
    ),
    **dict.fromkeys(
        ("click count", "click tracking", "click counter", "click statistic"),
        ("Visiting `/{code}` counts the click.",),
    ),
    **dict.fromkeys(
        ("rating", "star rating", "star"),
        ("A {thing} has many ratings.", "A rating has a score from 1 to 5."),
    ),
    "comment": ("A {thing} has many comments.", "A comment has an author and a text."),
    "review": ("A {thing} has many reviews.", "A review has a score from 1 to 5 and a text."),
    **dict.fromkeys(("tag", "label"), ("A {thing} has a title.", "A {thing} has many tags.", "A tag has a name.")),
    **dict.fromkeys(
        ("search", "full-text search", "text search"),
        ("A {thing} has a title.", "Anyone can search {things} by title."),
    ),
    **dict.fromkeys(
        ("ttl", "expiry", "expiration", "time to live", "expiry time", "expiration time"), ("{Things} expire.",)
    ),
    **dict.fromkeys(
        ("percentage rollout", "rollout", "gradual rollout", "percentage roll-out"),
        ("A {thing} has a rollout percentage from 0 to 100.",),
    ),
    **dict.fromkeys(
        ("history", "version history", "versioning", "audit log", "audit trail", "change history"),
        ("Every change is recorded in an audit log.",),
    ),
    **dict.fromkeys(("pagination", "paging"), ("Show 25 {things} per page.",)),
    **dict.fromkeys(("photo", "picture", "image"), ("A {thing} has many photos.", "A photo has a file.")),
    **dict.fromkeys(
        ("attachment", "file", "file upload"), ("A {thing} has many attachments.", "An attachment has a file.")
    ),
    "category": ("A {thing} has a title and a category.",),
    **dict.fromkeys(("https", "tls"), ("It is public over HTTPS.",)),
}
"""What a service is "with" to the sentences that say it of the thing."""
