"""Binders of operators that sum products of int16 with weights: convolutions, FULLY_CONNECTED, BATCH_MATMUL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.arithmetic.requantize import Wide
from pytflite.kernels.engine import packing
from pytflite.kernels.engine.target import SHAPE
from pytflite.ops.batch_matmul import matrices
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import Call, Calls, Operand, binder, left_factors, numbers, recipe_of
from pytflite.runtime.engine.convolution import LEAST_PRODUCTS, Form, Slides, convolution, matrix
from pytflite.runtime.engine.depthwise import by_columns, depthwise

Array = npt.NDArray[Any]

TILE_ROWS = 6
"""Rows of a tile, of two vectors each."""

INT16 = np.iinfo(np.int16)


class ShortProduct(NamedTuple):
    """Weights, biases and an epilogue, checked: one row, or entry, per output channel.

    Attributes:
        weights: int64.
        bias: int64.
        recipe: how accumulators become codes.
        bounds: int16, of the activation.
    """

    weights: Array
    bias: Array
    recipe: packing.Recipe
    bounds: Array


def product(weights: Array, bias: Array | None, epilogue: Any, output: Array) -> ShortProduct | None:
    """What the engine needs of a node, None if it cannot take it; accumulators must fit into int32.

    Args:
        weights: int64 (output channels, products that an accumulator sums), without zero points.
        bias: one per channel.
        epilogue: of the node.
        output: of the node.
    """
    if not (isinstance(epilogue, QuantizedEpilogue) and epilogue.output_offset == 0 and output.size and weights.size):
        return None
    start = np.zeros(len(weights), np.int64) if bias is None else bias.reshape(-1).astype(np.int64)
    factor = left_factors(epilogue.requantizer, len(weights))
    low, high = epilogue.activation_min, epilogue.activation_max
    if not INT16.min <= low <= high <= INT16.max or np.abs(start / 2**31).max() > 1 or factor.max() > 1 << 15:
        return None
    weights, start = weights * factor[:, None], start * factor
    reach = np.abs(weights).sum(axis=1) * -INT16.min + np.abs(start)
    recipe = recipe_of(epilogue.requantizer, reach, rectified=False)
    if recipe is None or np.abs(weights).max() > INT16.max:
        return None
    return ShortProduct(weights, start, recipe, numbers(np.int16, low, high))


def constants_of(inputs: Sequence[Operand | None]) -> tuple[Array | None, Array | None]:
    """Filter and bias, if both are constant; a filter of None if not."""
    _, filter, bias = (*inputs, None)[:3]
    if filter is None or not filter.is_constant or not (bias is None or bias.is_constant):
        return None, None
    return filter.array.astype(np.int64), bias and bias.array


def gemm(source: ShortProduct, slides: Slides) -> Calls:
    """Calls of a convolution, of all output channels."""
    slides = slides.flat()
    own, tile_rows = len(source.weights) // slides.groups, min(slides.rows, TILE_ROWS)
    blocks = [
        packing.gemm_blocks(
            source.weights[part], source.bias[part], source.recipe.of(part), 2, packing.PAIR, slides.segments
        )
        for part in (slice(first, first + own) for first in range(0, len(source.weights), own))
    ]
    strip = "short_gemm", tile_rows, source.recipe.kind
    return [convolution(slides, Form(taps=2), strip, tile_rows, 2 * SHAPE.lanes, blocks, source.bounds)]


def rows_of(weights: Array, input: Array, output: Array) -> Slides:
    """What slides over the vectors that weights (output channels, depth) are multiplied by."""
    channels, depth = weights.shape
    rows = output.size // channels
    return matrix(input.reshape(-1)[: rows * depth].reshape(rows, depth), output)


@binder("CONV_2D", "int16x8", "int16x8_int32", "int16x8_int32_grouped", "int16x8_unbiased")
def conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window, groups and batches."""
    image, (filter, bias), p = inputs[0], constants_of(inputs), node.params
    assert image is not None
    if filter is None:
        return None
    source = product(filter.reshape(len(filter), -1), bias, p.epilogue, outputs[0])
    return source and gemm(source, Slides(image.array, p.window, filter.shape[1:], outputs[0]))


@binder("FULLY_CONNECTED", "int16x8", "int16x8_int32", "int16")
def fully_connected(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Filters of any type."""
    input, (filter, bias), p = inputs[0], constants_of(inputs), node.params
    assert input is not None
    if filter is None:
        return None
    source = product(filter + int(p.filter_offset), bias, p.epilogue, outputs[0])
    return source and gemm(source, rows_of(source.weights, input.array, outputs[0]))


@binder("BATCH_MATMUL", "int16x8", "int16")
def batch_matmul(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any; a constant matrix on the right, none transposed on the left, becomes weights."""
    lhs, rhs, p = *inputs, node.params
    assert lhs is not None
    assert rhs is not None
    if rhs.is_constant and rhs.array.ndim == 2 and not p.adjoint.x:
        weights = rhs.array if p.adjoint.y else rhs.array.T
        source = product(weights.astype(np.int64), None, p.epilogue, outputs[0])
        if source is not None:
            return gemm(source, rows_of(source.weights, lhs.array, outputs[0]))
    return two_matrices(*matrices(lhs.array, rhs.array, p.adjoint), p.epilogue, outputs[0])


def two_matrices(left: Array, right: Array, epilogue: QuantizedEpilogue, output: Array) -> Calls:
    """The call for the products of two matrices of which neither is packed.

    Args:
        left: (..., rows, depth).
        right: (..., columns, depth).
        epilogue: of the node.
        output: (..., rows, columns).
    """
    requantizer, offset, low, high = epilogue
    if not (isinstance(requantizer, Wide) and offset == 0 and left.size and right.size and requantizer.shift[0] < 15):
        return None
    batch = (1,) * (5 - output.ndim) + output.shape[:-2]
    sources = [np.broadcast_to(array, (*batch, *array.shape[-2:])) for array in (left, right)]
    steps1, steps2 = (tuple(stride // array.itemsize for stride in array.strides) for array in sources)
    words = [
        left, right, output, *output.shape[-2:], left.shape[-1], *steps1[-2:], *steps2[-2:], requantizer.multiplier[0],
        15 - requantizer.shift[0], low, high, *batch, *steps1[:-2], *steps2[:-2],
    ]  # fmt: skip
    parts = max(output.size * left.shape[-1] // LEAST_PRODUCTS, 1)
    padded = -(-left.shape[-1] // (2 * SHAPE.lanes)) * 2 * SHAPE.lanes
    return [Call(("two_matrices", right.itemsize), words, parts, 2 * padded * (1 + output.shape[-1]))]


@binder("DEPTHWISE_CONV_2D", "int16x8")
def depthwise_conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window and batches; with more output channels than input channels, one convolution per input channel."""
    image, (filter, bias), p = inputs[0], constants_of(inputs), node.params
    assert image is not None
    if filter is None:
        return None
    channels = image.array.shape[3]
    _, filter_h, filter_w, filters = filter.shape
    source = product(filter.reshape(-1, filters).T, bias, p.epilogue, outputs[0])
    if source is None:
        return None
    slides = Slides(image.array, p.window, (filter_h, filter_w, 1), outputs[0])
    if channels != filters:
        return gemm(source, slides)
    taps = by_columns(source.weights.T.reshape(filter_h, filter_w, filters), 1)
    blocks = packing.depthwise_blocks(taps, source.bias, source.recipe, 2, packing.PAIR)
    return [depthwise(slides, ("short_depthwise", source.recipe.kind), blocks, source.bounds, -(-len(taps) // 2))]
