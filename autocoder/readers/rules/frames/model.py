"""What a frame is: pure data that says which fact a clause, or a run of words, states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Role:
    """One part of a clause that fills slots.

    `at` is where it stands: `subject`, `object`, `prep:in,on` (one of these prepositions), or the kind of an adjunct
    (`adjective`, `schedule`, `bound`, `quantity`, `order`). `reads` names a reading of `roles.READS`, or for an
    adjunct the dimension of its measure. The reading's main value goes to `slot` (none: it is only used), its others
    to the slots of their own name. With `each`, coordinated nouns give a fact each; a
    `shared` role may use words that another role of the same clause used.
    """

    at: str
    slot: str = ""
    reads: str = ""
    optional: bool = False
    each: bool = False
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A question for a slot that a sentence leaves open: the values to choose from, each with its consequence."""

    slot: str
    text: str
    options: tuple[tuple[str, str], ...]
    default: str


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A fact that a clause states: trigger verbs, roles, constants, a worked example.

    `verbs` are classes of the lexicon; without any, the frame reads a fragment (a subject without a verb). `names`
    gives the slot that takes the verb itself. `extends` adds to the operation of the same sentence, or of the one
    before. `negated` frames read clauses with a negation, all others only clauses without.
    A `passive` one reads only passives with a modal verb and nobody who acts, and takes the participle as `to_state`.
    One without `modal` reads only clauses without a modal verb. One with `bare` "imperative" reads only clauses
    without a subject. With `bare` "gerund" it reads a predicate without a subject only where it is a gerund
    ("visiting …"). `route` makes the facts fields of the endpoint's `request` or `response`. `extra` frames are tried
    on the same clause once this one fits; their verbs do not matter. A `closed` frame's readings fit nothing but what
    it is about, so it comes before another that uses the same words. `asks` makes its facts a question about a slot
    that no role can fill.
    """

    name: str
    kind: str
    verbs: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    constants: Mapping[str, Any] = field(default_factory=dict[str, Any])
    names: bool = False
    extends: bool = False
    negated: bool = False
    bare: str = ""
    passive: bool = False
    modal: bool = True
    route: str = ""
    extra: tuple[Frame, ...] = ()
    asks: Ask | None = None
    closed: bool = False
    example: str = ""
    gives: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """A fact that a run of words states wherever it stands.

    `pattern` is a sequence of elements: `slot=matcher`, or a matcher alone; `?` at the end makes it optional.
    Matchers are those of `runs.MATCHERS`, or `word:a|b|c` (lemmas). Determiners between the elements are stepped over.
    With `near`, one of these words must stand among the three on either side.
    """

    name: str
    kind: str
    pattern: tuple[str, ...]
    near: frozenset[str] = frozenset()
    constants: Mapping[str, Any] = field(default_factory=dict[str, Any])
    example: str = ""
    gives: tuple[tuple[str, Mapping[str, Any]], ...] = ()
