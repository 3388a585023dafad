"""Codes of tools outside autocoder, and of autocoder's own defects (AC9xxx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC9001",
        "title": "a defect in autocoder",
        "why": "autocoder met a state that it must never meet; the input is not to blame.",
        "fix": "Run the command again with --traceback and report what it prints, with the input.",
    },
    {
        "code": "AC9002",
        "title": "a tool is missing",
        "why": "A step needs a program that is not on this machine; a step that cannot run is a failure, never a pass.",
        "fix": "Install the program that the message names, then run the command again.",
    },
    {
        "code": "AC9003",
        "title": "no sandbox for code that nobody answers for",
        "why": "Code that a model wrote, and a custom body that no person approved, run only where they can "
        "do no harm. No sandbox works on this machine: neither "
        "bubblewrap (namespaces) nor sandlock (Landlock and seccomp). Each was tried, not assumed.",
        "fix": "Install bubblewrap and allow unprivileged user namespaces, or use a Linux kernel of 6.7 or later ("
        "for sandlock); or approve the body in decisions.yaml, if a person wrote it (`autocoder explain AC3143`).",
    },
    {
        "code": "AC9004",
        "title": "the sandbox does not start",
        "why": "Generated code runs only under a sandbox level that was tried first; this level does not start here.",
        "fix": "Leave the choice of the level to autocoder, or install what the level needs.",
    },
    {
        "code": "AC9005",
        "title": "the package index could not be reached",
        "why": "The gates run a service with exactly the packages of its own lock. They are fetched once for each lock "
        "and kept; this lock's packages are not here yet.",
        "fix": "Check the network, the proxy and uv's index settings (UV_DEFAULT_INDEX or uv.toml), then run again.",
    },
    {
        "code": "AC9006",
        "title": "the gates' environment could not be made",
        "why": "A locked package has no hash, another hash than the index gives, or no wheel for this Python. Packages "
        "are never built, because building runs their code outside the sandbox.",
        "fix": "Read the installer's words in the diagnostic; compile the service's lock again for this Python.",
    },
    {
        "code": "AC9007",
        "title": "git is missing",
        "why": "An earlier commit is read with git, which is not on this machine.",
        "fix": "Install git, or compare with a file: `autocoder review --diff FILE`.",
    },
    {
        "code": "AC9008",
        "title": "nothing more can be written",
        "why": "The disk is full, over its quota, read-only or broken, or the output is such a device. A build also "
        "needs room in the folder for temporary files.",
        "fix": "Make room, or name another place (--out, TMPDIR), then run the command again. No file of the workspace "
        "was changed.",
    },
    {
        "code": "AC9010",
        "title": "a private server does not start",
        "why": "`autocoder run --real` starts the servers that the blueprint names, on loopback, with data of their "
        "own. One of them ended at once or did not answer in time.",
        "fix": "Read the server's words in the message, and its log beside its data. An address in DATABASE_URL or "
        "BROKER_URL is used instead of a private server.",
    },
)
