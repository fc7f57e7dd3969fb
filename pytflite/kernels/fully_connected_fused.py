"""FULLY_CONNECTED of float32 with fused multiply-add, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from pytflite.kernels._compile import kernel
from pytflite.kernels._sums import plus_fused_product
from pytflite.kernels.requantize import finish


@kernel
def fully_connected_fused(input: Any, filter: Any, bias: Any, p: Any, output: Any) -> None:
    """Rows times rows; see `pytflite.ops.fully_connected` for shapes and `FusedParams` for ``p``."""
    units, depth = filter.shape
    values, results = np.ascontiguousarray(input).reshape(input.size), output.reshape(output.size)
    for row in range(input.size // depth):
        vector = values[row * depth : (row + 1) * depth]
        for o in range(units):
            weights = filter[o]
            total = np.float32(0)
            if bias is not None:
                total = bias.flat[o]
            for c in range(depth):
                total = plus_fused_product(total, vector[c], weights[c])
            results[row * units + o] = finish(total, o, p.epilogue)
