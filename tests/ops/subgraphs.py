"""Subgraphs for the tests of operators that call them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.build import ModelBuilder, SubgraphBuilder, TensorRef
from pytflite.model.dtypes import dtype_from_numpy
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import AddOptions, CastOptions, ConcatenationOptions, ReshapeOptions, SubOptions

Array = npt.NDArray[Any]
Body = Callable[[SubgraphBuilder, list[TensorRef]], list[TensorRef]]


def inputs(g: SubgraphBuilder, values: Sequence[Array], *, prefix: str = "in") -> list[TensorRef]:
    """Inputs of the dtypes and shapes of some values."""
    return [g.input(f"{prefix}{i}", v.shape, dtype_from_numpy(v.dtype).letter) for i, v in enumerate(values)]


def results(g: SubgraphBuilder, values: Sequence[Array], *, known: bool = True) -> list[TensorRef]:
    """Outputs of the dtypes of some values, and of their shapes where those are known."""
    letters = [dtype_from_numpy(value.dtype).letter for value in values]
    shapes = [value.shape if known else () for value in values]
    return [g.output(f"out{i}", shape, letter) for i, (shape, letter) in enumerate(zip(shapes, letters, strict=True))]


def subgraph(b: ModelBuilder, values: Sequence[Array], body: Body) -> int:
    """Add a subgraph that takes such values and gives what the body makes of them."""
    g = b.subgraph(f"subgraph{len(b._subgraphs)}")
    for ref in body(g, inputs(g, values)):
        g.mark_output(ref)
    return g.index


def same(g: SubgraphBuilder, refs: list[TensorRef]) -> list[TensorRef]:
    """Hand on."""
    return refs


def swapped(g: SubgraphBuilder, refs: list[TensorRef]) -> list[TensorRef]:
    """Hand on in the reverse order."""
    return refs[::-1]


def repeated(g: SubgraphBuilder, refs: list[TensorRef]) -> list[TensorRef]:
    """Hand on the first again and again."""
    return [refs[0]] * len(refs)


def summed(g: SubgraphBuilder, refs: list[TensorRef]) -> list[TensorRef]:
    """(a, b) -> (b, a + b)."""
    return [*refs[1:], added(g, refs[0], refs[-1])]


def summed_first(g: SubgraphBuilder, refs: list[TensorRef]) -> list[TensorRef]:
    """(a, b) -> (a + b, a)."""
    return [added(g, refs[0], refs[-1]), *refs[:-1]]


def constants(g: SubgraphBuilder, refs: list[TensorRef]) -> list[TensorRef]:
    """The first becomes a constant."""
    tensor = g._tensors[refs[0].index]
    return [g.constant("constant", np.full(tensor.shape, 3), tensor.type), *refs[1:]]


def grown(g: SubgraphBuilder, refs: list[TensorRef]) -> list[TensorRef]:
    """(a, b) -> (a and b behind each other along the first axis, b)."""
    out = g.tensor("grown", (), g._tensors[refs[0].index].type)
    g.operator(BuiltinOperator.CONCATENATION, [refs[0], refs[-1]], [out], ConcatenationOptions(axis=0))
    return [out, *refs[1:]]


def flattened(g: SubgraphBuilder, refs: list[TensorRef]) -> list[TensorRef]:
    """All become vectors."""
    return [reshaped(g, ref, [-1]) for ref in refs]


def added(g: SubgraphBuilder, a: TensorRef, b: TensorRef) -> TensorRef:
    """a + b."""
    out = g.tensor("sum", (), g._tensors[a.index].type)
    g.operator(BuiltinOperator.ADD, [a, b], [out], AddOptions())
    return out


def reshaped(g: SubgraphBuilder, a: TensorRef, shape: Sequence[int]) -> TensorRef:
    """A in another shape."""
    out = g.tensor("reshaped", (), g._tensors[a.index].type)
    g.operator(BuiltinOperator.RESHAPE, [a, g.constant("shape", np.array(shape, np.int32))], [out], ReshapeOptions())
    return out


def less_one(g: SubgraphBuilder, counter: TensorRef) -> TensorRef:
    """counter - 1."""
    out = g.tensor("less one", g._tensors[counter.index].shape, "i32")
    one = g.constant("one", np.ones(g._tensors[counter.index].shape, np.int32))
    g.operator(BuiltinOperator.SUB, [counter, one], [out], SubOptions())
    return out


def is_not_zero(g: SubgraphBuilder, counter: TensorRef) -> TensorRef:
    """Whether a counter is another number than 0."""
    out = g.tensor("is not zero", g._tensors[counter.index].shape, "b")
    options = CastOptions(in_data_type=TensorType.INT32, out_data_type=TensorType.BOOL)
    g.operator(BuiltinOperator.CAST, [counter], [out], options)
    return out
