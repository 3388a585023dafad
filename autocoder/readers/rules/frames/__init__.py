"""The frames: what the rules reader understands, as data with a worked example each."""

from autocoder.readers.rules.frames.assignments import FRAMES as ASSIGNMENTS
from autocoder.readers.rules.frames.behaviour import FRAMES as BEHAVIOUR
from autocoder.readers.rules.frames.data import FRAMES as DATA
from autocoder.readers.rules.frames.endpoint import FRAMES as ENDPOINT
from autocoder.readers.rules.frames.model import Ask, Frame, Role, Run
from autocoder.readers.rules.frames.narrative import FRAMES as NARRATIVE
from autocoder.readers.rules.frames.outside import FRAMES as OUTSIDE
from autocoder.readers.rules.frames.platform import FRAMES as PLATFORM
from autocoder.readers.rules.frames.records import FRAMES as RECORDS
from autocoder.readers.rules.frames.restrictions import FRAMES as RESTRICTIONS
from autocoder.readers.rules.frames.runs import RUNS
from autocoder.readers.rules.frames.specification import FRAMES as SPECIFICATION

FRAMES: tuple[Frame, ...] = (
    *BEHAVIOUR,
    *DATA,
    *NARRATIVE,
    *RECORDS,
    *RESTRICTIONS,
    *ASSIGNMENTS,
    *OUTSIDE,
    *ENDPOINT,
    *PLATFORM,
    *SPECIFICATION,
)

__all__ = ["FRAMES", "RUNS", "Ask", "Frame", "Role", "Run"]
