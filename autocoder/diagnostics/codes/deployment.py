"""Codes of the lower stage (AC3227, AC3275-AC3281): batches, and what an environment changes."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC3227",
        "title": "batches of nothing",
        "why": "Batching lets events wait for each other, so that one transaction handles many of them. Handlers that "
        "call systems outside run each by itself, and without handlers there is nothing to wait.",
        "fix": "Add a handler with `on` that touches the store, or remove `batching`.",
        "example": "capabilities: {batching: {size: 200, wait: 2s}}   # no handler has `on`",
    },
    {
        "code": "AC3275",
        "title": "an override that names nothing",
        "why": "An environment changes values that a running service or its manifests take from outside: objectives, "
        "limits, time-outs, attempts, breakers, batches and schedules that architecture.yaml states. Everything else "
        "is the same in every environment, because all of them run the same image.",
        "fix": "Name one of the values that the help lists, or change architecture.yaml.",
        "example": "overrides: {integrations.payment.timeout: 5s}   # it is called payments",
    },
    {
        "code": "AC3276",
        "title": "an override of the wrong shape",
        "why": "The value takes the place of one in architecture.yaml, and is written as that one is.",
        "fix": "Write it as architecture.yaml would.",
        "example": "overrides: {integrations.payments.timeout: soon}",
    },
    {
        "code": "AC3277",
        "title": "an override that changes nothing",
        "why": "The design says the same. Whoever changes it there later would wonder why this environment stays "
        "behind.",
        "fix": "Remove the override.",
        "example": "overrides: {policy.performance.p95: 50ms}   # and policy: {performance: {p95: 50ms}}",
    },
    {
        "code": "AC3278",
        "title": "two latencies that contradict each other",
        "why": "Whoever answers 99 of 100 requests within a time answers 95 of them within it, so a p95 above the p99 "
        "asks for nothing.",
        "fix": "Remove p95, or state a longer p99.",
        "example": "policy: {performance: {p95: 200ms, p99: 100ms}}",
    },
    {
        "code": "AC3279",
        "title": "a setting with two values",
        "why": "The level of logs stands in `logs` and in `env`, and only one of them can count.",
        "fix": "Remove one of them.",
        "example": "production: {logs: {level: debug}, env: {LOG_LEVEL: INFO}}",
    },
    {
        "code": "AC3280",
        "title": "a variable that nothing reads",
        "why": "A misspelled variable is no error for the service: it starts with the usual value.",
        "fix": "Name a setting of the service, or a variable that the design names.",
        "example": "env: {DATABASE_ULR: {secret: db/url}}",
    },
    {
        "code": "AC4112",
        "title": "a product that nothing uses",
        "why": "A broker carries events to handlers, a cache holds kept reads and counted requests, and TLS is how a "
        "host is served. Without these the statement changes nothing that is emitted.",
        "fix": "Remove it, or add what it serves.",
        "example": "production: {engines: {cache: redis}}   # no `cache`, no `rate_limit`",
    },
    {
        "code": "AC3281",
        "title": "something for a cluster where there is none",
        "why": "Sizes of pods, alerts and the keeping of logs stand in a cluster's manifests. An environment with "
        "SQLite has none: its rows are the file of one process.",
        "fix": "Name `engines: {store: postgresql}`, or remove it.",
        "example": "development: {engines: {store: sqlite}, resources: {api: large}}",
    },
)
