"""What an index may not ask for, found before anything runs: paths that escape, outputs that hold what a person wrote,
outputs that overlap, links on the way, cycles, and check commands that write.
"""

from __future__ import annotations

import graphlib
import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from autocoder.diagnostics import Diagnostics, Span, nearest
from autocoder.gen.index import Generator, LoadedIndex

_PROTECTED = (".git", ".autocoder")


def normal(path: str) -> str:
    """A path as it is compared: without `./` and without a slash at the end; "." for the project itself."""
    return PurePosixPath(path).as_posix()


def within(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or stands in it."""
    return path == folder or path.startswith(folder + "/")


def outputs_of(generator: Generator) -> tuple[str, ...]:
    """The declared outputs, as they are compared."""
    return tuple(normal(path) for path in generator.outputs)


def inputs_of(generator: Generator) -> tuple[str, ...] | None:
    """The declared inputs, as they are compared; None for everything: where none or the project itself is declared."""
    paths = None if generator.inputs is None else tuple(normal(path) for path in generator.inputs)
    return None if paths is None or "." in paths else paths


def upstream(generators: tuple[Generator, ...]) -> Mapping[str, tuple[str, ...]]:
    """Generators that must come before each: those in `after`, and those whose outputs are its inputs."""
    before: dict[str, tuple[str, ...]] = {}
    for one in generators:
        derived = [other.id for other in generators if other is not one and _reads(one, other)]
        before[one.id] = tuple(dict.fromkeys([*one.after, *derived]))
    return before


def _reads(reader: Generator, writer: Generator) -> bool:
    pairs = itertools.product(inputs_of(reader) or (), outputs_of(writer))
    return any(within(path, output) or within(output, path) for path, output in pairs)


def check(index: LoadedIndex) -> None:
    """Raises `StageFailed` (exit code 2) with every reason to refuse the index; otherwise returns."""
    found = Diagnostics()
    _ids(index, found)
    for number, generator in enumerate(index.generators):
        _commands(index, number, generator, found)
        for kind, path, span in _paths(index, number, generator):
            _path(index, kind, path, span, found)
    found.stop(exit_code=2)
    for number, generator in enumerate(index.generators):
        _holds_inputs(index, number, generator, found)
    _overlaps(index, found)
    _order(index, found)
    found.stop(exit_code=2)


def _ids(index: LoadedIndex, found: Diagnostics) -> None:
    first: dict[str, Span] = {}
    for number, generator in enumerate(index.generators):
        span = index.document.span("generators", number, "id")
        if generator.id in first:
            message = f'two generators have the id "{generator.id}"; the first stands at {first[generator.id]}'
            found.error("AC7005", message, span, value=generator.id, rule="ids are unique", help="rename one")
        first.setdefault(generator.id, span)


def _commands(index: LoadedIndex, number: int, generator: Generator, found: Diagnostics) -> None:
    for key, words, flag in (
        ("check_argv", generator.check_argv, "--write"),
        ("write_argv", generator.write_argv, "--check"),
    ):
        for position, word in enumerate(words):
            if word == flag or word.startswith(f"{flag}="):
                span = index.document.span("generators", number, key, position)
                rule = f"{key} has no {flag}"
                found.error("AC7011", f"{key} of {generator.id} says {flag}", span, value=word, rule=rule)


def _paths(index: LoadedIndex, number: int, generator: Generator) -> Iterator[tuple[str, str, Span]]:
    for kind, paths in (("output", generator.outputs), ("input", generator.inputs or ())):
        for position, path in enumerate(paths):
            yield kind, path, index.document.span("generators", number, f"{kind}s", position)


def _path(index: LoadedIndex, kind: str, path: str, span: Span, found: Diagnostics) -> None:
    if fault := _unsafe(path):
        rule = f"an {kind} is a path inside the project, with forward slashes"
        found.error("AC7006", f'{kind} "{path}" {fault}', span, value=path, rule=rule)
        return
    plain = normal(path)
    if protects := _protected(index, kind, plain):
        rule = "an output is wholly the generator's: it is removed and written anew"
        found.error("AC7007", f'{kind} "{path}" {protects}', span, value=path, rule=rule)
    elif fault := _blocked(index.root, plain):
        rule = "every folder above an output or input is a real folder of the project"
        found.error("AC7009", f'{kind} "{path}": {fault}', span, value=path, rule=rule)
    elif kind == "input" and not _exists(index, plain):
        hint = "name files or folders; patterns are not read" if "*" in path else "correct the path or remove it"
        found.error("AC7012", f'input "{path}" is not in the project', span, value=path, help=hint)


def _unsafe(path: str) -> str:
    if "\\" in path:
        return "has a backslash"
    if path.startswith("/") or re.match("[A-Za-z]:", path):
        return "is absolute"
    if ".." in path.split("/"):
        return 'escapes with ".."'
    if any(not character.isprintable() for character in path):
        return "has a character that cannot be printed"
    return ""


def _protected(index: LoadedIndex, kind: str, path: str) -> str:
    parts = path.casefold().split("/")
    if kind == "output" and path == ".":
        return "is the project itself"
    if ".git" in parts or parts[0] in _PROTECTED:
        return f"is in {'.git' if '.git' in parts else parts[0]}, which no generator owns or reads"
    if kind == "output" and within(index.path, path):
        return f"holds the index {index.path}"
    return ""


def _blocked(root: Path, path: str) -> str:
    for parent in reversed(PurePosixPath(path).parents[:-1]):
        if (root / parent).is_symlink():
            return f'its parent "{parent}" is a symbolic link'
        if (root / parent).exists() and not (root / parent).is_dir():
            return f'its parent "{parent}" is not a folder'
    return ""


def _exists(index: LoadedIndex, path: str) -> bool:
    """In the project now, or to be written by a generator."""
    here = index.root / path
    written = itertools.chain.from_iterable(outputs_of(generator) for generator in index.generators)
    return here.is_symlink() or here.exists() or any(within(path, output) for output in written)


def _holds_inputs(index: LoadedIndex, number: int, generator: Generator, found: Diagnostics) -> None:
    for position, output in enumerate(outputs_of(generator)):
        for path in inputs_of(generator) or ():
            if within(path, output):
                span = index.document.span("generators", number, "outputs", position)
                message = f'output "{output}" holds the input "{path}" of {generator.id}'
                rule = "an output is wholly the generator's: it is removed and written anew"
                found.error("AC7007", message, span, value=output, rule=rule)


def _overlaps(index: LoadedIndex, found: Diagnostics) -> None:
    declared = [
        (output, generator.id, index.document.span("generators", number, "outputs", position))
        for number, generator in enumerate(index.generators)
        for position, output in enumerate(outputs_of(generator))
    ]
    for (one, owner, first), (two, other, second) in itertools.combinations(declared, 2):
        one_folded, two_folded = one.casefold(), two.casefold()
        if within(one_folded, two_folded) or within(two_folded, one_folded):
            how = "is declared twice" if one == two else f'overlaps "{one}"'
            message = f'output "{two}" of {other} {how}; {owner} has it at {first}'
            found.error("AC7008", message, second, value=two, rule="every path has one generator")


def _order(index: LoadedIndex, found: Diagnostics) -> None:
    known = {generator.id: number for number, generator in enumerate(index.generators)}
    before = upstream(index.generators)
    for number, generator in enumerate(index.generators):
        for position, name in enumerate(generator.after):
            if name not in known:
                span = index.document.span("generators", number, "after", position)
                message = f'{generator.id} comes after "{name}", which is no generator here'
                found.error("AC7010", message, span, value=name, help=nearest(name, known))
    try:
        graphlib.TopologicalSorter(before).prepare()
    except graphlib.CycleError as error:
        cycle: list[str] = error.args[1][::-1]
        span = index.document.span("generators", known[cycle[0]], "after")
        rule = "`after`, and outputs that are inputs of others, give an order"
        found.error("AC7010", f"generators wait for each other: {' → '.join(cycle)}", span, rule=rule)
