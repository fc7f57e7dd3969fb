"""SignalRfft: the spectrum of real samples.

input: (..., samples) int16, int32 or float32, filled up with zeros to fft_length. output: (..., fft_length + 2): real
and imaginary parts in turn, from frequency 0 to half the sampling rate; in fixed point divided by fft_length or so.

fft_length is even, and half of it a product of 2, 3 and 5: the library has no memory for other factors in TFLM.

Source: ``signal/micro/kernels/rfft.cc`` of TFLM, kissfft.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.kiss_fft import rfft
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.fft_length import fft_length
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input", "output", custom_code="SignalRfft")


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Two numbers for each frequency."""
    input, length = node["input"], fft_length(node)
    node.require(
        input.shape and input.shape[-1] <= length, f"{input} must have at most {length} samples, the FFT's length."
    )
    return [(*input.shape[:-1], length + 2)]


@OP.rule("kiss", "T -> T", params=fft_length, T="i16 i32 f32")
def define(input: Array, p: int) -> Array:
    """Pad, transform."""
    padding = [(0, 0)] * (input.ndim - 1) + [(0, p - input.shape[-1])]
    return rfft(np.pad(input, padding), p)
