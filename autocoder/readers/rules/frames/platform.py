"""Frames of the platform: what is being built, where data lives, who signs in, how fast and how reachable it is."""

from __future__ import annotations

from autocoder.readers.rules.frames.model import Frame, Role, Run

FRAMES: tuple[Frame, ...] = (
    Frame(
        name="a system, named in a phrase",
        kind="system",
        roles=(Role(at="subject", reads="about"),),
        example="A to-do list API.",
        gives=(("system", {"form": "api", "subject": "to-do list"}),),
    ),
    Frame(
        name="build a system",
        kind="system",
        verbs=("build",),
        roles=(Role(at="object", reads="us", optional=True), Role(at="object", reads="about")),
        example="Build me a todo API.",
        gives=(("system", {"form": "api", "subject": "todo"}),),
    ),
    Frame(
        name="this is a system",
        kind="system",
        verbs=("be",),
        roles=(Role(at="subject", reads="this"), Role(at="object", reads="about")),
        example="This is a note-taking service.",
        gives=(("system", {"form": "service", "subject": "note-taking"}),),
    ),
    Frame(
        name="data lives somewhere",
        kind="storage",
        verbs=("lie", "store"),
        roles=(
            Role(at="subject", reads="data", optional=True),
            Role(at="object", reads="data", optional=True),
            Role(at="prep:in,on,with,by", slot="engine", reads="engine"),
        ),
        example="The data lives in PostgreSQL.",
        gives=(("storage", {"engine": "postgresql"}),),
    ),
    Frame(
        name="the service uses a product",
        kind="storage",
        verbs=("use", "lie", "store"),
        roles=(
            Role(at="subject", reads="system", optional=True),
            Role(at="object", slot="engine", reads="engine"),
            Role(at="prep:for,as", reads="data", optional=True),
        ),
        example="The service uses PostgreSQL.",
        gives=(("storage", {"engine": "postgresql"}),),
    ),
    Frame(
        name="people sign in",
        kind="authentication",
        verbs=("sign_in",),
        roles=(
            Role(at="subject", slot="entity", reads="account"),
            Role(at="prep:with,by,using", reads="credentials"),
        ),
        constants={"needed": True},
        example="Users sign in with their e-mail address and a password.",
        gives=(("authentication", {"entity": "user", "login": "email", "secret": "password", "needed": True}),),
    ),
    Frame(
        name="the service bears a load",
        kind="quality",
        verbs=("handle", "answer"),
        roles=(Role(at="subject", reads="system"), Role(at="quantity", slot="value", reads="rate")),
        constants={"metric": "throughput"},
        example="The service takes 500 requests per second.",
        gives=(("quality", {"metric": "throughput", "value": "500", "unit": "per second"}),),
    ),
    Frame(
        name="the service is reachable so",
        kind="",
        verbs=("be", "reach"),
        roles=(Role(at="subject", reads="system", optional=True),),
        example="It is public on the internet.",
        gives=(("exposure", {"public": True}),),
    ),
)

RUNS: tuple[Run, ...] = (
    Run(
        name="throughput",
        kind="quality",
        pattern=("word:up?", "value=rate"),
        constants={"metric": "throughput"},
        example="500 requests/s.",
        gives=(("quality", {"metric": "throughput", "value": "500", "unit": "per second"}),),
    ),
    Run(
        name="percentile of the latency",
        kind="quality",
        pattern=(
            "word:with|at|and?",
            "percentile=percentile",
            "word:latency|time|response?",
            "word:of|is|be|stay?",
            "value=upper duration",
        ),
        constants={"metric": "latency"},
        example="p95 under 50 ms.",
        gives=(("quality", {"metric": "latency", "percentile": "95", "value": "50", "unit": "ms"}),),
    ),
    Run(
        name="availability, the figure first",
        kind="quality",
        pattern=("value=percent", "word:availability|uptime"),
        constants={"metric": "availability"},
        example="99.9% availability.",
        gives=(("quality", {"metric": "availability", "value": "99.9", "unit": "percent"}),),
    ),
    Run(
        name="availability, the figure last",
        kind="quality",
        pattern=(
            "word:availability|uptime|available|up",
            "word:of|is|be|for?",
            "value=percent",
            "word:of?",
            "word:time?",
        ),
        constants={"metric": "availability"},
        example="It is available 99.9% of the time.",
        gives=(("quality", {"metric": "availability", "value": "99.9", "unit": "percent"}),),
    ),
    Run(
        name="public",
        kind="exposure",
        pattern=(
            "word:public|publicly|available|reachable|accessible|open?",
            "word:on|over|from|to",
            "word:public?",
            "word:internet|web",
        ),
        constants={"public": True},
        example="Available on the internet.",
        gives=(("exposure", {"public": True}),),
    ),
    Run(
        name="public, in a word",
        kind="exposure",
        pattern=("word:public|publicly", "word:available|reachable|accessible?"),
        constants={"public": True},
        example="The service is public.",
        gives=(("exposure", {"public": True}),),
    ),
    Run(
        name="over HTTPS",
        kind="exposure",
        pattern=("word:over|via|with|by|using|through", "word:https|tls|ssl"),
        constants={"tls": True},
        example="It is public over HTTPS.",
        gives=(("exposure", {"public": True, "tls": True}),),
    ),
    Run(
        name="a host",
        kind="exposure",
        pattern=("word:available|reachable|served|hosted?", "word:at|on|under", "host=host"),
        example="It is available at notes.example.com.",
        gives=(("exposure", {"host": "notes.example.com"}),),
    ),
    Run(
        name="a product alone",
        kind="storage",
        pattern=("word:data|database|storage?", "word:in|on?", "engine=engine"),
        example="Data in PostgreSQL.",
        gives=(("storage", {"engine": "postgresql"}),),
    ),
)
