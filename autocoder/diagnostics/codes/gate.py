"""Codes of the gate stage (AC5xxx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC5001",
        "title": "a gate could not run",
        "why": "A check that could not run has shown nothing, so it stops the build exactly as a failed one does.",
        "fix": "Read what the tool said in the diagnostic; mend that, then run the gate again.",
    },
    {
        "code": "AC5002",
        "title": "nothing was checked",
        "why": "The gate found nothing to look at. Zero checks are never a pass.",
        "fix": "Generate the workspace again: the files that this gate reads are missing from it.",
    },
    {
        "code": "AC5003",
        "title": "a rule for source code is broken",
        "why": "The emitted Python is checked with a pinned rule set. Comments that switch rules off are ignored, "
        "so that every exception is a waiver that people can see.",
        "fix": "Change the code (in an owned file), or add a waiver with owner, reason and expiry to decisions.yaml.",
    },
    {
        "code": "AC5004",
        "title": "a security rule for source code is broken",
        "why": "Every finding of the security analysis counts, at any severity, unless somebody answers for it.",
        "fix": "Change the code (in an owned file), or add a waiver with owner, reason and expiry to decisions.yaml.",
    },
    {
        "code": "AC5005",
        "title": "a secret stands in a file",
        "why": "Files are copied, packaged and kept for ever; a secret in one of them is no longer secret.",
        "fix": "Withdraw the secret where it was issued, and refer to it by name: `env: {TOKEN: {secret: name/key}}`.",
    },
    {
        "code": "AC5006",
        "title": "a document is not well-formed",
        "why": "A YAML, JSON, TOML or Python file cannot be parsed, or has a key twice, of which readers keep either.",
        "fix": "Mend the file at the place that the diagnostic names.",
    },
    {
        "code": "AC5007",
        "title": "a manifest does not fit its schema",
        "why": "Each Kubernetes object must fit the API's published schema in every supported version, with no unknown "
        "field: a cluster would refuse it or silently drop what it does not know.",
        "fix": "Mend the field that the diagnostic names.",
    },
    {
        "code": "AC5008",
        "title": "a Dockerfile rule is broken",
        "why": "An image must be the same tomorrow (base by digest), run without root, and hold no secret.",
        "fix": "Pin the base image by digest, end with a user that is not root, pass secrets at run time.",
    },
    {
        "code": "AC5010",
        "title": "a test failed",
        "why": "An emitted test shows that the service does not do what the blueprint says.",
        "fix": "Look at the emitted file at that line. The blueprint or an owned body is wrong, or autocoder is.",
    },
    {
        "code": "AC5011",
        "title": "a test was skipped",
        "why": "A skipped test has shown nothing; so has one that is expected to fail.",
        "fix": "Give the test what it needs; the diagnostic has its reason.",
    },
    {
        "code": "AC5012",
        "title": "a test could not run",
        "why": "A test file could not be imported, or something that a test needs could not be set up.",
        "fix": "Read the error in the diagnostic; it stands in the emitted project at that line.",
    },
    {
        "code": "AC5013",
        "title": "the tests ran on another engine",
        "why": "Engines differ in types, locks and collation. Tests on another one say little about production.",
        "fix": "Install the engine in the test environment, or decide on SQLite in deployment.yaml.",
    },
    {
        "code": "AC5014",
        "title": "a run was stopped at its limit",
        "why": "Generated code runs under limits of time, memory, processes and files; at a limit it is ended.",
        "fix": "Look for a loop without end, or for a service that the code waits for and that is not there.",
    },
    {
        "code": "AC5030",
        "title": "an operation is slower than its objective",
        "why": "Even the lower confidence bound of the 95th percentile, corrected for this machine's speed, is over "
        "the objective, so chance does not explain it.",
        "fix": "Make the operation cheaper (fewer statements, an index), or change the objective in the blueprint.",
    },
    {
        "code": "AC5031",
        "title": "an operation has an objective and no measurement",
        "why": "What was not measured cannot be said to meet its objective.",
        "fix": "Generate the workspace again; its benchmark must drive every operation that has a budget.",
    },
    {
        "code": "AC5032",
        "title": "the measurement cannot be used",
        "why": "The benchmark must print one JSON document with enough samples and its reference loop.",
        "fix": "Read what the benchmark said in the diagnostic.",
    },
    {
        "code": "AC5033",
        "title": "latency was measured on a busy machine",
        "why": "The reference loop's slow turns were much slower than its usual ones: something else used the machine. "
        "The correction then errs on the service's side, and a regression may go unseen.",
        "fix": "Run the gates again on a machine that does nothing else.",
    },
    {
        "code": "AC5040",
        "title": "a budget is exceeded",
        "why": "Queries, bytes, dependencies and sizes are counted exactly; the count is over the budget.",
        "fix": "Make the operation do less, or raise the budget in the blueprint, where people see it.",
    },
    {
        "code": "AC5041",
        "title": "a measure grew since the last signed build",
        "why": "The measure is within its budget, and grew more than is tolerated since the last signed build.",
        "fix": "Find out what made it grow; if it is meant, add a waiver with owner, reason and expiry.",
    },
    {
        "code": "AC5050",
        "title": "a policy rule does not hold",
        "why": "A rule of the blueprint's policy was evaluated over the design and is false.",
        "fix": "Change the design so that the rule holds; the rule's own reason is in the diagnostic.",
    },
    {
        "code": "AC5051",
        "title": "a policy rule is wrong",
        "why": "The rule is not a valid CEL expression over the design, is not a condition, or fails when evaluated.",
        "fix": "Mend the expression; the reference lists the variables: operations, entities, components and so on.",
        "example": 'rules:\n  - {id: r, expr: "operation.all(o, true)", because: "…"}   # operations',
    },
    {
        "code": "AC5060",
        "title": "a waiver has expired",
        "why": "A waiver counts until its day, so that nobody forgets it.",
        "fix": "Mend what it waived, or decide again: a new expiry with a reason.",
    },
    {
        "code": "AC5061",
        "title": "a waiver is not needed",
        "why": "No finding needs it: it would hide the next one without anybody having decided that.",
        "fix": "Remove the waiver from decisions.yaml.",
    },
    {
        "code": "AC5062",
        "title": "a waiver is in force",
        "why": "Every report shows what was waived, by whom, why, and until when.",
        "fix": "Nothing to do before its expiry.",
    },
)
