"""Weights, biases and constants in the order in which kernels read them. NumPy, at prepare."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.target import SHAPE

Array = npt.NDArray[Any]

LANES = SHAPE.lanes

HEAD = 28 * LANES
"""Bytes for a vector of channels: bias, and the constants of the recipe."""

TOGETHER = 4
"""Vectors of accumulators that become codes at once, at most: as many codes as have the bits of one."""

SHORTS, NARROW, QUADS = range(3)
"""Forms of pixels and weights: all int16; weights int8, widened on the way; groups of four, all 8 bits."""

TIES_AWAY, TIES_UP, FLOAT64, FLOAT32, WIDE, SCALED_BACK, HALVED, SPLIT = range(8)
"""The recipes of `epilogue.RECIPES`; then that of `hybrid_gemm`, and those of inputs of `short_small.make_two`."""


class Recipe(NamedTuple):
    """How accumulators become outputs.

    Attributes:
        kind: one of those above.
        columns: constants in the order in which kernels read them, each with one entry per channel.
    """

    kind: int
    columns: tuple[Array, ...]

    def of(self, channels: slice | Array) -> Recipe:
        """The recipe of some channels."""
        return Recipe(self.kind, tuple(column[channels] for column in self.columns))


def fixed_point(multiplier: Array, exponent: Array, away: Array, *, once: bool) -> Recipe:
    """Constants of `epilogue.fixed_point`.

    Args:
        multiplier: int64, one per channel, as are the next two.
        exponent: right shift.
        away: whether ties of the last rounding go away from zero.
        once: whether there is one rounding.
    """
    mask = away & (exponent > 0)
    half = np.where(exponent > 0, np.int64(1) << np.maximum(exponent - 1, 0), 0)
    first = np.where((exponent > 0) & once, 0, np.int64(1) << 31)
    addend = first + ((half - multiplier - mask) << 32)
    columns = 2 * multiplier, addend, mask.astype(np.int32), exponent.astype(np.int32)
    return Recipe(TIES_AWAY if mask.any() else TIES_UP, columns)


def finishing(offset: int, low: int, high: int, *, unsigned: bool) -> Array:
    """Constants of `epilogue.finish`: output offset and the clamp of the activation."""
    constants = aligned(256)
    base = 128 if unsigned else 0
    constants[:64].view(np.int16)[:] = offset - base
    constants[64:128].view(np.int8)[:] = low - base
    constants[128:192].view(np.int8)[:] = high - base
    constants[192:] = base
    return constants


def heads(bias: Array, recipe: Recipe, vectors: int) -> Array:
    """Bytes, one row for each of some vectors of channels: bias plus 2**31, modulo 2**32, and the recipe's constants.

    Constants of 64 bits that are integers are there for the even channels first, then for the odd ones.
    """
    rows = np.zeros((vectors, HEAD), np.uint8)
    position = 0
    for column in ((bias + (1 << 31)).astype(np.uint32), *recipe.columns):
        lanes = np.zeros(vectors * LANES, column.dtype)
        lanes[: len(column)] = column
        lanes = lanes.reshape(vectors, LANES)
        if column.dtype == np.int64:
            lanes = np.concatenate([lanes[:, 0::2], lanes[:, 1::2]], axis=1)
        part = lanes.view(np.uint8)
        rows[:, position : position + part.shape[1]] = part
        position += part.shape[1]
    return rows


class Group(NamedTuple):
    """Weights of one accumulator that are multiplied at once.

    Attributes:
        taps: how many.
        dtype: of each.
    """

    taps: int
    dtype: type[np.int8] | type[np.int16]


PAIR = Group(2, np.int16)


def group_of(form: int) -> Group:
    """The groups of a form."""
    return Group(4 if form == QUADS else SHAPE.pairs, np.int16 if form == SHORTS else np.int8)


def gemm_blocks(weights: Array, bias: Array, recipe: Recipe, vectors: int, group: Group, segments: int = 1) -> Array:
    """Weights (channels, depth) without zero points: blocks of ``vectors`` heads, then groups of weights.

    Each of some segments of a row has whole groups.
    """
    channels, depth = len(weights), weights.shape[1] // segments
    taps, dtype = group
    groups, blocks = -(-depth // taps), -(-channels // (vectors * LANES))
    matrix = np.zeros((blocks * vectors * LANES, segments, groups * taps), dtype)
    matrix[:channels, :, :depth] = weights.reshape(channels, segments, depth)
    matrix = matrix.reshape(blocks, vectors, LANES, segments * groups, taps).transpose(0, 3, 1, 2, 4)
    head = heads(bias, recipe, blocks * vectors)
    return blocks_of(head.reshape(blocks, -1), matrix.reshape(blocks, -1).view(np.uint8))


def is_spread(form: int, vectors: int) -> bool:
    """Whether a depthwise convolution has its channels in the order of `spread`."""
    return form == QUADS and vectors == TOGETHER


def spread(channels: int) -> Array:
    """Channels as the interleaving and packing of vectors within 128 bits finds them; the last one fills blocks.

    In a block of `TOGETHER` vectors the first has the first 4 of every 16 channels, the second the next 4, and so on.
    """
    blocks = -(-channels // (TOGETHER * LANES))
    order = np.arange(blocks * TOGETHER * LANES).reshape(blocks, LANES // 4, TOGETHER, 4)
    return np.minimum(order.transpose(0, 2, 1, 3).reshape(-1), channels - 1)


def depthwise_blocks(weights: Array, bias: Array, recipe: Recipe, vectors: int, group: Group) -> Array:
    """Weights (taps, channels) without zero points: blocks of ``vectors`` heads, then groups of weights."""
    count, channels = weights.shape
    (taps, dtype), width = group, vectors * LANES
    groups, blocks = -(-count // taps), -(-channels // width)
    matrix = np.zeros((taps * groups, width * blocks), dtype)
    matrix[:count, :channels] = weights
    matrix = matrix.reshape(groups, taps, blocks, width).transpose(2, 0, 3, 1)
    head = heads(bias, recipe, blocks * vectors)
    return blocks_of(head.reshape(blocks, -1), np.ascontiguousarray(matrix).reshape(blocks, -1).view(np.uint8))


def blocks_of(head: Array, matrix: Array) -> Array:
    """Bytes, one row per block, each a multiple of 64 long."""
    size = -(-(head.shape[1] + matrix.shape[1]) // 64) * 64
    packed = aligned(len(head) * size).reshape(len(head), size)
    packed[:, : head.shape[1]] = head
    packed[:, head.shape[1] : head.shape[1] + matrix.shape[1]] = matrix
    return packed
