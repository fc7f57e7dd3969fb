"""SignalPCAN: automatic gain control for each channel (per-channel amplitude normalization).

input: uint32 vector. noise_estimate: uint32, the same shape. gain_lut: int16 vector, a curve in pieces: three entries
for the estimates 0 to 2, then for each further bit a value, a slope and a bend. output: uint32, the same shape: input
times gain, its lower part squeezed, with 6 fractional bits.

Source: ``signal/src/pcan_argc_fixed.cc`` of TFLM.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.custom_options import integer
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input noise_estimate gain_lut", "output", custom_code="SignalPCAN")

SNR_BITS, OUTPUT_BITS = 12, 6
LUT_SIZE = 4 * 32 - 6 + 3


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the input."""
    input, noise, lut = node["input"], node["noise_estimate"], node["gain_lut"]
    node.require(len(input.shape) == 1, f"{input} must be a vector.")
    node.require(noise.shape == input.shape, f"{noise} must be of the shape of {input}.")
    node.require(len(lut.shape) == 1 and lut.shape[0] >= LUT_SIZE, f"{lut} must be a vector of at least {LUT_SIZE}.")
    return [input.shape]


def params(node: Node) -> np.uint64:
    """The shift."""
    return np.uint64(integer(node, "snr_shift", 0, 63))


@OP.rule("uint32", "u32 u32 i16 -> u32", params=params)
def define(input: Array, noise_estimate: Array, gain_lut: Array, p: np.uint64) -> Iterator[tuple[str, Array]]:
    """Look up, multiply, squeeze."""
    gain = gains(noise_estimate, gain_lut)
    yield "gain", gain
    snr = ((input.astype(np.uint64) * gain) >> p).astype(np.uint32)
    yield "snr", snr
    low = (snr * snr) >> np.uint32(2 + 2 * SNR_BITS - OUTPUT_BITS)
    high = (snr >> np.uint32(SNR_BITS - OUTPUT_BITS)) - np.uint32(1 << OUTPUT_BITS)
    yield "output", np.where(snr < 2 << SNR_BITS, low, high)


def gains(noise: Array, lut: Array) -> Array:
    """The curve at the estimates, in 32-bit integers; negative gains come out as large as they are in uint32."""
    x, table = noise.astype(np.int64), lut.astype(np.int64)
    bits = np.frexp(x.astype(np.float64))[1].astype(np.int64)
    bits = np.maximum(bits, 2)
    at = 4 * bits - 6
    fraction = np.where(bits < 11, x << np.maximum(11 - bits, 0), x >> np.maximum(bits - 11, 0)) & 0x3FF
    curve = ((table[at + 2] * fraction) >> 5) + (table[at + 1] << 5)
    scaled = (curve.astype(np.int32).astype(np.int64) * fraction).astype(np.int32).astype(np.int64)
    value = ((scaled + (1 << 14)).astype(np.int32) >> 15) + table[at]
    return (
        np.where(x <= 2, table[np.minimum(x, 2)], value)
        .astype(np.int16)
        .astype(np.int32)
        .astype(np.uint32)
        .astype(np.uint64)
    )
