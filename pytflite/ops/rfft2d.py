"""RFFT2D: the discrete Fourier transform of images of real numbers.

input: (..., height, width). fft_length: int32, the two sizes that images are cut off or filled with zeros to; powers of
two, the second above 1. output: complex64 (..., fft height, fft width / 2 + 1), without the half that is symmetric.

In float64, rounded to float32 at the end. The four imaginary parts that are 0 by symmetry are minus 0.

Source: ``rfft2d.cc``, which calls Ooura's ``rdft2d``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Rfft2dOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.RFFT2D, "input fft_length", "output", Rfft2dOptions)

NOTE = (
    "NumPy's transform adds up in another order than Ooura's: a part may differ by one float32 ulp, and by 2^-48 of "
    "the largest magnitude in its image where terms cancel out. Most transforms agree in every bit."
)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """(..., fft height, fft width / 2 + 1)."""
    input, fft_length = node["input"], node["fft_length"]
    node.require(len(input.shape) >= 2, f"{input} must have at least 2 dimensions.")
    node.require(fft_length.shape == (2,), f"{fft_length} must have 2 elements, height and width.")
    height, width = params(node)
    node.require(
        is_power_of_two(height) and is_power_of_two(width) and width > 1,
        f"{fft_length} must hold powers of two, the second above 1: {height}, {width}.",
    )
    return [(*input.shape[:-2], height, width // 2 + 1)]


def is_power_of_two(x: int) -> bool:
    """Whether an integer is one."""
    return x > 0 and x & (x - 1) == 0


def params(node: Node) -> tuple[int, int]:
    """Height and width of the transform."""
    height, width = integers(node, "fft_length")
    return height, width


@OP.rule("float64", "f32 i32 -> c64", params=params, note=NOTE)
def define(input: Array, fft_length: Array, p: tuple[int, int]) -> Array:
    """All images at once."""
    height, width = p
    spectrum = np.fft.rfft2(input.astype(np.float64), (height, width)).astype(np.complex64)
    spectrum.imag[..., :: max(height // 2, 1), :: width // 2] = -0.0
    return spectrum
