"""Walks the models' annotations along a path of a file: which model describes the map at a place."""

from __future__ import annotations

import types
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from autocoder.blueprint.model import effect_verb


def model_of(annotation: Any, data: Any) -> type[BaseModel] | None:
    """The model that describes a map with this annotation, None where its keys are free."""
    annotation = plain(annotation)
    members = tagged_members(annotation)
    if members:
        annotation = plain(members.get(effect_verb(data) or "map"))
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def inside_of(annotation: Any, data: Any, part: str | int) -> Any:
    """The annotation of what stands under a key or index of a map or list with this annotation."""
    return inside(model_of(annotation, data) or plain(annotation), part)


def plain(annotation: Any) -> Any:
    """The annotation without metadata and without `| None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif _is_union(annotation) and len(rest := _members(annotation)) == 1:
            annotation = rest[0]
        else:
            return annotation


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _members(annotation: Any) -> list[Any]:
    return [member for member in get_args(annotation) if member is not type(None)]


def tagged_members(annotation: Any) -> dict[str, Any]:
    """Tag to member of a tagged union; an error's location names the tag."""
    if not _is_union(annotation):
        return {}
    return {
        tag.tag: get_args(member)[0]
        for member in _members(annotation)
        for tag in get_args(member)[1:]
        if isinstance(tag, Tag)
    }


def inside(annotation: Any, part: str | int) -> Any:
    """The annotation of a field, of a dictionary's values or of a tuple's items."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return next((f.annotation for name, f in annotation.model_fields.items() if part in (f.alias, name)), None)
    arguments = get_args(annotation)
    if get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if get_origin(annotation) is tuple else None
