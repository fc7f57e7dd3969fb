"""BATCH_MATMUL: products of matrices, batch by batch.

lhs: (..., rows, depth), or (..., depth, rows) with ``adj_x``. rhs: (..., depth, columns), or (..., columns, depth) with
``adj_y``. Both have 2 to 5 dimensions; the batch dimensions are broadcast. output: (..., rows, columns).

int8 and int16: accumulators of ``(lhs - zero point) * (rhs - zero point)``, 32 or 64 bits wide, one multiplier, the
output zero point. tf.lite takes an rhs with a scale per column as if its scale were 0: every output is the zero point.
int32 output: the products of the codes themselves, without zero points.
Float32: products are summed one by one.
Hybrid (float32 lhs, int8 rhs): each row of lhs is quantized on arrival, multiplied as integers and scaled back.

Source: ``batch_matmul.cc``, ``reference/batch_matmul.h``; ``VisitBatchMatMulNode`` of ``xnnpack_delegate.cc``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import FloatEpilogue, QuantizedEpilogue
from pytflite.arithmetic.hybrid import quantize_rows, quantize_rows_half_even
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.hybrid import row_sums
from pytflite.ops._shared.hybrid_fused import FusedHybridParams, scaled_back
from pytflite.ops._shared.products import add_fused_products, float_products, integer_products
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BatchMatMulOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.BATCH_MATMUL, "lhs rhs", "output", BatchMatMulOptions)

MAX_RANK = 5


class Adjoint(NamedTuple):
    """Which matrices are given transposed: what the rules without quantization are given.

    Attributes:
        x: whether lhs holds (depth, rows).
        y: whether rhs holds (columns, depth).
    """

    x: bool
    y: bool


class BatchMatMulParams(NamedTuple):
    """What the quantized rules are given; offsets are minus the zero points, in the accumulator's type.

    Attributes:
        adjoint: which matrices are given transposed.
        lhs_offset: added to every element of lhs.
        rhs_offset: added to every element of rhs.
        epilogue: from the accumulator to the output.
    """

    adjoint: Adjoint
    lhs_offset: np.integer[Any]
    rhs_offset: np.integer[Any]
    epilogue: QuantizedEpilogue


Slots = Callable[[Shape, Shape, Adjoint], tuple[Array, Array]]


class HybridParams(NamedTuple):
    """What the hybrid rule is given.

    Attributes:
        adjoint: which matrices are given transposed.
        asymmetric: whether rows are quantized with a zero point.
        rhs_scale: float32, one per column.
        slots: which matrices row scales and column sums are taken of.
    """

    adjoint: Adjoint
    asymmetric: bool
    rhs_scale: Array
    slots: Slots


class FusedParams(NamedTuple):
    """What the hybrid rule with fused multiply-adds is given.

    Attributes:
        adjoint: which matrices are given transposed.
        sums: what becomes of a sum of products.
    """

    adjoint: Adjoint
    sums: FusedHybridParams


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Broadcast batch dimensions, rows, columns."""
    lhs, rhs, adjoint = node["lhs"], node["rhs"], adjoint_of(node)
    for spec in (lhs, rhs):
        node.require(2 <= len(spec.shape) <= MAX_RANK, f"{spec} must have 2 to {MAX_RANK} dimensions.")
    rows, depth = lhs.shape[-2:][:: -1 if adjoint.x else 1]
    columns, rhs_depth = rhs.shape[-2:][:: 1 if adjoint.y else -1]
    node.require(depth == rhs_depth, f"{lhs} and {rhs} must have the same depth, not {depth} and {rhs_depth}.")
    try:
        batch = np.broadcast_shapes(lhs.shape[:-2], rhs.shape[:-2])
    except ValueError:
        raise node.error(f"The batch dimensions of {lhs} and {rhs} must be equal or 1.") from None
    return [(*batch, rows, columns)]


def adjoint_of(node: Node) -> Adjoint:
    """Which matrices are given transposed."""
    return Adjoint(bool(node.options.adj_x), bool(node.options.adj_y))


