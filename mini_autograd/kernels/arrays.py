"""The array library that the shared kernels are written against: numpy here.

NOTE [Two instances]: ``kernels.shared`` is written once, against ``xp``, and may name no other array library. It is
imported as it stands for numpy arrays; for the arrays of a GPU its modules are executed a second time, with ``xp`` the
library of these (see ``kernels.cuda.instance``). So nothing is decided anew in each call, and neither pays for the
other.
"""

from __future__ import annotations

from functools import lru_cache as kept
from typing import Any

import numpy as xp

Array = xp.ndarray[Any, Any]

# ``kept(count)``: as many results of a function are remembered; of a GPU's arrays those of each device by themselves.
__all__ = ["Array", "kept", "xp"]
