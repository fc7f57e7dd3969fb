"""SignalFilterBank: the energy of channels (Mel bands, as a rule) that overlap as triangles.

input: uint32 vector, the energy of each frequency. weights, unweights: int16 vectors. channel_frequency_starts,
channel_weight_starts, channel_widths: int16 vectors of num_channels + 1. output: uint64 vector of num_channels: each
channel's weighted energies and the unweighted ones of the channel before, where the first of all is only before.

Source: ``signal/src/filter_bank.cc`` of TFLM.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.custom_options import integer
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

CHANNELS = ("channel_frequency_starts", "channel_weight_starts", "channel_widths")
OP = Op(
    BuiltinOperator.CUSTOM, f"input weights unweights {' '.join(CHANNELS)}", "output", custom_code="SignalFilterBank"
)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """One number for each channel."""
    count = integer(node, "num_channels", 0)
    for role in ("input", "weights", "unweights"):
        node.require(len(node[role].shape) == 1, f"{node[role]} must be a vector.")
    for role in CHANNELS:
        node.require(
            node[role].shape == (count + 1,), f"{node[role]} must be a vector of num_channels + 1: {count + 1}."
        )
    return [(count,)]


@OP.rule("int16", "u32 i16 i16 i16 i16 i16 -> u64")
def define(
    input: Array, weights: Array, unweights: Array, frequencies: Array, starts: Array, widths: Array, p: None
) -> Array:
    """Sums in 64 bits, which wrap around."""
    up, down = np.zeros(len(widths), np.uint64), np.zeros(len(widths), np.uint64)
    for i, (frequency, start, width) in enumerate(
        zip(frequencies.tolist(), starts.tolist(), np.maximum(widths, 0).tolist(), strict=True)
    ):
        if width and not (
            0 <= frequency <= input.size - width and 0 <= start <= min(weights.size, unweights.size) - width
        ):
            raise InvokeError(f"Channel {i} reaches past the energies or the weights.")
        energies = input[frequency : frequency + width].astype(np.uint64)
        up[i] = (weights[start : start + width].astype(np.uint64) * energies).sum(dtype=np.uint64)
        down[i] = (unweights[start : start + width].astype(np.uint64) * energies).sum(dtype=np.uint64)
    return up[1:] + down[:-1]
