"""FULLY_CONNECTED, compiled: one loop nest for every dtype."""

from __future__ import annotations

from typing import Any

import numpy as np

from pytflite.kernels._compile import kernel
from pytflite.kernels._sums import plus, plus_product
from pytflite.kernels.requantize import finish


@kernel
def fully_connected(input: Any, filter: Any, bias: Any, p: Any, output: Any) -> None:
    """Rows times rows; see `pytflite.ops.fully_connected` for shapes and `FullyConnectedParams` for ``p``."""
    units, depth = filter.shape
    if depth == 0:
        output[...] = 0
        return
    values, results = np.ascontiguousarray(input).reshape(input.size), output.reshape(output.size)
    for row in range(input.size // depth):
        vector = values[row * depth : (row + 1) * depth]
        for o in range(units):
            weights = filter[o]
            total = p.zero
            for c in range(depth):
                total = plus_product(total, plus(p.input_offset, vector[c]), plus(p.filter_offset, weights[c]))
            if bias is not None:
                total = plus(total, bias.flat[o])
            results[row * units + o] = finish(total, o, p.epilogue)
