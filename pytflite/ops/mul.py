"""MUL: the product of two tensors, element by element.

input1, input2: shapes that broadcast. output: the shape that they broadcast to.

int8, uint8, int16: the product of the inputs without their zero points, one multiplier, the output zero point and the
clamp of the fused activation. int16 with an 8-bit output, as in the gates of an LSTM: inputs are fractions of 1 in 15
bits, their scales do not count and nothing is broadcast. complex64: as in C, infinity times a number stays infinite.
Everything else is multiplied as it is; integers wrap around.

Source: ``mul.cc``, ``reference/mul.h``, ``reference/integer_ops/mul.h``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.complex_product import complex_product
from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.arithmetic.fixed_point import rounding_divide_by_pot, saturating_rounding_doubling_high_mul
from pytflite.arithmetic.requantize import Precision
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.arithmetic.vectors import in_vectors
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.elementwise import Stages, broadcast_shapes, inner_run, is_unquantized, plain
from pytflite.ops._shared.epilogues import activation_of, plain_activation, quantized_activation, quantized_epilogue
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import MulOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.MUL, "input1 input2", "output", MulOptions)

shapes = OP.shapes(broadcast_shapes)


class MulParams(NamedTuple):
    """What the quantized rules are given.

    Attributes:
        input1_offset: minus the zero point of the first input.
        input2_offset: minus that of the second.
        epilogue: from the product to the output.
    """

    input1_offset: int
    input2_offset: int
    epilogue: QuantizedEpilogue


def quantized_params(precision: Precision) -> Callable[[Node], MulParams]:
    """Params of the quantized rules, by how precisely the multiplier is derived; int16 has no zero points."""

    def params(node: Node) -> MulParams:
        input1, input2, output = node["input1"], node["input2"], node["output"]
        for tensor in (input1, input2, output):
            node.require(tensor.letter != "i16" or tensor.zero_point == 0, f"The zero point of {tensor} must be 0.")
        requantizer = node.requantizer(input1.scale, input2.scale, over=output.scale, precision=precision)
        return MulParams(-input1.zero_point, -input2.zero_point, quantized_epilogue(node, requantizer))

    return params


def is_quantized(node: Node) -> bool:
    """Whether the output's integers are codes."""
    return node["output"].is_quantized


float32_scale = quantized_params("float32")
float64_scale = quantized_params("float64")


@OP.rule("int8", "i8 i8 -> i8", params=float32_scale, kernel="mul")
@OP.rule("uint8", "u8 u8 -> u8", params=float32_scale, kernel="mul")
@OP.rule("int16", "i16 i16 -> i16", params=float32_scale, kernel="mul")
@OP.rule("float64_scale", "T T -> T", params=float64_scale, kernel="mul", when=is_quantized, by_name=True, T="i8 i16")
def define(input1: Array, input2: Array, p: MulParams) -> Stages:
    """The product through the epilogue."""
    accumulator = (input1.astype(np.int64) + p.input1_offset) * (input2.astype(np.int64) + p.input2_offset)
    yield from p.epilogue.stages(accumulator, input1.dtype)


def leaves_int16(node: Node) -> bool:
    """Whether a product can be so large at the output's scale that it does not fit into int16."""
    input1, input2 = node["input1"], node["input2"]
    return bool(float(input1.scale) * float(input2.scale) * 255 * 255 >= 32500 * float(node["output"].scale))


class VectorParams(NamedTuple):
    """What the rule that works in vectors is given.

    Attributes:
        scalar: what scalar code does.
        saturates: whether vectors saturate at 16 bits before the output zero point is added; else they wrap.
        group: how many elements vectors hold at once.
        run: how many elements in memory order the code is called with; 0 where there are no vectors.
    """

    scalar: MulParams
    saturates: bool
    group: int
    run: int


def vector_params(node: Node) -> VectorParams:
    """Params of the rule that works in vectors (``MulElementwise``, ``MulSimpleBroadcast``)."""
    walked, run = inner_run(node["input1"].shape, node["input2"].shape)
    signed = node["output"].letter == "i8"
    return VectorParams(float32_scale(node), walked or signed, 16 if signed else 8, run)


@OP.rule("vectors", "T T -> T", params=vector_params, when=leaves_int16, by_name=True, T="i8 u8")
def define_vectors(input1: Array, input2: Array, p: VectorParams) -> Stages:
    """The same; in vectors, as far as they go, the output zero point is added in int16, which wraps."""
    accumulator = (input1.astype(np.int64) + p.scalar.input1_offset) * (
        input2.astype(np.int64) + p.scalar.input2_offset
    )
    yield "accumulator", accumulator
    epilogue = p.scalar.epilogue
    requantized = epilogue.requantizer(accumulator).reshape(accumulator.shape)
    yield "requantized", requantized
    narrow = np.clip(requantized, -32768, 32767) if p.saturates else requantized
    in_int16 = (narrow + epilogue.output_offset).astype(np.int16)
    where = in_vectors(accumulator.shape, p.group, p.run)
    shifted = np.where(where, in_int16, wrap_int32(requantized + epilogue.output_offset))
    yield "output", np.clip(shifted, epilogue.activation_min, epilogue.activation_max).astype(input1.dtype)


class FractionParams(NamedTuple):
    """What the rule from int16 to 8 bits is given.

    Attributes:
        output_offset: plus the output zero point.
        activation_min: smallest code that the fused activation lets pass.
        activation_max: largest one.
        dtype: of the output.
    """

    output_offset: int
    activation_min: int
    activation_max: int
    dtype: np.dtype[Any]


def fraction_params(node: Node) -> FractionParams:
    """Params of the rule from int16 to 8 bits."""
    output = node["output"]
    for role in ("input1", "input2"):
        node.require(
            math.prod(node[role].shape) == math.prod(output.shape),
            f"{node[role]} cannot be broadcast where the output has 8 bits.",
        )
    return FractionParams(output.zero_point, *quantized_activation(node), output.dtype)


@OP.rule("int16_fraction", "i16 i16 -> Q", params=fraction_params, Q="i8 u8")
def define_fraction(input1: Array, input2: Array, p: FractionParams) -> Stages:
    """The rounded upper 16 bits of twice the product, and of those the rounded upper 8."""
    product = saturating_rounding_doubling_high_mul(input1, input2, 16)
    yield "accumulator", product
    requantized = rounding_divide_by_pot(product, 8)
    yield "requantized", requantized
    yield "output", np.clip(requantized + p.output_offset, p.activation_min, p.activation_max).astype(p.dtype)


@OP.rule("float32", "f32 f32 -> f32", params=plain_activation)
@OP.rule("float16", "f16 f16 -> f16", params=plain_activation)
@OP.rule("integer", "I I -> I", params=plain_activation, I="i32 u32 i64")
@OP.rule("int16_plain", "i16 i16 -> i16", params=plain_activation, when=is_unquantized)
def define_plain(input1: Array, input2: Array, p: tuple[Any, Any]) -> Stages:
    """The product of the numbers."""
    return plain(np.multiply, input1, input2, p)


def complex_params(node: Node) -> None:
    """Refuse a fused activation: complex numbers have no order."""
    node.require(activation_of(node) == "NONE", "Activation is not allowed for COMPLEX64 input.")


@OP.rule("complex64", "c64 c64 -> c64", params=complex_params)
def define_complex(input1: Array, input2: Array, p: None) -> Array:
    """The product as C has it."""
    return complex_product(input1, input2)
