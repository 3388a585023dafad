"""The form of a model's answers: flat, so that small models keep to it, with every value as text."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from autocoder.facts import KINDS


def _as_text(value: Any) -> Any:
    """Models write 30 and true where text is asked for; that is no mistake worth asking again for."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


Text = Annotated[str, BeforeValidator(_as_text)]


class Row(BaseModel):
    """One slot of one fact."""

    model_config = ConfigDict(frozen=True)

    fact: int = Field(description="The fact's number, from 1.")
    sentence: int = Field(description="The number of the sentence that says it.")
    kind: str = Field(description="The kind of fact.", json_schema_extra={"enum": list[Any](sorted(KINDS))})
    slot: str = Field(description="The slot.")
    value: Text = Field(description="The slot's value.")
    quote: str = Field(description="The words of the sentence that say so, copied.")


class FactRows(BaseModel):
    """Facts, a row for each slot."""

    model_config = ConfigDict(frozen=True)

    rows: list[Row] = Field(description="All rows of all facts.")


class Body(BaseModel):
    """A Python module with one function."""

    model_config = ConfigDict(frozen=True)

    source: str = Field(description="The text of the module.")
