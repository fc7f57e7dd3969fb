"""SignalFilterBankSpectralSubtraction: a signal less the noise that it is estimated to hold.

input: uint32 vector of num_channels. output: what is left, but never less than a part of the input. noise_estimate: the
estimates, smoothed from one invoke to the next, with smoothing_bits more than the input. Even channels take smoothing
and one_minus_smoothing, odd ones the alternate ones, fractions of 1 << spectral_subtraction_bits, as is
min_signal_remaining. With clamping, an estimate above the signal comes down to it.

Source: ``signal/src/filter_bank_spectral_subtraction.cc`` of TFLM.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Place, Shape
from pytflite.ops._shared.custom_options import integer
from pytflite.ops._shared.state import kept
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.CUSTOM,
    "input",
    "output noise_estimate",
    stateful=True,
    custom_code="SignalFilterBankSpectralSubtraction",
)


class Params(NamedTuple):
    """How estimates follow the signal.

    Attributes:
        smoothing: uint64, for each channel.
        one_minus_smoothing: uint64, for each channel.
        smoothing_bits: how much finer estimates are than the signal.
        min_signal_remaining: the part of the signal that is always left.
        bits: of the fractions.
        clamping: whether estimates stay below the signal.
        place: of the estimates.
    """

    smoothing: Array
    one_minus_smoothing: Array
    smoothing_bits: np.uint32
    min_signal_remaining: np.uint64
    bits: np.uint64
    clamping: bool
    place: Place


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """Those of the input."""
    input, count = node["input"], integer(node, "num_channels", 0)
    node.require(input.shape == (count,), f"{input} must be a vector of num_channels: {count}.")
    return [input.shape, input.shape]


def params(node: Node) -> Params:
    """What the options say, in the integers that the kernel takes them for."""
    odd = np.arange(node["input"].shape[0]) % 2 == 1

    def for_channels(name: str) -> Array:
        both = [np.uint64(integer(node, prefix + name) % 2**32) for prefix in ("alternate_", "")]
        return np.where(odd, *both)

    return Params(
        for_channels("smoothing"),
        for_channels("one_minus_smoothing"),
        np.uint32(integer(node, "smoothing_bits", 0, 31)),
        np.uint64(integer(node, "min_signal_remaining") % 2**64),
        np.uint64(integer(node, "spectral_subtraction_bits", 0, 63)),
        bool(integer(node, "clamping")),
        node.place,
    )


@OP.rule("uint32", "u32 -> u32 u32", params=params)
def define(input: Array, p: Params, machine: Machine) -> Iterator[tuple[str, Array]]:
    """Everything wraps around: sums and products at 64 bits, the signal and the estimate at 32."""
    noise = kept(machine, p.place, lambda: np.zeros(input.shape, np.uint32))
    signal = input << p.smoothing_bits
    smoothed = signal.astype(np.uint64) * p.smoothing + noise.astype(np.uint64) * p.one_minus_smoothing
    noise[...] = (smoothed >> p.bits).astype(np.uint32)
    estimate = np.minimum(noise, signal)
    if p.clamping:
        noise[...] = estimate
    floor = ((input.astype(np.uint64) * p.min_signal_remaining) >> p.bits).astype(np.uint32)
    subtracted = (signal - estimate) >> p.smoothing_bits
    yield "subtracted", subtracted
    yield "output", np.maximum(subtracted, floor)
    yield "noise_estimate", noise.copy()
