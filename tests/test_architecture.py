"""The structure that the design fixes: who may import whom, and who owns a heavy dependency."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "autocoder"

# A layer may import the layers before it and itself.
LAYERS = (
    {"diagnostics"},
    {"registry", "shipped", "decisions", "tools"},
    {"gen"},
    {"bundles"},
    {"blueprint"},
    {"facts"},
    {"readers"},
    {"planning", "contract"},
    {"ir"},
    {"passes", "rules"},
    {"targets"},
    {"gates"},
    {"workspace", "package", "ledger"},
    {"materials"},
    {"compilation"},
    {"source_files", "earlier_packages"},
    {"fill_bodies", "approvals"},
    {"driver"},
    {"recording"},
    {"cli", "review", "__main__"},
)
NOT_FOR = {"gen": {"bundles", "blueprint", "ir", "targets"}, "targets": {"blueprint", "readers", "planning"}}
"""What a layer may not import although it comes later."""
OWNERS = {
    "networkx": {"ir/graph.py"},
    "subprocess": {"tools/"},
    "jinja2": {"targets/"},
    "openai": {"readers/model/"},
    "instructor": {"readers/model/"},
    "lemminflect": {"readers/rules/"},
    "lark": {"blueprint/"},
    "ruamel.yaml": {"blueprint/", "targets/", "gates/", "gen/", "decisions", "rules/", "cli/", "readers/context/"},
    "sqlglot": {"readers/context/"},
}


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(name: str) -> int:
    return next(index for index, names in enumerate(LAYERS) if name in names)


def part(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_go_one_way(path: Path) -> None:
    own = part(path)
    if own == "__init__":
        return
    known = {name for names in LAYERS for name in names}
    for name in imports(path):
        pieces = name.split(".")
        if pieces[0] == "autocoder" and len(pieces) > 1 and pieces[1] in known:
            assert layer(pieces[1]) <= layer(own), f"{own} may not import {pieces[1]}"
            assert pieces[1] not in NOT_FOR.get(own, set()), f"{own} may not import {pieces[1]}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_heavy_dependency_has_one_owner(path: Path) -> None:
    inner = path.relative_to(ROOT).as_posix()
    for name in imports(path):
        for library, owners in OWNERS.items():
            if name == library or name.startswith(f"{library}."):
                assert any(inner.startswith(owner) for owner in owners), f"{library} belongs to {owners}"


def test_targets_read_views_and_never_the_blueprint() -> None:
    for path in (ROOT / "targets").rglob("*.py"):
        assert not any(name.startswith("autocoder.blueprint") for name in imports(path)), path


def test_files_are_of_a_size_that_one_sitting_can_read() -> None:
    for path in modules():
        if "lexicon" not in path.parts and path.parent.name != "codes":
            assert path.read_text(encoding="utf-8").count("\n") <= 600, path


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_help_pays_for_no_heavy_import(words: list[str]) -> None:
    code = (
        "import sys; from autocoder.__main__ import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "heavy = {'pydantic', 'networkx', 'jinja2', 'openai', 'instructor', 'rich', 'sqlalchemy', 'cryptography',"
        " 'lemminflect', 'hypothesis', 'numpy', 'ruamel'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert "heavy: []" in done.stderr
