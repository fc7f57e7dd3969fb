"""Binders of operators with float32 inputs and 8-bit weights: CONV_2D and FULLY_CONNECTED."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.activation import BOUNDS
from pytflite.kernels.engine import SLACK, packing
from pytflite.kernels.engine.buffers import aligned
from pytflite.ops._shared.convolutions import HybridParams
from pytflite.ops._shared.hybrid import row_sums
from pytflite.ops._shared.windows import Window
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import INT32_MAX, Call, Calls, Operand, binder
from pytflite.runtime.engine.short_products import LEAST_PRODUCTS, PANEL_BYTES, TILE_ROWS

Array = npt.NDArray[Any]


def scaled_back(weights: Array, scale: Array, bias: Array | None) -> Array | None:
    """Blocks of int8 weights (channels, depth) with scales and biases; None where something could overflow."""
    channels = len(weights)
    if np.abs(weights.astype(np.int64)).sum(axis=1).max() * 255 >= INT32_MAX or scale.max() > 1:
        return None
    start = np.full(channels, -0.0, np.float32) if bias is None else bias.reshape(-1)
    recipe = packing.Recipe(packing.SCALED_BACK, (scale.astype(np.float32), start))
    return packing.gemm_blocks(weights.astype(np.int64), np.zeros(channels, np.int64), recipe, 2, packing.PAIR)


def quantize(input: Array, rows: int, *, asymmetric: bool) -> tuple[Call, Array, Array]:
    """The call that quantizes rows, and what it writes: codes as int16 and scales."""
    codes, scales = aligned(2 * input.size).view(np.int16), aligned(4 * rows).view(np.float32)
    words = [input, codes, rows, input.size // rows, scales]
    return Call(("quantize_rows", int(asymmetric)), words, rows, scratch=4 * SLACK), codes, scales


def gemm(
    blocks: Array, bounds: tuple[Any, Any], steps: int, scales: Array, image: Array, window: Window,
    filter_size: tuple[int, int], output: Array,
) -> Call:  # fmt: skip
    """The call of a convolution without groups.

    Args:
        blocks: see `scaled_back`.
        bounds: of the activation.
        steps: how often sums are multiplied to scale them back.
        scales: one for all, or one for each row.
        image: codes, (batch, height, width, channels).
        window: the geometry.
        filter_size: height and width.
        output: (batch, output height, output width, output channels).
    """
    batch, height, width, pixel = image.shape
    channels, rows = output.shape[3], batch * window.output_h * window.output_w
    depth = pixel * filter_size[0] * filter_size[1]
    tile_rows = min(rows, TILE_ROWS)
    gathers = window != Window(1, 1, 1, 1, 0, 0, height, width) or filter_size != (1, 1)
    stride = 4 * -(-depth // 2) if gathers else 2 * pixel
    panels = -(-rows // max(PANEL_BYTES // stride, tile_rows))
    panel_rows = max(-(-rows // panels), tile_rows)
    limits = aligned(8).view(np.float32)
    limits[:] = bounds
    words = [
        image, output, blocks, rows, len(blocks), blocks.shape[1], depth, limits, 4 * channels, channels, panel_rows,
        stride, height, width, 2 * pixel, 2 * pixel, *filter_size, *window, int(gathers), scales,
    ]  # fmt: skip
    parts = max(rows // tile_rows, len(blocks)) if rows * blocks.size > LEAST_PRODUCTS else 1
    literals = tile_rows, steps, 4 if scales.size > 1 else 0, 0
    return Call(("hybrid_gemm", *literals), words, parts, panel_rows * stride + SLACK)


def has_exact_sums(weights: Array) -> bool:
    """Whether rows (channels, depth) of int8 weights are summed as numbers are, see `ops._shared.hybrid`."""
    wraps = (row_sums(weights) != weights.sum(axis=1, dtype=np.int64)).any()
    return not (wraps or (weights == -128).any())


def scaled_products(
    blocks: Array, bounds: Array, scales: Array, codes: Array, output: Array, *, adds: bool
) -> Call:  # fmt: skip
    """The call for rows of codes.

    Args:
        blocks: see `scaled_back`.
        bounds: of the results.
        scales: one for each row.
        codes: (rows, depth).
        output: (rows, channels), of which the last lie side by side.
        adds: whether to add to what is there in place of the bias.
    """
    (rows, depth), channels = codes.shape, output.shape[1]
    words = [
        codes, output, blocks, rows, len(blocks), blocks.shape[1], depth, bounds, output.strides[0], channels, rows,
        2 * depth, rows, 1, 2 * depth, 2 * depth, 1, 1, *Window(1, 1, 1, 1, 0, 0, rows, 1), 0, scales,
    ]  # fmt: skip
    parts = max(rows, len(blocks)) if rows * blocks.size > LEAST_PRODUCTS else 1
    tile_rows = 1 if adds else min(rows, TILE_ROWS)
    return Call(("hybrid_gemm", tile_rows, 1, 4, int(adds)), words, parts)


@binder("CONV_2D", "hybrid", "hybrid_one_scale")
def conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window and batches, no groups; no weight of -128 where that meets a quirk (`symmetric_sums`)."""
    image, filter, bias = (*inputs, None)[:3]
    assert image is not None
    assert filter is not None
    p: HybridParams = node.params
    constant = filter.is_constant and (bias is None or bias.is_constant)
    if not (constant and outputs[0].size and filter.array.shape[3] == image.array.shape[3]):
        return None
    weights = filter.array.view(np.int8).reshape(len(filter.array), -1)
    blocks = scaled_back(weights, p.filter_scale, bias and bias.array)
    quirky = not p.asymmetric and len(weights) % 4 != 0 and (weights == -128).any()
    if blocks is None or quirky:
        return None
    steps = 2 if p.asymmetric and node.rule.name == "hybrid" else 1
    bounds, size = (p.activation_min, p.activation_max), filter.array.shape[1:3]
    first, codes, scales = quantize(image.array, len(image.array), asymmetric=p.asymmetric)
    pictures = codes.reshape(image.array.shape)
    return [first] + [
        gemm(blocks, bounds, steps, scales[n : n + 1], pictures[n : n + 1], p.window, size, outputs[0][n : n + 1])
        for n in range(len(pictures))
    ]


@binder("FULLY_CONNECTED", "hybrid")
def fully_connected(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Clamps as activations; no weight of -128, and no row so long that sums of it wrap."""
    input, filter, bias = (*inputs, None)[:3]
    assert input is not None
    assert filter is not None
    p, (units, depth), output = node.params, filter.array.shape, outputs[0]
    constant = filter.is_constant and (bias is None or bias.is_constant)
    if not (constant and output.size and depth and p.activation in BOUNDS):
        return None
    weights, start = filter.array.view(np.int8), np.zeros(units, np.float32) if bias is None else bias.array
    blocks = scaled_back(weights, p.filter_scale, start)
    if blocks is None or not has_exact_sums(weights) or (np.signbit(start) & (start == 0)).any():
        return None
    rows = output.size // units
    read = input.array.reshape(-1)[: rows * depth]
    first, codes, scales = quantize(read, rows, asymmetric=p.asymmetric)
    window = Window(1, 1, 1, 1, 0, 0, rows, 1)
    matrix = codes.reshape(1, rows, 1, depth), window, (1, 1), output.reshape(1, rows, 1, units)
    return [first, gemm(blocks, BOUNDS[p.activation], 1, scales, *matrix)]
