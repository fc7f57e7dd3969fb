"""Hybrid operators that scale sums back by fused multiply-adds.

Source: ``src/qd8-f32-qc8w-gemm``, ``qd8-f32-qc8w-igemm``, ``qd8-f32-qc4w-gemm`` of XNNPACK.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import FloatEpilogue
from pytflite.arithmetic.fused import fused_multiply_add
from pytflite.ops._shared.epilogues import unlimited_epilogue
from pytflite.ops._shared.windows import Window

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]


class FusedHybridParams(NamedTuple):
    """What the rules are given.

    Attributes:
        shape: of the output.
        filter_scale: float32, one per output channel.
        epilogue: from the scaled sum to the output.
    """

    shape: Shape
    filter_scale: Array
    epilogue: FloatEpilogue


class FusedWindowParams(NamedTuple):
    """What the rule of a convolution is given.

    Attributes:
        window: geometry.
        by_pixel: whether each pixel is quantized by its own range, or each image.
        sums: what becomes of a sum of products.
    """

    window: Window
    by_pixel: bool
    sums: FusedHybridParams


def fused_hybrid_params(node: Node) -> FusedHybridParams:
    """Params of what becomes of a sum of products."""
    shape = node["output"].shape
    return FusedHybridParams(shape, np.broadcast_to(node["filter"].scales, shape[-1:]), unlimited_epilogue(node))


def scaled_back(accumulator: Array, input_scale: Array, bias: Array | None, p: FusedHybridParams) -> Array:
    """Sums of codes as real numbers, bias included: the input's scale is multiplied first, the filter's is fused.

    Args:
        accumulator: integers, (..., output channels).
        input_scale: float32, broadcast over it.
        bias: float32, (output channels), or None.
        p: the params.
    """
    start = np.float32(0) if bias is None else bias.reshape(-1)
    return fused_multiply_add(accumulator.astype(np.float32) * input_scale, p.filter_scale, np.asarray(start))
