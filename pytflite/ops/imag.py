"""IMAG: the imaginary part of complex numbers.

input: any shape. output: the same shape.

Source: ``complex_support.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Op
from pytflite.ops._shared.activations import same_shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.IMAG)

shapes = OP.shapes(same_shape)


@OP.rule("copy", "c64 -> f32", "c128 -> f64")
def define(input: Array, p: None) -> Array:
    """The second of two numbers."""
    return input.imag.copy()
