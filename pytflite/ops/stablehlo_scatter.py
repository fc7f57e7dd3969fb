"""STABLEHLO_SCATTER: boxes folded into a tensor at given places.

input: any shape. scatter_indices: integers; along ``index_vector_dim`` are the first coordinates of a box in the
dimensions that ``scatter_dims_to_operand_dims`` names, other coordinates are 0. updates: the dimensions of a box are at
``update_window_dims``, but for ``inserted_window_dims``, which have size 1; the other dimensions are those of
scatter_indices. output: the input with the updates.

The one operator of the body says how what is there and what comes are combined, one after the other in row-major order
of the updates; without any the update stays. Elements that fall outside are left out. Integers wrap.

Source: ``stablehlo_scatter.cc``, ``tensor_slice_util.h``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.choice import larger, smaller
from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.folding import Step, fold_at
from pytflite.ops._shared.stablehlo import NUMBERS
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StablehloScatterOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.STABLEHLO_SCATTER, "input scatter_indices updates", "output", StablehloScatterOptions)

STEPS: dict[BuiltinOperator | None, Step] = {
    None: lambda there, update: update,
    BuiltinOperator.STABLEHLO_ADD: np.add,
    BuiltinOperator.STABLEHLO_MULTIPLY: np.multiply,
    BuiltinOperator.STABLEHLO_MAXIMUM: larger,
    BuiltinOperator.STABLEHLO_MINIMUM: smaller,
}
"""What the operator of a body means, None standing for a body without any."""


class ScatterParams(NamedTuple):
    """Where updates go.

    Attributes:
        step: what is made of what is there and an update.
        index_vector_dim: dimension of scatter_indices that holds coordinates.
        operand_dims: the input's dimension of each coordinate.
        window_dims: dimensions of the updates that are those of a box.
        inserted: dimensions of the input that a box lacks.
    """

    step: Step
    index_vector_dim: int
    operand_dims: list[int]
    window_dims: tuple[int, ...]
    inserted: tuple[int, ...]


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The input's shape."""
    input, indices, updates, options = node["input"], node["scatter_indices"], node["updates"], node.options
    index_dim, window, inserted = options.index_vector_dim, options.update_window_dims, options.inserted_window_dims
    dims, update_dims = range(len(input.shape)), range(len(updates.shape))
    node.require(0 <= index_dim < len(indices.shape), f"index_vector_dim {index_dim} is no dimension of {indices}.")
    count, mapped = indices.shape[index_dim], options.scatter_dims_to_operand_dims
    is_mapped = len(mapped) == count and {*mapped} <= {*dims}
    node.require(is_mapped, f"scatter_dims_to_operand_dims must name {count} dimensions of {input}.")
    node.require(
        {*window} <= {*update_dims} and {*inserted} <= {*dims} and len({*window}) + len({*inserted}) == len(dims),
        f"update_window_dims and inserted_window_dims must be {len(dims)} dimensions, as many as {input} has.",
    )
    batch = indices.shape[:index_dim] + indices.shape[index_dim + 1 :]
    node.require(
        tuple(updates.shape[dim] for dim in update_dims if dim not in window) == batch,
        f"{updates} must have the sizes {list(batch)} outside of update_window_dims.",
    )
    return [input.shape]


def params(node: Node) -> ScatterParams:
    """Where updates go."""
    options = node.options
    body = node.body(options.update_computation_subgraph_index)
    code = body[0].builtin if body else None
    node.require(
        len(body) <= 1 and code in STEPS,
        "Its body must be empty or one of " + ", ".join(known.name for known in STEPS if known) + ".",
    )
    mapped, window = options.scatter_dims_to_operand_dims, options.update_window_dims
    return ScatterParams(STEPS[code], options.index_vector_dim, list(mapped), window, options.inserted_window_dims)


@OP.rule("fold", "T I T -> T", params=params, T=NUMBERS, I="i32 i64")
def define(input: Array, scatter_indices: Array, updates: Array, p: ScatterParams) -> Array:
    """Find the place of each element of the updates, then fold one after the other."""
    vectors = np.moveaxis(scatter_indices, p.index_vector_dim, 0)
    starts = np.zeros((input.ndim, *vectors.shape[1:]), np.int64)
    starts[p.operand_dims] = vectors
    spread = np.expand_dims(starts, [dim + 1 for dim in p.window_dims])
    places = np.broadcast_to(spread, (input.ndim, *updates.shape)).copy()
    box_dims = [dim for dim in range(input.ndim) if dim not in p.inserted]
    places[box_dims] += np.indices(updates.shape)[list(p.window_dims)]
    limits = np.reshape(input.shape, (-1, *[1] * updates.ndim))
    inside = ((places >= 0) & (places < limits)).all(axis=0).ravel()
    flat = np.ravel_multi_index(places.reshape(input.ndim, -1)[:, inside], input.shape) if input.ndim else 0
    output = input.flatten()
    fold_at(p.step, output, np.broadcast_to(flat, inside.sum()), updates.ravel()[inside])
    return output.reshape(input.shape)
