"""Shapes that follow from values: known in prepare where they can be, else segment by segment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder, SubgraphBuilder, TensorRef
from pytflite.errors import PrepareError
from pytflite.model.types import Model
from pytflite.plan.prepare import FOLLOWING_LIMIT, prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.session import Session
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import (
    PackOptions,
    PadOptions,
    ReshapeOptions,
    ShapeOptions,
    StridedSliceOptions,
)
from tests.ops.harness import Case, agree, evaluate

Array = npt.NDArray[Any]


def i32(*values: int) -> Array:
    return np.array(values, np.int32)


def ramp(*shape: int) -> Array:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def shape_of(g: SubgraphBuilder, x: TensorRef, rank: int) -> TensorRef:
    """x -> SHAPE."""
    sizes = g.tensor("sizes", (rank,), "i32")
    g.operator(BuiltinOperator.SHAPE, [x], [sizes], ShapeOptions(out_type=TensorType.INT32))
    return sizes


def size_of(g: SubgraphBuilder, sizes: TensorRef, axis: int) -> TensorRef:
    """sizes -> STRIDED_SLICE -> one of them, a scalar."""
    size = g.tensor("size", (), "i32")
    index = [g.constant("index", i32(value)) for value in (axis, axis + 1, 1)]
    g.operator(BuiltinOperator.STRIDED_SLICE, [sizes, *index], [size], StridedSliceOptions(shrink_axis_mask=1))
    return size


def stacked(g: SubgraphBuilder, sizes: Sequence[TensorRef | int]) -> TensorRef:
    """scalars -> PACK -> a vector."""
    vector = g.tensor("vector", (len(sizes),), "i32")
    scalars = [g.constant("scalar", np.int32(s)) if isinstance(s, int) else s for s in sizes]
    g.operator(BuiltinOperator.PACK, scalars, [vector], PackOptions(values_count=len(sizes)))
    return vector


def reshaped(g: SubgraphBuilder, x: TensorRef, shape: TensorRef) -> TensorRef:
    """x -> RESHAPE."""
    y = g.tensor("reshaped", (), "f32")
    g.operator(BuiltinOperator.RESHAPE, [x, shape], [y], ReshapeOptions())
    return y


def flattened_by_its_own_shape() -> Model:
    """What converters write for ``reshape(x, (shape(x)[0], -1))``."""
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("x", (1, 2, 3), "f32", shape_signature=(-1, -1, 3))
    g.mark_output(reshaped(g, x, stacked(g, [size_of(g, shape_of(g, x, 3), 0), -1])))
    return b.build()


def padded_then_halved() -> Model:
    """A shape that is only known at run time, twice: paddings are fed, and the padded shape shapes the result."""
    b = ModelBuilder()
    g = b.subgraph("main")
    x, paddings = g.input("x", (2, 3), "f32"), g.input("paddings", (2, 2), "i32")
    padded = g.tensor("padded", (), "f32")
    g.operator(BuiltinOperator.PAD, [x, paddings], [padded], PadOptions())
    g.mark_output(reshaped(g, padded, stacked(g, [2, size_of(g, shape_of(g, padded, 2), 1), -1])))
    g.mark_output(padded)
    return b.build()


def two_windows() -> Model:
    """Three cuts, the first and the last begin where one input says, the second where another does."""
    b = ModelBuilder()
    g = b.subgraph("main")
    first, second = g.input("first", (1,), "i32"), g.input("second", (1,), "i32")
    end, stride = g.constant("end", i32(2)), g.constant("stride", i32(1))
    for begin in (first, second, first):
        y = g.output("y", (), "f32")
        options = StridedSliceOptions(offset=True)
        g.operator(BuiltinOperator.STRIDED_SLICE, [g.constant("x", ramp(9)), begin, end, stride], [y], options)
    return b.build()


def test_a_shape_made_of_shapes_is_known_in_prepare() -> None:
    model = flattened_by_its_own_shape()
    for shape in ((1, 2, 3), (4, 5, 3)):
        plan = prepare(model, 0, REFERENCE, shapes={model.main.inputs[0]: shape})
        assert plan.is_static
        assert plan.first.shapes[model.main.outputs[0]] == (shape[0], shape[1] * 3)


def test_resizing_agrees() -> None:
    shapes = [(1, 2, 3), (4, 5, 3), (4, 5, 3), (2, 1, 3)]
    agree(Case(flattened_by_its_own_shape(), [[ramp(*shape)] for shape in shapes]))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 4), min_size=2, max_size=5))
def test_values_that_shape_agree(paddings: list[tuple[int, ...]]) -> None:
    even = [(a, b + (a + b) % 2, c, d) for a, b, c, d in paddings]
    agree(Case(padded_then_halved(), [[ramp(2, 3), i32(*p).reshape(2, 2)] for p in even]))


def test_a_resize_and_new_values_agree() -> None:
    pads = i32(1, 1, 0, 2).reshape(2, 2)
    feeds = [[ramp(2, 3), pads], [ramp(4, 1), pads], [ramp(4, 1), pads * 2], [ramp(2, 3), pads]]
    agree(Case(padded_then_halved(), feeds))


def test_a_later_segment_knows_the_values_of_this_invoke() -> None:
    agree(Case(two_windows(), [[i32(a), i32(b)] for a, b in ((0, 3), (5, 3), (0, 3), (5, 4))]))


def test_segments_are_prepared_once_for_each_value() -> None:
    model = padded_then_halved()
    session = Session(prepare(model, 0, REFERENCE))
    x, paddings = model.main.inputs
    seen = []
    for pads in ((0, 0, 1, 1), (2, 0, 0, 0), (0, 0, 1, 1)):
        session.inputs[x][...] = ramp(2, 3)
        session.inputs[paddings][...] = i32(*pads).reshape(2, 2)
        session.invoke()
        seen.append(list(session.plan.first.following.values()))
    assert [len(segments) for segments in seen] == [1, 2, 2]
    assert seen[2] == seen[1]


def test_segments_do_not_pile_up() -> None:
    model = padded_then_halved()
    session = Session(prepare(model, 0, REFERENCE))
    x, paddings = model.main.inputs
    session.inputs[x][...] = ramp(2, 3)
    for width in range(FOLLOWING_LIMIT + 5):
        session.inputs[paddings][...] = i32(0, 0, 0, width).reshape(2, 2)
        session.invoke()
        output = session.get(model.main.outputs[0])
        assert output is not None
        assert output.shape == (2, 3 + width, 1)
    assert len(session.plan.first.following) == FOLLOWING_LIMIT


def test_an_empty_constant_needs_no_buffer() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("x", (1, 1), "f32")
    g.mark_output(reshaped(g, x, g.tensor("scalar", (0,), "i32")))
    model = b.build()
    assert prepare(model, 0, REFERENCE).is_static
    agree(Case(model, [[ramp(1, 1)]]))


def test_refuses_values_that_make_no_shape() -> None:
    pads = i32(1, 0, 0, 0).reshape(2, 2)
    with pytest.raises(PrepareError, match=r"has 9 elements[\s\S]*Node number 4 \(RESHAPE\) failed to prepare"):
        evaluate(padded_then_halved(), [[ramp(2, 3), pads]], kernels=False)
