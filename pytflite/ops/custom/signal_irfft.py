"""SignalIrfft: the samples of a spectrum of real samples.

input: (..., fft_length + 2) int16, int32 or float32: real and imaginary parts in turn. output: (..., fft_length); the
inverse of SignalRfft, in fixed point up to scale.

Source: ``signal/micro/kernels/irfft.cc`` of TFLM, kissfft.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.kiss_fft import irfft
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.fft_length import fft_length
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input", "output", custom_code="SignalIrfft")


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As many samples as the FFT is long."""
    input, length = node["input"], fft_length(node)
    node.require(
        input.shape and input.shape[-1] == length + 2, f"{input} must have {length + 2} numbers for an FFT of {length}."
    )
    return [(*input.shape[:-1], length)]


@OP.rule("fixed", "T -> T", params=fft_length, T="i16 i32")
def define(input: Array, p: int) -> Array:
    """Transform back."""
    return irfft(input, p)


@OP.rule("float32", "f32 -> f32", params=fft_length)
def define_float32(input: Array, p: int) -> Array:
    """The library gives sums; their mean is wanted."""
    return irfft(input, p) / np.float32(p)
