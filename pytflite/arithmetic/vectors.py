"""Which elements of an array tf.lite's vector code handles, and which are left to the scalar loop after it.

On x86 the optimized kernels are NEON code emulated with SSE. Where vectors round otherwise than scalar code, the result
of an element depends on its place.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def in_vectors(shape: tuple[int, ...], group: int, run: int | None = None) -> Array:
    """Where the elements are that belong to whole groups.

    Args:
        shape: of the array.
        group: how many elements the vector code handles at once.
        run: how many elements in memory order it is called with, the whole array by default.

    Returns:
        bool array of that shape.
    """
    size = math.prod(shape)
    run = size if run is None else run
    return (np.arange(size) % max(run, 1) < run // group * group).reshape(shape)
