"""What verbs of the domain leave behind: a record, or a state of the thing."""

from __future__ import annotations

RECORDS: dict[str, str] = {
    "borrow": "loan", "lend": "loan", "book": "booking", "reserve": "reservation", "rent": "rental", "vote": "vote",
    "rate": "rating", "review": "review", "comment": "comment", "apply": "application", "enrol": "enrolment",
    "enroll": "enrollment", "order": "order", "buy": "purchase", "like": "like", "subscribe": "subscription",
    "donate": "donation", "bid": "bid", "join": "membership", "sign": "signature", "invite": "invitation",
    "check out": "checkout", "attend": "attendance", "redeem": "redemption", "register": "registration",
    "sign up": "registration", "reply": "reply",
}  # fmt: skip
"""Verb to the record that it leaves."""

STATES: dict[str, str] = {
    "approve": "approved", "reject": "rejected", "cancel": "cancelled", "close": "closed", "complete": "completed",
    "confirm": "confirmed", "decline": "declined", "reopen": "open", "archive": "archived", "activate": "active",
    "deactivate": "inactive", "suspend": "suspended", "ban": "banned", "block": "blocked", "pause": "paused",
    "resume": "active", "resolve": "resolved", "retire": "retired", "ship": "shipped", "deliver": "delivered",
    "pay": "paid", "refund": "refunded", "finish": "finished", "accept": "accepted", "revoke": "revoked",
    "lock": "locked", "unlock": "open", "release": "released", "dispatch": "dispatched", "escalate": "escalated",
    "claim": "claimed", "verify": "verified", "publish": "published", "hide": "hidden", "flag": "flagged",
    "return": "returned", "end": "ended", "submit": "submitted", "request": "requested", "expire": "expired",
}  # fmt: skip
"""Verb to the state that it leads to."""
