"""Accumulating in the accumulator's own type: int32 wraps, float32 rounds after every step, nothing is widened.

What is fused rounds once for a product and its sum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic, overload

from pytflite.kernels.engine._ir import call, f32

emitted: Callable[..., Any] = intrinsic


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


@emitted
def plus_fused_product(typing: Any, total: Any, left: Any, right: Any) -> Any:
    """``total + left * right`` of float32, rounded once."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        total, left, right = arguments
        return call(b, "llvm.fma.f32", f32, [left, right, total])

    return types.float32(types.float32, types.float32, types.float32), emit
