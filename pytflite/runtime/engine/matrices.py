"""Binders of BATCH_MATMUL of 8-bit codes and of floats: right matrices become weights, when they are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine import packing
from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.target import FLOATS, SHAPE
from pytflite.ops.batch_matmul import Adjoint, BatchMatMulParams, matrices
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine import float_products
from pytflite.runtime.engine.binding import Call, Calls, Operand, binder, left_factors, numbers, parts_of, recipe_of
from pytflite.runtime.engine.convolution import Form, convolution, matrix
from pytflite.runtime.engine.movement import moved

Array = npt.NDArray[Any]


class Tiles(NamedTuple):
    """How right matrices are packed and multiplied.

    Attributes:
        kinds: types of their elements, and of weights, as NumPy names them.
        offset: what is added to elements.
        width: columns of a block.
        taps: weights of a column that lie side by side.
        head: bytes in front of the weights of a block.
        pack: from weights (columns, depth) to blocks.
        multiply: the call for a left matrix (rows, depth), blocks and an output (rows, columns).
    """

    kinds: tuple[str, str]
    offset: int
    width: int
    taps: int
    head: int
    pack: Callable[[Array], Array]
    multiply: Callable[[Array, Array, Array], Call]


def products(lhs: Array, rhs: Operand, adjoint: Adjoint, output: Array, tiles: Tiles) -> Calls:
    """Calls that multiply all matrices, packing each right one first, unless it is constant.

    Args:
        lhs: (..., rows, depth), or transposed.
        rhs: (..., depth, columns), or transposed.
        adjoint: which are.
        output: (..., rows, columns).
        tiles: how.
    """
    left, right = matrices(lhs, rhs.array, adjoint)
    calls: list[Call] = []
    if adjoint.x:
        straight = aligned(left.nbytes).view(left.dtype).reshape(left.shape)
        move = moved(left, straight)
        if move is None:
            return None
        calls, left = move, straight
    batch = output.shape[:-2]
    sides = [
        np.broadcast_to(np.arange(np.prod(side.shape[:-2], dtype=int)).reshape(side.shape[:-2]), batch).ravel()
        for side in (left, right)
    ]
    lefts, rights, outputs = (array.reshape(-1, *array.shape[-2:]) for array in (left, right, output))
    blocks: dict[int, Array] = {}
    for own, other, place in zip(*sides, outputs, strict=True):
        if other not in blocks:
            weights = rights[other]
            packed = rhs.is_constant
            blocks[other] = tiles.pack(weights if packed else np.zeros(weights.shape, weights.dtype))
            calls += [] if packed else [packing_of(right, int(other), blocks[other], tiles)]
        calls.append(tiles.multiply(lefts[own], blocks[other], place))
    return calls


def packing_of(right: Array, index: int, blocks: Array, tiles: Tiles) -> Call:
    """The call that packs one of some right matrices (..., columns, depth) into blocks."""
    weights = right[np.unravel_index(index, right.shape[:-2])]
    columns, depth = weights.shape
    words = [
        weights, blocks, columns, depth, *weights.strides, tiles.width, tiles.taps, blocks.shape[1], tiles.head,
        tiles.offset,
    ]  # fmt: skip
    return Call(("pack", *tiles.kinds), words, parts_of(weights.size))


@binder("BATCH_MATMUL", "int8", "int8_rhs_codes")
def of_codes(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any batches; the requantizer does not shift to the left."""
    lhs, rhs = inputs
    assert lhs is not None
    assert rhs is not None
    p: BatchMatMulParams = node.params
    output, (requantizer, offset, low, high) = outputs[0], p.epilogue
    if not (output.size and lhs.array.size):
        return None if output.size else []
    rows, columns = output.shape[-2:]
    depth, left, right = lhs.array.shape[-2 if p.adjoint.x else -1], int(p.lhs_offset), int(p.rhs_offset)
    reach = depth * max(abs(left - 128), abs(left + 127)) * max(abs(right - 128), abs(right + 127))
    recipe = recipe_of(requantizer, np.full(columns, reach), rectified=low >= offset)
    if recipe is None or (left_factors(requantizer, 1) != 1).any():
        return None
    (tile_rows, vectors), group = SHAPE.tile(rows, columns), packing.group_of(packing.SHORTS)
    finishing = packing.finishing(offset, low, high, unsigned=False)
    strip, bias = ("gemm", tile_rows, vectors, recipe.kind, packing.SHORTS, 0), np.zeros(columns, np.int64)
    width, form = vectors * SHAPE.lanes, Form(group.taps, widened=True, offset=left)

    def pack(weights: Array) -> Array:
        return packing.gemm_blocks(weights.astype(np.int64) + right, bias, recipe, vectors, group)

    def multiply(left: Array, blocks: Array, output: Array) -> Call:
        return convolution(matrix(left, output), form, strip, tile_rows, width, [blocks], finishing)

    head = vectors * packing.HEAD
    return products(
        lhs.array, rhs, p.adjoint, output, Tiles(("i1", "i2"), right, width, group.taps, head, pack, multiply)
    )


@binder("BATCH_MATMUL", "float32", "float32_fused")
def of_floats(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any batches, sums in order of depth."""
    lhs, rhs = inputs
    assert lhs is not None
    assert rhs is not None
    output, fused = outputs[0], node.rule.name == "float32_fused"
    if not (output.size and lhs.array.size) or (fused and not float_products.FUSED):
        return None if output.size else []
    rows, columns = output.shape[-2:]
    tile_rows, vectors = float_products.tile_of(rows, columns)
    bounds, nothing = numbers(np.float32, -np.inf, np.inf), np.full(columns, 0.0 if fused else -0.0, np.float32)
    width, strip = vectors * FLOATS, ("float_gemm", tile_rows, vectors, int(fused))

    def pack(weights: Array) -> Array:
        return float_products.packed(weights, nothing, vectors)

    def multiply(left: Array, blocks: Array, output: Array) -> Call:
        return convolution(matrix(left, output), Form(), strip, tile_rows, width, [blocks], bounds)

    return products(lhs.array, rhs, node.params, output, Tiles(("f4", "f4"), 0, width, 1, 4 * width, pack, multiply))
