"""Regular expressions: what an author may write, so that it means the same in every engine (the subset of RE2)."""

from __future__ import annotations

import re


def pattern_problem(pattern: str) -> str:
    """What is wrong with a pattern, "" for a good one."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"is no regular expression: {error}"
    if re.search(r"(?<!\\)(?:\\\\)*(\(\?(?:=|!|<=|<!|P=|\()|\\[1-9])", pattern):
        return "looks around or back, which RE2 does not"
    if re.search(r"[*+?}][+]", pattern):
        return "has a possessive repetition, which RE2 has not"
    return ""
