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
)
