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
    {
        "code": "AC3263",
        "title": "a file that is no upload",
        "why": "Each file belongs to one field of one row and goes with it. So a field of type file is set from an "
        "input of that type, once, and an upload is nothing else before it is kept.",
        "fix": "Set the field from the input; ask for name, size and type of the row's field afterwards.",
        "example": "set: {copy: other.scan}",
    },
    {
        "code": "AC3264",
        "title": "a file where none can be",
        "why": "A file is sent as a field of a form (multipart/form-data), which holds texts and numbers beside it, "
        "and is kept beside the database.",
        "fix": "Make it a field of an entity, or an input of POST, PUT or PATCH beside texts and numbers.",
        "example": "events: {Scanned: {scan: file}}",
    },
    {
        "code": "AC3265",
        "title": "a reply that is no file",
        "why": "`output: {file: …}` sends a file that a row keeps.",
        "fix": "Read the row and name its field of type file; `require` first that it is not null.",
        "example": "output: {file: document.title}",
    },
    {
        "code": "AC3266",
        "title": "a key for two entities",
        "why": "`wire.wrap` gives the rows of each entity a key of their own, and its plural for lists, so that a "
        "client knows from the key what it holds.",
        "fix": "Give one of the entities another key.",
        "example": "wire: {wrap: {User: item, Post: item}}",
    },
    {
        "code": "AC3267",
        "title": "a cursor without an order",
        "why": "A cursor names a place in a list by the values of its order there. So there is an order, of fields "
        "that every row has a value of.",
        "fix": "Order by a time, a number or a text that is never null, or page by limit and offset.",
        "example": "{list: Post, page: {cursor: next}}",
    },
    {
        "code": "AC3268",
        "title": "a formula or predicate that nobody can write",
        "why": "A client writes it over what is declared: `vars` of a formula, `fields` of a predicate, each of a type "
        "that can be compared. It is checked when it comes in, so it has no default and no limits of its own.",
        "fix": "Declare what it may name, and leave other options out.",
        "example": 'fields: {rule: {type: predicate, default: "true"}}',
    },
    {
        "code": "AC3269",
        "title": "a text that was not checked as a formula",
        "why": "What stands in such a field was checked, when it came in, against the names that the field declares.",
        "fix": "Set it from an input or a field of the same type, with the same `vars` or `fields`.",
        "example": "effects: [{create: Segment, set: {rule: input.name}}]",
    },
    {
        "code": "AC3270",
        "title": "a formula or predicate asked in another way",
        "why": "`eval` takes a formula, `selects` a predicate; the second argument has a value for each declared name, "
        "of the declared type and never null unless it is declared so.",
        "fix": "Give a row or `{name: value}` with every name; in `where` the row is called `row`.",
        "example": 'where: "selects(segment.rule, {age: 3})"   # which declares age and city',
    },
    {
        "code": "AC3271",
        "title": "two formulas that name the same and mean different types",
        "why": "One service has one meaning for a formula or predicate over the same names.",
        "fix": "Give the names the same types in both, or name them differently.",
    },
)
