"""SignalFilterBankLog: scaled natural logarithms.

input: uint32 vector. output: int16, the same shape: ``output_scale * log(input << input_correction_bits)``, from a
table of 128 pieces, no more than 32767; 0 where what is in the parentheses is 0 or 1.

Source: ``signal/src/filter_bank_log.cc``, ``log.cc`` of TFLM.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.custom_options import integer
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input", "output", custom_code="SignalFilterBankLog")

ONE = 1 << 16
"""1, with 16 fractional bits."""
HALF = ONE >> 1
LOG_2 = 45426
"""The logarithm of 2."""
PIECES = np.arange(129) / 128
TABLE = np.append(np.rint(ONE * (np.log2(1 + PIECES) - PIECES)), 0).astype(np.int64)
"""How much log2(1 + x) is above x."""


class Params(NamedTuple):
    """Powers of two that the input is multiplied by, and a factor for the output."""

    input_correction_bits: np.uint32
    output_scale: int


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the input."""
    input = node["input"]
    node.require(len(input.shape) == 1, f"{input} must be a vector.")
    return [input.shape]


def params(node: Node) -> Params:
    """What the options say."""
    bits = np.uint32(integer(node, "input_correction_bits", 0, 31))
    return Params(bits, integer(node, "output_scale") % 2**32)


@OP.rule("uint32", "u32 -> i16", params=params)
def define(input: Array, p: Params) -> Iterator[tuple[str, Array]]:
    """Shifts and products wrap around at 32 bits."""
    scaled = input << p.input_correction_bits
    yield "scaled", scaled
    log = natural_log(scaled)
    yield "log", log
    product = ((p.output_scale * log + HALF).astype(np.uint32) >> np.uint32(16)).astype(np.int64)
    yield "output", np.where(scaled > 1, np.minimum(product, 32767), 0).astype(np.int16)


def natural_log(x: Array) -> Array:
    """Logarithms of uint32 values, with 16 fractional bits."""
    wide = np.maximum(x, 1).astype(np.int64)
    whole = np.frexp(wide.astype(np.float64))[1].astype(np.int64) - 1
    rest = wide - (1 << whole)
    fraction = np.where(whole < 16, rest << np.maximum(16 - whole, 0), rest >> np.maximum(whole - 16, 0))
    piece = fraction >> 9
    slope = TABLE[piece + 1] - TABLE[piece]
    log2 = (whole << 16) + fraction + TABLE[piece] + ((slope * (fraction - (piece << 9))) >> 16)
    log: Array = (LOG_2 * log2 + HALF) >> 16
    return log
