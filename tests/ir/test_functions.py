import re

import pytest

from autocoder.diagnostics import Diagnostics, Span
from autocoder.ir.expressions import Call, walk
from autocoder.ir.functions import FUNCTIONS
from autocoder.ir.resolve import Scope, resolve

PLACE = Span(file="a.yaml", line=1, column=1)


def typed(text):
    diagnostics = Diagnostics()
    found = resolve(text, Scope(), expected=None, span=PLACE, diagnostics=diagnostics)
    assert not list(diagnostics)
    return found


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_the_example_of_a_function_calls_it_and_has_its_type(function):
    whole = typed(function.example)
    found = next(node for node in walk(whole) if isinstance(node, Call) and node.function == function.name)
    assert found.type in [signature.result_of(found.args[0].type) for signature in function.signatures]
    if function.name != "date":
        value = typed(function.value)
        assert value.type.name in (whole.type.name, "integer")


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_a_function_is_described_in_one_line(function):
    assert re.fullmatch(r"[^\n]+\.", function.doc)
    assert function.usage.startswith(f"{function.name}(")
