"""Binders of operators that sum products of float32: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import FloatEpilogue
from pytflite.kernels.engine import SLACK
from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.packing import blocks_of
from pytflite.kernels.engine.target import FLOAT_ROWS, FLOATS
from pytflite.ops._shared.windows import Window
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import Call, Calls, Operand, binder

Array = npt.NDArray[Any]

PANEL_BYTES = 1 << 16
"""What a panel of gathered rows may take, so that it stays in the cache while all weights pass by."""

LEAST_PRODUCTS = 1 << 14
"""Smaller convolutions are not split."""

DEPTHWISE_VECTORS = 2 if FLOATS < 16 else 1
"""Vectors of channels at a time; more would read too far behind the last channel."""


class FloatProduct(NamedTuple):
    """Weights, biases and bounds, checked: one row, or entry, per output channel.

    Attributes:
        weights: float32, finite.
        bias: float32.
        bounds: two floats, lower and upper.
    """

    weights: Array
    bias: Array
    bounds: Array


def product(inputs: Sequence[Operand | None], output: Array, p: Any, weights: Array) -> FloatProduct | None:
    """What the engine needs of a node, None if it cannot take it.

    Args:
        inputs: input, filter, bias.
        output: of the node.
        p: its params, which have an ``epilogue``.
        weights: the filter in the shape (output channels, products that a sum has).
    """
    _, filter, bias = (*inputs, None)[:3]
    assert filter is not None
    constant = filter.is_constant and (bias is None or bias.is_constant)
    if not (constant and output.size and isinstance(p.epilogue, FloatEpilogue) and np.isfinite(weights).all()):
        return None
    start = np.full(len(weights), -0.0, np.float32) if bias is None else bias.array.reshape(-1)
    bounds = aligned(8).view(np.float32)
    bounds[:] = p.epilogue
    return FloatProduct(weights, start, bounds)


def packed(weights: Array, bias: Array, vectors: int) -> Array:
    """Blocks of channels: their biases, then their weights, product by product."""
    channels, depth = weights.shape
    width = vectors * FLOATS
    blocks = -(-channels // width)
    head, matrix = np.zeros(blocks * width, np.float32), np.zeros((blocks * width, depth), np.float32)
    head[:channels], matrix[:channels] = bias, weights
    matrix = np.ascontiguousarray(matrix.reshape(blocks, width, depth).transpose(0, 2, 1))
    return blocks_of(head.reshape(blocks, width).view(np.uint8), matrix.reshape(blocks, -1).view(np.uint8))


def gemm(source: FloatProduct, image: Array, window: Window, filter_size: tuple[int, int], output: Array) -> Calls:
    """Calls of a convolution.

    Args:
        source: of all output channels.
        image: (batch, height, width, channels).
        window: the geometry.
        filter_size: height and width.
        output: (batch, output height, output width, output channels).
    """
    batch, height, width, pixel = image.shape
    (channels, depth), (filter_h, filter_w) = source.weights.shape, filter_size
    pixel_depth = depth // (filter_h * filter_w)
    groups = pixel // pixel_depth
    rows, own_channels = batch * window.output_h * window.output_w, channels // groups
    tile_rows, vectors = tile_of(rows, own_channels)
    gathers = window != Window(1, 1, 1, 1, 0, 0, height, width) or filter_size != (1, 1)
    stride = 4 * (depth if gathers else pixel)
    panels = -(-rows // max(PANEL_BYTES // stride, tile_rows))
    panel_rows = max(-(-rows // panels), tile_rows)
    calls = []
    for group in range(groups):
        own = slice(group * own_channels, (group + 1) * own_channels)
        blocks = packed(source.weights[own], source.bias[own], vectors)
        words = [
            image.reshape(-1)[group * pixel_depth :], output.reshape(-1)[own.start :], blocks, rows, len(blocks),
            blocks.shape[1], depth, source.bounds, 4 * channels, own_channels,
            panel_rows, stride, height, width, 4 * pixel, 4 * pixel_depth,
            filter_h, filter_w, *window, int(gathers),
        ]  # fmt: skip
        parts = max(rows // tile_rows, len(blocks)) if rows * source.weights.size > LEAST_PRODUCTS else 1
        calls.append(Call(("float_gemm", tile_rows, vectors, 0), words, parts, panel_rows * stride + SLACK))
    return calls


def tile_of(rows: int, channels: int) -> tuple[int, int]:
    """Rows and vectors of a tile: the largest that has no more than there is."""
    wanted = -(-channels // FLOATS)
    vectors = 1 if wanted == 1 else 2 if rows > FLOAT_ROWS[4] or wanted < 4 else 4
    return min(rows, FLOAT_ROWS[vectors]), vectors


@binder("CONV_2D", "float32", "float32_unbiased")
def conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window, groups and batches."""
    image, filter = inputs[:2]
    assert image is not None
    assert filter is not None
    source = product(inputs, outputs[0], node.params, filter.array.reshape(len(filter.array), -1))
    if source is None:
        return None
    return gemm(source, image.array, node.params.window, filter.array.shape[1:3], outputs[0])


@binder("FULLY_CONNECTED", "float32")
def fully_connected(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A convolution of a column of pixels."""
    input, filter = inputs[:2]
    assert input is not None
    assert filter is not None
    units, depth = filter.array.shape
    source = product(inputs, outputs[0], node.params, filter.array)
    if source is None or depth == 0:
        return None
    rows = outputs[0].size // units
    image = input.array.reshape(-1)[: rows * depth].reshape(1, rows, 1, depth)
    return gemm(source, image, Window(1, 1, 1, 1, 0, 0, rows, 1), (1, 1), outputs[0].reshape(1, rows, 1, units))


@binder("DEPTHWISE_CONV_2D", "float32")
def depthwise_conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window and batches; as many output channels as input channels, or a single input channel."""
    image, filter = inputs[:2]
    assert image is not None
    assert filter is not None
    batch, height, width, channels = image.array.shape
    _, filter_h, filter_w, filters = filter.array.shape
    window: Window = node.params.window
    source = product(inputs, outputs[0], node.params, filter.array.reshape(-1, filters).T)
    if source is None or channels not in (1, filters):
        return None
    if channels < filters:
        return gemm(source, image.array, window, (filter_h, filter_w), outputs[0])
    blocks = packed(source.weights, source.bias, DEPTHWISE_VECTORS)
    words = [
        image.array, outputs[0], blocks, source.bounds, channels, blocks.shape[1],
        aligned(4 * channels), batch, height, width,
        filter_h, filter_w, *window,
    ]  # fmt: skip
    taps = 8 * filter_h * filter_w * window.output_w
    return [Call(("float_depthwise", DEPTHWISE_VECTORS, 0), words, batch * window.output_h, taps)]
