"""CALL_ONCE: a subgraph that sets up variables and tables, run by the first invoke only.

It takes nothing and gives nothing. Several operators that name the same subgraph run it once altogether.

Source: ``call_once.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import CallOnceOptions

OP = Op(BuiltinOperator.CALL_ONCE, "", "", CallOnceOptions, stateful=True, calls="init_subgraph_index")


@OP.shapes
def shapes(node: Node) -> list[Shape | None]:
    """There are no outputs."""
    node.outline(params(node), (), ())
    return []


def params(node: Node) -> int:
    """The subgraph."""
    subgraph: int = node.options.init_subgraph_index
    return subgraph


@OP.rule("once", "->", params=params)
def define(p: int, machine: Machine) -> Iterator[tuple[str, bool]]:
    """Run the subgraph unless that is done."""
    done = ("called once", p)
    if done not in machine.resources:
        machine.call(p, [])
        machine.resources[done] = True
    yield "initialized", machine.resources[done]
