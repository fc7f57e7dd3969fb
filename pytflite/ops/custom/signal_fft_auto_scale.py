"""SignalFftAutoScale: samples shifted left so that they fill their 16 bits.

input: int16 vector. output: the same shape, ``input << scale_bits``. scale_bits: int32 scalar.

The largest magnitude is found in int16: that of -32768 comes out as -32768, and the search goes on from there. Shifts
that follow from such a search wrap around.

Source: ``signal/src/fft_auto_scale.cc``, ``max_abs.cc``, ``msb_32.cc`` of TFLM.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input", "output scale_bits", custom_code="SignalFftAutoScale")


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the input, and a scalar."""
    input = node["input"]
    node.require(len(input.shape) == 1, f"{input} must be a vector.")
    return [input.shape, ()]


@OP.rule("int16", "i16 -> i16 i32")
def define(input: Array, p: None) -> Iterator[tuple[str, Array]]:
    """As many bits as stay free under the sign; none where there are only zeros."""
    largest = largest_magnitude(input)
    free = max(15 - largest.bit_length(), 0) if largest > 0 else 0
    yield "output", (input.astype(np.int32) << free).astype(np.int16)
    yield "scale_bits", np.array(free, np.int32)


def largest_magnitude(input: Array) -> int:
    """Of int16 values, in int16."""
    largest = 0
    for value in input.tolist():
        if value > largest:
            largest = value
        elif -value > largest:
            largest = -value if value != -32768 else value
    return largest
