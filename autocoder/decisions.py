"""Decisions: every value that nobody stated, and what people answered, approved and waived.

Owns the decision itself and `decisions.yaml`. Pure data; refuses an unknown key, a duplicate, and an approval or
waiver without an owner.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Source(StrEnum):
    """Where a value came from."""

    STATED = "stated"
    DEFAULT = "default"
    INFERRED = "inferred"
    ANSWERED = "answered"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A value with its reason.

    `subject` is the dotted path of what it decides (`entities.Link.fields.owner`), `because` the reason in one
    sentence, `alternatives` what else could stand there, `consequence` what this value means for people who use or
    run the service.
    """

    subject: str
    value: str
    source: Source
    because: str
    alternatives: tuple[str, ...] = ()
    consequence: str = ""

    @property
    def id(self) -> str:
        """Key of approvals: it changes when the subject or the value does, never with the wording of the reason."""
        return hashlib.sha256(f"{self.subject}\0{self.value}".encode()).hexdigest()[:12]

    def as_data(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "subject": self.subject,
            "value": self.value,
            "source": str(self.source),
            "because": self.because,
            "alternatives": list(self.alternatives),
            "consequence": self.consequence,
        }

    @staticmethod
    def from_data(data: dict[str, Any]) -> Decision:
        """The reverse of `as_data`. Raises `ValueError` where the id does not belong to subject and value."""
        decision = Decision(
            subject=data["subject"],
            value=data["value"],
            source=Source(data["source"]),
            because=data["because"],
            alternatives=tuple(data["alternatives"]),
            consequence=data["consequence"],
        )
        if data.get("id", decision.id) != decision.id:
            raise ValueError(f"decision {data['id']} is not about {decision.subject} = {decision.value}")
        return decision


def as_json(decisions: tuple[Decision, ...]) -> str:
    """Decisions as a JSON document, in their order."""
    return json.dumps([d.as_data() for d in decisions], indent=2, ensure_ascii=False)
