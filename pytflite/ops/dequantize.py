"""DEQUANTIZE: codes, or float16, to float32.

input: quantized integers, per tensor or (8 bits and fewer) per axis, or float16. output: the same shape.

The zero point comes off, the rest times the scale is rounded once to float32. float16 is widened.

Source: ``dequantize.cc``, ``dequantize.h``, ``reference/dequantize.h``, ``reference/integer_ops/dequantize.h``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fused import fused_multiply_add
from pytflite.arithmetic.vectors import in_vectors
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import same_shape
from pytflite.ops._shared.affine import Affine, affine_of
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import DequantizeOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.DEQUANTIZE, "input", "output", DequantizeOptions)


shapes = OP.shapes(same_shape)


def params(node: Node) -> Affine:
    """Quantization of the input; int16 has no zero point."""
    input = node["input"]
    affine = affine_of(node, input, per_axis=("i2", "i4", "u4", "i8", "u8"))
    node.require(input.letter != "i16" or not affine.zero_point.any(), f"The zero point of {input} must be 0.")
    return affine


@OP.rule("affine", "Q -> f32", params=params, Q="i2 i4 u4 i8 u8 i16")
def define(input: Array, p: Affine) -> Array:
    """The scale times the code without the zero point."""
    return p.scale * (input - p.zero_point).astype(np.float32)


def has_one_scale(node: Node) -> bool:
    """Whether the input is quantized per tensor."""
    return node["input"].scales.size == 1


@OP.rule("affine_vectors", "Q -> f32", params=params, when=has_one_scale, by_name=True, Q="i2 i4 u4 i8 u8 i16")
def define_vectors(input: Array, p: Affine) -> Array:
    """Whole groups of 8: the scale times the code, minus the scale times the zero point; the rest as above."""
    codes = input.astype(np.float32) * p.scale + (p.scale.astype(np.float64) * -p.zero_point).astype(np.float32)
    return np.where(in_vectors(input.shape, 8), codes, define(input, p))


@OP.rule("affine_fused", "Q -> f32", params=params, when=has_one_scale, by_name=True, Q="i2 i4 u4 i8 u8 i16")
def define_fused(input: Array, p: Affine) -> Array:
    """The same, where vectors multiply and add with one rounding."""
    offset = (p.scale.astype(np.float64) * -p.zero_point).astype(np.float32)
    codes = fused_multiply_add(input.astype(np.float32), p.scale, offset)
    return np.where(in_vectors(input.shape, 8), codes, define(input, p))


def first_params(node: Node) -> Affine:
    """The first scale and the first zero point, for all channels."""
    input = node["input"]
    return Affine(input.scales[0], input.zero_points[0])


@OP.rule("affine_first_scale", "Q -> f32", params=first_params, by_name=True, Q="i8 u8 i16")
def define_first_scale(input: Array, p: Affine) -> Array:
    """The same, as if the input was quantized per tensor."""
    return define(input, p)


@OP.rule("float16", "f16 -> f32")
def define_float16(input: Array, p: None) -> Array:
    """The same number."""
    return input.astype(np.float32)
