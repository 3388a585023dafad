"""A Python module while it is being written: its docstring, the imports that its code asked for, its body."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from autocoder.targets.python_service.expressions import Imports
from autocoder.targets.python_service.layout import WIDTH, lay_out
from autocoder.targets.python_service.skeletons import docstring


@dataclass(kw_only=True)
class Module:
    """Collects blocks of code; `text()` puts the sorted imports before them."""

    doc: str
    package: str
    imports: Imports = field(default_factory=Imports)
    plain_imports: set[str] = field(default_factory=set[str])
    blocks: list[str] = field(default_factory=list[str])

    def add(self, block: str) -> None:
        """Adds a block of top-level code."""
        self.blocks.append(block.strip("\n"))

    def text(self) -> str:
        """The module's source, laid out."""
        head = f"{docstring(self.doc)}\n"
        imports = import_block(self.imports, self.package, self.plain_imports)
        body = "\n\n\n".join(self.blocks)
        if imports and body:
            gap = "\n" if _starts_plain(self.blocks[0]) else "\n\n"
            return lay_out(f"{head}\n{imports}{gap}{body}\n")
        if body:
            gap = "\n" if _starts_plain(self.blocks[0]) else "\n\n"
            return lay_out(f"{head}{gap}{body}\n")
        return lay_out(f"{head}\n{imports}" if imports else head)


def _starts_plain(block: str) -> bool:
    return not block.startswith(("def ", "async def ", "class ", "@"))


def import_block(imports: Imports, package: str, plain: set[str] | None = None) -> str:
    """Import lines in the usual order: standard library, others, the service itself."""
    lines: dict[int, list[tuple[str, str]]] = {0: [], 1: [], 2: []}
    for module in sorted(plain or ()):
        lines[_section(module, package)].append((f"0{module}", f"import {module}"))
    for module, names in imports.names.items():
        ordered = sorted(names, key=_import_order)
        line = f"from {module} import {', '.join(ordered)}"
        if len(line) > WIDTH:
            line = "\n".join([f"from {module} import (", *(f"    {name}," for name in ordered), ")"])
        lines[_section(module, package)].append((f"1{module}", line))
    groups = ["\n".join(text for _, text in sorted(group)) for _, group in sorted(lines.items()) if group]
    return "\n\n".join(groups) + "\n" if groups else ""


def _section(module: str, package: str) -> int:
    root = module.split(".")[0]
    return 2 if root == package else 0 if root in sys.stdlib_module_names else 1


def _import_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions: as the import sorter orders them."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name
