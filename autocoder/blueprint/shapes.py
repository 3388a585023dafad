"""What the values of a blueprint look like: names, expressions, literals, and the base of its models.

Owns patterns and their wording. The models that are built of these stand in `model`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

SCHEMA_VERSION = "1.0.0"
"""Version of both files' shape (semver)."""
SHAPES = {
    r"^[a-z][a-z0-9_]*$": "a name is lower-case letters, digits and `_`, a letter first",
    r"^[A-Z][A-Za-z0-9]*$": "the name of an entity or event is letters and digits, a capital first",
    r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$": "a system is named with at most 40 lower-case letters, digits and `-`",
    r"^R[1-9][0-9]*$": "a requirement is R and a number, for example R1",
    r"^\d+\.\d+\.\d+$": 'a version is three numbers, for example "1.0.0"',
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": "two names with a dot between, for example link.clicks or payments.charge",
    r"^(GET|POST|PUT|PATCH|DELETE) /\S*$": "a route is GET, POST, PUT, PATCH or DELETE, a space, and a path from `/`",
    r"^\d+(\.\d+)?(ms|s)$": "a time is a number with ms or s, for example 50ms",
    r"^\d+(\.\d+)?/(s|min|h)$": "a throughput is a number per s, min or h, for example 500/s",
    r"^[1-9]\d{0,5}/(s|min|m|h|d)$": "a rate is a number per s, min, h or d, for example 10/min",
    r"^[1-9]\d{0,4}(s|m|h|d)$": "a time is a number with s, m, h or d, for example 24h",
    r"^(address|caller|input\.[a-z][a-z0-9_]*)$": "a limit is by address, caller, or an input, for example input.email",
    r"^[1-9]\d{0,4}[dh]$": "a time is a number of days or hours, for example 30d",
    r"^[1-9]\d{0,3}(s|min|h)$": "a wait is a whole number of s, min or h, for example 2s",
    r"^\d{2}(\.\d+)?%$": "an availability is a percentage, for example 99.9%",
    r"^[a-z][a-z0-9-]*$": "a name is lower-case letters, digits and `-`, a letter first",
    r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$": "a host is a lower-case DNS name, for example go.example.com",
    r"^[a-z0-9-]+/[A-Za-z0-9._-]+$": "a secret is its name, a slash and the key in it, for example db/url",
    r"^[A-Za-z_][A-Za-z0-9_-]*\??$": "a key of a body is letters, digits, `_` and `-`, a letter first; `?` may follow",
    r"^[A-Za-z][A-Za-z0-9-]*$": "a header is letters, digits and `-`, a letter first",
    r"^[a-z]+/[a-z0-9][a-z0-9.+-]*$": "a content type is two words with `/` between them, for example image/png",
    r"^(header [A-Za-z][A-Za-z0-9-]*|body [a-z][a-z0-9_]*|bearer)$": (
        "a place is `bearer`, or `header` or `body` and a name"
    ),
    r"^(header [A-Za-z][A-Za-z0-9-]*|bearer)$": "a place is `bearer`, or `header` and its name",
    r"^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$": "an address is for example shop@example.com",
    r"^[A-Z][A-Z0-9_]*$": "a variable is capitals, digits and `_`, a letter first",
}
"""Every pattern of the models in words, for diagnostics."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60, examples=["target_url"])]
TypeName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=60, examples=["Link"])]
SystemName = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$", examples=["link-shortener"])]
RequirementId = Annotated[str, Field(pattern=r"^R[1-9][0-9]*$", examples=["R1"])]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$", examples=["1.0.0"])]
Keep = Annotated[str, Field(pattern=r"^[1-9]\d{0,4}(s|m|h|d)$", examples=["24h", "10m"])]
Flag = Annotated[bool, Field(strict=True)]
Integer = Annotated[int, Field(strict=True)]


@dataclass(frozen=True, eq=False)
class Also:
    """Tells the JSON Schema of other ways to write a value, which a validator turns into the usual one."""

    schemas: tuple[JsonSchemaValue, ...]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(core), *self.schemas]}


def _expression(value: Any) -> Any:
    """YAML reads `1` and `true` as values; in an expression's place they are the literals that they look like."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict | list):
        raise PydanticCustomError("expression_shape", "an expression is text")
    return "null" if value is None else value


Expression = Annotated[
    str,
    BeforeValidator(_expression),
    Also(({"type": ["number", "boolean", "null"]},)),
    Field(description="An expression of the blueprint language.", examples=["link.owner == caller.id"]),
]


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    raise PydanticCustomError("scalar_type", "a text, number, boolean or null")


Scalar = Annotated[str | int | float | bool | None, BeforeValidator(_scalar)]


def shape_of(value: Any) -> str:
    """What a value is on its outside: `map`, `list` or `scalar`; tags of unions say it alike."""
    if isinstance(value, dict | BaseModel):
        return "map"
    return "list" if isinstance(value, list | tuple) else "scalar"


class Strict(BaseModel):
    """Base of every blueprint model: closed and immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, protected_namespaces=())


Satisfies = Annotated[
    tuple[RequirementId, ...],
    Field(description="The requirements that this element satisfies.", examples=[["R1"]]),
]
