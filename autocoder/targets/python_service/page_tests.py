"""Tests of pages by cursor: whoever walks through them meets each row once, although rows are added meanwhile."""

from __future__ import annotations

from autocoder.ir.behaviour import Find, Let, List, Reply, walk_steps
from autocoder.ir.expressions import Bound, Call, Column, Expr, Over, Record, walk
from autocoder.ir.nodes import Operation
from autocoder.ir.views import Views
from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.names import function
from autocoder.targets.python_service.scenarios import Scenarios
from autocoder.targets.python_service.schemas import reply_of
from autocoder.targets.python_service.source import Module

FILE = "tests/test_pages.py"
_WALK = '''
def walk(world: World, operation: str, asked: Asked, page: Page, add: Callable[[], object]) -> list[Row]:
    """All rows that the pages show, each page as the oracle has it; after each of the first ones something happens."""
    given, token = asked
    shown: list[Row] = []
    pages = 0
    while True:
        rows, following = page(world.call(operation, given, token))
        shown += rows
        pages += 1
        if following is None:
            return shown
        given = {**given, "cursor": following}
        if pages <= ADDED:
            add()
'''


def by_cursor(operation: Operation) -> List | None:
    """The list that an operation shows page by page, if it has one."""
    return next((s for s in walk_steps(operation.steps) if isinstance(s, List) and s.after is not None), None)


def orders(views: Views) -> dict[str, bool]:
    """Whether rows are ordered, or grouped, by what is worked out of them."""
    steps = [s for b in (*views.operations, *views.handlers) for s in walk_steps(b.steps)]
    keys = [key for s in steps if isinstance(s, Find | List) for key in s.order]
    groups = [group for s in steps if isinstance(s, List) for group in s.group]
    return {
        "worked_out_orders": any(key.by is not None for key in keys),
        "worked_out_groups": any(not isinstance(v, Column) or v.field != name for name, v in groups),
    }


def module(views: Views, package: str) -> str:
    """`tests/test_pages.py`; empty where no pages can be walked through."""
    found = Module(doc="Pages by cursor: nothing is left out and nothing comes twice.", package=package)
    found.imports.add("support.tables", "Row")
    found.imports.add("support.world", "World")
    found.imports.add("collections", "Counter")
    found.imports.add("collections.abc", "Callable")
    found.imports.add("httpx", "Response")
    found.imports.add("typing", "Any")
    kinds = "Asked = tuple[Row, str | None]\nPage = Callable[[Response], tuple[list[Any], str | None]]"
    found.add(f"ADDED = 3\n{kinds}")
    found.add(_WALK)
    tests = [test for o in views.operations if (test := _test(o, views, found))]
    for operation, test in tests:
        found.add(test, operation.id)
    return found.text() if tests else ""


def _test(operation: Operation, views: Views, module: Module) -> tuple[Operation, str] | None:
    step, reply = by_cursor(operation), reply_of(operation)
    name = next((s.name for s in walk_steps(operation.steps) if isinstance(s, Let) and _is_place(s.value)), "")
    if step is None or not name:
        return None
    rows, following = _rows(reply, step.bind, views), _following(reply, name, views)
    scenarios = Scenarios(views=views, operation=operation, imports=module.imports)
    listed = any(s.bind == step.bind for s in scenarios.lists())
    if not (listed and rows and following):
        return None
    called = function(operation.name)
    module.imports.add("support.scenarios", called)
    size, limit = _size(step)
    walked = f"world, {literal(operation.name)}, asked, page"
    asked = f'given | {{"{limit}": {size}}}, token' if limit else "given, token"
    lines = [
        f"def test_{operation.name}_shows_each_row_once(world: World) -> None:",
        "    def page(reply: Response) -> tuple[list[Any], str | None]:",
        f"        return {rows}, {following}",
        "",
        f"    given, token = {called}(world, {2 * size + 1})",
        f"    asked = ({asked})",
        f"    calm = walk({walked}, lambda: None)",
        f"    busy = walk({walked}, lambda: {scenarios.visible_row(step)})",
        f"    assert len(calm) == {2 * size + 1}",
        "    assert len(busy) <= len(calm) + ADDED",
        "    assert not Counter(map(str, calm)) - Counter(map(str, busy))",
    ]
    lines += ['    assert len({row["id"] for row in busy}) == len(busy)'] if _shows_ids(reply, step.bind) else []
    return operation, "\n".join(lines)


def _size(step: List) -> tuple[int, str]:
    """How many rows a page of the test has, and the input that says so, "" where there is none."""
    match step.count:
        case Bound(scope="input", name=name):
            return 2, name
        case _:
            return step.limit or 1, ""


def _is_place(value: Expr) -> bool:
    return isinstance(value, Call) and value.function == "cursor_after"


def _names(value: Expr, bind: str) -> bool:
    return any(isinstance(node, Bound) and node.scope == "local" and node.name == bind for node in walk(value))


def _rows(reply: Reply, bind: str, views: Views) -> str:
    """Source of the rows of a page; "" where the reply does not show them as a list."""
    if reply.view == bind:
        return "reply.json()"
    if isinstance(reply.body, Record):
        shown = (n for n, v in reply.body.values if v.type.name == "list" and _names(v, bind))
        return next((f"reply.json()[{literal(views.spelled(name))}]" for name in shown), "")
    return ""


def _following(reply: Reply, cursor: str, views: Views) -> str:
    """Source of the cursor of the next page; "" where the reply does not say it."""
    for name, value in reply.headers:
        if _names(value, cursor):
            return f"reply.headers.get({literal(name)})"
    if isinstance(reply.body, Record):
        said = (n for n, v in reply.body.values if isinstance(v, Bound) and v.name == cursor)
        return next((f"reply.json().get({literal(views.spelled(name))})" for name in said), "")
    return ""


def _shows_ids(reply: Reply, bind: str) -> bool:
    """Whether the rows are shown with what tells them apart."""
    if reply.view == bind or reply.body is None:
        return True
    values = [v for _, v in reply.body.values if _names(v, bind)] if isinstance(reply.body, Record) else []
    match values[0] if values else None:
        case Over(op="map", body=Record(values=shown)):
            return any(name == "id" for name, _ in shown)
        case Bound():
            return True
        case _:
            return False
