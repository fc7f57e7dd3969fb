"""Differences to the largest code of a row and their exps, as SOFTMAX and LOG_SOFTMAX of 8-bit codes take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import multiply_by_quantized_multiplier, quantize_multiplier
from pytflite.arithmetic.gemmlowp import exp_on_negative_values

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]

DIFFERENCE_BITS, SUM_BITS = 5, 12
"""Integer bits of scaled differences, and of sums of exps."""


def rows_shapes(node: Node) -> list[Shape]:
    """That of the input, whose last dimension is a row; PrepareError when it has none."""
    node.require(node["input"].shape, f"{node['input']} must have at least one dimension.")
    return [node["input"].shape]


class DifferenceScale(NamedTuple):
    """Brings differences of codes to fixed point with `DIFFERENCE_BITS`.

    Attributes:
        multiplier: int32.
        shift: left, at least 1.
        minimum: the lowest difference that counts; what is below would overflow, and its exp is nearly 0.

    Source: ``PreprocessSoftmaxScaling``, ``CalculateInputRadius``, quantization_util.cc.
    """

    multiplier: int
    shift: int
    minimum: int

    @classmethod
    def of(cls, node: Node, beta: float) -> DifferenceScale:
        """Derive it from the scale of a node's input; PrepareError when that is too small."""
        fraction_bits = 31 - DIFFERENCE_BITS
        real = min(beta * float(node["input"].scale) * (1 << fraction_bits), (1 << 31) - 1.0)
        node.require(real > 1, f"beta times the scale of {node['input']} must exceed 2^-{fraction_bits}.")
        multiplier, shift = map(int, quantize_multiplier(real))
        largest = (1 << DIFFERENCE_BITS) - 1 << fraction_bits
        return cls(multiplier, shift, -(largest >> shift))

    def __call__(self, differences: Array) -> Array:
        """Raw values of differences that count."""
        return multiply_by_quantized_multiplier(differences, self.multiplier, self.shift)

    def exps(self) -> Array:
        """Of minus 0 to minus 255: int64 (256,), raw values without integer bits, 0 for what does not count."""
        differences = -np.arange(256)
        counts = differences >= self.minimum
        exps = exp_on_negative_values(self(np.where(counts, differences, 0)), DIFFERENCE_BITS)
        return np.where(counts, exps, 0)
