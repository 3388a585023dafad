"""Codes of what texts, files and lists hold (AC326x): lowered with the design, found in its fields and effects."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC3260",
        "title": "a search of what is no text",
        "why": "A search compares words with fields that hold text and that clients may see.",
        "fix": "Name such fields of the entity in `in`.",
        "example": "{search: Post, in: [stars], for: input.q}",
    },
    {
        "code": "AC3261",
        "title": "html that is not sanitised",
        "why": "A value of type html is shown in pages without being escaped, so it comes from an input of type html, "
        "which is sanitised, from another such value, or from text that the author wrote out.",
        "fix": "Give the input the type html, or the field the type text.",
        "example": "set: {body: 'upper(input.body)'}",
    },
    {
        "code": "AC3262",
        "title": "html inside a tag",
        "why": "Sanitised html is harmless between tags. In an attribute, a script or a style its text could become "
        "code.",
        "fix": "Write `{{x}}`, which is escaped, or move it between tags.",
        "example": '<a title="{{{post.body}}}">',
    },
)
