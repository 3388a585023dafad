"""The operators of the expression language, as data. The reference is generated from this table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Operator:
    """An operator: what it takes and gives, what it does, and an example with its value as text."""

    sign: str
    usage: str
    doc: str
    example: str
    value: str


OPERATORS = (
    Operator(
        sign="?:",
        usage="boolean ? T : T → T",
        doc="The second where the condition holds, else the third; the other is not worked out.",
        example="1 < 2 ? 3 : 4",
        value="3",
    ),
    Operator(
        sign="??",
        usage="T or null ?? T → T",
        doc="The first, or the second where the first is null. Groups to the right.",
        example='int("x") ?? 0',
        value="0",
    ),
    Operator(
        sign="||",
        usage="boolean || boolean → boolean",
        doc="Whether one of them holds; the second is only worked out where the first does not.",
        example="1 > 2 || 1 < 2",
        value="true",
    ),
    Operator(
        sign="&&",
        usage="boolean && boolean → boolean",
        doc="Whether both hold; the second is only worked out where the first does.",
        example="1 > 2 && 1 < 2",
        value="false",
    ),
    Operator(sign="!", usage="!boolean → boolean", doc="Whether it does not hold.", example="!(1 > 2)", value="true"),
    Operator(
        sign="==",
        usage="T == T → boolean",
        doc="Whether they are the same. Null is the same as null alone; an integer may be the same as a decimal.",
        example='int("x") == null',
        value="true",
    ),
    Operator(sign="!=", usage="T != T → boolean", doc="Whether they differ.", example='int("x") != 1', value="true"),
    *(
        Operator(
            sign=sign,
            usage=f"T {sign} T → boolean",
            doc=f"Whether the first is {words}. Of numbers, texts (by code point), dates, times and durations.",
            example=f'"a" {sign} "B"',
            value=value,
        )
        for sign, words, value in (
            ("<", "below the second", "false"),
            ("<=", "at most the second", "false"),
            (">", "above the second", "true"),
            (">=", "at least the second", "true"),
        )
    ),
    Operator(
        sign="in",
        usage="T in list of T → boolean; text in map → boolean",
        doc="Whether a list has the item, or a map the key.",
        example="2 in [1, 2]",
        value="true",
    ),
    Operator(
        sign="+",
        usage="number + number → number; text + text → text; list + list → list; map + map → map; "
        "datetime + duration → datetime; date + duration → date; duration + duration → duration",
        doc="The sum; texts and lists one after the other; maps merged, the right wins. A date moves by whole days.",
        example='"a" + "b"',
        value='"ab"',
    ),
    Operator(
        sign="-",
        usage="number - number → number; datetime - datetime → duration; date - date → duration; "
        "datetime - duration → datetime; date - duration → date; duration - duration → duration; -number → number",
        doc="The difference, or the number with the other sign. A date moves by whole days.",
        example="2 - 3",
        value="-1",
    ),
    Operator(
        sign="*",
        usage="number * number → number; duration * integer → duration",
        doc="The product. A whole number that leaves 64 bits is `invalid` where the expression ends.",
        example="2 * 1.5",
        value="3.0",
    ),
    Operator(
        sign="/",
        usage="number / number → decimal; duration / duration → decimal",
        doc="The quotient with 34 digits, half to even; by zero it is `invalid`.",
        example="1 / 8",
        value="0.125",
    ),
    Operator(
        sign="%",
        usage="number % number → number",
        doc="What a floored division leaves: it has the sign of the second; by zero it is `invalid`.",
        example="-7.5 % 2",
        value="0.5",
    ),
    Operator(
        sign=".",
        usage="row.field, record.field, map.key, json.key",
        doc="A field; null where a map or a JSON value has none.",
        example="{a: 1}.a",
        value="1",
    ),
    Operator(
        sign="?.",
        usage="(row or null)?.field → field or null",
        doc="A field of what may be null; null of null.",
        example='json("x")?.a == null',
        value="true",
    ),
    Operator(
        sign="[]",
        usage="list[integer] → item or null; map[text] → value or null; json[…] → json or null",
        doc="What stands at a position (the first is 0) or under a key, null where nothing does.",
        example="[1, 2][2] ?? 0",
        value="0",
    ),
    Operator(
        sign=".map",
        usage="list.map(x, T) → list of T",
        doc="A list of what the expression gives for each item `x`.",
        example="[1, 2].map(x, x * 2)",
        value="[2, 4]",
    ),
    Operator(
        sign=".filter",
        usage="list.filter(x, boolean) → list",
        doc="The items for which the condition holds.",
        example="[1, 2].filter(x, x > 1)",
        value="[2]",
    ),
    Operator(
        sign=".all",
        usage="list.all(x, boolean) → boolean",
        doc="Whether the condition holds for each item; of none it does.",
        example="[1, 2].all(x, x > 1)",
        value="false",
    ),
    Operator(
        sign=".exists",
        usage="list.exists(x, boolean) → boolean",
        doc="Whether the condition holds for one item; of none it does not.",
        example="[1, 2].exists(x, x > 1)",
        value="true",
    ),
)
"""Every operator, loosest first as far as they bind."""
