"""How much of what people ask for the planned blueprints have, on the descriptions in `tests/planning/descriptions`.

Run: `python benchmarks/planning.py [seen|unseen] [name]`. With `-v` it lists what is missing, asked and reported, with
`-b` the blueprints too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from autocoder.blueprint.format import format_architecture, format_deployment
from autocoder.compilation import Sources, compile_sources
from autocoder.diagnostics import Diagnostic, StageFailed
from autocoder.planning.proposal import answers_for, propose, read, settle

DESCRIPTIONS = Path(__file__).parent.parent / "tests" / "planning" / "descriptions"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one description: what was expected and is missing, the questions, what is reported or wrong."""

    name: str
    expected: int
    missing: tuple[str, ...]
    questions: tuple[str, ...]
    reported: tuple[Diagnostic, ...]
    failed: tuple[Diagnostic, ...]
    blueprint: str

    @property
    def found(self) -> int:
        """How many of the expected elements are there."""
        return self.expected - len(self.missing)


def descriptions(half: str) -> list[dict[str, Any]]:
    """The descriptions of a half: name, text, expected elements."""
    text = (DESCRIPTIONS / f"{half}.yaml").read_text(encoding="utf-8")
    return cast("list[dict[str, Any]]", cast("Any", YAML(typ="safe")).load(text))


def outcome(description: dict[str, Any]) -> Outcome:
    """Plans and compiles a description, with every default, and without what is not understood."""
    reading = read(description["text"], file="description.md")
    given = {q.id: q.default or q.options[0].key for q in reading.questions if q.options}
    failed, blueprint, data = (), "", dict[str, Any]()
    try:
        plan = propose(settle(reading, answers_for(reading, answers=given, accept_defaults=True)), "example")
        blueprint = format_architecture(plan.architecture)
        data = plan.architecture.model_dump(mode="json", by_alias=True, exclude_none=True)
        compile_sources(Sources(architecture=blueprint, deployment=format_deployment(plan.deployment)))
    except StageFailed as error:
        failed = tuple(error.diagnostics)
    return Outcome(
        name=description["name"],
        expected=len(description["expect"]),
        missing=tuple(f"{e['at']}: {e['is']}" for e in description["expect"] if not _has(data, e["at"], e["is"])),
        questions=tuple(f"{q.id}: {q.text}" for q in reading.questions),
        reported=tuple(reading.diagnostics),
        failed=failed,
        blueprint=blueprint,
    )


def _has(data: Any, at: str, wanted: Any) -> bool:
    return any(_fits(value, wanted) for value in _at(data, at.split(".") if at != "*" else ["*", "*"]))


def _at(data: Any, path: list[str]) -> Iterator[Any]:
    if not path:
        yield data
        return
    for key, value in _parts(data):
        if fnmatchcase(key, path[0]):
            yield from _at(value, path[1:])


def _parts(data: Any) -> list[tuple[str, Any]]:
    if isinstance(data, dict):
        return [(str(k), v) for k, v in cast("dict[Any, Any]", data).items()]
    return [(str(i), v) for i, v in enumerate(cast("list[Any]", data))] if isinstance(data, list) else []


def _fits(value: Any, wanted: Any) -> bool:
    """Whether everything that is wanted stands in a value; lists are as long as the wanted one."""
    if isinstance(wanted, dict):
        parts = cast("dict[str, Any]", wanted).items()
        return all(any(fnmatchcase(k, key) and _fits(v, w) for k, v in _parts(value)) for key, w in parts)
    if isinstance(wanted, list):
        ends = cast("list[Any]", wanted)
        parts = [v for _, v in _parts(value)]
        return len(parts) == len(ends) and all(_fits(v, w) for v, w in zip(parts, ends, strict=True))
    if isinstance(value, dict):  # a type alone
        return any(k == "type" and _fits(v, wanted) for k, v in _parts(value)) or wanted == "*"
    return not isinstance(value, list) and fnmatchcase(str(value).lower(), str(wanted).lower())


def report(found: list[Outcome]) -> str:
    """The figures, a line per description."""
    lines = [f"{'description':26}{'found':>7}{'questions':>11}{'reported':>10}  compiles"]
    for o in found:
        compiles = "no" if o.failed else "yes"
        share = f"{o.found}/{o.expected}"
        lines.append(f"{o.name:26}{share:>7}{len(o.questions):11}{len(o.reported):10}  {compiles}")
    whole = [o for o in found if not o.missing and not o.failed]
    share = f"{sum(o.found for o in found)}/{sum(o.expected for o in found)}"
    lines.append(
        f"{'all':26}{share:>7}{sum(len(o.questions) for o in found):11}{sum(len(o.reported) for o in found):10}"
    )
    lines.append(f"{len(whole)} of {len(found)} are right as a whole")
    return "\n".join(lines)


def details(o: Outcome) -> str:
    """What is missing, asked, reported and wrong in one description."""
    lines = [f"{o.name}:", *(f"  missing  {m}" for m in o.missing), *(f"  asked    {q}" for q in o.questions)]
    lines += [f"  {word:8} {d.code} {d.span}: {d.message} [{d.value}]" for word, d in _told(o)]
    return "\n".join(lines)


def _told(o: Outcome) -> list[tuple[str, Diagnostic]]:
    return [*(("reported", d) for d in o.reported), *(("failed", d) for d in o.failed if d not in o.reported)]


def main(arguments: list[str]) -> None:
    """Prints the figures of the halves that are named, of both without a name."""
    words = [a for a in arguments if not a.startswith("-")]
    for half in [w for w in words if w in {"seen", "unseen"}] or ["seen", "unseen"]:
        only = [w for w in words if w not in {"seen", "unseen"}]
        found = [outcome(d) for d in descriptions(half) if not only or any(w in d["name"] for w in only)]
        print(f"{half}: {len(found)} descriptions\n{report(found)}")
        for o in found:
            print(*([details(o)] if "-v" in arguments else []), *([o.blueprint] if "-b" in arguments else []), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
