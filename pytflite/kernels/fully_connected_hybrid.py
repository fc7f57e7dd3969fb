"""FULLY_CONNECTED of float32 rows with integer weights, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from pytflite.kernels._compile import kernel
from pytflite.kernels._hybrid import activate, quantize_row, row_sum, sse_product


@kernel
def fully_connected_hybrid(input: Any, filter: Any, bias: Any, p: Any, output: Any) -> None:
    """Rows times rows; see `pytflite.ops.fully_connected` for shapes and `HybridParams` for ``p``."""
    units, depth = filter.shape
    if depth == 0:
        output[...] = 0
        return
    values, results = np.ascontiguousarray(input).reshape(input.size), output.reshape(output.size)
    matrix = np.ascontiguousarray(filter).view(np.int8)
    silent = not np.any(values)
    codes = np.empty(depth, np.int8)
    sums = np.zeros(units, np.int32)
    if p.asymmetric:
        for o in range(units):
            sums[o] = row_sum(matrix[o])
    for row in range(input.size // depth):
        scale, zero_point = quantize_row(values[row * depth : (row + 1) * depth], p.asymmetric, codes)
        for o in range(units):
            total = np.float32(0)
            if bias is not None:
                total = bias.flat[o]
            if not silent:
                accumulator = np.int32(sse_product(codes, matrix[o]) - zero_point * sums[o])
                total += np.float32(accumulator) * (scale * p.filter_scale[o])
            results[row * units + o] = total
    activate(results, p.activation)
