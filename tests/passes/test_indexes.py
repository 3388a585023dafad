"""Indexes are derived from the conditions that look rows up."""

from __future__ import annotations

import pytest

from tests.compiling import compiled

BLUEPRINT = """
entities:
  Owner: {{fields: {{name: {{type: text, unique: true}}}}}}
  Thing:
    fields:
      code: {{type: text, unique: true}}
      kind: text
      done: {{type: boolean, default: false}}
      size: {{type: integer, default: 0}}
      owner: {{type: ref, to: Owner, optional: true}}
      ends_at: {{type: datetime, default: =now + 1d}}
handlers:
  clean: {{every: "0 2 * * *", effects: [{{delete: Thing, where: "{where}"}}]}}
"""


@pytest.mark.parametrize(
    ("where", "indexes"),
    [
        ("ends_at <= now", (("owner",), ("ends_at",))),
        ("now > ends_at", (("owner",), ("ends_at",))),
        ("kind == 'old' && ends_at <= now", (("owner",), ("kind", "ends_at"))),
        ("ends_at <= now && size > 3", (("owner",), ("size",))),
        ("code == 'x' && ends_at <= now", (("owner",),)),
        ("done && ends_at <= now", (("owner",), ("ends_at",))),
        ("done == true", (("owner",),)),
        ("owner == null && ends_at <= now", (("owner", "ends_at"),)),
        ("kind == 'old' || ends_at <= now", (("owner",),)),
        ("ends_at <= now && size > 3 || kind == 'old'", (("owner",),)),
        ("kind != 'old'", (("owner",),)),
    ],
)
def test_an_index_begins_with_what_is_fixed_and_ends_with_one_range(
    where: str, indexes: tuple[tuple[str, ...], ...]
) -> None:
    found = compiled(BLUEPRINT.format(where=where)).views.entity("Thing")
    assert found.indexes == indexes
