"""GATHER: slices of a tensor, picked by position along one axis.

input: (batches..., outer..., size of the axis, inner...). positions: (batches..., wanted...) integers in [0, size).
output: (batches..., outer..., wanted..., inner...). The first ``batch_dims`` dimensions are walked in step. int4, which
kernels move by the byte, needs an even number of inner elements.

Source: ``gather.cc``.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import axis_of
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import GatherOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.GATHER, "input positions", "output", GatherOptions)


class GatherParams(NamedTuple):
    """The shape of the input as the kernel walks it, and that of the output.

    Attributes:
        batches: product of the first ``batch_dims`` sizes.
        outer: product of the sizes between those and the axis.
        size: of the axis.
        inner: product of the sizes after the axis.
        shape: of the output.
    """

    batches: int
    outer: int
    size: int
    inner: int
    shape: Shape


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The positions' shape in the place of the axis."""
    return [params(node).shape]


def params(node: Node) -> GatherParams:
    """The walk through the input."""
    input, positions, options = node["input"], node["positions"], node.options
    sizes, wanted = input.shape, positions.shape
    node.require(input.letter != "str" or len(sizes) == 1, f"{input} must have 1 dimension.")
    axis = axis_of(node, options.axis, len(sizes))
    batch_dims = options.batch_dims + len(wanted) if options.batch_dims < 0 else options.batch_dims
    node.require(0 <= batch_dims <= min(axis, len(wanted)), f"batch_dims {batch_dims} reaches beyond axis {axis}.")
    node.require(
        sizes[:batch_dims] == wanted[:batch_dims],
        f"The first {batch_dims} sizes of {input} and {positions} must be the same.",
    )
    batches, outer, inner = sizes[:batch_dims], sizes[batch_dims:axis], sizes[axis + 1 :]
    node.require(input.letter != "i4" or prod(inner) % 2 == 0, f"{input} must have an even size after axis {axis}.")
    shape = (*batches, *outer, *wanted[batch_dims:], *inner)
    return GatherParams(prod(batches), prod(outer), sizes[axis], prod(inner), shape)


@OP.rule("copy", "T I -> T", params=params, T="f32 f16 bf16 u8 i4 i8 i16 i32 i64 b str", I="i16 i32 i64")
def define(input: Array, positions: Array, p: GatherParams) -> Array:
    """Pick for each batch, then put the picked where the axis was."""
    if positions.size and not 0 <= positions.min() <= positions.max() < p.size:
        raise InvokeError(f"gather index out of bounds: positions must be in [0, {p.size}).")
    walked = input.reshape(p.batches, p.outer, p.size, p.inner)
    picked = walked[np.arange(p.batches)[:, None], :, positions.reshape(p.batches, -1)]
    return picked.swapaxes(1, 2).reshape(p.shape)
