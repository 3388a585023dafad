"""What an operation may use is counted from its statements."""

from __future__ import annotations

from tests.compiling import compiled

NOTES = """
auth: {{entity: Person, login: login}}
entities:
  Person: {{fields: {{login: {{type: text, unique: true}}, password: password}}}}
  Note: {{fields: {{year: integer, number: {number}}}}}
operations:
  add: {{route: POST /notes, access: user, input: {{year: integer{more}}}, effects: [{{create: Note}}]}}
"""


def test_a_number_in_sequence_takes_a_statement() -> None:
    plain = compiled(NOTES.format(number="integer", more=", number: integer")).views.budgets["add"].queries
    numbered = compiled(NOTES.format(number="{type: integer, sequence: [year]}", more="")).views.budgets["add"].queries
    assert (plain, numbered) == (2, 3)
