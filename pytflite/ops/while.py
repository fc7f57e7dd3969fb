"""WHILE: a subgraph again and again, as long as another one says so.

inputs: the values before the first round. outputs: as many, of the same dtypes, the values when the condition is first
false. Where the body changes a shape the next round is given the new one, and the shape of the output is known only
afterwards; but a body that gives a vector of one element for a scalar, or a scalar for it, is always given the same
shape. A loop without end is run without end.

The kernel puts what the body gives one by one into the memory that the body took it from. Where the body just hands on
an input to a later place, that place gets what has overwritten the input: after a body of (a, b) -> (b, a) both are b.
The condition is asked about the right values all the same.

Source: ``while.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Given, Machine, Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import WhileOptions

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.WHILE,
    "inputs*",
    "outputs*",
    WhileOptions,
    stateful=True,
    calls="cond_subgraph_index body_subgraph_index",
)

ONE = ((), (1,))
"""Shapes of one element that may stand for each other."""


class Params(NamedTuple):
    """A loop.

    Attributes:
        condition: a subgraph that gives one bool.
        body: a subgraph that gives what it takes.
        taken: shapes that every round is given, None where they may change.
        overwritten: places of values, each with the earlier place whose old value the body hands on to it.
    """

    condition: int
    body: int
    taken: tuple[Shape, ...] | None
    overwritten: tuple[tuple[int, int], ...]


@OP.shapes
def shapes(node: Node) -> list[Shape | None]:
    """Those that the body gives, if it keeps those that it takes."""
    inputs, outputs = (tuple(tensor.letter for tensor in node.all(role)) for role in ("inputs", "outputs"))
    node.require(inputs == outputs, f"Inputs ({' '.join(inputs)}) and outputs ({' '.join(outputs)}) must be alike.")
    (condition,) = node.outline(node.options.cond_subgraph_index, node.all("inputs"), ["b"])
    shape = condition.shape
    node.require(shape is None or shape in ONE, f"The condition has the shape {shape}, not one element.")
    taken = params(node).taken
    if taken is None:
        return [None for _ in outputs]
    return [each.shape if each.shape == shape else None for each, shape in zip(body(node), taken, strict=True)]


def body(node: Node) -> list[Given]:
    """What the body gives."""
    inputs = node.all("inputs")
    return node.outline(node.options.body_subgraph_index, inputs, [tensor.letter for tensor in inputs])


def params(node: Node) -> Params:
    """The loop, and whether its shapes may change."""
    taken, given = tuple(tensor.shape for tensor in node.all("inputs")), body(node)
    kept = all(a == b.shape or (a in ONE and b.shape in ONE) for a, b in zip(taken, given, strict=True))
    return Params(
        node.options.cond_subgraph_index,
        node.options.body_subgraph_index,
        taken if kept else None,
        tuple((i, each.taken) for i, each in enumerate(given) if each.taken is not None and each.taken < i),
    )


@OP.rule("loop", "any* -> any*", params=params)
def define(inputs: tuple[Array, ...], p: Params, machine: Machine) -> Iterator[tuple[str, list[Array]]]:
    """Ask, then run the body, until the answer is no."""
    values = [value.copy() for value in inputs]
    asked = values
    while holds(machine.call(p.condition, asked)[0]):
        values = machine.call(p.body, reshaped(values, p.taken))
        asked = reshaped(values, p.taken)
        for place, earlier in p.overwritten:
            values[place] = values[earlier].copy()
    yield "outputs", values


def holds(condition: Array) -> bool:
    """What the condition says."""
    if condition.shape not in ONE:
        raise InvokeError(f"The condition has the shape {condition.shape}, not one element.")
    return bool(condition.item())


def reshaped(values: list[Array], shapes: tuple[Shape, ...] | None) -> list[Array]:
    """The values in shapes that they are known to fit."""
    if shapes is None:
        return list(values)
    return [value.reshape(shape) for value, shape in zip(values, shapes, strict=True)]
