"""Calculations: an operation with typed inputs and a result, of which nothing is kept.

Owns the formulas that everybody knows (units of measure and a few more); any other is a custom function, whose
examples and body people add. Which inputs there are, of which types, is a decision wherever the text does not say it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autocoder.blueprint.model import Compute, Custom, CustomFunction, FieldSpec, Operation, Output
from autocoder.decisions import Source
from autocoder.facts import Fact
from autocoder.planning import names
from autocoder.planning.workbench import Workbench
from autocoder.readers.rules.lexicon import nouns

_KINDS = frozenset({"text", "integer", "decimal", "money", "date", "datetime", "boolean"})
_TEXTS = names.words("country currency region state city code language name category type kind zone class")
_POINTS = names.words("coordinate point location place position")
_NUMBERED = {"two": ("first", "second"), "2": ("first", "second"), "three": ("first", "second", "third")}


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit of measure: a value times `factor`, plus `offset`, is the value in the quantity's first unit."""

    quantity: str
    factor: str = "1"
    offset: str = ""


def _units(quantity: str, **factors: str) -> dict[str, Unit]:
    return {name.replace("_", " "): Unit(quantity=quantity, factor=factor) for name, factor in factors.items()}


UNITS: Mapping[str, Unit] = {
    "kelvin": Unit(quantity="temperature"),
    "celsius": Unit(quantity="temperature", offset="273.15"),
    "fahrenheit": Unit(quantity="temperature", factor="5 / 9", offset="459.67 * 5 / 9"),
    **_units("length", meter="1", metre="1", kilometer="1000", kilometre="1000", centimeter="0.01", centimetre="0.01"),
    **_units("length", millimeter="0.001", mile="1609.344", yard="0.9144", foot="0.3048", inch="0.0254"),
    **_units("mass", kilogram="1", gram="0.001", milligram="0.000001", tonne="1000", pound="0.45359237"),
    **_units("mass", ounce="0.028349523125", stone="6.35029318"),
    **_units("volume", liter="1", litre="1", milliliter="0.001", gallon="3.785411784", pint="0.473176473"),
    **_units("time", second="1", minute="60", hour="3600", day="86400", week="604800"),
    **_units("data", byte="1", kilobyte="1000", megabyte="1000000", gigabyte="1000000000"),
}
"""Units that are converted by a formula that nobody needs to state."""

DEFAULTS = {
    "temperature": ("celsius", "fahrenheit", "kelvin"),
    "length": ("meter", "kilometer", "mile", "foot", "inch"),
    "distance": ("meter", "kilometer", "mile", "foot", "inch"),
    "weight": ("kilogram", "gram", "pound", "ounce"),
    "mass": ("kilogram", "gram", "pound", "ounce"),
    "volume": ("liter", "milliliter", "gallon"),
}
"""The units of a quantity where the text names none."""

