"""FULLY_CONNECTED: every row of the input times every row of the filter.

input: any shape, taken as rows as long as the filter is deep; what is left at its end is not read. filter: (units,
depth). bias: one element per unit. output: (rows, units); with ``keep_num_dims`` the input's shape, its last dimension
units. A filter of depth 0 makes an output of zeros, whatever the bias and the zero point.

Integers: accumulators of ``(input - zero point) * (filter - zero point) + bias``; then one multiplier, or one per unit,
the output zero point and the clamp of the fused activation. Filters with one scale per unit, and those of 4 or 2 bits,
have no zero points. int16 input: 64-bit accumulators unless the filter is int8 and ``quantized_bias_type`` int32.
Float32: products are summed one by one, the bias last; or, fused, the bias first.
Hybrid (float32 input, integer filter): each row is quantized on arrival, multiplied as integers, scaled back and added
to the bias; uint8 filters hold int8 codes.

Source: ``fully_connected.cc``, ``reference/fully_connected.h``, ``reference/integer_ops/fully_connected.h``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import Epilogue
from pytflite.arithmetic.hybrid import activate, quantize_rows
from pytflite.arithmetic.requantize import Precision
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.bias import check_bias_scale
from pytflite.ops._shared.epilogues import float_epilogue, quantized_epilogue, unlimited_epilogue
from pytflite.ops._shared.hybrid import hybrid_products
from pytflite.ops._shared.products import add_fused_products, add_products
from pytflite.schema.enums import (
    ActivationFunctionType,
    BuiltinOperator,
    FullyConnectedOptionsWeightsFormat,
    TensorType,
)
from pytflite.schema.tables import FullyConnectedOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.FULLY_CONNECTED, "input filter bias?", "output", FullyConnectedOptions)


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


class HybridParams(NamedTuple):
    """What the hybrid rule is given.

    Attributes:
        shape: of the output.
        asymmetric: whether rows are quantized with a zero point.
        filter_scale: float32, one per unit.
        activation: name of the fused activation.
    """

    shape: Shape
    asymmetric: bool
    filter_scale: Array
    activation: str


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(rows, units), or the input's shape with units as its last dimension."""
    input, filter, bias, options = node["input"], node["filter"], node.get("bias"), node.options
    default = FullyConnectedOptionsWeightsFormat.DEFAULT
    node.require(options.weights_format == default, "Shuffled weights are not supported.")
    node.require(len(filter.shape) == 2, f"{filter} must have 2 dimensions.")
    units, depth = filter.shape
    node.require(bias is None or math.prod(bias.shape) == units, f"{bias} must have {units} elements.")
    if options.keep_num_dims:
        node.require(
            len(input.shape) > 0 and depth in (0, input.shape[-1]),
            f"The last dimension of {input} must be {depth}, the depth of {filter}.",
        )
        return [(*input.shape[:-1], units)]
    rows = math.prod(input.shape) // depth if depth else math.prod(input.shape[:-1])
    return [(rows, units)]


def quantized_params(node: Node) -> FullyConnectedParams:
    """Params of the 8-bit rules."""
    return integer_params(node, np.int32)


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


def unit_scales(node: Node) -> Array:
    """float32, one filter scale per unit; a single one serves all."""
    filter = node["filter"]
    units, count = filter.shape[0], filter.scales.size
    node.require(filter.tensor.sparsity is None, f"{filter} must not be sparse.")
    node.require(count in (1, units), f"{filter} has {count} scales. Accepted: 1 or {units}.")
    narrow = filter.letter in ("i4", "i2")
    node.require(not (narrow and filter.zero_points.any()), f"Zero points of {filter} must be 0.")
    return np.broadcast_to(filter.scales, (units,))


def float_params(node: Node) -> FullyConnectedParams:
    """Params of the float32 rule."""
    zero, output = np.float32(0), node["output"]
    return FullyConnectedParams(output.shape, output.dtype, zero, zero, zero, float_epilogue(node))


def fused_params(node: Node) -> FusedParams:
    """Params of the rule with fused multiply-add."""
    return FusedParams(node["output"].shape, unlimited_epilogue(node))


def hybrid_params(node: Node) -> HybridParams:
    """Params of the hybrid rule, which takes every fused activation."""
    options, activation = node.options, node.options.fused_activation_function
    node.require(isinstance(activation, ActivationFunctionType), f"Fused activation {activation} is unknown.")
    asymmetric = bool(options.asymmetric_quantize_inputs)
    return HybridParams(node["output"].shape, asymmetric, unit_scales(node), activation.name)


@OP.rule("int8", "i8 F i32? -> i8", F="i8 i4 i2", params=quantized_params, kernel="fully_connected")
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


@OP.rule(
    "hybrid",
    "f32 F f32? -> f32",
    F="i8 u8 i4 i2",
    params=hybrid_params,
    kernel="fully_connected_hybrid",
    note="Where the filter is no constant and rows have zero points, the real runtime keeps using its row sums "
    "from the first invoke. Here they are always those of the filter at hand.",
)
def define_hybrid(input: Array, filter: Array, bias: Array | None, p: HybridParams) -> Stages:
    """Quantize, multiply as integers, scale back, add to the bias."""
    depth = filter.shape[1]
    if depth == 0:
        yield "output", np.zeros(p.shape, np.float32)
        return
    rows = quantize_rows(rows_of(input, depth), asymmetric=p.asymmetric)
    yield "quantized_input", rows.codes
    accumulator = hybrid_products(rows, filter.view(np.int8))
    yield "accumulator", accumulator
    start = np.float32(0) if bias is None else bias.reshape(-1)
    total = np.array(np.broadcast_to(start, accumulator.shape))
    if input.any():
        total += accumulator.astype(np.float32) * (rows.scale[:, np.newaxis] * p.filter_scale)
    yield "scaled", total.reshape(p.shape)
    yield "output", activate(total, p.activation).reshape(p.shape)


def rows_of(input: Array, depth: int) -> Array:
    """The input as rows of a depth, without the rest."""
    count = input.size // depth
    return input.reshape(-1)[: count * depth].reshape(count, depth)
