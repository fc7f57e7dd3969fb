"""SignalFilterBankSquareRoot: rounded square roots, shifted right.

input: uint64 vector. scale_bits: int32 scalar. output: uint32, the same shape. Roots are rounded to the nearest, but
not up to a power of 2 of 16 bits where the input has 32, or of 32 where it has 64.

Source: ``signal/src/square_root_32.cc``, ``square_root_64.cc`` of TFLM.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input scale_bits", "output", custom_code="SignalFilterBankSquareRoot")


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the input."""
    input, scale_bits = node["input"], node["scale_bits"]
    node.require(len(input.shape) == 1, f"{input} must be a vector.")
    node.require(scale_bits.shape == (), f"{scale_bits} must be a scalar.")
    return [input.shape]


@OP.rule("uint64", "u64 i32 -> u32")
def define(input: Array, scale_bits: Array, p: None) -> Iterator[tuple[str, Array]]:
    """Exact, in integers."""
    shift = int(scale_bits)
    if not 0 <= shift < 32:
        raise InvokeError(f"scale_bits is {shift}, 0 to 31 are accepted.")
    roots = np.array([rounded_root(number) for number in input.tolist()], np.uint32)
    yield "roots", roots
    yield "output", roots >> np.uint32(shift)


def rounded_root(number: int) -> int:
    """The nearest integer to a square root that has the room."""
    root = isqrt(number)
    largest = 0xFFFF if number < 1 << 32 else 0xFFFFFFFF
    return root + (number - root * root > root and root != largest)
