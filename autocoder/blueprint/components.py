"""The parts that a user states: components, and bindings between events and handlers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from autocoder.blueprint.shapes import Expression, Integer, Name, Satisfies, Strict, TypeName

ComponentName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=20, examples=["worker"])]
Wait = Annotated[str, Field(pattern=r"^[1-9]\d{0,3}(s|min|h)$", examples=["2s"])]
Port = Annotated[Integer, Field(ge=1024, le=65535)]
ComponentKind = Literal["APIEndpoint", "Store", "Cache", "Worker", "Scheduler", "Integration"]


class Component(Strict):
    """A part of the system with a name of its own. What no stated component holds goes to a derived one."""

    kind: ComponentKind = Field(
        description="`APIEndpoint` answers requests, `Worker` runs handlers on events, `Scheduler` handlers on time, "
        "`Store` keeps the rows, `Cache` what is shared for a while, an `Integration` is systems outside.",
        examples=["Worker"],
    )
    owns: tuple[Name, ...] | None = Field(
        default=None,
        description="The handlers of a `Worker` or `Scheduler`, which then run in a process of their own; usual: "
        "whatever no other component of the kind owns. The systems of an `Integration`; usual: that of its name.",
        examples=[["count_click"]],
    )
    ports: dict[Literal["http"], Port] = Field(
        default_factory=dict[Literal["http"], int],
        description="The port that an `APIEndpoint` listens on.",
        examples=[{"http": 8080}],
    )
    satisfies: Satisfies = ()


class Retry(Strict):
    """How often a handler is tried, and how long the waits between are: each is twice the one before."""

    attempts: Annotated[Integer, Field(ge=1, le=20)] = Field(
        default=10, description="How often it is tried before the event is given up.", examples=[5]
    )
    wait: Wait = Field(default="2s", description="The wait after the first failure.", examples=["10s"])
    longest: Wait = Field(default="24h", description="No wait is longer.", examples=["15min"])


class Binding(Strict):
    """Binds an event to a handler. What nobody states is bound by the handler's `on`."""

    event: TypeName = Field(alias="from", description="The event.", examples=["OrderPaid"])
    to: Name = Field(description="The handler.", examples=["send_invoice"])
    when: Expression | None = Field(
        default=None, description="The handler runs only where this holds.", examples=["event.amount > 0"]
    )
    set: dict[Name, Expression] = Field(
        default_factory=dict[str, str],
        description="Field of the handler's own event to its value. Usual: the field of the same name.",
        examples=[{"total": "event.amount * 100"}],
    )
    delivery: Literal["at_least_once", "at_most_once"] = Field(
        default="at_least_once",
        description="`at_least_once`: tried again after a failure; what it changes in the store happens once all the "
        "same. `at_most_once`: never started twice, and lost where it fails.",
        examples=["at_most_once"],
    )
    retry: Retry = Field(default=Retry(), description="How it is tried again.", examples=[{"attempts": 5}])
    dead_letter: Literal["keep", "drop"] = Field(
        default="keep", description="What becomes of an event that is given up.", examples=["drop"]
    )
    satisfies: Satisfies = ()
