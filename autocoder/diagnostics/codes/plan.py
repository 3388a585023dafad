"""Codes of the plan stage (AC2xxx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC2001",
        "title": "understood, but not planned",
        "why": "The sentence was understood, but the blueprint language of this version has no place for what it "
        "says. Building the rest without it would be a service that does less than was asked for.",
        "fix": "Say it in the form that the message names, leave it out, or add it to the blueprint by hand.",
        "example": "Admins close tickets.",
    },
    {
        "code": "AC2002",
        "title": "a value outside its limits",
        "why": "The sentence was understood, but the value that it states cannot be built safely.",
        "fix": "State a value within the limits that the message names.",
        "example": "Anyone can shorten a URL and gets a 2-character code.",
    },
    {
        "code": "AC2003",
        "title": "nothing publishes an event",
        "why": "An event was announced, but no operation is known to cause it, so nobody would ever receive it.",
        "fix": "Say in the operation's sentence what happens, with the noun that the event's sentence uses.",
        "example": "A purchase publishes `Purchased`.",
    },
    {
        "code": "AC2004",
        "title": "nothing to build",
        "why": "No sentence says what the service keeps or what somebody can do with it.",
        "fix": "Say what it keeps or who does what.",
        "example": "Make it fast.",
    },
    {
        "code": "AC2005",
        "title": "an operation breaks a rule of the text",
        "why": "One sentence opens an operation to anyone, and another forbids it to whoever is not signed in.",
        "fix": "Say who may do it: signed-in users, or anyone.",
        "example": "Anyone can delete notes. Nobody deletes a note without signing in.",
    },
    {
        "code": "AC2006",
        "title": "decisions.yaml cannot be read",
        "why": "Answers, approvals and waivers decide what is built and signed; a misspelt one would be ignored in "
        "silence, so the file is read strictly.",
        "fix": "Correct the file at the place that the message names.",
        "example": "approvals:\n- {decison: 0f3a, by: kim}",
    },
    {
        "code": "AC2057",
        "title": "an availability beyond what the parts reach",
        "why": "A request needs an instance of the service and the database at the same time, so the service is there "
        "less often than each of them. The share that the text states is more than both are estimated to reach.",
        "fix": "Approve the share that is planned, or state the text's in the blueprint once the database is stronger.",
        "example": "A to-do list API. 99.99% availability.",
    },
    {
        "code": "AC2058",
        "title": "no database in a file in production",
        "why": "A file inside a container is lost with it, and two instances cannot share it. On one machine the "
        "service keeps its data in SQLite as the text says; in production it has a database server.",
        "fix": "Approve the decision, or leave the sentence out.",
        "example": "A to-do list API. Data in SQLite.",
    },
    {
        "code": "AC2059",
        "title": "an event from outside that leads to nothing that can be built",
        "why": "An event that others publish is about one row, by its id or another unique value that the event "
        "carries. What follows is a state of that row or a dead letter, always or where two values compare.",
        "fix": "Say what the event carries, which row that names, and what the row becomes; or change the blueprint.",
        "example": "An `OrderSeen` event (customer) arrives on NATS. If all goes well, the order becomes seen.",
    },
)
