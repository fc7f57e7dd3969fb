"""The ends of a type's range (``std::numeric_limits``)."""

from __future__ import annotations

from typing import Any

import numpy as np


def lowest(dtype: np.dtype[Any]) -> Any:
    """The smallest finite number of a type, of that type; False for bool."""
    return dtype.type(False if dtype.kind == "b" else _info(dtype).min)


def highest(dtype: np.dtype[Any]) -> Any:
    """The largest finite number of a type, of that type; True for bool."""
    return dtype.type(True if dtype.kind == "b" else _info(dtype).max)


def _info(dtype: np.dtype[Any]) -> Any:
    return np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
