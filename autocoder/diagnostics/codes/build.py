"""Codes of proposing a blueprint and of the build as a whole (AC205x, AC82xx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC2050",
        "title": "an open question",
        "why": "The text leaves open something that changes the interface, access or stored data.",
        "fix": "Answer with --answer ID=KEY, take every default with --accept-defaults, or say it in the text.",
    },
    {
        "code": "AC2051",
        "title": "the text was given again and differs",
        "why": "A workspace has one description; a file that differs from it is not taken over unasked.",
        "fix": "Take the new text with --update-prose, or build the workspace without naming a file.",
    },
    {
        "code": "AC2052",
        "title": "the text and a person changed the same element",
        "why": "The blueprint was edited by hand, and the text now leads to something else in the same place. "
        "Neither side is thrown away, and the compiler does not know which one is meant.",
        "fix": "Decide with `autocoder plan --keep ELEMENT` (yours) or `--take ELEMENT` (the text's); `.` stands for "
        "every element. Or change the text or the file, so that both say the same.",
    },
    {
        "code": "AC2053",
        "title": "no such answer",
        "why": "An answer names an open question and one of its options.",
        "fix": "Use an id and a key that `autocoder plan` shows.",
    },
    {
        "code": "AC2054",
        "title": "the text changes a blueprint that was edited by hand",
        "why": "Both sides changed, in different elements. The merge keeps every edit, but a file that a person works "
        "on changes only when that person says so.",
        "fix": "Look at the changes, then write them with `autocoder plan --apply`. `--keep ELEMENT` leaves one of "
        "the text's changes out, `--take ELEMENT` discards one of yours.",
    },
    {
        "code": "AC2055",
        "title": "no such choice",
        "why": "`--keep` and `--take` name an element that the text or a person changed.",
        "fix": "Use one of the names that `autocoder plan` shows.",
    },
    {
        "code": "AC2056",
        "title": "the layout of the file stands in the way of a merge",
        "why": "The merge changes only what it must in a file that a person laid out. Anchors, aliases and `? ` keys "
        "stand for more than one place, so a change of one would change the other.",
        "fix": "Write out what anchors and aliases stand for, then plan again.",
    },
    {
        "code": "AC8201",
        "title": "nothing to build here",
        "why": "A workspace holds a description, or the two files of a blueprint.",
        "fix": 'Name a text or a file: `autocoder build "A to-do list API."`, `autocoder build description.md`.',
    },
    {
        "code": "AC8202",
        "title": "an input cannot be read",
        "why": "Inputs are UTF-8 text files.",
        "fix": "Look at the path and its permissions, and save the file as UTF-8.",
    },
    {
        "code": "AC8203",
        "title": "the workspace is not compiled",
        "why": "This command works on what `compile` or `build` wrote.",
        "fix": "Run `autocoder compile` or `autocoder build` first.",
    },
    {
        "code": "AC8205",
        "title": "the workspace is not up to date",
        "why": "A file differs from what its sources lead to, or is missing.",
        "fix": "Run `autocoder compile`, and keep what it writes together with its sources.",
    },
    {
        "code": "AC8206",
        "title": "nothing of that name to trace",
        "why": "`trace` follows requirements, elements of the blueprint, nodes of the IR, and emitted files.",
        "fix": "Use a name that `autocoder review` shows, or the path of a generated file as seen from the workspace.",
    },
    {
        "code": "AC8207",
        "title": "no earlier version to compare with",
        "why": "`review --diff` compares with the blueprint in a folder, in a file, or at a commit.",
        "fix": "Name a commit or branch of the workspace's repository, an architecture.yaml, or another workspace.",
    },
    {
        "code": "AC8208",
        "title": "no such decision",
        "why": "An approval is about a decision that the compiler made for this blueprint.",
        "fix": "Use a subject or an id that `autocoder review` shows.",
    },
    {
        "code": "AC8221",
        "title": "a port that cannot be used",
        "why": "`run` serves the API and the management port on loopback, each on a port of its own that is free.",
        "fix": "Stop what uses the port, or give another one with `--port` or `--management-port`.",
    },
    {
        "code": "AC8222",
        "title": "the service ended by itself",
        "why": "A service runs until it is told to stop. It ended before: its database cannot be reached, a setting is "
        "refused, or it failed.",
        "fix": "Read the service's own log, which stands above the message.",
    },
)
