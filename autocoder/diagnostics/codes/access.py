"""Codes of who may ask and see (AC322x): secrets, visible fields, and how callers prove who they are."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC3220",
        "title": "a lookup of what is no secret",
        "why": "`lookup: true` keeps a digest beside a secret, because its encrypted text cannot be compared. Any "
        "other field is compared as it is.",
        "fix": "Leave `lookup` out, or make the field a secret.",
        "example": "title: {type: text, lookup: true}",
    },
    {
        "code": "AC3221",
        "title": "a secret that the database cannot look into",
        "why": "A secret is kept encrypted, under another text in each row. The database cannot compare or order it.",
        "fix": "Give it `lookup: true` and compare it with `==`, or compare it after the row is read.",
        "example": "{list: Card, where: number == input.number} with number: secret",
    },
    {
        "code": "AC3222",
        "title": "a secret in the open",
        "why": "Fields of other types and events are kept as they are, and a default stands in this file: whoever "
        "reads the database or the file would know the secret.",
        "fix": "Make the field that takes it a secret too, name the row by its id, or leave the default out.",
        "example": "{create: Note, set: {text: card.number}} with number: secret",
    },
)
