"""Operators that put elements elsewhere, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError
from pytflite.kernels.engine.program import kernel
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.engine.engine import Engine
from pytflite.runtime.engine.movement import moved
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import GatherOptions, ReshapeOptions
from tests.engine.engines import agree, run
from tests.ops import (
    test_batch_to_space_nd,
    test_broadcast_to,
    test_concatenation,
    test_depth_to_space,
    test_embedding_lookup,
    test_gather,
    test_gather_nd,
    test_matrix_diag,
    test_mirror_pad,
    test_pack,
    test_pad,
    test_padv2,
    test_reverse_v2,
    test_slice,
    test_space_to_batch_nd,
    test_space_to_depth,
    test_split,
    test_split_v,
    test_strided_slice,
    test_tile,
    test_transpose,
    test_unpack,
)
from tests.ops.resizes import resizes

CASES = {
    "batch_to_space_nd": test_batch_to_space_nd.rearrangements(),
    "broadcast_to": test_broadcast_to.broadcasts(),
    "concatenation": test_concatenation.cases(),
    "depth_to_space": test_depth_to_space.rearrangements(),
    "embedding_lookup": test_embedding_lookup.embedding_lookups(),
    "gather": test_gather.gathers(),
    "gather_nd": test_gather_nd.gathers(),
    "matrix_diag": test_matrix_diag.diagonals(),
    "mirror_pad": test_mirror_pad.paddings(),
    "pack": test_pack.packs(),
    "pad": test_pad.paddings(),
    "padv2": test_padv2.paddings(),
    "resize_nearest_neighbor": resizes(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, ["i8", "i16", "f32"], both=True),
    "reverse_v2": test_reverse_v2.reversals(),
    "slice": test_slice.cuts(),
    "space_to_batch_nd": test_space_to_batch_nd.rearrangements(),
    "space_to_depth": test_space_to_depth.rearrangements(),
    "split": test_split.splits(),
    "split_v": test_split_v.splits(),
    "strided_slice": test_strided_slice.strided_slices(),
    "tile": test_tile.tilings(),
    "transpose": test_transpose.transpositions(),
    "unpack": test_unpack.unpacks(),
}


@pytest.mark.parametrize("name", CASES)
def test_agrees(name: str) -> None:
    bound = []

    @settings(max_examples=30, deadline=None, derandomize=True)
    @given(CASES[name])
    def check(subject: Any) -> None:
        plan = prepare(subject.model, 0, REFERENCE)
        if plan.is_static and Engine.takes(plan) and plan.first.nodes:
            for inputs in subject.inputs:
                bound.extend(agree(subject.model, inputs).bound)

    check()
    assert bound


@pytest.mark.parametrize("number", [-1, 5])
def test_a_slice_that_is_not_there(number: int) -> None:
    g = (b := ModelBuilder()).subgraph("main")
    table, numbers = np.arange(15, dtype=np.float32).reshape(5, 3), np.array([1, 4, 0], np.int32)
    operands = [g.input("table", table.shape, "f32"), g.input("numbers", numbers.shape, "i32")]
    g.operator(BuiltinOperator.GATHER, operands, [g.output("y", (0,), "f32")], GatherOptions())
    model = b.build()
    assert agree(model, [table, numbers]).bound == {0}
    numbers[1] = number
    with pytest.raises(AssertionError):
        run(model, [table, numbers])
    with pytest.raises(InvokeError, match="out of bounds"):
        agree(model, [table, numbers])


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
        block = call.block()
        for part in range(3):
            kernel(call.kernel)(block.ctypes.data, 0, part, 3)
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
