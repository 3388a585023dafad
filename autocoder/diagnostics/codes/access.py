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
    {
        "code": "AC3223",
        "title": "a field for callers who may not see it",
        "why": "`visible` says who sees a field. A row that is answered as a whole has null there for others; a body "
        "that names the field, or what is worked out of it, must stand behind the same condition.",
        "fix": "Answer with the row; or write `caller.role == 'admin' ? row.field : null`, require it before, or state "
        "it under `access`.",
        "example": "output: {body: {pay: person.salary}} with salary: {type: money, visible: {role: admin}}",
    },
    {
        "code": "AC3224",
        "title": "a field that nobody can see",
        "why": "Who sees a field is the owner, by the row's one reference to the accounts, or who has a role. "
        "Passwords, tokens and secrets are never shown as parts of a row.",
        "fix": "Name a role that accounts can have, give the row one reference to the accounts, or drop `visible`.",
        "example": "salary: {type: money, visible: {role: boss}} with role: {type: enum, values: [member, admin]}",
    },
    {
        "code": "AC3225",
        "title": "a key of nobody",
        "why": "A program calls in the name of an account: its key is a field of type token, of the accounts or of an "
        "entity with one reference to them, so that it is kept as a digest and belongs to one account.",
        "fix": "Give the entity a token field and one reference to the accounts that is not optional.",
        "example": "auth: {entity: User, login: email, api_key: {entity: Link, field: code}}",
    },
    {
        "code": "AC3226",
        "title": "a role that clients choose for themselves",
        "why": "What a role may do is open to everybody who may choose it. Where the text says so (people register as "
        "authors or as readers) that is right; where a role gives power over others it is a way in.",
        "fix": "Let those set it who have a role (`access: {role: admin}`), or set it to a literal.",
        "example": "register: {route: POST /users, effects: [{create: User, set: {role: input.role}}]}",
    },
    {
        "code": "AC3249",
        "title": "an option that means nothing where it stands",
        "why": "Inputs have places, messages and failures; fields of entities have columns, indexes, sequences and "
        "whoever sees them. An option in the other place would be read and do nothing.",
        "fix": "Move it to where it means something, or leave it out.",
        "example": "entities: {Item: {fields: {name: {type: text, message: A name is needed.}}}}",
    },
)
