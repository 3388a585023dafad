"""SQL schemas: CREATE TABLE statements as entities, fields and relations. The parser is sqlglot's."""

from __future__ import annotations

from typing import Any

from autocoder.facts import Fact, Prose
from autocoder.readers.context.schema_facts import GIVEN, TYPES, fact, field_words, quote, words_of


def facts(prose: Prose) -> list[Fact]:
    """The facts of all CREATE TABLE statements; every other statement is ignored. Raises `ValueError`."""
    import sqlglot
    from sqlglot import errors, exp

    try:
        statements = sqlglot.parse(prose.text, error_level=errors.ErrorLevel.RAISE)
    except (errors.SqlglotError, RecursionError) as error:
        raise ValueError(f"not readable as SQL: {error}") from error
    found: list[Fact] = []
    for statement in statements:
        if isinstance(statement, exp.Create) and statement.kind == "TABLE":
            found += _table(statement, prose)
    return found


def _table(statement: Any, prose: Prose) -> list[Fact]:
    from sqlglot import exp

    table = statement.find(exp.Table)
    if table is None:
        return []
    entity, place = words_of(table.name), quote(prose, table.name)
    found = [fact("entity", place, {"name": entity})]
    for column in statement.find_all(exp.ColumnDef):
        found.append(_column(column, entity, prose, place.start))
    for key in statement.find_all(exp.ForeignKey):
        other = key.find(exp.Table)
        if other is not None:
            found.append(fact("relation", place, {"entity": entity, "to": words_of(other.name)}))
    return [f for f in found if f.word("name") not in GIVEN or f.kind != "field"]


def _column(column: Any, entity: str, prose: Prose, after: int) -> Fact:
    from sqlglot import exp

    kinds = [type(c.kind).__name__ for c in column.args.get("constraints") or ()]
    reference = column.find(exp.Reference)
    place = quote(prose, column.name, after)
    if reference is not None and (other := reference.find(exp.Table)) is not None:
        return fact("relation", place, {"entity": entity, "to": words_of(other.name)})
    kind = column.args.get("kind")
    word = kind.this.value.lower() if kind is not None and hasattr(kind.this, "value") else "text"
    length = kind.expressions[0].name if kind is not None and kind.expressions else ""
    nullable = "NotNullColumnConstraint" not in kinds and "PrimaryKeyColumnConstraint" not in kinds
    return fact(
        "field",
        place,
        {
            "of": entity,
            "name": field_words(column.name),
            "type": TYPES.get(word, "text"),
            "required": not nullable,
            "unique": True if "UniqueColumnConstraint" in kinds else None,
            "max": length if TYPES.get(word) == "text" and length.isdigit() else None,
        },
    )
