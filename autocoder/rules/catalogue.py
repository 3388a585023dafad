"""The rule catalogue: every rule once, each evaluated at the earliest stage that can see what it is about.

Design rules look at the IR, manifest rules at parsed manifests, source rules at other emitted text. The words of a rule
are those of its diagnostic code; a waiver names the code or the id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Protocol, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from autocoder.diagnostics import Diagnostic
from autocoder.ir.views import Views
from autocoder.rules.design_rules import DESIGN_RULES, Design
from autocoder.rules.manifest_rules import MANIFEST_RULES, Document, Manifests
from autocoder.rules.rule import Evaluation, Rule, evaluate
from autocoder.rules.source_rules import SOURCE_RULES

RULES: tuple[Rule[Any], ...] = (*DESIGN_RULES, *MANIFEST_RULES, *SOURCE_RULES)
"""The whole catalogue, in the order in which it is documented."""

_FOLDER = "deployments/"


class EmittedFile(Protocol):
    """A file of a tree."""

    @property
    def path(self) -> str:
        """Relative to the workspace."""
        ...

    @property
    def content(self) -> bytes:
        """Its bytes."""
        ...


def evaluate_design(views: Views, decided: Collection[str] = frozenset()) -> Evaluation:
    """The design against its rules. `decided` are the subjects of decisions that somebody stated or approved."""
    return evaluate(DESIGN_RULES, Design(views=views, decided=decided))


def evaluate_manifests(tree: Iterable[EmittedFile]) -> Evaluation:
    """The manifests and compose files below `deployments/` against their rules, in any order of files.

    A file that is no YAML is a finding (AC4216): what cannot be read has not been checked.
    """
    documents: list[Document] = []
    unreadable: list[Diagnostic] = []
    for path, text in sorted(_texts(tree).items()):
        if path.endswith((".yaml", ".yml")):
            try:
                documents += _documents(path, text)
            except YAMLError as error:
                reason = str(error).splitlines()[0]
                unreadable.append(Diagnostic(code="AC4216", message=f"{path}: {reason}", subject=path))
    found = evaluate(MANIFEST_RULES, Manifests(documents=tuple(documents)))
    checks = found.checks + len(unreadable)
    return Evaluation(findings=(*unreadable, *found.findings), checks=checks)


def evaluate_source(tree: Iterable[EmittedFile]) -> Evaluation:
    """Other emitted text below `deployments/` against its rules."""
    return evaluate(SOURCE_RULES, dict(sorted(_texts(tree).items())))


def _texts(tree: Iterable[EmittedFile]) -> Mapping[str, str]:
    return {f.path: f.content.decode("utf-8", errors="replace") for f in tree if f.path.startswith(_FOLDER)}


def _documents(path: str, text: str) -> Iterator[Document]:
    reader: Any = YAML(typ="rt", pure=True)
    for document in reader.load_all(text):
        if document is not None:
            mark = getattr(document, "lc", None)
            yield Document(file=path, line=(mark.line if mark else 0) + 1, data=_plain(document))


def _plain(value: Any) -> Any:
    """Data without the positions that the reader keeps: CEL takes plain mappings and lists only."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    return value
