"""STABLEHLO_COMPOSITE: an operation of a higher level, by name, with a subgraph that does the same.

inputs: at least one. outputs: what the subgraph (the decomposition) gives for them. The name and the attributes are for
runtimes with a kernel of that name; the reference kernel runs the decomposition, and so do we.

Source: ``stablehlo_composite.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.branches import common_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StableHLOCompositeOptions

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.STABLEHLO_COMPOSITE,
    "inputs*",
    "outputs*",
    StableHLOCompositeOptions,
    stateful=True,
    calls="decomposition_subgraph_index",
)


@OP.shapes
def shapes(node: Node) -> list[Shape | None]:
    """Those of the decomposition."""
    node.require(node.all("inputs"), "There must be at least one input.")
    return common_shapes(node, [params(node)])


def params(node: Node) -> int:
    """The decomposition."""
    subgraph: int = node.options.decomposition_subgraph_index
    return subgraph


@OP.rule("decomposition", "any* -> any*", params=params)
def define(inputs: tuple[Array, ...], p: int, machine: Machine) -> Iterator[tuple[str, list[Array]]]:
    """Run the decomposition."""
    yield "outputs", machine.call(p, inputs)
