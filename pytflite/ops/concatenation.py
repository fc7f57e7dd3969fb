"""CONCATENATION: tensors one after the other along an axis.

input*: tensors of one rank, whose sizes differ along the axis only; or constant scalars. output: the sum of those sizes
along the axis; scalars make a vector.

int8 must have the quantization of the output, int16 no zero point; codes are moved as they are. uint8 of another
quantization than the output is rescaled in float32: times the ratio of the scales, minus the zero point times that
ratio, rounded half away from zero, plus the output zero point.

Source: ``concatenation.cc``, ``reference/concatenation.h``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import round_half_away, truncate_to_int32
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.epilogues import activation_of
from pytflite.ops._shared.movement import axis_of, per_tensor, require_same_quantization
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ConcatenationOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.CONCATENATION, "input*", "output", ConcatenationOptions)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The first input's shape, with the sum of all sizes at the axis."""
    inputs, axis = node.all("input"), axis_to_join(node)
    node.require(activation_of(node) == "NONE", "A fused activation is not supported.")
    shape = inputs[0].shape
    for input in inputs:
        node.require(len(input.shape) == len(shape), f"{input} must have as many dimensions as {inputs[0]}.")
        node.require(
            input.shape[:axis] + input.shape[axis + 1 :] == shape[:axis] + shape[axis + 1 :],
            f"{input} must have the sizes of {inputs[0]} but along axis {axis}.",
        )
        node.require(shape or input.value is not None, f"{input} is a scalar: only constant ones can be concatenated.")
    return [(*shape[:axis], sum(input.shape[axis] if shape else 1 for input in inputs), *shape[axis + 1 :])]


def axis_to_join(node: Node) -> int:
    """The axis, counted from the front."""
    node.require(node.all("input"), "At least one input must be given.")
    return axis_of(node, node.options.axis, len(node.all("input")[0].shape) or 1)


def copy_params(node: Node) -> int:
    """The axis, for tensors that stand for the same numbers wherever they are put."""
    inputs, output = node.all("input"), node["output"]
    if output.letter == "i8":
        require_same_quantization(node, output, *inputs)
    for tensor in (*inputs, output):
        node.require(tensor.letter != "i16" or tensor.zero_point == 0, f"The zero point of {tensor} must be 0.")
    return axis_to_join(node)


@OP.rule("copy", "T* -> T", params=copy_params, T="f32 f16 bf16 i4 i8 i16 i32 u32 i64 b")
def define(inputs: tuple[Array, ...], p: int) -> Array:
    """One after the other."""
    return np.concatenate([np.atleast_1d(input) for input in inputs], p)


class Ratio(NamedTuple):
    """How uint8 codes of one input become codes of the output.

    Attributes:
        scale: float32, ratio of the scales.
        bias: float32, minus the zero point times that ratio.
        output_offset: plus the output zero point.
    """

    scale: np.float32
    bias: np.float32
    output_offset: int

    def __call__(self, codes: Array) -> Array:
        """uint8 codes of the output."""
        rounded = truncate_to_int32(round_half_away(codes.astype(np.float32) * self.scale + self.bias))
        rescaled: Array = np.clip(rounded + self.output_offset, 0, 255).astype(np.uint8)
        return rescaled


class RescaleParams(NamedTuple):
    """What the uint8 rule is given.

    Attributes:
        axis: counted from the front.
        ratios: one for each input, None where its quantization is that of the output.
    """

    axis: int
    ratios: tuple[Ratio | None, ...]


def rescale_params(node: Node) -> RescaleParams:
    """Params of the uint8 rule, which takes scalars as they are."""
    inputs, output = node.all("input"), node["output"]
    output_scale, output_offset = per_tensor(output)

    def ratio_of(scale: float, zero_point: int) -> Ratio:
        with np.errstate(all="ignore"):
            ratio = np.float32(scale) * (np.float32(1) / np.float32(output_scale))
            return Ratio(ratio, np.float32(-zero_point) * ratio, output_offset)

    ratios = tuple(
        ratio_of(*per_tensor(input)) if input.shape and per_tensor(input) != per_tensor(output) else None
        for input in inputs
    )
    return RescaleParams(axis_to_join(node), ratios)


@OP.rule("uint8", "u8* -> u8", params=rescale_params)
def define_rescaled(inputs: tuple[Array, ...], p: RescaleParams) -> Array:
    """Rescaled where needed, one after the other."""
    codes = [input if ratio is None else ratio(input) for input, ratio in zip(inputs, p.ratios, strict=True)]
    return np.concatenate([np.atleast_1d(input) for input in codes], p.axis)
