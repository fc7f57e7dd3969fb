"""SignalEnergy: the energy of each frequency of a spectrum.

input: int16 vector: real and imaginary parts in turn. output: uint32, half as many: ``real * real + imag * imag`` from
start_index to before end_index, 0 elsewhere (where TFLM leaves what the memory held before).

Source: ``signal/src/energy.cc`` of TFLM.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.custom_options import integer
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CUSTOM, "input", "output", custom_code="SignalEnergy")


class Params(NamedTuple):
    """The frequencies that count."""

    start_index: int
    end_index: int


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """One number for each frequency."""
    input = node["input"]
    node.require(len(input.shape) == 1 and input.shape[0] % 2 == 0, f"{input} must be a vector of pairs.")
    return [(input.shape[0] // 2,)]


def params(node: Node) -> Params:
    """What the options say, within the input."""
    end = integer(node, "end_index", 0, node["input"].shape[0] // 2)
    return Params(integer(node, "start_index", 0, end), end)


@OP.rule("int16", "i16 -> u32", params=params)
def define(input: Array, p: Params) -> Array:
    """Squares of 16 bits, their sum in 32."""
    parts = input.reshape(-1, 2).astype(np.int64)
    energy = np.zeros(len(parts), np.uint32)
    energy[p.start_index : p.end_index] = (parts * parts).sum(axis=1)[p.start_index : p.end_index]
    return energy
