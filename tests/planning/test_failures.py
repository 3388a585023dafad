"""What failures say, and under which key."""

from __future__ import annotations

import pytest

from autocoder.diagnostics import StageFailed
from tests.planning.test_plan import compiles, planned

RECIPES = """GET /recipes/{id} returns one recipe or 404 with `{"error": "Recipe not found"}`.

POST /recipes creates a recipe. The body has `title` (string, 1-200 characters) and `steps` (list of strings).

"""


def test_a_body_in_json_is_the_form_of_all_failures() -> None:
    found = planned(RECIPES)
    assert found.architecture.errors.body == {"error": "message"}
    missing = found.architecture.operations["get_recipe"].errors.missing
    assert missing is not None and not isinstance(missing, int)
    assert missing.message == "Recipe not found"
    compiles(found)


def test_two_forms_of_failures_are_refused() -> None:
    told = 'DELETE /recipes/{id} deletes a recipe. Returns 404 with `{"detail": "Gone"}` if there is none.'
    with pytest.raises(StageFailed) as failed:
        planned(RECIPES + told)
    assert {d.code for d in failed.value.diagnostics} == {"AC2001"}
    assert "error and detail" in failed.value.diagnostics[0].message
