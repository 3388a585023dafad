"""A Python module while it is being written: its docstring, the imports that its code asked for, its body."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from autocoder.targets.python_service.expressions import Imports
from autocoder.targets.python_service.layout import WIDTH, lay_out
from autocoder.targets.python_service.module_names import STANDARD
from autocoder.targets.python_service.skeletons import docstring
from autocoder.targets.tree import marked

INDENT = "    "
TESTS_OWN = ("oracle", "support")
"""Modules that the tests import from their own folder."""


@dataclass(kw_only=True)
class Module:
    """Collects blocks of code; `text()` puts the sorted imports before them."""

    doc: str
    package: str
    imports: Imports = field(default_factory=Imports)
    plain_imports: set[str] = field(default_factory=set[str])
    blocks: list[str] = field(default_factory=list[str])
    origins: dict[int, str] = field(default_factory=dict[int, str])

    def add(self, block: str, origin: str = "") -> None:
        """Adds a block of top-level code; `origin` is the id of the IR node that it comes from."""
        if origin:
            self.origins[len(self.blocks)] = origin
        self.blocks.append(block.strip("\n"))

    def drop_unused_imports(self) -> None:
        """Forgets imported names that no block says; for code of which only a part was kept."""
        said = {node.id for node in ast.walk(ast.parse("\n".join(self.blocks))) if isinstance(node, ast.Name)}
        kept = {m: {n for n in names if n.split(" as ")[-1] in said} for m, names in self.imports.names.items()}
        self.imports.names = {m: names for m, names in kept.items() if names}

    def text(self) -> str:
        """The module's source, laid out."""
        head = f"{docstring(self.doc)}\n"
        imports = import_block(self.imports, self.package, self.plain_imports)
        origins = self.origins
        body = "\n\n\n".join(
            marked(origins[index], block) if index in origins else block for index, block in enumerate(self.blocks)
        )
        if imports and body:
            gap = "\n" if _starts_plain(self.blocks[0]) else "\n\n"
            return lay_out(f"{head}\n{imports}{gap}{body}\n")
        if body:
            gap = "\n" if _starts_plain(self.blocks[0]) else "\n\n"
            return lay_out(f"{head}{gap}{body}\n")
        return lay_out(f"{head}\n{imports}" if imports else head)


def _starts_plain(block: str) -> bool:
    return not block.startswith(("def ", "async def ", "class ", "@"))


def otherwise_lines(then: list[str], otherwise: list[str]) -> list[str]:
    """What follows an `if` and the statements below it: `else:` with others, which needs none where those leave."""
    if not otherwise or then[-1].startswith((f"{INDENT}return ", f"{INDENT}raise ")):
        return otherwise
    return ["else:", *(INDENT + line for line in otherwise)]


def import_block(imports: Imports, package: str, plain: set[str] | None = None) -> str:
    """Import lines in the usual order: standard library, others, the service itself."""
    lines: dict[int, list[tuple[tuple[object, ...], str]]] = {0: [], 1: [], 2: []}
    for module in plain or ():
        lines[_section(module, package)].append(((0, _natural(module)), f"import {module}"))
    for module, names in imports.names.items():
        renamed = {name for name in names if " as " in name}
        renaming = (((1, _natural(module), 1, _natural(n)), f"from {module} import {n}") for n in renamed)
        lines[_section(module, package)] += renaming
        ordered = sorted(names - renamed, key=_import_order)
        if not ordered:
            continue
        line = f"from {module} import {', '.join(ordered)}"
        if len(line) > WIDTH:
            line = "\n".join([f"from {module} import (", *(f"    {name}," for name in ordered), ")"])
        lines[_section(module, package)].append(((1, _natural(module), 0), line))
    groups = ["\n".join(text for _, text in sorted(group)) for _, group in sorted(lines.items()) if group]
    return "\n\n".join(groups) + "\n" if groups else ""


def _section(module: str, package: str) -> int:
    root = module.split(".")[0]
    return 2 if root in (package, *TESTS_OWN) else 0 if root in STANDARD else 1


def _import_order(name: str) -> tuple[object, ...]:
    """Constants, then classes, then functions: as the import sorter orders them."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, *_natural(name)


def _natural(name: str) -> tuple[object, ...]:
    """Orders names without regard to case, and numbers in them by their size."""
    return tuple(
        tuple((ord("0"), int(part)) if part.isdigit() else (ord(part), 0) for part in re.findall(r"\d+|.", text))
        for text in (name.lower(), name)
    )


def with_sorted_imports(source: str, package: str) -> str:
    """A module whose imports are sorted anew, as its own package's name asks for."""
    found = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    if not found:
        return source
    imports, plain = Imports(), set[str]()
    for node in found:
        if isinstance(node, ast.ImportFrom):
            imports.add(node.module or "", *(_as_written(name) for name in node.names))
        else:
            plain.update(_as_written(name) for name in node.names)
    lines = source.splitlines()
    before, after = lines[: found[0].lineno - 1], lines[found[-1].end_lineno or 0 :]
    rest = "\n".join(after).strip("\n")
    gap = "\n" if _starts_plain(rest) else "\n\n"
    return "\n".join(before) + f"\n{import_block(imports, package, plain)}{gap}{rest}\n"


def _as_written(name: ast.alias) -> str:
    return f"{name.name} as {name.asname}" if name.asname else name.name
