"""The sigmoid in float32; LOGISTIC and TANH of int8 codes in fixed point, as kernels without a table of floats do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.fixed_point import rounding_divide_by_pot
from pytflite.arithmetic.libm import expf
from pytflite.ops._shared.lookup import NO_TABLE

if TYPE_CHECKING:
    from pytflite.arithmetic.requantize import Requantizer
    from pytflite.ops._api import Node

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

INTEGER_BITS = 4
"""Of the fixed-point numbers that codes become: the functions see arguments between -16 and 16."""


ONE = np.float32(1)


def sigmoid(x: Array) -> Array:
    """The formula, in float32."""
    return ONE / (ONE + expf(-x))


def sigmoid_in_parts(x: Array) -> Array:
    """The formula in the middle; at both ends what it tends to (``Logistic``, reference/logistic.h)."""
    return np.where(x > np.float32(16.619047164916992188), ONE, np.where(x < np.float32(-9), expf(x), sigmoid(x)))


class SigmoidParams(NamedTuple):
    """What `fixed_point_sigmoid` is given.

    Attributes:
        input_offset: minus the zero point of the input.
        radius: codes that far from the zero point, or farther, give the smallest or the largest code.
        requantizer: from codes to fixed-point numbers.
        table: what becomes of each code.
    """

    input_offset: int
    radius: int
    requantizer: Requantizer
    table: Array = NO_TABLE


def sigmoid_params(node: Node) -> SigmoidParams:
    """Params of a rule for int8 (``CalculateInputRadius``, quantization_util.cc)."""
    input = node["input"]
    requantizer = node.requantizer(input.scale, np.float32(1 << 31 - INTEGER_BITS), precision="float64")
    _, shift = np.frexp(np.float64(input.scale) * (1 << 31 - INTEGER_BITS))
    radius = int(np.ldexp(float((1 << INTEGER_BITS) - 1), 31 - INTEGER_BITS - int(shift)))
    return SigmoidParams(-input.zero_point, radius, requantizer)


def fixed_point_sigmoid(
    function: Callable[[Array, int], Array], input: Array, p: SigmoidParams, bits: int, offset: int
) -> Stages:
    """A function of fixed-point numbers, rounded to so many bits less, plus an offset."""
    codes = input.astype(np.int64) + p.input_offset
    argument = p.requantizer(np.clip(codes, -p.radius, p.radius)).reshape(codes.shape)
    yield "rescaled", argument
    result = rounding_divide_by_pot(function(argument, INTEGER_BITS), bits) + offset
    inside = np.clip(result, -128, 127)
    output = np.where(codes <= -p.radius, -128, np.where(codes >= p.radius, 127, inside))
    yield "output", output.astype(np.int8)
