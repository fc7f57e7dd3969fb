"""Operators of one input that work on every element alone, and those among them that clamp."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.activation import BOUNDS, quantized_activation_range
from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.ops._shared.lookup import NO_TABLE

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]


def same_shape(node: Node) -> list[Shape]:
    """That of the input."""
    return [node["input"].shape]


def require_symmetric(node: Node) -> None:
    """Refuse zero points, where input and output are int16.

    Raises:
        PrepareError: one of them is not 0.
    """
    for tensor in (node["input"], node["output"]):
        node.require(tensor.letter != "i16" or tensor.zero_point == 0, f"The zero point of {tensor} must be 0.")


class ClampParams(NamedTuple):
    """What `clamp_quantized` is given.

    Attributes:
        input_offset: minus the zero point of the input.
        epilogue: to the output scale, and the clamp.
        table: what it makes of each 8-bit code.
    """

    input_offset: int
    epilogue: QuantizedEpilogue
    table: Array = NO_TABLE


def clamp_params(activation: str) -> Callable[[Node], ClampParams]:
    """Params of a clamp by name (a key of `BOUNDS`)."""

    def params(node: Node) -> ClampParams:
        require_symmetric(node)
        input, output = node["input"], node["output"]
        requantizer = node.requantizer(input.scale, over=output.scale, precision="float32")
        scale = float(output.scale)
        clamp = quantized_activation_range(activation, scale, output.zero_point, output.qmin, output.qmax)
        return ClampParams(-input.zero_point, QuantizedEpilogue(requantizer, output.zero_point, *clamp))

    return params


def clamp_quantized(input: Array, p: ClampParams) -> Stages:
    """The input without its zero point, through the epilogue (``ReluX``, reference_ops.h)."""
    yield from p.epilogue.stages(input.astype(np.int64) + p.input_offset, input.dtype)


def clamp_float(input: Array, activation: str) -> Array:
    """Clamp float32 by name; NaN and minus 0 pass (NumPy's clip makes 0 of minus 0)."""
    low, high = map(np.float32, BOUNDS[activation])
    return np.where(input == 0, input, np.clip(input, low, high))
