"""The larger and the smaller of two numbers, as C++ chooses them (``std::max``, ``std::min``)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def larger(first: Array, second: npt.ArrayLike) -> Array:
    """The second where it is larger, else the first: so also where either is NaN or both are zeros."""
    return np.where(first < second, second, first)


def smaller(first: Array, second: npt.ArrayLike) -> Array:
    """The second where it is smaller, else the first."""
    return np.where(second < first, second, first)
