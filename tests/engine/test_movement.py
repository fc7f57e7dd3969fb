"""Operators that put elements elsewhere, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.build import ModelBuilder
from pytflite.kernels.engine.program import kernel
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.engine.engine import Engine
from pytflite.runtime.engine.movement import moved
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReshapeOptions
from tests.engine.engines import agree
from tests.ops import (
    test_concatenation,
    test_pack,
    test_pad,
    test_padv2,
    test_slice,
    test_split,
    test_strided_slice,
    test_transpose,
    test_unpack,
)

CASES = {
    "concatenation": test_concatenation.cases(),
    "pack": test_pack.packs(),
    "pad": test_pad.paddings(),
    "padv2": test_padv2.paddings(),
    "slice": test_slice.cuts(),
    "split": test_split.splits(),
    "strided_slice": test_strided_slice.strided_slices(),
    "transpose": test_transpose.transpositions(),
    "unpack": test_unpack.unpacks(),
}


@pytest.mark.parametrize("name", CASES)
def test_agrees(name: str) -> None:
    bound = []

    @settings(max_examples=30, deadline=None)
    @given(CASES[name])
    def check(subject: Any) -> None:
        plan = prepare(subject.model, 0, REFERENCE)
        if plan.is_static and Engine.takes(plan) and plan.first.nodes:
            for inputs in subject.inputs:
                bound.extend(agree(subject.model, inputs).bound)

    check()
    assert bound


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
    st.sampled_from(["u1", "i2", "f4", "i8"]),
)
def test_any_view_to_any_view(shape: list[int], random: Any, dtype: str) -> None:
    rng = np.random.default_rng(random.randrange(1 << 32))
    views = []
    for _ in range(2):
        order = rng.permutation(len(shape))
        steps = [int(step) for step in rng.choice([1, 1, 2, -1], len(shape))]
        whole = rng.integers(0, 100, [abs(steps[axis]) * shape[axis] for axis in order]).astype(dtype)
        view = whole.transpose(np.argsort(order))
        views.append(view[tuple(slice(None, None, step) for step in steps)])
    source, target = views
    calls = moved(source, target)
    for call in calls or ():
        kernel(call.kernel)(call.block().ctypes.data, 0, 0, 1)
    assert calls is None or np.array_equal(source, target)


def test_a_new_shape_is_no_copy() -> None:
    g = (b := ModelBuilder()).subgraph("main")
    array = np.random.default_rng(0).normal(size=(2, 3, 20)).astype(np.float32)
    first, flat, column, late = (g.tensor(name, (0,) * 3, "f32") for name in ("first", "flat", "column", "late"))
    g.operator(BuiltinOperator.RELU, [g.input("input", array.shape, "f32")], [first])
    shape = g.constant("shape", np.int32([4, 30]), "i32")
    g.operator(BuiltinOperator.RESHAPE, [first, shape], [flat], ReshapeOptions())
    g.operator(BuiltinOperator.EXPAND_DIMS, [flat, g.constant("axis", np.int32(2), "i32")], [column])
    g.operator(BuiltinOperator.NEG, [first], [late])
    g.operator(BuiltinOperator.ABS, [late], [g.output("other", (0,) * 3, "f32")])
    g.operator(BuiltinOperator.TANH, [column], [g.output("squashed", (0,) * 3, "f32")])
    end = g.constant("end", np.int32(0), "i32")
    g.operator(BuiltinOperator.EXPAND_DIMS, [flat, end], [g.output("y", (0,) * 3, "f32")])
    model = b.build()
    engine = agree(model, [array])
    assert {1, 2, 6} <= engine.bound
    names = [tensor.name for tensor in model.main.tensors]
    looked_at = ("first", "flat", "column", "late", "y")
    kept, *others = (engine._places[names.index(name)].array.ctypes.data for name in looked_at)
    assert others[:2] == [kept, kept]
    assert kept not in others[2:]
