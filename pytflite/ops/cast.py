"""CAST: the same numbers in another type.

input: any shape. output: the same shape; its type is what counts, not the one in the options.

To integers: floats are cut off toward zero and kept within the range of the type, NaN becomes its largest number;
integers keep their lowest bits. To float16, bfloat16 and complex64: through float32, each time to the nearest, ties to
even. To bool: whether it is not 0, so NaN is true. Complex numbers lose their imaginary part. int4, uint4 and int2: to
and from float32 only.

Source: ``cast.cc``, ``SafeCast`` of quantization_util.h.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.bfloat16 import bfloat16_to_float32, float32_to_bfloat16
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import CastOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CAST, "input", "output", CastOptions)

INTEGERS = "i8 u8 i16 u16 i32 u32 i64"
FLOATS = "f16 f32 f64"
NUMBERS = f"b {INTEGERS} {FLOATS} bf16 c64"


shapes = OP.shapes(same_shape)


class CastParams(NamedTuple):
    """The types.

    Attributes:
        is_bfloat16: whether the input is, and so held as bits.
        dtype: of the output's elements.
        minimum: smallest of them, if they are integers.
        maximum: largest of them, likewise.
    """

    is_bfloat16: bool
    dtype: np.dtype[Any]
    minimum: int
    maximum: int


def params(node: Node) -> CastParams:
    """The types."""
    output = node["output"]
    return CastParams(node["input"].letter == "bf16", output.dtype, output.qmin, output.qmax)


@OP.rule("saturate", "F -> I", "f32 -> N", params=params, F=f"{FLOATS} bf16 c64", I=INTEGERS, N="i2 i4 u4")
def define_saturate(input: Array, p: CastParams) -> Array:
    """Toward zero, within the range; what compares with nothing goes to the top."""
    values = np.trunc(real(input, p).astype(np.float64))
    fits = (values >= p.minimum) & (values < p.maximum + 1)
    limits = np.where(values < p.minimum, p.minimum, p.maximum)
    return np.where(fits, np.where(fits, values, 0).astype(np.int64), limits).astype(p.dtype)


@OP.rule("wrap", "I -> J", params=params, I=f"b {INTEGERS}", J=INTEGERS)
@OP.rule("round", "N -> F", "Q -> f32", params=params, N=NUMBERS, F="f32 f64", Q="i2 i4 u4")
def define(input: Array, p: CastParams) -> Array:
    """As C and NumPy do it."""
    return real(input, p).astype(p.dtype)


@OP.rule("float16", "N -> f16", params=params, N=NUMBERS)
@OP.rule("complex", "R -> c64", params=params, R=f"b {INTEGERS} {FLOATS} bf16")
def define_through_float32(input: Array, p: CastParams) -> Array:
    """To float32 first."""
    return real(input, p).astype(np.float32).astype(p.dtype)


@OP.rule("bfloat16", "N -> bf16", params=params, N=f"b {INTEGERS} {FLOATS} c64")
def define_bfloat16(input: Array, p: CastParams) -> Array:
    """To float32 first, then to the bits of its upper half."""
    return float32_to_bfloat16(real(input, p).astype(np.float32))


@OP.rule("bool", "N -> b", params=params, N=NUMBERS)
def define_bool(input: Array, p: CastParams) -> Array:
    """Whether it is not 0."""
    return np.asarray(real(input, p) != 0)


@OP.rule("copy", "bf16 -> bf16", "c64 -> c64")
def define_copy(input: Array, p: None) -> Array:
    """The same numbers."""
    return input.copy()


def real(input: Array, p: CastParams) -> Array:
    """The input as real numbers that NumPy knows."""
    return bfloat16_to_float32(input) if p.is_bfloat16 else input.real