_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A result that everybody works out alike: its inputs and the expression."""

    inputs: Mapping[str, FieldSpec]
    value: str
    said: str


_POSITIVE = FieldSpec(type="decimal", min="0.001", max="1000000000")
_AMOUNT = FieldSpec(type="decimal", min=0, max="1000000000")
_PERCENT = FieldSpec(type="decimal", min=0, max=1000)
_BMI = Formula(
    inputs={"weight_kg": _POSITIVE, "height_m": _POSITIVE},
    value="round(input.weight_kg / (input.height_m * input.height_m), 1)",
    said="kilograms over the square of metres",
)
_TAX = Formula(
    inputs={"amount": _AMOUNT, "rate_percent": _PERCENT},
    value="round(input.amount * input.rate_percent / 100, 2)",
    said="the amount times the rate in percent",
)
FORMULAS: Mapping[str, Formula] = {
    "bmi": _BMI,
    "body mass index": _BMI,
    **dict.fromkeys(("percentage", "tip"), _TAX),
}
"""Results whose formula everybody knows, where the text names other inputs or none."""


def plan_calculation(bench: Workbench, fact: Fact) -> bool:
    """The operation that works something out."""
    name = names.operation_name(f"{fact.word('verb')} {fact.word('object')}")
    if fact.word("verb") == "convert" and (units := _converted(fact)):
        _convert(bench, fact, f"convert_{UNITS[units[0]].quantity}", units)
    elif (known := FORMULAS.get(fact.word("object"))) and _fits(fact, known):
        _known(bench, fact, name, known)
    else:
        _custom(bench, fact, name)
    return True


def _fits(fact: Fact, known: Formula) -> bool:
    """Whether the text names no input that the formula does not have."""
    told = fact.get("inputs")
    named = told if isinstance(told, tuple) else ()
    return all(any(n.startswith(names.field_name(words)) for n in known.inputs) for words in named)


def _converted(fact: Fact) -> tuple[str, ...]:
    """The units between which a fact converts; none where one of them is unknown, or they measure different things."""
    told = fact.get("units")
    named: tuple[str, ...] = told if isinstance(told, tuple) else DEFAULTS.get(fact.word("object"), ())
    quantities = {UNITS[u].quantity if u in UNITS else "" for u in named}
    return named if len(quantities) == 1 and "" not in quantities and len(named) > 1 else ()


def _convert(bench: Workbench, fact: Fact, name: str, units: tuple[str, ...]) -> None:
    choices = FieldSpec(type="enum", values=tuple(names.field_name(u) for u in units))
    value = FieldSpec(type="decimal", min=-1_000_000_000, max=1_000_000_000)
    base = _choose(units, "unit", _into)
    result = _choose(units, "to", _out_of)
    effects = (Compute(compute={"base": base}), Compute(compute={"result": f"round({result}, {_DIGITS})"}))
    given = {"value": value, "unit": choices, "to": choices}
    _add(bench, fact, name, given, effects, {"value": "result", "unit": "input.to"})
    for unit in units:
        bench.decide(
            f"operations.{name}.formula.{names.field_name(unit)}",
            f"{_into(unit).replace('input.value', names.field_name(unit))} = {_base(units)}",
            f"What {'an' if unit[0] in 'aeiou' else 'a'} {unit} is, is known; the text need not say it.",
        )
    bench.decide(f"operations.{name}.digits", _DIGITS, "Nothing says how exact the result is.", "2")


def _base(units: tuple[str, ...]) -> str:
    quantity = UNITS[units[0]].quantity
    return next(n for n, u in UNITS.items() if u.quantity == quantity and u.factor == "1" and not u.offset)


def _into(unit: str) -> str:
    known = UNITS[unit]
    scaled = "input.value" if known.factor == "1" else f"input.value * {known.factor}"
    return f"{scaled} + {known.offset}" if known.offset else scaled


def _out_of(unit: str) -> str:
    known = UNITS[unit]
    moved = f"(base - {known.offset})" if known.offset else "base"
    return moved if known.factor == "1" else f"{moved} / ({known.factor})"


def _choose(units: tuple[str, ...], key: str, of: Callable[[str], str]) -> str:
    """A choice of one expression by unit."""
    *others, last = units
    tests = [f"input.{key} == '{names.field_name(u)}' ? {of(u)} : " for u in others]
    return f"{''.join(tests)}{of(last)}"


def _known(bench: Workbench, fact: Fact, name: str, known: Formula) -> None:
    effects = (Compute(compute={"result": known.value}),)
    _add(bench, fact, name, known.inputs, effects, {names.field_name(fact.word("object")): "result"})
    bench.decide(
        f"operations.{name}.formula",
        known.said,
        f"It is how {fact.word('object')} is worked out everywhere; the text need not say it.",
        "a custom function",
    )


def _custom(bench: Workbench, fact: Fact, name: str) -> None:
    """Nobody says how the result is worked out: a function that people write, with examples."""
    given = _inputs(bench, fact, name)
    output = "decimal" if fact.word("verb") == "convert" else _type_of(fact.word("object").rpartition(" ")[2])
    about = f"Works out the {fact.word('object')}."
    bench.functions[name] = (
        CustomFunction(
            input=dict(given),
            output=FieldSpec(type=output),
            description=about,
        ),
        fact,
    )
    effects = (Custom(custom=name, values={n: f"input.{n}" for n in given}, name="result"),)
    _add(bench, fact, name, given, effects, {names.field_name(fact.word("object")): "result"})
    bench.decide(
        f"functions.{name}",
        "a custom function",
        f"Nothing says how the {fact.word('object')} is worked out; "
        f"give examples under functions.{name}.examples, and the body in custom/{name}.py.",
        "say the formula",
        source=Source.INFERRED,
    )


def _inputs(bench: Workbench, fact: Fact, name: str) -> dict[str, FieldSpec]:
    said = fact.get("inputs") or fact.get("units")
    told = said if isinstance(said, tuple) else ()
    given: dict[str, FieldSpec] = {}
    converts = fact.word("verb") == "convert"
    if converts or not told:
        given = {"value": FieldSpec(type="decimal")}
        if converts:
            given |= {"unit": _unit(told), "to": _unit(told)}
    else:
        for words in told:
            given |= _input(words)
    for field, spec in given.items():
        bench.decide(f"operations.{name}.input.{field}", spec.type, "Its name suggests the type.")
    return given


def _unit(told: tuple[str, ...]) -> FieldSpec:
    named = tuple(names.field_name(u) for u in told) if told else ()
    return FieldSpec(type="enum", values=named) if len(named) > 1 else FieldSpec(type="text")


def _input(words: str) -> dict[str, FieldSpec]:
    """The inputs that a value's name stands for: two points are two latitudes and two longitudes."""
    first, _, rest = words.partition(" ")
    numbered = _NUMBERED.get(first, ())
    noun = rest if numbered else words
    each = ("latitude", "longitude") if noun.rpartition(" ")[2] in _POINTS else (noun,)
    spec = {e: FieldSpec(type=_type_of(e.rpartition(" ")[2])) for e in each}
    if numbered:
        return {names.field_name(f"{n} {e}"): s for n in numbered for e, s in spec.items()}
    return {names.field_name(e): s for e, s in spec.items()}


def _type_of(noun: str) -> str:
    kind = "text" if noun in _TEXTS else nouns.VALUE_TYPES.get(noun, "decimal")
    return "decimal" if kind == "money" or kind not in _KINDS else kind


def _add(
    bench: Workbench,
    fact: Fact,
    name: str,
    given: Mapping[str, FieldSpec],
    effects: tuple[Compute | Custom, ...],
    body: Mapping[str, str],
) -> None:
    route = f"GET /{name if fact.word('verb') == 'convert' else names.base_name(fact.word('object'))}"
    operation = Operation(
        route=route,
        access="user" if fact.word("actor") == "user" and bench.account else "anyone",
        input=dict(given),
        effects=effects,
        output=Output(body=dict(body)),
    )
    bench.add_operation(name, operation, [fact])
