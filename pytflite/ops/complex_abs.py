"""COMPLEX_ABS: the magnitude of complex numbers.

input: any shape. output: the same shape.

The C library's ``hypotf``, of complex128 its ``hypot``.

Source: ``complex_support.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.arithmetic.libm import hypot, hypotf
from pytflite.ops._api import Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.COMPLEX_ABS)

shapes = OP.shapes(same_shape)


@OP.rule("complex64", "c64 -> f32")
def define_complex64(input: Array, p: None) -> Array:
    """In float32."""
    return hypotf(input.real, input.imag)


@OP.rule("complex128", "c128 -> f64")
def define_complex128(input: Array, p: None) -> Array:
    """In float64."""
    return hypot(input.real, input.imag)
