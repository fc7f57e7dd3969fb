"""SVDF: a layer over time, its weights factored into features and time.

input: (batch, inputs). weights_feature: (filters, inputs). weights_time: (filters, memory). bias: (units). state: a
variable tensor, (batch, filters * memory), what each filter saw last. output: (batch, units), where each unit is the
sum of ``rank`` filters: ``filters = units * rank``.

The state moves on by one place, and the product of input and features takes the last one; states times time weights are
summed over memory and rank. Float32: sums in lanes, like those of ``tensor_utils``. Hybrid: 8-bit weights, input rows
quantized on arrival, the rest as float32; uint8 weights hold int8 codes. int8: an int16 state without zero point, one
multiplier to the state's scale and one to the output's; the fused activation must be RELU and is left to the range of
the output. With an int8 state, which has a zero point, only TensorFlow Lite for Microcontrollers runs it.

Source: ``svdf.cc``, ``reference/svdf.h``; int8 state: ``micro/kernels/svdf_common.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.hybrid import activate, quantize_rows
from pytflite.arithmetic.requantize import Requantizer
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.hybrid import hybrid_products
from pytflite.ops._shared.lanes import neon_products, neon_sums, sequential_products
from pytflite.ops._shared.products import integer_products
from pytflite.ops._shared.recurrent import dequantized, fused_activation
from pytflite.ops._shared.reduction import after, fold
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import SVDFOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.SVDF, "input weights_feature weights_time bias? state", "output", SVDFOptions, mutates="state")


class FloatSvdf(NamedTuple):
    """What the rules with float32 input are given.

    Attributes:
        rank: filters of a unit.
        activation: name of the fused activation.
        asymmetric: whether rows of the input are quantized with a zero point, if weights have 8 bits.
        feature_scale: of the feature weights.
        time_scale: of the time weights.
    """

    rank: int
    activation: str
    asymmetric: bool
    feature_scale: np.float32
    time_scale: np.float32


class IntegerSvdf(NamedTuple):
    """What the rules with int8 input are given.

    Attributes:
        rank: filters of a unit.
        input_zero_point: of the input.
        state_zero_point: of an int8 state, 0 of an int16 one.
        output_zero_point: of the output.
        feature: requantizer to the state.
        time: requantizer to the output.
    """

    rank: int
    input_zero_point: int
    state_zero_point: int
    output_zero_point: int
    feature: Requantizer
    time: Requantizer


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(batch, units)."""
    input, feature, time, state = (node[name] for name in ("input", "weights_feature", "weights_time", "state"))
    for spec in (input, feature, time, state):
        node.require(len(spec.shape) == 2, f"{spec} must have 2 dimensions.")
    rank, bias = node.options.rank, node.get("bias")
    (batch, inputs), (filters, memory) = input.shape, time.shape
    node.require(feature.shape == (filters, inputs), f"{feature} must be {filters}x{inputs}.")
    node.require(rank > 0 and filters % rank == 0, f"{filters} filters do not divide into units of rank {rank}.")
    node.require(state.shape == (batch, filters * memory), f"{state} must be {batch}x{filters * memory}.")
    node.require(state.tensor.is_variable, f"{state} must be a variable tensor.")
    units = filters // rank
    node.require(bias is None or bias.shape == (units,), f"{bias} must be {units}.")
    return [(batch, units)]


def float_params(node: Node) -> FloatSvdf:
    """Params of the rules with float32 input."""
    options = node.options
    scales = [
        np.float32(1) if node[name].letter == "f32" else node[name].scale
        for name in ("weights_feature", "weights_time")
    ]
    return FloatSvdf(options.rank, fused_activation(node), bool(options.asymmetric_quantize_inputs), *scales)


def integer_params(node: Node) -> IntegerSvdf:
    """Params of the rules with int8 input."""
    activation = node.options.fused_activation_function
    node.require(activation == ActivationFunctionType.RELU, f"Fused activation {activation.name} given, RELU accepted.")
    input, state, output = node["input"], node["state"], node["output"]
    feature, time = node["weights_feature"], node["weights_time"]
    return IntegerSvdf(
        node.options.rank,
        input.zero_point,
        state.zero_point if state.letter == "i8" else 0,
        output.zero_point,
        node.requantizer(input.scale, feature.scale, over=state.scale, precision="float32"),
        node.requantizer(state.scale, time.scale, over=output.scale, precision="float32"),
    )


