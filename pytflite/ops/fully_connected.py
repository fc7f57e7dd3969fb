"""FULLY_CONNECTED: every row of the input times every row of the filter.

input: any shape, taken as rows as long as the filter is deep; what is left at its end is not read. filter: (units,
depth). bias: one element per unit. output: (rows, units); with ``keep_num_dims`` the input's shape, its last dimension
units. A filter of depth 0 makes an output of zeros, whatever the bias and the zero point.

Integers: accumulators of ``(input - zero point) * (filter - zero point) + bias``; then one multiplier, or one per unit,
the output zero point and the clamp of the fused activation. Filters with one scale per unit, and those of 4 or 2 bits,
have no zero points. int16 input: 64-bit accumulators unless the filter is int8 and ``quantized_bias_type`` int32.
Float32: products are summed one by one, the bias last; or, fused, the bias first.
Hybrid (float32 input, integer filter): each row is quantized on arrival, multiplied as integers, scaled back and added
to the bias; uint8 filters hold int8 codes. int4 filters may have a scale for each of several blocks of a row.

Sparse filters: float32 of any form; int8, and the int8 of hybrids, in rows of blocks of 16 columns. Shuffled weights
(uint8 to int16, 1 or 4 rows): the filter lies in blocks of 4 units and 16 columns, all zero points are 128; the second
output is the input in that order, its sign bits flipped.

Source: ``fully_connected.cc``, ``reference/fully_connected.h``, ``reference/integer_ops/fully_connected.h``,
``optimized/sparse_ops/fully_connected.h``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import Epilogue
from pytflite.arithmetic.hybrid import quantize_rows_half_even
from pytflite.arithmetic.requantize import Precision
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.bias import check_bias_scale
from pytflite.ops._shared.epilogues import float_epilogue, quantized_epilogue, unlimited_epilogue
from pytflite.ops._shared.hybrid_connections import (
    blockwise_params,
    define_blockwise,
    define_hybrid,
    define_hybrid_sparse,
    hybrid_params,
    is_blockwise,
    is_packed,
    lost_params,
    packed_params,
    rows_of,
    sparse_hybrid_params,
    unit_scales,
)
from pytflite.ops._shared.hybrid_fused import FusedHybridParams, fused_hybrid_params, scaled_back
from pytflite.ops._shared.products import add_fused_products, add_products, integer_products
from pytflite.ops._shared.weight_formats import (
    BLOCK,
    UNITS,
    is_shuffled,
    is_sparse,
    require_dense,
    require_sparse_blocks,
    unshuffled,
)
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import FullyConnectedOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.FULLY_CONNECTED, "input filter bias?", "output workspace?", FullyConnectedOptions)


class FullyConnectedParams(NamedTuple):
    """What the integer and float32 rules are given; offsets are minus the zero points, in the accumulator's type.

    Attributes:
        shape: of the output.
        dtype: of the output.
        zero: the accumulator at the start; its type is the accumulator's: int32 (wraps), int64 or float32.
        input_offset: added to every input element.
        filter_offset: added to every filter element.
        epilogue: from the accumulator to the output.
    """

    shape: Shape
    dtype: np.dtype[Any]
    zero: np.number[Any]
    input_offset: np.number[Any]
    filter_offset: np.number[Any]
    epilogue: Epilogue


class FusedParams(NamedTuple):
    """What the rule of float32 with fused multiply-add is given.

    Attributes:
        shape: of the output.
        epilogue: from the accumulator to the output.
    """

    shape: Shape
    epilogue: Epilogue


class ShuffledParams(NamedTuple):
    """What the rule of shuffled weights is given.

    Attributes:
        shape: of the output.
        workspace: shape of the second output.
        epilogue: from the accumulator to the output.
    """

    shape: Shape
    workspace: Shape
    epilogue: Epilogue


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(rows, units), or the input's shape with units as its last dimension; the workspace is as in the file."""
    input, filter, bias, options = node["input"], node["filter"], node.get("bias"), node.options
    node.require(
        is_shuffled(node) == bool(node.outputs[1:]),
        "Shuffled weights, and only they, need a second output: the workspace.",
    )
    node.require(len(filter.shape) == 2, f"{filter} must have 2 dimensions.")
    units, depth = filter.shape
    node.require(bias is None or math.prod(bias.shape) == units, f"{bias} must have {units} elements.")
    if options.keep_num_dims:
        node.require(
            len(input.shape) > 0 and depth in (0, input.shape[-1]),
            f"The last dimension of {input} must be {depth}, the depth of {filter}.",
        )
        shape: Shape = (*input.shape[:-1], units)
    else:
        shape = (math.prod(input.shape) // depth if depth else math.prod(input.shape[:-1]), units)
    return [shape, *(out.shape for out in node.outputs[1:])]


def quantized_params(node: Node) -> FullyConnectedParams:
    """Params of the 8-bit rules."""
    require_dense(node)
    return integer_params(node, np.int32)


def sparse_params(node: Node) -> FullyConnectedParams:
    """Params of the rule with a sparse int8 filter."""
    require_sparse_blocks(node)
    filter = node["filter"]
    node.require(filter.scales.size > 1 or filter.zero_point == 0, f"The zero point of {filter} must be 0.")
    return integer_params(node, np.int32)


def shuffled_params(node: Node) -> ShuffledParams:
    """Params of the rule with shuffled weights."""
    output, workspace, (units, depth) = node["output"], node["workspace"], node["filter"].shape
    rows = math.prod(node["input"].shape) // max(depth, 1)
    node.require(rows in (1, 4), f"Shuffled weights go with 1 or 4 rows, {node['input']} has {rows}.")
    node.require(
        depth > 0 and depth % BLOCK == 0 and units % UNITS == 0,
        f"The shuffled {node['filter']} must have a multiple of {UNITS} rows and of {BLOCK} columns.",
    )
    node.require(math.prod(workspace.shape) == rows * depth, f"{workspace} must have {rows * depth} elements.")
    node.require(output.zero_point == 0, f"The zero point of {output} must be 0.")
    return ShuffledParams(output.shape, workspace.shape, integer_params(node, np.int32).epilogue)


def filter_codes_params(node: Node) -> FullyConnectedParams:
    """The same with the zero point of the filter taken for 0."""
    return quantized_params(node)._replace(filter_offset=np.int32(0))


def int32_params(node: Node) -> FullyConnectedParams:
    """Params of the rule with int16 input, a filter of at most 8 bits and an int32 bias."""
    require_int16(node, TensorType.INT64)
    return integer_params(node, np.int32)


def int64_params(node: Node) -> FullyConnectedParams:
    """The same with an int64 bias."""
    require_int16(node, TensorType.INT64)
    return integer_params(node, np.int64)


def has_int32_bias(node: Node) -> bool:
    """Whether the bias of an int16 input is int32, or would be if there was one."""
    return node.get("bias") is not None or bool(node.options.quantized_bias_type == TensorType.INT32)


def int16_params(node: Node) -> FullyConnectedParams:
    """Params of the rule with an int16 filter."""
    require_int16(node, TensorType.INT32)
    return integer_params(node, np.int64)


def require_int16(node: Node, unstated: TensorType) -> None:
    """Refuse what no rule takes where the input is int16: zero points, and a bias that is not of the type stated.

    Args:
        node: the operator.
        unstated: the type where the options say nothing (which the schema writes as FLOAT32).
    """
    require_dense(node)
    for spec in (node["input"], node["output"]):
        node.require(spec.zero_point == 0, f"The zero point of {spec} must be 0.")
    bias, stated = node.get("bias"), node.options.quantized_bias_type
    wanted = unstated if stated == TensorType.FLOAT32 else stated
    node.require(wanted in (TensorType.INT32, TensorType.INT64), "quantized_bias_type must be INT32 or INT64.")
    node.require(bias is None or bias.tensor.type == wanted, f"{bias} must be {wanted.name}: see quantized_bias_type.")


def integer_params(node: Node, accumulator: type[np.integer[Any]]) -> FullyConnectedParams:
    """Params of an integer rule, by the accumulator's type."""
    input, filter, output = node["input"], node["filter"], node["output"]
    per_axis = filter.scales.size > 1
    if per_axis:
        node.require(input.letter != "u8", f"{filter} must have one scale.")
        quantization = filter.tensor.quantization
        along_units = quantization is not None and quantization.quantized_dimension == 0
        node.require(along_units, f"The scales of {filter} must run along dimension 0.")
    else:
        check_bias_scale(node)
    precision: Precision = "float64" if per_axis else "float32_product"
    requantizer = node.requantizer(input.scale, unit_scales(node), over=output.scale, precision=precision)
    offsets = accumulator(-input.zero_point), accumulator(0 if per_axis else -filter.zero_point)
    epilogue = quantized_epilogue(node, requantizer)
    return FullyConnectedParams(output.shape, output.dtype, accumulator(0), *offsets, epilogue)


def float_params(node: Node) -> FullyConnectedParams:
    """Params of the float32 rule."""
    zero, output = np.float32(0), node["output"]
    return FullyConnectedParams(output.shape, output.dtype, zero, zero, zero, float_epilogue(node))


def fused_params(node: Node) -> FusedParams:
    """Params of the rule with fused multiply-add."""
    return FusedParams(node["output"].shape, unlimited_epilogue(node))


@OP.rule("int8", "i8 F i32? -> i8", F="i8 i4 i2", params=quantized_params, kernel="fully_connected")
@OP.rule("int8_filter_codes", "i8 i8 i32? -> i8", params=filter_codes_params, by_name=True, kernel="fully_connected")
@OP.rule("int8_sparse", "i8 i8 i32? -> i8", params=sparse_params, when=is_sparse, kernel="fully_connected")
@OP.rule("uint8", "u8 u8 i32? -> u8", params=quantized_params, kernel="fully_connected")
@OP.rule("uint8_to_int16", "u8 u8 i32 -> i16", params=quantized_params, kernel="fully_connected")
@OP.rule("int16x8", "i16 F i64? -> i16", F="i8 i4 i2", params=int64_params, kernel="fully_connected")
@OP.rule(
    "int16x8_int32",
    "i16 F i32? -> i16",
    F="i8 i4 i2",
    params=int32_params,
    when=has_int32_bias,
    kernel="fully_connected",
)
@OP.rule("int16", "i16 i16 B? -> i16", B="i32 i64", params=int16_params, kernel="fully_connected")
@OP.rule("float32", "f32 f32 f32? -> f32", params=float_params, kernel="fully_connected")
def define(input: Array, filter: Array, bias: Array | None, p: FullyConnectedParams) -> Stages:
    """Rows times rows, plus the bias, through the epilogue."""
    units, depth = filter.shape
    if depth == 0:
        yield "output", np.zeros(p.shape, p.dtype)
        return
    rows = rows_of(input, depth)
    accumulator = np.zeros((len(rows), units), p.zero.dtype)
    add_products(accumulator, rows + p.input_offset, filter + p.filter_offset)
    if bias is not None:
        accumulator += bias.reshape(-1)
    yield from p.epilogue.stages(accumulator.reshape(p.shape), p.dtype)


@OP.rule("float32_fused", "f32 f32 f32? -> f32", params=fused_params, by_name=True, kernel="fully_connected_fused")
def define_fused(input: Array, filter: Array, bias: Array | None, p: FusedParams) -> Stages:
    """The bias, then rows times rows: each product is added, then rounded."""
    rows = rows_of(input, filter.shape[1])
    start = np.float32(0) if bias is None else bias.reshape(-1)
    accumulator = np.array(np.broadcast_to(start, (len(rows), len(filter))))
    add_fused_products(accumulator, rows, filter)
    yield from p.epilogue.stages(accumulator.reshape(p.shape), input.dtype)


@OP.rule("shuffled", "u8 u8 i32 -> i16 u8", params=shuffled_params)
def define_shuffled(input: Array, filter: Array, bias: Array, p: ShuffledParams) -> Stages:
    """Rows times rows, both without 128, plus the bias, through the epilogue."""
    units, depth = filter.shape
    rows = (rows_of(input, depth) ^ 0x80).view(np.int8)
    accumulator = np.zeros((len(rows), units), np.int32)
    add_products(accumulator, rows.astype(np.int32), unshuffled(filter).astype(np.int32))
    accumulator += bias.reshape(-1)
    yield from p.epilogue.stages(accumulator.reshape(p.shape), np.dtype(np.int16))
    yield "workspace", rows.reshape(len(rows), -1, BLOCK).swapaxes(0, 1).reshape(p.workspace).view(np.uint8)


HYBRID = "f32 F f32? -> f32"
KERNEL = "fully_connected_hybrid"
WEIGHTS = "i8 u8 i4 i2"

OP.rule(
    "blockwise_lost",
    HYBRID,
    F=WEIGHTS,
    params=lost_params,
    kernel=KERNEL,
    when=is_blockwise,
    note="BUILTIN_REF takes the scale of a filter that is quantized in blocks for 0: the output is the bias.",
)(define_hybrid)
OP.rule(
    "hybrid",
    HYBRID,
    F=WEIGHTS,
    params=hybrid_params,
    kernel=KERNEL,
    note="Where the filter is no constant and rows have zero points, the real runtime keeps using its row sums "
    "from the first invoke. Here they are always those of the filter at hand.",
)(define_hybrid)
OP.rule("hybrid_sparse", HYBRID, F="i8 u8", params=sparse_hybrid_params, when=is_sparse)(define_hybrid_sparse)
OP.rule("blockwise", HYBRID, F=WEIGHTS, params=blockwise_params, when=is_blockwise, by_name=True)(define_blockwise)
OP.rule("blockwise_packed", "f32 i4 f32? -> f32", params=packed_params, when=is_packed, by_name=True)(define_blockwise)


@OP.rule("hybrid_fused", HYBRID, F="i8 i4", params=fused_hybrid_params, by_name=True)
def define_hybrid_fused(input: Array, filter: Array, bias: Array | None, p: FusedHybridParams) -> Stages:
    """Quantize, half to even, multiply as integers, scale back and add the bias in one."""
    rows = quantize_rows_half_even(rows_of(input, filter.shape[1]))
    yield "quantized_input", rows.codes
    accumulator = integer_products(rows.codes - rows.zero_point[:, np.newaxis], filter)
    yield "accumulator", accumulator
    scaled = scaled_back(accumulator, rows.scale[:, np.newaxis], bias, p)
    yield "scaled", scaled.reshape(p.shape)
    yield "output", np.clip(scaled, *p.epilogue).reshape(p.shape)
