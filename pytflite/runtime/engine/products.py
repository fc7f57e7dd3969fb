"""Binders of operators that sum products: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.kernels.engine import packing
from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.target import SHAPE
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import (
    Calls,
    Operand,
    binder,
    flip_of,
    is_code,
    left_factors,
    recipe_of,
    signed_offset,
)
from pytflite.runtime.engine.convolution import Extras, Form, Slides, convolution, matrix
from pytflite.runtime.engine.depthwise import by_columns, depthwise, known_filter, step_of

Array = npt.NDArray[Any]

LARGEST_OFFSET = 1 << 14
"""Zero points beyond are left to the plain kernels: codes without them are to fit into int16."""


class Product(NamedTuple):
    """Weights, biases and an epilogue, checked: one row, or entry, per output channel.

    Attributes:
        weights: int16 without zero points.
        bias: int64.
        recipe: from accumulators to outputs.
        offset: added to input codes, as int8.
        excess: what to take from all weights so that they fit into int8, 0 if they do or cannot.
        finishing: constants of the epilogue.
    """

    weights: Array
    bias: Array
    recipe: packing.Recipe
    offset: int
    excess: int
    finishing: Array

    @property
    def fits_bytes(self) -> bool:
        """Whether the input code that counts as zero is one."""
        return -128 <= -self.offset <= 127


def product(
    inputs: Sequence[Operand | None], output: Array, p: Any, weights: Callable[[Array], Array]
) -> Product | None:
    """What the engine needs of a node, None if it cannot take it.

    Args:
        inputs: input, filter, bias.
        output: of the node.
        p: its params: ``zero``, ``input_offset``, ``filter_offset``, ``epilogue``.
        weights: brings the filter into the shape (output channels, products that an accumulator sums).
    """
    input, filter, bias = (*inputs, None)[:3]
    assert input is not None
    assert filter is not None
    arrays, epilogue = (input.array, filter.array, output), p.epilogue
    constant = filter.is_constant and (bias is None or bias.is_constant)
    if not (isinstance(epilogue, QuantizedEpilogue) and constant and p.zero.dtype == np.int32):
        return None
    if not all(is_code(array) and array.size for array in arrays):
        return None
    limits = np.iinfo(output.dtype)
    low, high, zero_point = epilogue.activation_min, epilogue.activation_max, epilogue.output_offset
    offset = signed_offset(input.array, int(p.input_offset))
    small = max(abs(offset), abs(int(p.filter_offset))) <= LARGEST_OFFSET
    if not (small and limits.min <= low <= high <= limits.max and limits.min <= zero_point <= limits.max):
        return None
    taps = weights(filter.array.astype(np.int16) + np.int16(p.filter_offset))
    factor = left_factors(epilogue.requantizer, len(taps))
    start = factor * (0 if bias is None else bias.array.reshape(-1).astype(np.int64))
    widest = max(abs(offset - 128), abs(offset + 127))
    reach = np.abs(taps).sum(axis=1, dtype=np.int64) * factor * widest + np.abs(start)
    recipe = recipe_of(epilogue.requantizer, reach, rectified=low >= zero_point)
    largest = np.maximum(taps.max(axis=1), -taps.min(axis=1)) * factor
    if recipe is None or largest.max() > np.iinfo(np.int16).max:
        return None
    if (factor != 1).any():
        taps = taps * factor.astype(np.int16)[:, None]
    finishing = packing.finishing(zero_point, low, high, unsigned=output.dtype == np.uint8)
    excess = 0 if is_narrow(taps) or (factor != 1).any() else 128 + int(p.filter_offset)
    return Product(taps, start, recipe, offset, excess if is_narrow(taps - excess) else 0, finishing)


def is_narrow(weights: Array) -> bool:
    """Whether all fit into int8."""
    return bool(weights.min() >= -128 and weights.max() <= 127)


def gemm(source: Product, slides: Slides) -> Calls:
    """Calls of a convolution, of all output channels."""
    slides = slides.flat()
    groups, own = slides.groups, len(source.weights) // slides.groups
    tile_rows, vectors = SHAPE.tile(slides.rows, own)
    excess = source.excess if (SHAPE.quads or tile_rows == 1) and groups == 1 else 0
    weights = source.weights - excess
    quads = SHAPE.quads and is_narrow(weights) and source.fits_bytes
    form = packing.QUADS if quads else packing.NARROW if is_narrow(weights) else packing.SHORTS
    group, zero = packing.group_of(form), SHAPE.base - source.offset if quads else 0
    bias = source.bias - zero * source.weights.sum(axis=1)
    blocks = [
        packing.gemm_blocks(weights[part], bias[part], source.recipe.of(part), vectors, group, slides.segments)
        for part in (slice(first, first + own) for first in range(0, groups * own, own))
    ]
    flip = flip_of(slides.image) ^ (SHAPE.base if quads else 0)
    read = Form(group.taps, not quads, flip, zero & 0xFF if quads else source.offset)
    extras = Extras(summing=("row_sums", form), factor=excess) if excess else Extras()
    strip = "gemm", tile_rows, vectors, source.recipe.kind, form, int(excess != 0)
    return [convolution(slides, read, strip, tile_rows, vectors * SHAPE.lanes, blocks, source.finishing, extras)]


@binder("CONV_2D", "int8", "int8_grouped", "int8_unbiased", "uint8", "uint8_grouped")
def conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window, groups and batches."""
    image, filter = inputs[:2]
    assert image is not None
    assert filter is not None
    source = product(inputs, outputs[0], node.params, lambda taps: taps.reshape(len(taps), -1))
    if source is None:
        return None
    return gemm(source, Slides(image.array, node.params.window, filter.array.shape[1:], outputs[0]))


