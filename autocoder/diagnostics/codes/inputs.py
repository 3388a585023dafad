"""Codes of what clients send and get (AC3290 to AC3297)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC3290",
        "title": "a key in a body that cannot hold it",
        "why": "A key or a secret that stands in the body is a name of its own there, beside the inputs. A GET or "
        "DELETE has no body, and an input of that name would be read as something else.",
        "fix": "Choose a name that no input has, or send the key in a header.",
        "example": "route: GET /docs/{id}, access: {key: Doc.edit_key, in: body token, row: input.id}",
    },
    {
        "code": "AC3291",
        "title": "a list whose items cannot differ",
        "why": "A list that is `unique` holds nothing twice. That is told apart by values such as texts, numbers and "
        "days; records, maps and JSON have none, and an enum or a boolean has only so many.",
        "fix": "Let the list hold plain values, no more of them than there are.",
        "example": "input: {tags: {type: list of json, unique: true}}",
    },
    {
        "code": "AC3292",
        "title": "two ways to say which part of a list is meant",
        "why": "A page has a size and a beginning. Stated twice, one of the two would do nothing.",
        "fix": "State them once: in `page`, or as `limit` and `offset` of the list; by cursor or by offset.",
        "example": "{list: Sale, limit: 10, page: {limit: 20}}",
    },
    {
        "code": "AC3293",
        "title": "a reference that is followed before it is known to be there",
        "why": "The row to which a value refers is read before the expression in which it stands. A test for null in "
        "that same expression comes too late for it.",
        "fix": "Write `?.`, which gives null, or test for null in a `require` of its own before.",
        "example": "{require: doc.owner != null && doc.owner.active} with owner: {type: ref, to: User, optional: true}",
    },
)
