"""Makes a sample of the mutants of a Python package: everything that mutmut's operators change, wherever it stands.

Runs in the environment of `requirements/mutation.txt`:

    python list_mutants.py FOLDER COUNT SEED

prints one JSON object per mutant: `file` (from FOLDER), `lines` (first and last of the statement, from 1), `operator`,
`before` and `after` (the changed lines), `calls` (what is called around the change, from within), `source` (the whole
new file). The sample depends on what the code says and on
the seed, not on where in a file the code stands: an edit elsewhere leaves it as it is.
"""

from __future__ import annotations

import difflib
import hashlib
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.mutators import mutation_operators


@dataclass(frozen=True)
class Candidate:
    """One change that an operator offers; `text` tells it from the others of its file."""

    file: str
    module: cst.Module
    node: cst.CSTNode
    changed: cst.CSTNode
    operator: str
    text: str
    lines: tuple[int, int]
    calls: list[str]

    def order(self, seed: str) -> str:
        """Where it stands in the sample."""
        return hashlib.sha256(f"{seed}\0{self.file}\0{self.text}".encode()).hexdigest()


class Changes(cst.CSTVisitor):
    """Collects what the operators offer in a module.

    mutmut itself leaves decorated functions out, because it calls its mutants through wrappers; here a mutant is a
    file of its own, and routes, models and settings are what such a service consists of.
    """

    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, file: str, module: cst.Module) -> None:
        self.file, self.module = file, module
        self.found: list[Candidate] = []
        self.seen: Counter[str] = Counter()
        self.types = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation):
            self.types += 1
        if not self.types or self._in_a_call(node):
            for kind, operator in mutation_operators:
                if isinstance(node, kind):
                    self._take(node, operator.__name__, operator(node))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.Annotation):
            self.types -= 1

    def _in_a_call(self, node: cst.CSTNode) -> bool:
        """Of a type only what is called within it does something: `Annotated[str, Query(max_length=9)]`."""
        while not isinstance(node, cst.Annotation):
            if isinstance(node, cst.Call):
                return True
            node = self.get_metadata(ParentNodeProvider, node)
        return False

    def _take(self, node: cst.CSTNode, operator: str, offered: Iterator[cst.CSTNode]) -> None:
        before, (lines, statement) = self.module.code_for_node(node), self._statement(node)
        calls = self._calls(node)
        for changed in offered:
            text = f"{statement}\0{operator}\0{before}\0{self.module.code_for_node(changed)}"
            self.seen[text] += 1
            text = f"{text}\0{self.seen[text]}"
            self.found.append(Candidate(self.file, self.module, node, changed, operator, text, lines, calls))

    def _calls(self, node: cst.CSTNode) -> list[str]:
        """What is called around a change, within its statement."""
        found: list[str] = []
        while not isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement, cst.Module)):
            if isinstance(node, cst.Call):
                found.append(self.module.code_for_node(node.func))
            node = self.get_metadata(ParentNodeProvider, node)
        return found

    def _statement(self, node: cst.CSTNode) -> tuple[tuple[int, int], str]:
        """The lines whose run makes the change matter, and their text: of the statement, or of what a block begins
        with.
        """
        inner: cst.CSTNode = node
        while not isinstance(inner, (cst.SimpleStatementLine, cst.BaseCompoundStatement, cst.Module)):
            node, inner = inner, self.get_metadata(ParentNodeProvider, inner)
        whole = inner if isinstance(inner, cst.SimpleStatementLine) else node
        place = self.get_metadata(PositionProvider, whole)
        return (place.start.line, place.end.line), self.module.code_for_node(whole)


def candidates(folder: Path) -> Iterator[Candidate]:
    """Every change to every module."""
    for path in sorted(folder.rglob("*.py")):
        wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
        changes = Changes(path.relative_to(folder).as_posix(), wrapper.module)
        wrapper.visit(changes)
        yield from changes.found


def mutants(candidate: Candidate) -> Iterator[dict[str, object]]:
    """The candidate as a mutant; nothing where the language does not allow it."""
    old = candidate.module.code
    new = candidate.module.deep_replace(candidate.node, candidate.changed).code  # type: ignore[arg-type]
    try:
        compile(new, candidate.file, "exec")
    except SyntaxError:
        return
    lines = [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "-+"]
    yield {
        "file": candidate.file,
        "lines": candidate.lines,
        "operator": candidate.operator.removeprefix("operator_"),
        "before": "\n".join(line[2:] for line in lines if line[0] == "-"),
        "after": "\n".join(line[2:] for line in lines if line[0] == "+"),
        "calls": candidate.calls,
        "source": new,
    }


def main(folder: Path, count: int, seed: str) -> None:
    """Prints the sample."""
    ordered = sorted(candidates(folder), key=lambda c: c.order(seed))
    made = itertools.chain.from_iterable(map(mutants, ordered))
    for mutant in itertools.islice(made, count):
        print(json.dumps(mutant))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
