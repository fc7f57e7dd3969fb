"""Operands of operators that divide."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.model.dtypes import dtype_from_letter
from tests.ops.operands import elements
from tests.ops.pairs import Shape

Array = npt.NDArray[Any]


def operands(rng: np.random.Generator, letter: str, shapes: tuple[Shape, Shape], zero: int = 0) -> tuple[Array, Array]:
    """Dividends over the whole range of a type, and divisors near ``zero`` or over the whole range, never ``zero``."""
    dividends, divisors = (elements(rng, letter, shape) for shape in shapes)
    dtype = dtype_from_letter(letter)
    near = rng.integers(max(zero - 5, dtype.qmin), min(zero + 6, dtype.qmax), shapes[1]) if dtype.is_integer else zero
    divisors = np.where(rng.random(shapes[1]) < 0.5, near, divisors).astype(dtype.numpy)
    other = zero - 1 if zero == dtype.qmax and dtype.is_integer else zero + 1
    return dividends, np.where(divisors == zero, other, divisors).astype(dtype.numpy)
