"""Products of rows quantized on arrival with integer weights, as ``tensor_utils`` sums them on x86.

The SSE routines are not quite exact: 16 columns at a time, a weight of -128 meets a negative code with the wrong sign,
and sums of weights wrap to int16. Converters keep weights within -127..127, where only very long rows can tell.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.hybrid import BLOCK, LANES, QuantizedRows
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.ops._shared.products import integer_products

Array = npt.NDArray[Any]


def hybrid_products(rows: QuantizedRows, matrix: Array) -> Array:
    """``(codes - zero point) @ matrix.T`` (``SseMatrixBatchVectorMultiplyAccumulate``, sse_tensor_utils.cc).

    Args:
        rows: depth columns.
        matrix: int8, (units, depth).

    Returns:
        int64 array of int32 values, (rows, units).
    """
    offsets = rows.zero_point[:, np.newaxis].astype(np.int64) * row_sums(matrix)
    return wrap_int32(sse_products(rows.codes, matrix) - offsets)


def sse_products(codes: Array, matrix: Array) -> Array:
    """``codes @ matrix.T`` where -128 times a negative code, in whole blocks of 16 columns, is negative.

    ``psignb`` gives the weight the sign of the code, but the opposite of -128 does not fit into 8 bits.
    """
    products = integer_products(codes, matrix)
    whole = codes.shape[1] // BLOCK * BLOCK
    lowest = matrix[:, :whole] == -128
    if lowest.any():
        products += 256 * integer_products(np.minimum(codes[:, :whole], 0), lowest)
    return products


def row_sums(matrix: Array) -> Array:
    """Sums of the rows (``SseReductionSumVector``, sse_tensor_utils.cc): 8 lanes wrap at int16, the rest is exact.

    Args:
        matrix: int8, (rows, depth).

    Returns:
        int64, (rows).
    """
    count, depth = matrix.shape
    pairs, single = depth // BLOCK, depth % BLOCK // LANES
    whole = pairs * BLOCK
    edge = whole + single * LANES
    lanes = matrix[:, :whole].reshape(count, pairs, LANES, 2).sum(axis=(1, 3), dtype=np.int64)
    lanes += matrix[:, whole:edge].reshape(count, single, LANES).sum(axis=1, dtype=np.int64)
    sums: Array = lanes.astype(np.int16).sum(axis=1, dtype=np.int64) + matrix[:, edge:].sum(axis=1, dtype=np.int64)
    return sums
