"""What kernels of two inputs share: broadcasting, and the way to a common scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.kernels._compile import kernel
from pytflite.kernels.requantize import requantize_one

Array = npt.NDArray[Any]


def flat(input: Array, output: Array) -> Array:
    """The elements of an input in the order of those of the output, repeated where it broadcasts."""
    return np.ascontiguousarray(np.broadcast_to(input, output.shape)).reshape(-1)


@kernel
def rescale(code: Any, p: Any) -> Any:
    """One code at the common scale; ``p`` is a `Rescale`. Compiled code only."""
    return requantize_one(np.int32((np.int64(code) + p.offset) << p.left_shift), 0, p.requantizer)
