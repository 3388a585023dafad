"""Codes of the lower stage (AC324x, AC325x): what runs, as which components, bound in which way, over which broker."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC3240",
        "title": "a broker that is not emitted",
        "why": "Code for a broker is emitted only where it was tried against a real one, and no "
        "test here ran against Kafka.",
        "fix": "Name `nats`, `redis` or `rabbitmq`, or leave events to the store.",
        "example": "environments: {production: {engines: {broker: kafka}}}",
    },
    {
        "code": "AC3241",
        "title": "nothing runs",
        "why": "A system without an operation and without a handler starts no process: there is nothing to deploy, "
        "and nobody could see the rows that it keeps.",
        "fix": "Add an operation (`route: GET /notes`) or a handler (`on` an event, `every` a schedule).",
        "example": "entities: {Note: {fields: {title: text}}}",
    },
    {
        "code": "AC3242",
        "title": "a handler with two components",
        "why": "A component is a process of its own. A handler that ran in two of them would be scaled, watched and "
        "stopped in two places.",
        "fix": "Take it out of one of the lists `owns`.",
        "example": "components: {a: {kind: Worker, owns: [count]}, b: {kind: Worker, owns: [count]}}",
    },
    {
        "code": "AC3243",
        "title": "two components for the same",
        "why": "A request runs in one transaction, so a system has one Store and one APIEndpoint. Of several Workers "
        "or Schedulers at most one may leave out `owns`: it takes the rest.",
        "fix": "Remove one of them, or say what each Worker or Scheduler `owns`.",
        "example": "components: {a: {kind: Worker}, b: {kind: Worker}}",
    },
    {
        "code": "AC3244",
        "title": "a key that says nothing about this kind of component",
        "why": "An APIEndpoint holds all operations and a Store all entities; only an APIEndpoint takes requests.",
        "fix": "Remove the key, or choose another `kind`.",
        "example": "components: {counting: {kind: Worker, ports: {http: 8080}}}",
    },
    {
        "code": "AC3245",
        "title": "a binding that cannot be",
        "why": "A handler with `every` takes no event, and two bindings of one event to a handler would run it twice.",
        "fix": "Give the handler an event (`on`), or make one binding of the two: `when: a || b`.",
        "example": "bindings: {a: {from: Paid, to: nightly}}\nhandlers: {nightly: {every: 0 2 * * *, effects: []}}",
    },
    {
        "code": "AC3246",
        "title": "an event that lacks what the handler reads",
        "why": "A binding hands a handler an event of another shape. Each field that the handler reads comes from the "
        "field of the same name and type, or from `set`; a field that may be null is no value that never is.",
        "fix": "Say in `set` what the field is made of; where it may be null, give another value with `??` or rule "
        "null out with `when`.",
        "example": "bindings: {paid: {from: Paid, to: count}}  # count reads event.cents, Paid has none",
    },
    {
        "code": "AC3247",
        "title": "retries of what is never repeated",
        "why": "With `at_most_once` an event leaves the store before its handler runs; nothing is left to try again or "
        "to keep. One attempt and `drop` would say the same in another way.",
        "fix": "Remove `retry` and `dead_letter`, or take `delivery: at_least_once`.",
        "example": "bindings: {told: {from: Paid, to: tell, delivery: at_most_once, retry: {attempts: 3}}}",
    },
    {
        "code": "AC3248",
        "title": "a component that holds nothing",
        "why": "It would be a process that does nothing: all of its kind is owned by others, or there is nothing.",
        "fix": "Remove it, or let it own something.",
        "example": "components: {night: {kind: Scheduler}}  # no handler has `every`",
    },
    {
        "code": "AC3250",
        "title": "production reaches others over encrypted connections",
        "why": "Whoever is on the way reads what goes over a plain connection, credentials too, and may change it.",
        "fix": "Take the encrypted form: `https`, `amqps`, `rediss`, `tls`, `postgresql://…?ssl=require`; names of the "
        "cluster's own network (`.svc`, or without a dot) are left alone.",
        "example": "env: {DATABASE_URL: postgresql://db.example.com/app}",
    },
    {
        "code": "AC3251",
        "title": "pages that may call are named",
        "why": "With `*` the script of any page that a signed-in user opens may ask the service and read its replies.",
        "fix": "List the origins of your own pages: `cors: {origins: [https://app.example.com]}`.",
        "example": 'cors: {origins: ["*"]}',
    },
    {
        "code": "AC3252",
        "title": "production is more than one process",
        "why": "One replica is a single point of failure: it is away during every rollout, node upgrade and crash.",
        "fix": "Set `replicas` of this component to 2 or more in production.",
        "example": "production: {exposure: {host: go.example.com}, replicas: {api: 1}}",
    },
    {
        "code": "AC3253",
        "title": "a file of an earlier version",
        "why": "The shape of the file has changed since. It was read as the newer version by the step that the "
        "diagnostic names; the file itself is yours and stays as it is.",
        "fix": "Write what the step says, and the new `schema_version`.",
    },
    {
        "code": "AC3254",
        "title": "development data of another schema",
        "why": "A migration that is not released yet is replaced when the blueprint changes. A database that the "
        "earlier one made counts as migrated, but its tables are not those of the service.",
        "fix": "Start with `autocoder run --new-data`, or name another folder with `--data`. What must be kept "
        "belongs in a database of its own (DATABASE_URL), behind `autocoder release`.",
    },
)