def quantized_params(accumulator: type[np.integer[Any]]) -> Callable[[Node], BatchMatMulParams]:
    """Params of the quantized rules, by the accumulator's type."""

    def params(node: Node) -> BatchMatMulParams:
        lhs, rhs, output = node["lhs"], node["rhs"], node["output"]
        for spec in (lhs, rhs, output):
            node.require(lhs.letter == "i8" or spec.zero_point == 0, f"The zero point of {spec} must be 0.")
        rhs_scale = rhs.scale if rhs.scales.size == 1 else np.float32(0)
        requantizer = node.requantizer(lhs.scale, rhs_scale, over=output.scale, precision="float32_product")
        epilogue = QuantizedEpilogue(requantizer, output.zero_point, output.qmin, output.qmax)
        return BatchMatMulParams(adjoint_of(node), accumulator(-lhs.zero_point), accumulator(-rhs.zero_point), epilogue)

    return params


def hybrid_params(node: Node) -> HybridParams:
    """Params of the hybrid rule."""
    rhs, columns = node["rhs"], node["output"].shape[-1]
    node.require(rhs.scales.size in (1, columns), f"{rhs} has {rhs.scales.size} scales. Accepted: 1 or {columns}.")
    asymmetric = bool(node.options.asymmetric_quantize_inputs)
    return HybridParams(adjoint_of(node), asymmetric, np.broadcast_to(rhs.scales, (columns,)), added_slots)


def own_rows_params(node: Node) -> HybridParams:
    """The same, but that every matrix has its own scales and sums."""
    return hybrid_params(node)._replace(slots=own_slots)


def fused_params(node: Node) -> FusedParams:
    """Params of the hybrid rule with fused multiply-adds."""
    scales = np.broadcast_to(node["rhs"].scales, node["output"].shape[-1:])
    unlimited = FloatEpilogue(np.float32(-np.inf), np.float32(np.inf))
    return FusedParams(adjoint_of(node), FusedHybridParams(node["output"].shape, scales, unlimited))


def rhs_codes_params(node: Node) -> BatchMatMulParams:
    """Params of the int8 rule that takes the codes of rhs as they are, whatever its zero point."""
    return quantized_params(np.int32)(node)._replace(rhs_offset=np.int32(0))


@OP.rule("int8", "i8 i8 -> i8", params=quantized_params(np.int32))
@OP.rule("int8_rhs_codes", "i8 i8 -> i8", params=rhs_codes_params, by_name=True, note="The rhs has no zero point here.")
@OP.rule("int16", "i16 i16 -> i16", params=quantized_params(np.int64))
@OP.rule("int16x8", "i16 i8 -> i16", params=quantized_params(np.int64))
def define(lhs: Array, rhs: Array, p: BatchMatMulParams) -> Stages:
    """Rows times columns, through the epilogue."""
    left, right = matrices(lhs, rhs, p.adjoint)
    accumulator = integer_products(left + p.lhs_offset, right + p.rhs_offset).astype(p.lhs_offset.dtype)
    yield from p.epilogue.stages(accumulator, lhs.dtype)


@OP.rule("int8_to_int32", "i8 i8 -> i32", params=adjoint_of)
def define_int32(lhs: Array, rhs: Array, p: Adjoint) -> Array:
    """The products of the codes."""
    return integer_products(*matrices(lhs, rhs, p)).astype(np.int32)


@OP.rule("float32", "f32 f32 -> f32", params=adjoint_of)
def define_float(lhs: Array, rhs: Array, p: Adjoint) -> Array:
    """Sums in order of depth, without fused multiply-add."""
    return float_products(*matrices(lhs, rhs, p))


@OP.rule("float32_fused", "f32 f32 -> f32", params=adjoint_of, by_name=True)
def define_fused(lhs: Array, rhs: Array, p: Adjoint) -> Array:
    """Sums in order of depth: each product is added, then rounded."""
    left, right = matrices(lhs, rhs, p)
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    total = np.zeros((*batch, left.shape[-2], right.shape[-2]), np.float32)
    add_fused_products(total, left, right)
    return total


