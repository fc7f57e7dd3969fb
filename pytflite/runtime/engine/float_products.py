"""Binders of operators that sum products of float32: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import FloatEpilogue
from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.packing import blocks_of
from pytflite.kernels.engine.target import FLOAT_ROWS, FLOATS, features
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import Calls, Operand, binder, numbers
from pytflite.runtime.engine.convolution import Form, Slides, convolution, matrix
from pytflite.runtime.engine.depthwise import depthwise, known_filter
from pytflite.runtime.engine.movement import moved

Array = npt.NDArray[Any]

DEPTHWISE_VECTORS = 2 if FLOATS < 16 else 1
"""Vectors of channels at a time; more would read too far behind the last channel."""


class FloatProduct(NamedTuple):
    """Weights, biases and bounds, checked: one row, or entry, per output channel.

    Attributes:
        weights: float32.
        bias: float32.
        bounds: two floats, lower and upper.
        fused: whether sums start at the bias and products are not rounded.
    """

    weights: Array
    bias: Array
    bounds: Array
    fused: bool


FUSED = any(features().get(name) for name in ("fma", "neon"))
"""Whether the processor has a fused multiply-add."""


def product(node: PreparedNode, inputs: Sequence[Operand | None], output: Array, weights: Array) -> FloatProduct | None:
    """What the engine needs of a node, None if it cannot take it.

    Sums that leave out what is outside of the image are those with zeros in its place, as long as weights are finite.

    Args:
        node: its params have an ``epilogue``.
        inputs: input, filter, bias.
        output: of the node.
        weights: the filter in the shape (output channels, products that a sum has).
    """
    _, filter, bias = (*inputs, None)[:3]
    assert filter is not None
    fused, epilogue = node.rule.name == "float32_fused", node.params.epilogue
    constant = filter.is_constant and (bias is None or bias.is_constant)
    if not (constant and output.size and isinstance(epilogue, FloatEpilogue) and (FUSED or not fused)):
        return None
    if not (fused or np.isfinite(weights).all()):
        return None
    nothing = np.full(len(weights), 0.0 if fused else -0.0, np.float32)
    bounds = numbers(np.float32, *epilogue)
    return FloatProduct(weights, nothing if bias is None else bias.array.reshape(-1), bounds, fused)


def packed(weights: Array, bias: Array, vectors: int) -> Array:
    """Blocks of channels: their biases, then their weights, product by product."""
    channels, depth = weights.shape
    width = vectors * FLOATS
    blocks = -(-channels // width)
    head, matrix = np.zeros(blocks * width, np.float32), np.zeros((blocks * width, depth), np.float32)
    head[:channels], matrix[:channels] = bias, weights
    matrix = np.ascontiguousarray(matrix.reshape(blocks, width, depth).transpose(0, 2, 1))
    return blocks_of(head.reshape(blocks, width).view(np.uint8), matrix.reshape(blocks, -1).view(np.uint8))


def gemm(source: FloatProduct, slides: Slides) -> Calls:
    """Calls of a convolution, of all output channels."""
    slides = slides.flat()
    own = len(source.weights) // slides.groups
    tile_rows, vectors = tile_of(slides.rows, own)
    blocks = [
        packed(source.weights[part], source.bias[part], vectors)
        for part in (slice(first, first + own) for first in range(0, len(source.weights), own))
    ]
    strip = "float_gemm", tile_rows, vectors, int(source.fused)
    return [convolution(slides, Form(), strip, tile_rows, vectors * FLOATS, blocks, source.bounds)]


def tile_of(rows: int, channels: int) -> tuple[int, int]:
    """Rows and vectors of a tile: the largest that has no more than there is."""
    wanted = -(-channels // FLOATS)
    vectors = 1 if wanted == 1 else 2 if rows > FLOAT_ROWS[4] or wanted < 4 else 4
    return min(rows, FLOAT_ROWS[vectors]), vectors


@binder("CONV_2D", "float32", "float32_unbiased", "float32_fused")
def conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window, groups and batches; taps row by row."""
    image, filter = inputs[:2]
    assert image is not None
    assert filter is not None
    source = product(node, inputs, outputs[0], filter.array.reshape(len(filter.array), -1))
    if source is None or by_columns(node, filter.array):
        return None
    return gemm(source, Slides(image.array, node.params.window, filter.array.shape[1:], outputs[0]))


def by_columns(node: PreparedNode, filter: Array) -> bool:
    """Whether the taps of a column are added before those of the next one."""
    return getattr(node.params, "by_columns", False) and min(filter.shape[1:3]) > 1


@binder("FULLY_CONNECTED", "float32", "float32_fused")
def fully_connected(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A convolution of a column of pixels."""
    input, filter = inputs[:2]
    assert input is not None
    assert filter is not None
    units, depth = filter.array.shape
    source = product(node, inputs, outputs[0], filter.array)
    if source is None or depth == 0:
        return None
    rows = outputs[0].size // units
    return gemm(source, matrix(input.array.reshape(-1)[: rows * depth].reshape(rows, depth), outputs[0]))


@binder("DEPTHWISE_CONV_2D", "float32", "float32_fused")
def depthwise_conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window and batches; where an input channel has several output channels, it is there as often."""
    image, filter = inputs[:2]
    assert image is not None
    assert filter is not None
    (batch, height, width, channels), (_, filter_h, filter_w, filters) = image.array.shape, filter.array.shape
    turned = by_columns(node, filter.array)
    taps = filter.array.swapaxes(1, 2) if turned else filter.array
    source = product(node, inputs, outputs[0], taps.reshape(-1, filters).T)
    if source is None:
        return None
    slides = Slides(image.array, node.params.window, (filter_h, filter_w, 1), outputs[0])
    if channels == 1 < filters and not turned:
        return gemm(source, slides)
    first: Calls = []
    if channels < filters:
        wide = aligned(4 * batch * height * width * filters).view(np.float32).reshape(*image.array.shape, -1)
        first = moved(np.broadcast_to(image.array[..., np.newaxis], wide.shape), wide)
        slides = slides._replace(image=wide.reshape(batch, height, width, filters))
    vectors = min(DEPTHWISE_VECTORS, -(-filters // FLOATS))
    blocks = packed(source.weights, source.bias, vectors)
    rows = "float_depthwise", vectors, int(source.fused), int(turned), *known_filter(slides)
    return [*(first or []), depthwise(slides, rows, blocks, source.bounds, 0)]
