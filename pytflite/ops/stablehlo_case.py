"""STABLEHLO_CASE: one of several subgraphs, by number.

index: one int32; a number that no branch has stands for the last branch. inputs: what every branch takes. outputs: what
every branch gives; where their shapes differ, the shape follows the branch that is taken.

Source: ``stablehlo_case.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.branches import common_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StablehloCaseOptions

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.STABLEHLO_CASE,
    "index inputs*",
    "outputs*",
    StablehloCaseOptions,
    stateful=True,
    calls="branch_subgraph_indices",
)


@OP.shapes
def shapes(node: Node) -> list[Shape | None]:
    """Those of all branches."""
    index, branches = node["index"], params(node)
    node.require(set(index.shape) <= {1}, f"{index} must have one element.")
    node.require(branches, "There must be at least one branch.")
    return common_shapes(node, branches)


def params(node: Node) -> tuple[int, ...]:
    """The branches."""
    return tuple(node.options.branch_subgraph_indices)


@OP.rule("branch", "i32 any* -> any*", params=params)
def define(
    index: Array, inputs: tuple[Array, ...], p: tuple[int, ...], machine: Machine
) -> Iterator[tuple[str, list[Array]]]:
    """Run one branch."""
    chosen = index.item()
    yield "outputs", machine.call(p[chosen] if 0 <= chosen < len(p) else p[-1], inputs)
