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
        "title": "no sandbox for a model's code",
        "why": "Code that a model wrote runs only where it can do no harm. No sandbox works on this machine: neither "
        "bubblewrap (namespaces) nor sandlock (Landlock and seccomp). Each was tried, not assumed.",
        "fix": "Install bubblewrap and allow unprivileged user namespaces, or use a Linux kernel of 6.7 or later, where "
        "sandlock works; or write the body yourself and approve it.",
    },
    {
        "code": "AC9004",
        "title": "the sandbox does not start",
        "why": "Generated code runs only under a sandbox level that was tried first, and this level does not start here.",
        "fix": "Leave the choice of the level to autocoder, or install what the level needs.",
    },
)
