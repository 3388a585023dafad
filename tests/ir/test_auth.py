"""How callers prove who they are: keys of accounts."""

from __future__ import annotations

import pytest

from autocoder.ir.nodes import ApiKeys
from tests.compiling import compiled, findings

TEXT = """
entities:
  User: {{fields: {{email: email, password: password, key: token}}}}
  Key: {{fields: {{token: token, until: {{type: datetime, optional: true}}, owner: {{type: ref, to: User{optional}}}}}}}
auth: {{entity: User, login: email, api_key: {key}}}
operations:
  hello: {{route: GET /hello, access: user, output: {{body: {{who: caller.email}}}}}}
"""


@pytest.mark.parametrize(
    ("key", "optional", "place"),
    [
        ("{entity: Key, field: until}", "", "field"),
        ("{entity: Key, field: token, expires: owner}", "", "expires"),
        ("{entity: Key, field: token}", ", optional: true", "entity"),
    ],
)
def test_a_key_is_a_token_of_one_account(key: str, optional: str, place: str) -> None:
    text = TEXT.format(key=key, optional=optional)
    line = text.splitlines()[4]
    column = line.index(f"{place}: ", line.index("api_key")) + len(place) + 3
    assert findings(text) == [("AC3225", f"architecture.yaml:7:{column}")]


def test_a_key_of_an_entity_that_there_is_not_is_refused() -> None:
    assert [code for code, _ in findings(TEXT.format(key="{entity: Keys, field: token}", optional=""))] == ["AC3120"]


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (
            "{entity: Key, field: token, in: header X-Key, expires: until}",
            ApiKeys(entity="Key", field="token", header="X-Key", account="owner", expires="until"),
        ),
        ("{entity: User, field: key}", ApiKeys(entity="User", field="key", header="X-API-Key")),
    ],
)
def test_a_key_belongs_to_the_account_or_refers_to_it(key: str, found: ApiKeys) -> None:
    views = compiled(TEXT.format(key=key, optional="")).views
    assert views.auth is not None
    assert views.auth.api_keys == found
    assert views.entity(found.entity).field(found.field).unique
