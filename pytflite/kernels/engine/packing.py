"""Weights, biases and constants in the order in which kernels read them. NumPy, at prepare."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine import SLACK

Array = npt.NDArray[Any]

LANES = 8
SIGNED, RECTIFIED, FLOAT64 = range(3)
"""The recipes of `epilogue.RECIPES`."""


def aligned(size: int) -> Array:
    """Zeroed bytes at an address that is a multiple of 64, with slack behind them."""
    whole = np.zeros(size + SLACK + 64, np.uint8)
    start = -whole.ctypes.data % 64
    return whole[start : start + size]


def with_slack(array: Array) -> Array:
    """A copy with slack behind it; strings as they are."""
    if array.dtype.kind == "O":
        return array
    copy: Array = aligned(array.nbytes).view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


class Recipe(NamedTuple):
    """How accumulators become outputs.

    Attributes:
        kind: `SIGNED`, `RECTIFIED` or `FLOAT64`.
        constants: bytes, (channels rounded up to 16) / 8 rows of 192.
    """

    kind: int
    constants: Array


def padded(values: npt.ArrayLike, channels: int, dtype: npt.DTypeLike = np.int64) -> Array:
    """One entry per channel, zeros up to a multiple of 16."""
    result = np.zeros(-(-channels // 16) * 16, dtype)
    result[:channels] = values
    return result


def fixed_point(multiplier: Array, shift: Array, channels: int, *, rectified: bool) -> Recipe:
    """Constants of `epilogue.fixed_point`; shifts must not be positive."""
    factor, exponent = padded(multiplier, channels), padded(-shift.astype(np.int64), channels)
    exponent = np.where(factor == 0, 1, exponent)
    mask = np.where(exponent > 0, 1, 0)
    half = np.where(exponent > 0, np.int64(1) << np.maximum(exponent - 1, 0), 0)
    correction: Array = half - factor - (0 if rectified else mask)
    addend = (np.int64(1) << 31) + (correction << 32)
    rows = len(factor) // LANES
    constants = np.zeros((rows, 192), np.uint8)
    words, halves = constants.view(np.int64), constants.view(np.int32)
    for position, column in ((0, 2 * factor), (8, addend)):
        lanes = column.reshape(rows, LANES)
        words[:, position : position + 4], words[:, position + 4 : position + 8] = lanes[:, 0::2], lanes[:, 1::2]
    halves[:, 32:40], halves[:, 40:48] = mask.reshape(rows, LANES), exponent.reshape(rows, LANES)
    return Recipe(RECTIFIED if rectified else SIGNED, constants)


def float64(scale: Array, channels: int) -> Recipe:
    """Constants of `epilogue.float64`."""
    lanes = padded(scale, channels, np.float64).reshape(-1, LANES)
    constants = np.zeros((len(lanes), 192), np.uint8)
    constants.view(np.float64)[:, :LANES] = lanes
    return Recipe(FLOAT64, constants)


def finishing(offset: int, low: int, high: int, *, unsigned: bool) -> Array:
    """Constants of `epilogue.finish`: output offset and the clamp of the activation."""
    constants = aligned(96)
    base = 128 if unsigned else 0
    constants[:32].view(np.int16)[:] = offset - base
    constants[32:48].view(np.int8)[:] = low - base
    constants[48:64].view(np.int8)[:] = high - base
    constants[64:80] = base
    return constants


def heads(bias: Array, recipe: Recipe) -> Array:
    """Bytes, one row of 224 for 8 channels: bias plus 2**31, modulo 2**32, and the recipe's constants."""
    start = (padded(bias, len(bias)) + (1 << 31)).astype(np.uint32).view(np.uint8)
    return np.concatenate([start.reshape(-1, 4 * LANES), recipe.constants], axis=1)


def gemm_blocks(weights: Array, bias: Array, recipe: Recipe, vectors: int, *, narrow: bool) -> Array:
    """Weights (channels, depth) without zero points: blocks of ``vectors`` heads, then pairs of 8 channels."""
    channels, depth = weights.shape
    pairs, blocks = -(-depth // 2), -(-channels // (vectors * LANES))
    dtype = np.dtype(np.int8 if narrow else np.int16)
    matrix = np.zeros((blocks * vectors * LANES, pairs, 2), dtype)
    matrix.reshape(len(matrix), -1)[:channels, :depth] = weights
    matrix = matrix.reshape(blocks, vectors, LANES, pairs, 2).transpose(0, 3, 1, 2, 4)
    head = np.zeros((blocks * vectors, 224), np.uint8)
    rows = heads(bias, recipe)[: len(head)]
    head[: len(rows)] = rows
    return blocks_of(head.reshape(blocks, -1), matrix.reshape(blocks, -1).view(np.uint8))


def depthwise_blocks(weights: Array, bias: Array, recipe: Recipe) -> Array:
    """Weights (taps, channels) without zero points: blocks of 16 channels, two heads, then pairs of taps."""
    taps, channels = weights.shape
    pairs, blocks = -(-taps // 2), -(-channels // 16)
    matrix = np.zeros((2 * pairs, 16 * blocks), np.int16)
    matrix[:taps, :channels] = weights
    matrix = matrix.reshape(pairs, 2, blocks, 16).transpose(2, 0, 3, 1)
    return blocks_of(
        heads(bias, recipe).reshape(blocks, -1), np.ascontiguousarray(matrix).reshape(blocks, -1).view(np.uint8)
    )


def blocks_of(head: Array, matrix: Array) -> Array:
    """Bytes, one row per block, each a multiple of 64 long."""
    size = -(-(head.shape[1] + matrix.shape[1]) // 64) * 64
    packed = aligned(len(head) * size).reshape(len(head), size)
    packed[:, : head.shape[1]] = head
    packed[:, head.shape[1] : head.shape[1] + matrix.shape[1]] = matrix
    return packed
