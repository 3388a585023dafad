"""Codes of the lower stage (AC3xxx): the blueprint's files and expressions below AC3100, their meaning above."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC3001",
        "title": "the file is not text",
        "why": "A blueprint is UTF-8 text without NUL and other control characters.",
        "fix": "Save the file as UTF-8; remove the character that the diagnostic shows.",
    },
    {
        "code": "AC3002",
        "title": "the file is not YAML",
        "why": "The file is read as YAML 1.2; at this place it stops being that.",
        "fix": "Look at the place and the line above it: a quote or bracket that is not closed, a missing space after "
        "`:`, an indent that does not line up. Text with `: `, ` #`, `{`, `[` or a leading `@`, `&`, `*`, `!` needs "
        "quotes.",
        "example": "system: {name: link-shortener",
    },
    {
        "code": "AC3003",
        "title": "the file is empty",
        "why": "A blueprint has at least `schema_version` and `system`.",
        "fix": "Write the file, or let `autocoder plan` write it from the prose.",
    },
    {
        "code": "AC3004",
        "title": "more than one document",
        "why": "One file is one design; a second document after `---` would be ignored by some readers.",
        "fix": "Remove the `---` line, or move the second part to a file of its own.",
        "example": 'schema_version: "1.0.0"\n---\nsystem: {name: a}',
    },
    {
        "code": "AC3005",
        "title": "a key stands twice",
        "why": "Of two values under one key only one could count, and readers differ on which.",
        "fix": "Remove one of them, or give it another name.",
        "example": "input: {url: url, url: text}",
    },
    {
        "code": "AC3006",
        "title": "a YAML tag",
        "why": "Types come from the schema. A tag could make the reader build other things than data.",
        "fix": "Remove the tag; put quotes around the value if it is text.",
        "example": "name: !!python/name:os.system x",
    },
    {
        "code": "AC3007",
        "title": "the file is too large",
        "why": "Size, depth, and what anchors and aliases expand to are limited, so that no file can exhaust memory.",
        "fix": "Split the system, or write out what the aliases stand for.",
    },
    {
        "code": "AC3008",
        "title": "a tab indents the line",
        "why": "YAML indents with spaces; the width of a tab is not defined.",
        "fix": "Replace the tab by spaces.",
    },
    {
        "code": "AC3010",
        "title": "unknown key",
        "why": "A misspelt key would otherwise be ignored, and the service would lack what it says.",
        "fix": "Use one of the known keys. `autocoder schema` and an editor with YAML support list them.",
        "example": "operations:\n  shorten: {rout: POST /links}",
    },
    {
        "code": "AC3011",
        "title": "missing key",
        "why": "The element has no meaning without this key, and nothing is guessed.",
        "fix": "Add the key.",
        "example": "operations:\n  shorten: {access: anyone}",
    },
    {
        "code": "AC3012",
        "title": "wrong kind of value",
        "why": "The key takes another kind of value, for example a list where a map stands.",
        "fix": "Write the value as the rule in the diagnostic says. Put quotes around text that looks like a number, a "
        "date or a boolean.",
        "example": "operations: [shorten]",
    },
    {
        "code": "AC3013",
        "title": "the value has the wrong shape",
        "why": "Names, routes, identifiers and quantities have a fixed shape, because they become names elsewhere.",
        "fix": "Write the value as the rule in the diagnostic says.",
        "example": "route: post /links",
    },
    {
        "code": "AC3014",
        "title": "not one of the values",
        "why": "The key takes one of a few words.",
        "fix": "Use one of the words that the rule lists.",
        "example": "access: everyone",
    },
    {
        "code": "AC3015",
        "title": "the value is out of bounds",
        "why": "The key takes values between two limits.",
        "fix": "Choose a value within the limits.",
        "example": "{type: code, length: 2}",
    },
    {
        "code": "AC3016",
        "title": "an effect without its one verb",
        "why": "The verb is the key that says what an effect does. With none or several it would mean nothing, or two "
        "things in an order that nobody stated.",
        "fix": "Give the effect one verb; write two effects for two verbs.",
        "example": "effects: [{create: Link, delete: Link}]",
    },
    {
        "code": "AC3017",
        "title": "YAML took an expression apart",
        "why": "`{`, `[`, `, `, `: `, `?` and ` #` mean something in YAML, so text with them is cut or becomes a "
        "map or list.",
        "fix": "Put quotes around the whole expression.",
        "example": "effects: [{require: a ? b : c}]",
    },
    {
        "code": "AC3018",
        "title": "a key that is not text",
        "why": "YAML reads a bare number, true, false or null as a value of that kind; here a name is meant.",
        "fix": "Choose a name that starts with a letter. `no`, `yes`, `on` and `off` are names here.",
        "example": "fields: {1: text}",
    },
    {
        "code": "AC3020",
        "title": "the file is of a newer version",
        "why": "A newer version of the blueprint may say things that this autocoder does not know; a newer minor "
        "version adds keys, a newer major one changes what keys mean.",
        "fix": "Use an autocoder that knows this version.",
        "example": 'schema_version: "2.0.0"',
    },
    {
        "code": "AC3021",
        "title": "the keys cannot be put in order",
        "why": "An alias must stand after its anchor, so moving entries could change what the file says.",
        "fix": "Write out what the aliases stand for, or leave the order as it is.",
    },
    {
        "code": "AC3022",
        "title": "an id stands twice",
        "why": "Requirements and rules are referred to by their ids; with two of one id nobody knows which is meant.",
        "fix": "Give one of them another id.",
        "example": "requirements: [{id: R1, text: One.}, {id: R1, text: Two.}]",
    },
    {
        "code": "AC3050",
        "title": "not an expression",
        "why": "The text does not follow the syntax of expressions at the place shown.",
        "fix": "Write what the rule expects. `==` compares, `&&`, `||` and `!` combine, text stands in quotes.",
        "example": "where: code = input.code",
    },
    {
        "code": "AC3051",
        "title": "the expression is too large",
        "why": "Length and depth are limited, so that every reader and every database can take it.",
        "fix": "Name parts of it with `compute`, or write a custom function.",
    },
    {
        "code": "AC3052",
        "title": "an unknown name",
        "why": "A bare name is a field of the row in a `where`, a row or value that an earlier effect bound, `caller` "
        "or `now`. Inputs are `input.name`, an event's fields `event.name`.",
        "fix": "Use a name that is known at this place, or bind it with an effect before.",
        "example": "where: code == inptu.code",
    },
    {
        "code": "AC3053",
        "title": "an unknown field",
        "why": "The row, input or event has no field of this name.",
        "fix": "Use one of its fields, or add the field to its declaration.",
        "example": "increment: link.click",
    },
    {
        "code": "AC3054",
        "title": "an unknown function",
        "why": "Expressions use the functions of the language only.",
        "fix": "Use one of them, or call a custom function with the effect `custom`.",
        "example": "compute: {n: length(input.name)}",
    },
    {
        "code": "AC3055",
        "title": "the function does not take these values",
        "why": "Number and types of the arguments must fit one of the function's signatures.",
        "fix": "Give the arguments that the rule shows.",
        "example": "compute: {n: lower(3)}",
    },
    {
        "code": "AC3056",
        "title": "the operator does not take these values",
        "why": "Every operator is defined for certain types; nothing is converted in silence.",
        "fix": "Convert a side with `text`, `int`, `decimal` or `date`, or compare values of one type.",
        "example": 'where: clicks == "many"',
    },
    {
        "code": "AC3057",
        "title": "the value may be null",
        "why": "Only `==` and `!=` take null. Anything else with null would be null or fail at run time, so it is "
        "refused while compiling.",
        "fix": "Test first (`x != null && x.n > 0`), or give a value for null (`x ?? 0`); `?.` takes the field of what "
        "may be null, and is null then itself. Of a caller: state `access: user`, or test `caller != null &&` first.",
        "example": "compute: {n: old.clicks + 1}",
    },
    {
        "code": "AC3058",
        "title": "the value is of another type than its place takes",
        "why": "A field, a condition and an argument have a type.",
        "fix": "Write an expression of that type, or convert with `text`, `int`, `decimal` or `date`.",
        "example": 'when: "yes"',
    },
    {
        "code": "AC3059",
        "title": "an ambiguous name",
        "why": "In a `where` a bare name is a field of the row. Where a bound row or value has the same name, a reader "
        "could take either.",
        "fix": "Bind the row or value under another name.",
        "example": "effects: [{compute: {code: '1'}}, {list: Link, where: code == code}]",
    },
    {
        "code": "AC3060",
        "title": "the literal is no value of its type",
        "why": "Text that stands for a date, time, UUID or duration is read while compiling; numbers have limits.",
        "fix": "Write the literal as the rule says.",
        "example": 'where: day == "2026-13-01"',
    },
    {
        "code": "AC3061",
        "title": "a name that means nothing here",
        "why": "`caller` is known where somebody may be signed in, `event` in a handler on an event, and neither "
        "`input` nor `event` is a value by itself.",
        "fix": "Change the access of the operation, or take the value from elsewhere.",
        "example": "list_links: {route: GET /links, effects: [{list: Link, where: owner == caller.id}]}",
    },
    {
        "code": "AC3062",
        "title": "no compiled meaning",
        "why": "The form is part of the syntax, but there is no code and no SQL for it that means the same everywhere.",
        "fix": "Write the value in another way, or call a custom function.",
        "example": "compute: {first: links.take(3)}",
    },
    {
        "code": "AC3063",
        "title": "a key stands twice in a map of an expression",
        "why": "Of two values under one key only one could count.",
        "fix": "Remove one of them, or give it another name.",
        "example": "compute: {pair: '{a: 1, a: 2}'}",
    },
    {
        "code": "AC3064",
        "title": "a pattern that cannot be used",
        "why": "Patterns are the author's, written out in the blueprint, and of the kind that RE2 takes: what a client "
        "could choose, or what looks around or back, may take for ever.",
        "fix": "Write the pattern as text in quotes, without lookaround and back references.",
        "example": "require: matches(input.code, input.pattern)",
    },
)