def moved_on(state: Array, features: Array) -> Array:
    """The next state, (batch, filters, memory), with the features, (batch, filters), in the last place."""
    moved = np.append(state.reshape(-1)[1:], state.dtype.type(0)).reshape(*features.shape, -1)
    moved[..., -1] = features
    return moved


@OP.rule("float32", "f32 f32 f32 f32? f32 -> f32", params=float_params)
def define_float(
    input: Array, weights_feature: Array, weights_time: Array, bias: Array | None, state: Array, p: FloatSvdf
) -> Stages:
    """Features, state, time."""
    yield from float_stages(neon_products(input, weights_feature), weights_time, bias, state, p)


@OP.rule("float32_sequential", "f32 f32 f32 f32? f32 -> f32", params=float_params, by_name=True)
def define_sequential(
    input: Array, weights_feature: Array, weights_time: Array, bias: Array | None, state: Array, p: FloatSvdf
) -> Stages:
    """The same one by one, from 0; ranks are added to the bias (``EvalFloatSvdfReference``, svdf_common.cc)."""
    features = sequential_products(input, weights_feature)
    yield "features", features
    batch, filters = features.shape
    moved = moved_on(state, features)
    seen = fold(np.add, after(0, moved * weights_time)).reshape(batch, filters // p.rank, p.rank)
    start = np.float32(0) if bias is None else bias
    total = fold(np.add, np.append(np.broadcast_to(start, seen.shape[:2])[..., np.newaxis], seen, axis=-1))
    yield "accumulated", total
    yield "output", activate(total, p.activation)
    yield "state", moved.reshape(state.shape)


@OP.rule("hybrid", "f32 W W f32? f32 -> f32", W="i8 u8", params=float_params)
def define_hybrid(
    input: Array, weights_feature: Array, weights_time: Array, bias: Array | None, state: Array, p: FloatSvdf
) -> Stages:
    """The same with a quantized input."""
    rows = quantize_rows(input, asymmetric=p.asymmetric)
    yield "quantized_input", rows.codes
    accumulator = hybrid_products(rows, weights_feature.view(np.int8))
    yield "accumulator", accumulator
    features = accumulator.astype(np.float32) * (rows.scale * p.feature_scale)[:, np.newaxis]
    yield from float_stages(features, dequantized(weights_time, p.time_scale), bias, state, p)


def float_stages(features: Array, weights_time: Array, bias: Array | None, state: Array, p: FloatSvdf) -> Stages:
    """From the features of this step to output and state."""
    yield "features", features
    batch, filters = features.shape
    moved = moved_on(state, features)
    seen = neon_sums(moved * weights_time)
    total = neon_sums(seen.reshape(batch, filters // p.rank, p.rank))
    total = total if bias is None else total + bias
    yield "accumulated", total
    yield "output", activate(total, p.activation)
    yield "state", moved.reshape(state.shape)


@OP.rule("int8", "i8 i8 i16 i32? i16 -> i8", params=integer_params)
@OP.rule(
    "int8_state",
    "i8 i8 i8 i32? i8 -> i8",
    params=integer_params,
    note="As in TensorFlow Lite for Microcontrollers; tf.lite reads such a state as int16, beyond its end.",
)
def define_integer(
    input: Array, weights_feature: Array, weights_time: Array, bias: Array | None, state: Array, p: IntegerSvdf
) -> Stages:
    """The same in integers."""
    accumulator = wrap_int32(integer_products(input.astype(np.int64) - p.input_zero_point, weights_feature))
    yield "feature_accumulator", accumulator
    limits = np.iinfo(state.dtype)
    features = (np.clip(p.feature(accumulator), limits.min, limits.max) + p.state_zero_point).astype(state.dtype)
    yield "features", features
    batch, filters = features.shape
    moved = moved_on(state, features)
    seen = (moved.astype(np.int64) - p.state_zero_point) * weights_time
    total = wrap_int32(seen.reshape(batch, filters // p.rank, -1).sum(axis=-1) + (0 if bias is None else bias))
    yield "accumulator", total
    requantized = p.time(total)
    yield "requantized", requantized
    yield "output", np.clip(requantized + p.output_zero_point, -128, 127).astype(np.int8)
    yield "state", moved.reshape(state.shape)
