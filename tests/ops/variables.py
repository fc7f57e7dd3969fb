"""Models that keep a variable, for the tests of the operators that do so together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from pytflite.build import ModelBuilder, SubgraphBuilder, TensorRef
from pytflite.model.dtypes import dtype_from_numpy
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import (
    AddOptions,
    AssignVariableOptions,
    CallOnceOptions,
    ReadVariableOptions,
    VarHandleOptions,
)
from tests.ops.harness import Case
from tests.ops.operands import elements

Array = npt.NDArray[Any]

LETTERS = ["f32", "i32", "i64", "i8", "b"]


def handle(g: SubgraphBuilder, name: str = "variable", container: str = "") -> TensorRef:
    """VAR_HANDLE."""
    ref = g.tensor("handle", (1,), "res")
    g.operator(BuiltinOperator.VAR_HANDLE, [], [ref], VarHandleOptions(container=container, shared_name=name))
    return ref


def read(g: SubgraphBuilder, handle: TensorRef, shape: Sequence[int], letter: str) -> TensorRef:
    """READ_VARIABLE."""
    ref = g.tensor("value", shape, letter)
    g.operator(BuiltinOperator.READ_VARIABLE, [handle], [ref], ReadVariableOptions())
    return ref


def assign(g: SubgraphBuilder, handle: TensorRef, value: TensorRef) -> None:
    """ASSIGN_VARIABLE."""
    g.operator(BuiltinOperator.ASSIGN_VARIABLE, [handle, value], [], AssignVariableOptions())


def call_once(g: SubgraphBuilder, subgraph: int) -> None:
    """CALL_ONCE."""
    g.operator(BuiltinOperator.CALL_ONCE, [], [], CallOnceOptions(init_subgraph_index=subgraph))


def delay(values: Sequence[Array], *, names: Sequence[str] = ("variable",), shape: Sequence[int] | None = None) -> Case:
    """Each invoke gives what the one before was given; the first gives zeros, which a subgraph called once assigns.

    Args:
        values: what is given to each invoke.
        names: of the variables, one behind the other: the delay is as many invokes.
        shape: that the file says of what is read, by default that of the values.
    """
    first, letter = values[0], dtype_from_numpy(values[0].dtype).letter
    b = ModelBuilder()
    g, start = b.subgraph("main"), b.subgraph("start")
    call_once(g, start.index)
    zeros = start.constant("zeros", np.zeros(first.shape, first.dtype))
    value = g.input("value", first.shape, letter)
    for name in names:
        assign(start, handle(start, name), zeros)
        known = handle(g, name)
        before = read(g, known, first.shape if shape is None else shape, letter)
        assign(g, known, value)
        value = before
    g.mark_output(value)
    return Case(b.build(), [[value] for value in values])


def running_sum(values: Sequence[Array]) -> Case:
    """Each invoke adds to a variable and gives the sum."""
    first, letter = values[0], dtype_from_numpy(values[0].dtype).letter
    b = ModelBuilder()
    g, start = b.subgraph("main"), b.subgraph("start")
    call_once(g, start.index)
    assign(start, handle(start), start.constant("zeros", np.zeros(first.shape, first.dtype)))
    value = g.input("value", first.shape, letter)
    total = g.output("total", first.shape, letter)
    known = handle(g)
    g.operator(BuiltinOperator.ADD, [read(g, known, first.shape, letter), value], [total], AddOptions())
    assign(g, known, total)
    return Case(b.build(), [[value] for value in values])


@st.composite
def delays(draw: st.DrawFn) -> Case:
    """Delays of any length, dtype and shape."""
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    letter = draw(st.sampled_from(LETTERS))
    names = [f"v{i}" for i in range(draw(st.integers(1, 3)))]
    values = [elements(rng, letter, shape) for _ in range(draw(st.integers(1, 5)))]
    return delay(values, names=names, shape=draw(st.sampled_from([None, ()])))
