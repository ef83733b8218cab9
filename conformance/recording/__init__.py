"""Recordings: what a library shows of programs, written down, to be compared where that library is not installed.

NOTE [Recordings]: a recording is a subject like any other. What was seen after each statement is kept as changes:
which names were bound, what became of each tensor and graph node. Played back, tensors and nodes are stand-ins that
answer what is asked of them as the library's own did at that point, so that one comparison, with one tolerance, does
for two libraries, for a library and a recording, and for two recordings. Beside a value is kept how far it is off its
float64 run, where that is more than its rounding, so that the arbiter can be asked. What only further runs of torch
can tell (how far rounding moves a value, what torch computes without vector code) is not in it.
"""

from .file import Recording, RecordingError, read_recording, write_recording
from .played import recorded
from .recorder import record

__all__ = ["Recording", "RecordingError", "read_recording", "record", "recorded", "write_recording"]
