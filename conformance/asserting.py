"""What torch's kernels assert on a GPU, after which nothing more can be run there by this process.

NOTE [Lost devices]: on the CPU an index beyond the end is an error like any other. On CUDA torch finds it in the
kernel, which asserts: whatever is asked of the GPU from then on fails, for both libraries, until the process ends. So
a program is first run on the CPU, and where an error there is of that sort it is told as unsaid. What asserts all the
same is seen after the program, and raised as DeviceLost: a process that runs nothing but programs ends then, and is
replaced.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

from .program import Program
from .refusal import Refusal
from .statements import Attempt

# Errors of the CPU that a kernel finds in values, and not the host in shapes.
_FOUND_IN_VALUES = re.compile(
    r"(?<!Dimension )out of (range|bounds)|valid range|should be between 0 and 1|smaller than num_classes"
    r"|non-negative|not be negative|probability tensor contains|invalid multinomial|p_in >= 0|std >= 0"
    r"|invalid max index|Number of elements of source|to sum to data\.size"
)


LOST = 70  # the status of a process that lost its device


class DeviceLost(Refusal):
    """Nothing more can be run on the device by this process."""


def asserts(program: Program, module: Any) -> str | None:
    """Why a program may not be run on torch's device, by what torch does on the CPU: NOTE [Lost devices]; None where it
    may."""
    env: dict[str, Any] = {}
    events: list[tuple[str, Any]] = []
    with warnings.catch_warnings(action="ignore"):
        for statement in program.statements:
            inner = statement.statement if isinstance(statement, Attempt) else statement
            try:
                inner.execute(module, env, events)
            except Exception as error:
                if _FOUND_IN_VALUES.search(str(error)):
                    return f"{inner.label}: what a GPU can only assert: {str(error).splitlines()[0]}"
                if not isinstance(statement, Attempt):
                    return None
            for label, given in events:  # what the statement has raised inside, and caught
                if label == "raised" and _FOUND_IN_VALUES.search(str(given[0])):
                    return f"{inner.label}: what a GPU can only assert: {str(given[0]).splitlines()[0]}"
            events.clear()
    return None


def check_alive(program: Program, module: Any) -> None:
    """DeviceLost where a program has left the device so that nothing more can be run on it."""
    try:
        module.cuda.synchronize()
    except Exception as error:
        raise DeviceLost(
            f"the device is lost after program {program.name}: {str(error).splitlines()[0]}"
        ) from error
