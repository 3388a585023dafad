"""The frames: what the rules reader understands, as data with a worked example each."""

from autocoder.readers.rules.frames.behaviour import FRAMES as BEHAVIOUR
from autocoder.readers.rules.frames.model import Frame, Role, Run
from autocoder.readers.rules.frames.platform import FRAMES as PLATFORM
from autocoder.readers.rules.frames.platform import RUNS

FRAMES: tuple[Frame, ...] = (*BEHAVIOUR, *PLATFORM)

__all__ = ["FRAMES", "RUNS", "Frame", "Role", "Run"]
