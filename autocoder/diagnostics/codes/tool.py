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
)