@binder("FULLY_CONNECTED", "int8", "uint8")
def fully_connected(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A convolution of a column of pixels."""
    input, filter = inputs[:2]
    assert input is not None
    assert filter is not None
    source = product(inputs, outputs[0], node.params, lambda taps: taps)
    if source is None:
        return None
    units, depth = filter.array.shape
    rows = outputs[0].size // units
    return gemm(source, matrix(input.array.reshape(-1)[: rows * depth].reshape(rows, depth), outputs[0]))


@binder("DEPTHWISE_CONV_2D", "int8", "uint8")
def depthwise_conv_2d(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any window and batches; with more output channels than input channels, one convolution per input channel."""
    image, filter = inputs[:2]
    assert image is not None
    assert filter is not None
    channels = image.array.shape[3]
    _, filter_h, filter_w, filters = filter.array.shape
    source = product(inputs, outputs[0], node.params, lambda taps: taps.reshape(-1, filters).T)
    slides = Slides(image.array, node.params.window, (filter_h, filter_w, 1), outputs[0])
    if source is not None and channels != filters:
        return gemm(source, slides)
    if source is None or not source.fits_bytes:
        return None
    quads = SHAPE.quads and is_narrow(source.weights)
    form = packing.QUADS if quads else packing.SHORTS
    flip, zero = flip_of(image.array) ^ (SHAPE.base if quads else 0), (SHAPE.base if quads else 0) - source.offset
    bias, group = source.bias - zero * source.weights.sum(axis=1), packing.group_of(form)
    least = max((8 if channels <= 8 else 16) // SHAPE.lanes, 1)
    fitting = [n for n in (packing.TOGETHER, 2) if quads and n > least] + [least]
    vectors = min(fitting, key=lambda n: -(-channels // (n * SHAPE.lanes)) * (n + 1))
    order = packing.spread(channels) if packing.is_spread(form, vectors) else np.arange(channels)
    known = known_filter(slides)
    taps = by_columns(source.weights.T.reshape(filter_h, filter_w, filters), group.taps if any(known) else 1)
    recipe = source.recipe.of(order)
    blocks = packing.depthwise_blocks(taps[:, order], bias[order], recipe, vectors, group)
    outside, flips = aligned(channels), aligned(vectors * SHAPE.lanes)
    outside[:] = (zero & 0xFF) ^ flip
    flips[:] = flip
    rows = "depthwise_codes", vectors, recipe.kind, form, *known, step_of(slides) if any(known) else 0
    count = -(-len(taps) // group.taps)
    return [depthwise(slides, rows, blocks, source.finishing, count, outside=outside, flips=flips)]