@OP.rule(
    "hybrid",
    "f32 i8 -> f32",
    params=hybrid_params,
    note="As in the real kernel, rows take scales and zero points of other rows where more than one batch dimension is "
    "larger than 1. What is undefined there is right here: sums of an rhs of 5 dimensions, or of one that has changed.",
)
@OP.rule("hybrid_own_rows", "f32 i8 -> f32", params=own_rows_params, by_name=True)
def define_hybrid(lhs: Array, rhs: Array, p: HybridParams) -> Stages:
    """Quantize rows, multiply as integers, scale back."""
    left, right = matrices(lhs, rhs, p.adjoint)
    rows = quantize_rows(left.reshape(math.prod(left.shape[:-1]), left.shape[-1]), asymmetric=p.asymmetric)
    yield "quantized_lhs", rows.codes.reshape(left.shape)
    row_slots, column_slots = p.slots(left.shape[:-2], right.shape[:-2], p.adjoint)
    sums = row_sums(right.reshape(math.prod(right.shape[:-1]), right.shape[-1]))
    sums = sums.reshape(math.prod(right.shape[:-2]), 1, right.shape[-2])[column_slots].astype(np.float32)
    per_row = math.prod(left.shape[:-2]), left.shape[-2], 1
    zero_point = rows.zero_point.reshape(per_row)[row_slots].astype(np.float32)
    accumulator = integer_products(rows.codes.reshape(left.shape), right).astype(np.float32) - sums * zero_point
    yield "accumulator", accumulator
    yield "output", accumulator * (rows.scale.reshape(per_row)[row_slots] * p.rhs_scale) + np.float32(0)


@OP.rule("hybrid_fused", "f32 i8 -> f32", params=fused_params, by_name=True)
def define_hybrid_fused(lhs: Array, rhs: Array, p: FusedParams) -> Stages:
    """Quantize rows, half to even, multiply as integers, scale back in one."""
    left, right = matrices(lhs, rhs, p.adjoint)
    rows = quantize_rows_half_even(left.reshape(math.prod(left.shape[:-1]), left.shape[-1]))
    yield "quantized_lhs", rows.codes.reshape(left.shape)
    codes = (rows.codes - rows.zero_point[:, np.newaxis]).reshape(left.shape)
    accumulator = integer_products(codes, right)
    yield "accumulator", accumulator
    yield "output", scaled_back(accumulator, rows.scale.reshape(*left.shape[:-1], 1), None, p.sums)


def matrices(lhs: Array, rhs: Array, adjoint: Adjoint) -> tuple[Array, Array]:
    """(..., rows, depth) and (..., columns, depth)."""
    return (lhs.swapaxes(-1, -2) if adjoint.x else lhs), (rhs if adjoint.y else rhs.swapaxes(-1, -2))


def added_slots(left: Shape, right: Shape, adjoint: Adjoint) -> tuple[Array, Array]:
    """Which matrices the real kernel takes row scales and column sums of, per batch: it adds the coordinates up.

    Args:
        left: batch dimensions of lhs; where they are 1, coordinates do not count.
        right: those of rhs. If the last one is 1, that of lhs is no batch, but more rows.
        adjoint: with ``adj_x`` it is one still.

    Returns:
        Two int64 arrays of the broadcast shape.
    """
    batch = np.broadcast_shapes(left, right)
    coordinates = np.indices(batch)
    counted = [np.array((1,) * (len(batch) - len(dims)) + dims, np.int64) != 1 for dims in (left, right)]
    row_steps, column_steps = (count.astype(np.int64) for count in counted)
    if left and right and right[-1] == 1 and not adjoint.x:
        row_steps[:-1] *= left[-1]
    return np.tensordot(row_steps, coordinates, 1), np.tensordot(column_steps, coordinates, 1)


def own_slots(left: Shape, right: Shape, adjoint: Adjoint) -> tuple[Array, Array]:
    """The same of each batch: its own matrices."""
    batch = np.broadcast_shapes(left, right)
    rows, columns = (np.broadcast_to(np.arange(math.prod(dims)).reshape(dims), batch) for dims in (left, right))
    return rows, columns
