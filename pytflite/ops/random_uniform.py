"""RANDOM_UNIFORM: random numbers from 0 to before 1.

shape: int32 vector. output: float32 of that shape. The numbers follow from seed and seed2 in the options and from how
many there were before; with both 0 they are others each time.

Source: ``random_ops.cc``.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.random import Seeds, generator, seeds
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RandomOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.RANDOM_UNIFORM, "shape", "output", RandomOptions, stateful=True)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """What the input says."""
    shape = node["shape"]
    node.require(len(shape.shape) == 1, f"{shape} must be a vector.")
    wanted = tuple(int(size) for size in node.value("shape"))
    node.require(min(wanted, default=0) >= 0, f"Shape {list(wanted)} may have no negative entry.")
    return [wanted]


@OP.rule("philox", "i32 -> f32", params=seeds)
def define(shape: Array, p: Seeds, machine: Machine) -> Array:
    """In float32, with 23 random bits."""
    wanted = tuple(shape.tolist())
    return generator(machine, p).uniform(prod(wanted)).reshape(wanted)
