"""Accumulating in the accumulator's own type: int32 wraps, float32 rounds after every step, nothing is widened."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload


def plus(total: Any, term: Any) -> Any:
    """``total + term`` in the type of ``total``. Compiled code only."""
    raise NotImplementedError


def plus_product(total: Any, left: Any, right: Any) -> Any:
    """``total + left * right`` in the type of ``total``. Compiled code only."""
    raise NotImplementedError


SCALARS: dict[Any, Any] = {types.int32: np.int32, types.int64: np.int64, types.float32: np.float32}


@overload(plus)
def _plus(total: Any, term: Any) -> Any:
    scalar = SCALARS[total]

    def body(total: Any, term: Any) -> Any:
        return scalar(total + scalar(term))

    return body


@overload(plus_product)
def _plus_product(total: Any, left: Any, right: Any) -> Any:
    scalar = SCALARS[total]

    def body(total: Any, left: Any, right: Any) -> Any:
        return scalar(total + scalar(scalar(left) * scalar(right)))

    return body
