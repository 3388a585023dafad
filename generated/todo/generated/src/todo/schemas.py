"""What clients send and get."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from todo.types import Str

UNSENT: Any = Field(default_factory=lambda: None)
"""What a field is that was not sent. Null is something else, and refused."""


class CreateTodoRequest(BaseModel):
    """The body of create todo."""

    title: Str


class UpdateTodoRequest(BaseModel):
    """The body of update todo."""

    title: Str = UNSENT


class TodoReply(BaseModel):
    """A todo as clients see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    title: str
