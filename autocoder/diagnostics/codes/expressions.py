"""Codes of the lower stage (AC3200, AC3201, AC3298 to AC3305): what expressions, orders and systems outside may not."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC3200",
        "title": "a number that may be too large inside the database",
        "why": "Where a whole number leaves 64 bits SQLite goes on with a float, which loses digits. What is worked "
        "out of fields and then worked on, or summed up, must stay inside.",
        "fix": "State `min` and `max` of the fields, so that no row can leave it; or compare the outcome of one "
        "operation directly: `a - b >= c` instead of `a - b - c >= 0`.",
        "example": 'values: {sum: "sum(rows.map(r, r.cents * r.pieces))"}  # neither field states a `max`',
    },
    {
        "code": "AC3201",
        "title": "groups ordered by a mean or a sum of decimals, but not first",
        "why": "No two databases divide alike and SQLite has no decimals, so a mean and a sum of decimals are worked "
        "out after them. Groups can be ordered by it first; "
        "among equal means they keep the order that the database gave.",
        "fix": "Name it first in `order`, or leave it out.",
        "example": 'order: [count desc, mean desc]  # with values: {mean: "avg(rows.map(r, r.stars))"}',
    },
    {
        "code": "AC3298",
        "title": "a computed value that is worked out of itself",
        "why": "A computed value is worked out of the fields of its row, and of other computed values; in the end of "
        "fields that are stored.",
        "fix": "Work one of them out of stored fields.",
        "example": "fields: {net: {type: integer, computed: gross - tax}, gross: {type: integer, computed: net + tax}}",
    },
    {
        "code": "AC3299",
        "title": "an order by a text that no field gives",
        "why": "Texts are ordered by code point, in every database alike. PostgreSQL does so where a field gives the "
        "text; what is written out it orders as the database's own language does.",
        "fix": "Order by a number in its place: `status == 'open' ? 0 : 1`.",
        "example": "order: [\"paid ? 'b' : 'a'\"]",
    },
    {
        "code": "AC3300",
        "title": "a system outside of unknown availability",
        "why": "An operation that fails with a system outside is no more available than that system, and the policy "
        "states an availability.",
        "fix": "State `availability` of the integration as its operator promises it, or with `failed` what stands for "
        "its reply.",
        "example": "integrations: {payments: {base_url: {env: PAYMENTS_URL}, operations: {…}}}  # no `availability`",
    },
)
