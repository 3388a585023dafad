"""Finds secrets in emitted files. Issuers' own formats anywhere; a value that looks random beside a name that says
secret, outside of tests. Refuses to be clever about placeholders: `${NAME}`, `<name>` and short words are none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autocoder.diagnostics import Diagnostic, Span


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A form that secrets take. Group `value` is the secret; `bits` the least entropy per character it must have.

    `guess` marks a form that says little by itself: such a value must also be long, mixed, and outside of tests.
    """

    rule: str
    what: str
    form: re.Pattern[str]
    bits: float = 0.0
    guess: bool = False


_NAME = r"[\w.-]*(?:password|passwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credential)[\w.-]*"

PATTERNS = (
    Pattern(
        rule="secret:private-key",
        what="a private key",
        form=re.compile(r"(?P<value>-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)"),
    ),
    Pattern(rule="secret:aws", what="an AWS access key", form=re.compile(r"\b(?P<value>(?:AKIA|ASIA)[A-Z2-7]{16})\b")),
    Pattern(
        rule="secret:github",
        what="a GitHub token",
        form=re.compile(r"\b(?P<value>gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})\b"),
    ),
    Pattern(
        rule="secret:gitlab", what="a GitLab token", form=re.compile(r"\b(?P<value>glpat-[\w-]{20,})(?![\w-])"), bits=3
    ),
    Pattern(
        rule="secret:slack",
        what="a Slack token",
        form=re.compile(r"\b(?P<value>xox[abeoprs]-[0-9A-Za-z-]{20,})"),
        bits=3,
    ),
    Pattern(rule="secret:google", what="a Google key", form=re.compile(r"\b(?P<value>AIza[\w-]{35})(?![\w-])"), bits=3),
    Pattern(
        rule="secret:stripe",
        what="a payment key",
        form=re.compile(r"\b(?P<value>[rs]k_live_[0-9A-Za-z]{20,})\b"),
    ),
    Pattern(
        rule="secret:model-provider",
        what="a model provider's key",
        form=re.compile(r"\b(?P<value>sk-(?:ant-|proj-)?[\w-]{32,})(?![\w-])"),
        bits=3.5,
    ),
    Pattern(
        rule="secret:jwt",
        what="a signed token",
        form=re.compile(r"\b(?P<value>eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,})"),
    ),
    Pattern(
        rule="secret:url",
        what="a password in an address",
        form=re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@\"'<>{}$]+:(?P<value>[^\s:/@\"'<>{}$%]{8,})@[\w\[]"),
        bits=2.8,
    ),
    Pattern(
        rule="secret:assignment",
        what="a value that looks like a secret",
        form=re.compile(rf"(?i)(?<![\w.-]){_NAME}[\"']?\s*[:=]\s*(?P<quote>[\"']?)(?P<value>[A-Za-z0-9+/_=-]{{20,}})"),
        bits=3.5,
        guess=True,
    ),
)

_TESTS = ("generated/tests/", "generated/benchmarks/")


def secret_findings(file: str, text: str) -> Iterator[Diagnostic]:
    """The secrets in one file, each with its place and never with its value."""
    for number, line in enumerate(text.splitlines(), start=1):
        if "--hash=sha256:" in line:
            continue
        for pattern in PATTERNS:
            for match in pattern.form.finditer(line):
                if _is_secret(file, pattern, match):
                    yield _finding(file, number, pattern, match)


def _is_secret(file: str, pattern: Pattern, match: re.Match[str]) -> bool:
    value = match["value"]
    if entropy(value) < pattern.bits:
        return False
    return not pattern.guess or (not file.startswith(_TESTS) and _looks_random(file, match))


def _looks_random(file: str, match: re.Match[str]) -> bool:
    """Letters of both kinds and digits, and in Python a literal: a bare word there is a name."""
    value = match["value"]
    kinds = (str.islower, str.isupper, str.isdigit)
    mixed = sum(any(kind(char) for char in value) for kind in kinds)
    if file.endswith(".py") and not match["quote"]:
        return False
    digits = sum(char.isdigit() for char in value)
    return mixed == len(kinds) or (mixed == 2 and digits >= 6)


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def _finding(file: str, line: int, pattern: Pattern, match: re.Match[str]) -> Diagnostic:
    begin, end = match.span("value")
    return Diagnostic(
        code="AC5005",
        message=f"{pattern.what} stands in this file",
        span=Span(file=file, line=line, column=begin + 1, end_line=line, end_column=end + 1),
        value=f"{end - begin} characters, not shown",
        rule=pattern.rule,
        help="refer to it by name: a secret reference in deployment.yaml, a variable in the code",
    )
