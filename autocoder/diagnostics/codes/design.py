"""Codes of lowering and of the passes: what a blueprint means (AC31xx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC3101",
        "title": "unknown type",
        "why": "A field or input has one of the types of the language.",
        "fix": "Use a type that the message lists.",
        "example": "fields: {title: string}   # text",
    },
    {
        "code": "AC3102",
        "title": "a reference to no entity",
        "why": "A `ref` names the entity that it points to.",
        "fix": "Add `to: Entity`, or declare that entity.",
        "example": "owner: {type: ref, to: Usr}",
    },
    {
        "code": "AC3103",
        "title": "a reserved field name",
        "why": "Every entity has `id`, its public identity, and a hidden `seq`, its order of insertion.",
        "fix": "Leave the field out; `id` is there already. Another meaning needs another name.",
    },
    {
        "code": "AC3104",
        "title": "a type that cannot be stored",
        "why": "SQLite keeps no exact decimals, and the engines keep durations differently; a value that changes on "
        "its way into the database is worse than none.",
        "fix": "Store whole units: cents or grams as `integer` or `money`, a duration as a number of seconds.",
        "example": "price: decimal   # price: money, in cents",
    },
    {
        "code": "AC3105",
        "title": "a name that is taken",
        "why": "An entity and an event, or an operation and a handler, share no name, no two entities a table, and "
        "no two fields of an entity a column: a reference `owner` is stored as `owner_id`.",
        "fix": "Rename one of them.",
        "example": "events: {Link: {at: datetime}}   # beside an entity Link",
    },
    {
        "code": "AC3110",
        "title": "`exists` without a unique field",
        "why": "Only a unique value can be there already.",
        "fix": "Make the field unique, or remove `exists`.",
    },
    {
        "code": "AC3111",
        "title": "a new row lacks a value",
        "why": "A field of a new row gets its value from `set`, from the input of the same name, or from its default.",
        "fix": "Add the field to the input or to `set`, give it a default, or make it optional.",
        "example": "input: {}, effects: [{create: Link}]   # Link.target_url has no value",
    },
    {
        "code": "AC3112",
        "title": "an optional input feeds a required field",
        "why": "When the input is absent the field would be empty, and it may not be.",
        "fix": "Require the input, make the field optional, or give the field a default.",
    },
    {
        "code": "AC3113",
        "title": "an input of another type than the field it feeds",
        "why": "An input of a field's name becomes the field's value as it is.",
        "fix": "Give both the same type, or set the field with an expression.",
    },
    {
        "code": "AC3114",
        "title": "a read that may find several rows",
        "why": "`read` binds one row, so its condition fixes a unique key.",
        "fix": "Compare a unique field with a value, or say `first: true` with an `order`, or use `list`.",
        "example": 'read: Link, where: "clicks > 3"',
    },
    {
        "code": "AC3115",
        "title": "an update that changes nothing",
        "why": "Without `set`, an update takes the inputs that are named like fields; here there is none.",
        "fix": "Add inputs named like the fields, or a `set`.",
    },
    {
        "code": "AC3116",
        "title": "an upsert that is not by a unique key",
        "why": "Whether the row is there is decided by a unique key, in one statement.",
        "fix": "Name the fields of one unique key in `by`, or make these unique together.",
    },
    {
        "code": "AC3117",
        "title": "an increment of no number",
        "why": "Only an integer or decimal field can be incremented.",
        "fix": "Name a numeric field of the row: `increment: link.clicks`.",
    },
    {
        "code": "AC3118",
        "title": "unknown failure class",
        "why": "`else` names how the operation fails; the class decides the status.",
        "fix": "Use one of the classes that the message lists.",
    },
    {
        "code": "AC3119",
        "title": "a value is missing",
        "why": "An event or function needs all its fields, unless they are optional.",
        "fix": "Add the field to `with`.",
    },
    {
        "code": "AC3120",
        "title": "a name that resolves to nothing",
        "why": "Every name in a blueprint stands for something that the blueprint declares.",
        "fix": "Correct the name, or declare what it means. The message lists what it could have been.",
        "example": "effects: [{create: Lnk}]",
    },
    {
        "code": "AC3121",
        "title": "no such field",
        "why": "Only declared fields can be set, ordered by or compared.",
        "fix": "Correct the name, or add the field to the entity or event.",
    },
    {
        "code": "AC3122",
        "title": "a row that may be null is changed",
        "why": "A row read with `optional: true` may not be there.",
        "fix": "Put `require: row != null` before it, or drop `optional`.",
    },
    {
        "code": "AC3123",
        "title": "not an order",
        "why": "An order is a field of the entity, then `asc` or `desc`.",
        "fix": "Write for example `order: [expires_at desc]`.",
    },
    {
        "code": "AC3124",
        "title": "a body that names nothing",
        "why": "A body is a row or list that an effect bound, or a map of expressions.",
        "fix": "Name a bound row, or write a map such as `{total: size(links)}`.",
    },
    {
        "code": "AC3131",
        "title": "two operations with one route",
        "why": "A method and path belong to one operation; names in braces do not tell paths apart.",
        "fix": "Give one of them another path or method.",
    },
    {
        "code": "AC3132",
        "title": "access without anybody who could sign in",
        "why": "`user` and `user?` need an entity that holds accounts.",
        "fix": "Add `auth: {entity: User, login: email}`, or use `access: anyone`.",
    },
    {
        "code": "AC3133",
        "title": "an input in the wrong place",
        "why": "The names in braces of a route are the path inputs, and only these.",
        "fix": "Put the name into the route, or change `in`.",
    },
    {
        "code": "AC3134",
        "title": "a handler without a trigger, or with two",
        "why": "A handler runs on an event or on a schedule.",
        "fix": "Give exactly one of `on` and `every`.",
    },
    {
        "code": "AC3135",
        "title": "not a schedule",
        "why": "A schedule is a cron line of five parts in UTC: minute, hour, day, month, weekday.",
        "fix": 'Write for example "0 2 * * *" for each night at 02:00.',
    },
    {
        "code": "AC3136",
        "title": "the two files are for different systems",
        "why": "architecture.yaml and deployment.yaml describe one system.",
        "fix": "Give both the same system name.",
    },
    {
        "code": "AC3137",
        "title": "two brokers",
        "why": "The service's code is made for one broker. In an environment without it, events go through the store.",
        "fix": "Name the same `engines: {broker: …}` in every environment, or `store`.",
    },
    {
        "code": "AC3140",
        "title": "a custom function without a body",
        "why": "A custom function is a typed hole; its body is a file that a person owns.",
        "fix": "Write the file that the message names, with that signature.",
    },
    {
        "code": "AC3141",
        "title": "a custom body that is not allowed",
        "why": "A custom function computes: it takes its inputs and gives its output, and touches nothing else.",
        "fix": "Keep the signature, import only what the message lists, and leave files, network and processes alone.",
    },
    {
        "code": "AC3143",
        "title": "a custom body that nobody approved",
        "why": "A body is code that somebody else than the compiler wrote. An approval says that a person answers for "
        "it as it is: it ends when the body changes. Without one the gates run the body only where a sandbox works.",
        "fix": "Read the body. Then approve it as the message shows; the approval stands in decisions.yaml.",
        "example": "approvals:\n  - {decision: 0f3a9c1b2d4e, by: YOU}",
    },
    {
        "code": "AC3150",
        "title": "more load than the replicas carry",
        "why": "The stated throughput is above what the stated replicas can serve by the bundle's cost table.",
        "fix": "Raise the replicas to the number in the message, or state a lower throughput.",
    },
    {
        "code": "AC3151",
        "title": "a latency that cannot be met",
        "why": "The longest path through an operation already takes longer than its objective.",
        "fix": "State a latency that the path can meet, or take work out of it (into an event, for example).",
        "example": "policy: {performance: {p95: 1ms}}",
    },
    {
        "code": "AC3152",
        "title": "a consumed event that nobody publishes",
        "why": "A handler on an event that is never published never runs.",
        "fix": "Publish the event somewhere, or remove the handler.",
    },
    {
        "code": "AC3153",
        "title": "an event that nobody consumes",
        "why": "Publishing it costs a write and leads to nothing in this system.",
        "fix": "Add a handler, or remove the event.",
    },
    {
        "code": "AC3154",
        "title": "a requirement that nothing satisfies",
        "why": "Every requirement is fulfilled by some element of the design, which names it in `satisfies`.",
        "fix": "Name the requirement where it is fulfilled, or remove it.",
    },
    {
        "code": "AC3155",
        "title": "a handler that leaves no trace",
        "why": "What comes in must reach a reply or a durable write, and a handler has nobody to reply to.",
        "fix": "Add an effect that writes, publishes or calls, or remove the handler.",
    },
    {
        "code": "AC3156",
        "title": "an availability that the parts do not reach",
        "why": "A request is answered when everything that it needs is there: a pod of each workload that "
        "serves, and the store. The product of their shares, estimated in the platform bundle, is below "
        "what is stated.",
        "fix": "Raise the replicas, or state an availability that the message says can be reached.",
        "example": "policy: {performance: {availability: 99.99%}}",
    },
    {
        "code": "AC3157",
        "title": "a circle without an end",
        "why": "Components that call each other in a circle can wait for themselves. Events that cause "
        "themselves, whatever they hold, never stop, and fill the store.",
        "fix": "Turn a call into an event; publish only `when` a condition holds.",
        "example": "handlers:\n  again: {on: Seen, effects: [{publish: Seen, with: {code: event.code}}]}",
    },
    {
        "code": "AC3158",
        "title": "a port that is bound to nothing",
        "why": "A component needs what its port stands for; without a provider its first use fails.",
        "fix": "Add what provides the port, or take out what needs it.",
    },
    {
        "code": "AC3160",
        "title": "a condition that the database cannot decide",
        "why": "A `where` runs in the database; what it cannot do with the meaning of the language is refused.",
        "fix": "Compare the field itself, or compute the value before the effect and compare with that.",
    },
    {
        "code": "AC3161",
        "title": "a condition that can never hold",
        "why": "Two conditions exclude each other, or one is false by itself, so what follows never happens. "
        "That is a slip, not a design.",
        "fix": "Correct one of the conditions; the message shows both.",
        "example": "effects:\n  - {read: Ticket, where: \"id == input.id && status == 'open'\"}\n  "
        "- {require: \"ticket.status == 'closed'\"}",
    },
    {
        "code": "AC3162",
        "title": "a state that nothing leads to",
        "why": "An enum lists a word that no default, no operation and no handler ever sets, and that clients "
        "cannot send. Whatever asks for it finds nothing.",
        "fix": "Add the operation that sets it, or remove the word.",
        "example": "status: {type: enum, values: [open, closed, archived], default: open, read_only: true}",
    },
    {
        "code": "AC3163",
        "title": "something that satisfies no requirement",
        "why": "The blueprint states requirements, and this answers none of them. What nobody asked for still "
        "has to be run, tested and protected.",
        "fix": "Name the requirement in `satisfies`, state one, or remove the element.",
    },
    {
        "code": "AC3164",
        "title": "nobody would equal no value",
        "why": "Null equals null. Where a caller who is not signed in is compared with a field that may be "
        "empty, `caller?.id` is null, and everybody who is not signed in has every row without a value "
        "there.",
        "fix": "Test first: `caller != null && owner == caller.id`. Or state `access: user`.",
        "example": "effects: [{list: Link, where: owner == caller?.id}]",
    },
    {
        "code": "AC3165",
        "title": "personal data in an address",
        "why": "Paths and queries are written down by servers and proxies on the way, and stay in histories. "
        "Personal data there is logged by others, outside of any retention.",
        "fix": "Take the value in the body of a POST, or name the row by its id.",
        "example": "route: GET /users/{email}",
    },
    {
        "code": "AC3166",
        "title": "a store with two owners",
        "why": "Two environments name the same database: each would migrate it and delete in it what the other needs.",
        "fix": "Give each environment a database of its own.",
    },
    {
        "code": "AC3167",
        "title": "rows that are kept too long",
        "why": "The policy states how long rows of this kind may stay. A handler on a schedule has to delete "
        "them by one condition on a time that only the service sets, no later than that.",
        "fix": "Add the handler that the message shows, or state another time.",
        "example": "policy: {retention: {User: 30d}}",
    },
    {
        "code": "AC3190",
        "title": "an IR of another version",
        "why": "A newer IR may hold what this version does not know; an older one is made again from its blueprint.",
        "fix": "Run `autocoder compile` with this version, or use the version that wrote it.",
    },
    {
        "code": "AC3191",
        "title": "a changed IR",
        "why": "The IR carries its own hash, and the hash does not match.",
        "fix": "Run `autocoder compile`; the IR is never edited by hand.",
    },
    {
        "code": "AC3192",
        "title": "not an IR",
        "why": "An IR is read strictly: unknown and missing fields are refused.",
        "fix": "Run `autocoder compile` to write it again.",
    },
)
