"""IF: one of two subgraphs.

condition: one bool. inputs: what both subgraphs take. outputs: what both give; where their shapes differ, the shape
follows the branch that is taken.

Source: ``if.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.branches import common_shapes
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import IfOptions

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.IF,
    "condition inputs*",
    "outputs*",
    IfOptions,
    stateful=True,
    calls="then_subgraph_index else_subgraph_index",
)


class Params(NamedTuple):
    """The subgraphs for true and for false."""

    then_subgraph: int
    else_subgraph: int


@OP.shapes
def shapes(node: Node) -> list[Shape | None]:
    """Those of both branches."""
    condition = node["condition"]
    node.require(set(condition.shape) <= {1}, f"{condition} must have one element.")
    return common_shapes(node, params(node))


def params(node: Node) -> Params:
    """The branches."""
    return Params(node.options.then_subgraph_index, node.options.else_subgraph_index)


@OP.rule("branch", "b any* -> any*", params=params)
def define(
    condition: Array, inputs: tuple[Array, ...], p: Params, machine: Machine
) -> Iterator[tuple[str, list[Array]]]:
    """Run one branch."""
    yield "outputs", machine.call(p.then_subgraph if condition.item() else p.else_subgraph, inputs)
