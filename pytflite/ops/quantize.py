"""QUANTIZE: real numbers to codes, or codes to other codes.

input: float32 or integers, any shape. output: the same shape, quantized.

float32: divided by the scale in float32, rounded half away from zero, plus the zero point, within the range of the
type; per axis where the output is. What int32 cannot hold becomes its minimum, as on every x86 machine, or its nearest
end, as on Arm, and adding the zero point wraps. Integers: minus the input zero point, one multiplier, the output zero
point, the range of the type.

Source: ``quantize.cc``, ``reference/quantize.h``, ``reference/requantize.h``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.arithmetic.rounding import CONVERSIONS, round_half_away, truncate_to_int32, wrap_int32
from pytflite.arithmetic.vectors import in_vectors
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import same_shape
from pytflite.ops._shared.affine import Affine, affine_of
from pytflite.ops._shared.lookup import NO_TABLE, tabulated
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import QuantizeOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.QUANTIZE, "input", "output", QuantizeOptions)


shapes = OP.shapes(same_shape)


class QuantizeParams(NamedTuple):
    """What the float32 rule is given.

    Attributes:
        affine: quantization of the output.
        qmin: smallest code.
        qmax: largest code.
        to_int32: the machine's conversion of floats.
        dtype: of the output.
    """

    affine: Affine
    qmin: int
    qmax: int
    to_int32: Callable[[Array], Array]
    dtype: np.dtype[Any]


def quantize_params(node: Node) -> QuantizeParams:
    """Params of the float32 rule."""
    output = node["output"]
    affine = affine_of(node, output, per_axis=("i8", "u8", "i16"))
    return QuantizeParams(affine, output.qmin, output.qmax, CONVERSIONS[node.profile.conversion], output.dtype)


@OP.rule("float32", "f32 -> Q", params=quantize_params, Q="i4 u4 i8 u8 i16")
def define_quantize(input: Array, p: QuantizeParams) -> Stages:
    """Divide, round, shift, clamp."""
    scaled = input / p.affine.scale
    yield "scaled", scaled
    rounded = p.to_int32(round_half_away(scaled))
    yield "rounded", rounded
    yield "output", np.clip(wrap_int32(rounded + p.affine.zero_point), p.qmin, p.qmax).astype(p.dtype)


def has_one_scale(node: Node) -> bool:
    """Whether the output is quantized per tensor."""
    return node["output"].scales.size == 1


@OP.rule("float32_vectors", "f32 -> Q", params=quantize_params, when=has_one_scale, by_name=True, Q="i8 u8 i16")
def define_quantize_vectors(input: Array, p: QuantizeParams) -> Stages:
    """Whole groups of 8 times the reciprocal of the scale, ties to even; the rest divided in float64, ties away."""
    where = in_vectors(input.shape, 8)
    by_reciprocal, divided = input * (np.float32(1) / p.affine.scale), input / p.affine.scale.astype(np.float64)
    yield "scaled", np.where(where, by_reciprocal, divided)
    rounded = p.to_int32(np.where(where, np.rint(by_reciprocal), round_half_away(divided)))
    yield "rounded", rounded
    yield "output", np.clip(wrap_int32(rounded + p.affine.zero_point), p.qmin, p.qmax).astype(p.dtype)


@OP.rule("float32_reciprocal", "f32 -> Q", params=quantize_params, when=has_one_scale, by_name=True, Q="i8 u8")
def define_quantize_reciprocal(input: Array, p: QuantizeParams) -> Stages:
    """Times the reciprocal of the scale, saturating, ties to even (``xnn_f32_qs8_vcvt`` of XNNPACK)."""
    scaled = input * (np.float32(1) / p.affine.scale)
    yield "scaled", scaled
    largest = np.float32(p.qmax - p.affine.zero_point)
    rounded = truncate_to_int32(np.rint(np.where(scaled < largest, scaled, largest)))
    yield "rounded", rounded
    yield "output", np.clip(rounded + p.affine.zero_point, p.qmin, p.qmax).astype(p.dtype)


@OP.rule("float32_reciprocal_zero", "f32 -> Q", params=quantize_params, when=has_one_scale, by_name=True, Q="i8 u8")
def define_quantize_reciprocal_zero(input: Array, p: QuantizeParams) -> Stages:
    """The same, but that NaN becomes the zero point (on 64-bit Arm)."""
    scaled = input * (np.float32(1) / p.affine.scale)
    yield "scaled", scaled
    rounded = p.to_int32(np.rint(scaled))
    yield "rounded", rounded
    yield "output", np.clip(rounded + p.affine.zero_point, p.qmin, p.qmax).astype(p.dtype)


class RequantizeParams(NamedTuple):
    """What the integer rules are given.

    Attributes:
        input_offset: minus the zero point of the input.
        epilogue: from the input without its zero point to the output.
        dtype: of the output.
        table: what becomes of each 8-bit code.
    """

    input_offset: int
    epilogue: QuantizedEpilogue
    dtype: np.dtype[Any]
    table: Array = NO_TABLE


def requantize_params(node: Node) -> RequantizeParams:
    """Params of the integer rules."""
    input, output = node["input"], node["output"]
    for tensor in (input, output):
        node.require(
            not input.letter == output.letter == "i16" or tensor.zero_point == 0,
            f"The zero point of {tensor} must be 0.",
        )
    requantizer = node.requantizer(input.scale, over=output.scale, precision="float64")
    epilogue = QuantizedEpilogue(requantizer, output.zero_point, output.qmin, output.qmax)
    return RequantizeParams(-input.zero_point, epilogue, output.dtype)


@OP.rule("requantize_8bit", "A -> B", params=tabulated(requantize_params), kernel="lookup", A="i8 u8", B="i8 u8 i16")
@OP.rule("requantize_vectors", "A -> B", params=requantize_params, by_name=True, A="i8 u8", B="i8 u8")
@OP.rule("requantize", "i16 -> A", "i32 -> B", params=requantize_params, A="i8 i16 i32", B="i8 i16")
def define_requantize(input: Array, p: RequantizeParams) -> Stages:
    """The input without its zero point, through the epilogue."""
    yield from p.epilogue.stages(wrap_int32(input.astype(np.int64) + p.input_offset), p.dtype)
