"""Prompts: one file for each version of each task, with front matter. Refuses a file without it.

A released version is never edited, so its hash names exactly what a model was told.
"""

from __future__ import annotations

import functools
import hashlib
import string
from collections.abc import Mapping
from dataclasses import dataclass

from autocoder.shipped import folder

_FENCE = "---\n"
_PARTS = ("# system\n", "# user\n")


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A prompt: `system` and `user` are templates with `${name}` places; `sha256` is over the whole file."""

    task: str
    version: int
    status: str
    sha256: str
    system: str
    user: str

    @property
    def name(self) -> str:
        """`task/vN`."""
        return f"{self.task}/v{self.version}"

    def filled(self, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Both messages. What stands in a value is never looked at again, so it cannot fill another place."""
        system, user = (string.Template(part).substitute(values).strip() for part in (self.system, self.user))
        return {"role": "system", "content": system}, {"role": "user", "content": user}


@functools.cache
def load_prompt(task: str, version: int) -> Prompt:
    """A shipped prompt. Raises `FileNotFoundError` where there is none, `ValueError` for a file out of shape."""
    path = folder("prompts") / task / f"v{version}.md"
    content = path.read_bytes()
    text = content.decode("utf-8")
    if not text.startswith(_FENCE) or text.count(_FENCE) < 2:
        raise ValueError(f"{path.name} has no front matter")
    _, matter, body = text.split(_FENCE, 2)
    said = dict(line.split(": ", 1) for line in matter.splitlines())
    if said["task"] != task or said["version"] != str(version):
        raise ValueError(f"{path.name} says that it is {said['task']}/v{said['version']}")
    _, _, rest = body.partition(_PARTS[0])
    system, mark, user = rest.partition(_PARTS[1])
    if not mark:
        raise ValueError(f"{path.name} has not both messages")
    digest = hashlib.sha256(content).hexdigest()
    return Prompt(task=task, version=version, status=said["status"], sha256=digest, system=system, user=user)
