"""Comparisons of two tensors, element by element: codes are brought to real numbers in fixed point first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._shared.elementwise import Rescale

if TYPE_CHECKING:
    from pytflite.ops._api import Node, TensorSpec

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]
Comparison = Callable[[Array, Array], Array]

LEFT_SHIFT = 8
"""Bits gained before the multiplication by a scale."""


def has_plain_inputs(node: Node) -> bool:
    """Whether the inputs' integers are plain numbers."""
    return not node["input1"].is_quantized


class OnlySign(NamedTuple):
    """What is left of codes whose scale exceeds 1: the kernels shift by a negative number of bits.

    Attributes:
        offset: minus the zero point.
    """

    offset: int

    def __call__(self, codes: Array) -> Array:
        """-1 below the zero point, else 1."""
        return np.where(codes.astype(np.int64) + self.offset < 0, -1, 1)


class ComparedParams(NamedTuple):
    """What `compared` is given.

    Attributes:
        input1: multiplies by the scale.
        input2: multiplies by the scale.
    """

    input1: Rescale | OnlySign
    input2: Rescale | OnlySign


def compared_params(node: Node) -> ComparedParams:
    """Params of the rules for quantized inputs (``ComparisonQuantized``, comparisons.cc)."""

    def rescale(input: TensorSpec) -> Rescale | OnlySign:
        limit = 1 << 23 - input.tensor.dtype.bits
        node.require(
            0 < input.scale < limit and input.scale != 1,
            f"The scale of {input} must be above 0, below {limit} and not 1.",
        )
        if input.scale > 1:
            return OnlySign(-input.zero_point)
        return Rescale(-input.zero_point, LEFT_SHIFT, node.requantizer(input.scale, precision="float32"))

    return ComparedParams(rescale(node["input1"]), rescale(node["input2"]))


def compared(comparison: Comparison, input1: Array, input2: Array, p: ComparedParams) -> Stages:
    """Bring both inputs to the scale ``2**-LEFT_SHIFT`` and compare."""
    rescaled1, rescaled2 = p.input1(input1), p.input2(input2)
    yield "input1_rescaled", rescaled1
    yield "input2_rescaled", rescaled2
    yield "output", comparison(rescaled1, rescaled2)
