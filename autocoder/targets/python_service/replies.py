"""What the emitted operations return: rows, bodies, texts, pages, files, redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autocoder.ir.behaviour import Reply
from autocoder.ir.expressions import Expr, Record
from autocoder.targets.python_service.expressions import literal
from autocoder.targets.python_service.names import attribute, local
from autocoder.targets.python_service.schemas import body_name, is_empty
from autocoder.targets.python_service.texts import PageStatements

if TYPE_CHECKING:
    from autocoder.targets.python_service.handlers import Behaviour


def reply(behaviour: Behaviour, step: Reply) -> list[str]:
    """The statements that answer."""
    if step.redirect is not None:
        target = behaviour.python.render(step.redirect)
        return [_answer(behaviour, "RedirectResponse", target, step, {"Cache-Control": '"no-store"'})]
    if step.file is not None:
        behaviour.imports.add(f"{behaviour.package}.files", "download")
        return [_answer(behaviour, "download", behaviour.python.render(step.file), step, {})]
    if step.html is not None:
        statements, page = PageStatements(python=behaviour.python).build(step.html)
        return [*statements, _answer(behaviour, "HTMLResponse", page, step, {})]
    if step.text is not None:
        return [_answer(behaviour, "PlainTextResponse", behaviour.python.render(step.text), step, {})]
    if is_empty(step):
        return [_answer(behaviour, "Response", "", step, {})] if behaviour.several or step.headers else []
    return _in_json(behaviour, step)


def _in_json(behaviour: Behaviour, step: Reply) -> list[str]:
    lines = [f'response.headers["{name}"] = {_header(behaviour, value)}' for name, value in step.headers]
    if step.status != behaviour.status:
        lines.append(f"response.status_code = {step.status}")
    if step.body is not None:
        return [*lines, f"return {_body(behaviour, step, step.body)}"]
    if step.view is None:
        return [*lines, *(["return None"] if behaviour.several else [])]
    row = local(step.view)
    return [*lines, f"return list({row})" if step.view in behaviour.lists else f"return {row}"]


def _answer(behaviour: Behaviour, kind: str, content: str, step: Reply, headers: dict[str, str]) -> str:
    """A reply that says its status and headers itself."""
    if kind != "download":
        behaviour.imports.add("fastapi" if kind == "Response" else "fastapi.responses", kind)
    headers = {**headers, **{name: _header(behaviour, value) for name, value in step.headers}}
    given = ", ".join(f"{literal(name)}: {value}" for name, value in headers.items())
    parts = [content] if content else []
    parts += [f"status_code={step.status}"] if step.status != 200 else []
    parts += [f"headers={{{given}}}"] if given else []
    return f"return {kind}({', '.join(parts)})"


def _header(behaviour: Behaviour, value: Expr) -> str:
    behaviour.imports.add(f"{behaviour.package}.language", "in_header")
    return f"in_header({behaviour.python.render(value)})"


def _body(behaviour: Behaviour, step: Reply, body: Expr) -> str:
    if not isinstance(body, Record) or behaviour.operation is None:
        return behaviour.python.value(body)
    name, package = body_name(behaviour.operation, step), behaviour.package
    behaviour.imports.add(f"{package}.schemas", name)

    def shown(entity: str, row: str) -> str:
        behaviour.imports.add(f"{package}.schemas", f"{entity}Reply")
        return f"{entity}Reply.model_validate({row})"

    def given(*, absent: bool) -> list[str]:
        wanted = ((key, value) for key, value in body.values if (key in step.absent) == absent)
        return [f"{attribute(key)}={behaviour.python.value(value, shown)}" for key, value in wanted]

    parts = given(absent=False)
    if step.absent:
        behaviour.imports.add(f"{package}.schemas", "without_null")
        parts.append(f"**without_null({', '.join(given(absent=True))})")
    return f"{name}({', '.join(parts)})"
