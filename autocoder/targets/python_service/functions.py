"""How each function of the language is written in Python, as data.

Which functions there are is settled in `ir.functions`; what Python has not in the same meaning stands in `language`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autocoder.ir.expressions import Call, Const

CHOICE, OR, AND, NOT, COMPARE, SUM, PRODUCT, UNARY, ATOM = range(9)
"""How tightly Python binds, loosest first."""


@dataclass(frozen=True)
class PythonFunction:
    """A function in Python: `{n}` is an argument, `{t[n]}` one as an atom, `{o[n]}` one as an operand of `if` or `in`;
    `own` is defined in `language.py`.
    """

    template: str
    own: str = ""
    imports: tuple[tuple[str, str], ...] = ()
    strength: int = ATOM


def python_function(node: Call) -> PythonFunction:
    """How a call is written in Python, by the function and the type of its first argument."""
    names = [arg.type.name for arg in node.args]
    known = PYTHON_FUNCTIONS
    if node.function == "replace" and isinstance(node.args[1], Const) and node.args[1].value:
        return known["replace(…)"]
    for key in (f"{node.function}({'.'.join(names)})", f"{node.function}/{len(names)}"):
        if key in known:
            return known[key]
    return known[node.function]


_DECIMAL = (("decimal", "Decimal"),)
PYTHON_FUNCTIONS: Mapping[str, PythonFunction] = {
    "size": PythonFunction("len({0})"),
    "lower": PythonFunction("lower({0})", "lower"),
    "upper": PythonFunction("upper({0})", "upper"),
    "trim": PythonFunction('{t[0]}.strip(" \\t\\r\\n")'),
    "contains": PythonFunction("{o[1]} in {t[0]}", strength=COMPARE),
    "starts_with": PythonFunction("{t[0]}.startswith({1})"),
    "ends_with": PythonFunction("{t[0]}.endswith({1})"),
    "replace": PythonFunction("replaced({0}, {1}, {2})", "replaced"),
    "replace(…)": PythonFunction("{t[0]}.replace({1}, {2})"),
    "split": PythonFunction("pieces({0}, {1})", "pieces"),
    "words": PythonFunction("words({0})", "words"),
    "read_cursor": PythonFunction("read_cursor({0})", "read_cursor"),
    "cursor_after": PythonFunction("cursor_after({0}, {1})", "cursor_after"),
    "join": PythonFunction("{t[1]}.join({0})"),
    "substr": PythonFunction("{t[0]}[max({1}, 0) :]"),
    "substr/3": PythonFunction("part({0}, {1}, {2})", "part"),
    "pad": PythonFunction("padded({0}, {1}, {2})", "padded"),
    "matches": PythonFunction("matched({0}, {1})", "matched"),
    "extract": PythonFunction("extracted({0}, {1})", "extracted"),
    "pow": PythonFunction("power({0}, {1})", "power"),
    "sum": PythonFunction("sum({0})"),
    "sum(list)": PythonFunction("sum({0})"),
    "avg": PythonFunction("mean({0})", "mean"),
    "distinct": PythonFunction("distinct({0})", "distinct"),
    "first": PythonFunction("next(iter({0}), None)"),
    "last": PythonFunction("next(reversed({0}), None)"),
    "range/1": PythonFunction("numbers(0, {0})", "numbers"),
    "range": PythonFunction("numbers({0}, {1})", "numbers"),
    "keys": PythonFunction("sorted({0})"),
    "values": PythonFunction("[value for _, value in sorted({t[0]}.items())]"),
    "min/1": PythonFunction("min({0}, default=None)"),
    "max/1": PythonFunction("max({0}, default=None)"),
    "is_number": PythonFunction("is_number({0})", "is_number"),
    "is_text": PythonFunction("isinstance({0}, str)"),
    "json": PythonFunction("json_in({0})", "json_in"),
    "csv": PythonFunction("csv_of({0})", "csv_of"),
    "csv(text)": PythonFunction("csv_in({0})", "csv_in"),
    "placeholders": PythonFunction("placeholders({0})", "placeholders"),
    "fill": PythonFunction("fill({0}, {1}, {2})", "fill"),
    "escape": PythonFunction("escape({0})", imports=(("html", "escape"),)),
    "sha256": PythonFunction("sha256({t[0]}.encode()).hexdigest()", imports=(("hashlib", "sha256"),)),
    "draw": PythonFunction("draw({all})", "draw"),
    "shuffle": PythonFunction("shuffled({0}, {1})", "shuffled"),
    "date(text)": PythonFunction("day_in({0})", "day_in"),
    "int(json)": PythonFunction("integer_in_json({0})", "integer_in_json"),
    "decimal(json)": PythonFunction("decimal_in_json({0})", "decimal_in_json"),
    "text(json)": PythonFunction("text_in_json({0})", "text_in_json"),
    "abs": PythonFunction("abs({0})"),
    "min": PythonFunction("min({0}, {1})"),
    "max": PythonFunction("max({0}, {1})"),
    "round(decimal)": PythonFunction("int(rounded({0}))", "rounded"),
    "round": PythonFunction("rounded({0}, {1})", "rounded"),
    "floor": PythonFunction("floor({0})", imports=(("math", "floor"),)),
    "ceil": PythonFunction("ceil({0})", imports=(("math", "ceil"),)),
    "int(text)": PythonFunction("integer_in({0})", "integer_in"),
    "int(decimal)": PythonFunction("int({0})"),
    "decimal(text)": PythonFunction("decimal_in({0})", "decimal_in"),
    "decimal(integer)": PythonFunction("Decimal({0})", imports=_DECIMAL),
    "date": PythonFunction("{t[0]}.date()"),
    "text(decimal)": PythonFunction("plain({0})", "plain"),
    "text(boolean)": PythonFunction('"true" if {o[0]} else "false"', strength=CHOICE),
    "text(datetime)": PythonFunction('{t[0]}.isoformat().replace("+00:00", "Z")'),
    "text": PythonFunction("str({0})"),
    "whole": PythonFunction("whole({0})", "whole"),
    "micros": PythonFunction("micros({0})", "micros"),
}
"""Function, with the types of its arguments where these matter, to its Python."""
