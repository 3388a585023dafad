"""Calculations are operations with typed inputs; a formula that nobody states is a custom function."""

import pytest

from autocoder.blueprint.model import Architecture
from autocoder.planning import plan
from autocoder.planning.calculations import UNITS
from autocoder.readers.rules import RulesReader


def planned(text: str) -> Architecture:
    return plan(RulesReader().read(text, file="calculation.md"), "service").architecture


def test_units_that_everybody_knows_are_converted_by_a_formula() -> None:
    found = planned("Convert temperatures between Celsius, Fahrenheit and Kelvin.")
    operation = found.operations["convert_temperature"]
    assert not found.entities and not found.functions
    assert operation.input["unit"].values == ("celsius", "fahrenheit", "kelvin")
    assert list(operation.output.body) == ["value", "unit"]


@pytest.mark.parametrize(("unit", "value", "base"), [("celsius", 100, 373.15), ("fahrenheit", 212, 373.15)])
def test_a_unit_is_what_it_is_said_to_be(unit: str, value: float, base: float) -> None:
    known = UNITS[unit]
    factor = 5 / 9 if known.factor == "5 / 9" else float(known.factor)
    offset = 459.67 * 5 / 9 if "*" in known.offset else float(known.offset)
    assert value * factor + offset == pytest.approx(base)


def test_what_is_known_of_a_unit_is_a_decision() -> None:
    found = plan(RulesReader().read("Celsius to Fahrenheit converter.", file="c.md"), "service")
    assert any(
        d.subject.endswith("formula.celsius") and d.value == "celsius + 273.15 = kelvin" for d in found.decisions
    )


def test_a_formula_that_nobody_states_is_a_custom_function() -> None:
    found = planned("Compute VAT for an amount and a country.")
    function = found.functions["compute_vat"]
    assert {n: s.type for n, s in function.input.items()} == {"amount": "decimal", "country": "text"}
    assert found.operations["compute_vat"].route == "GET /vat"


def test_two_points_are_four_numbers() -> None:
    found = planned("Calculate the distance between two coordinates.")
    assert list(found.operations["calculate_distance"].input) == [
        "first_latitude",
        "first_longitude",
        "second_latitude",
        "second_longitude",
    ]


def test_what_it_is_a_payment_of_is_no_input() -> None:
    found = planned(
        "Calculate the monthly payment of a loan from the amount, the interest rate and the term in months."
    )
    assert list(found.operations["calculate_monthly_payment"].input) == ["amount", "interest_rate", "term_in_months"]


def test_a_known_result_has_its_formula() -> None:
    assert list(planned("BMI calculator.").operations["calculate_bmi"].input) == ["weight_kg", "height_m"]


def test_a_value_of_a_thing_that_is_kept_is_no_calculation() -> None:
    found = planned("An invoice has a number. Anyone can create invoices. Anyone can list invoices.")
    assert not found.functions
