from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BatchMatMulOptions
from tests.ops.harness import Case, agree, agrees_with_golden, case, evaluate
from tests.ops.quantized import codes, tie_prone_scale

KINDS = {
    "int8": ("i8", "i8", "i8"),
    "int8_to_int32": ("i8", "i8", "i32"),
    "int16": ("i16", "i16", "i16"),
    "int16x8": ("i16", "i8", "i16"),
    "float32": ("f32", "f32", "f32"),
    "hybrid": ("f32", "i8", "f32"),
}


def matrix_product(
    kind: str,
    seed: int,
    *,
    batch: tuple[tuple[int, ...], tuple[int, ...]] = ((2,), (2,)),
    rows: int = 3,
    depth: int = 21,
    columns: int = 5,
    rhs_depth: int | None = None,
    constant: bool = False,
    per_axis: bool = False,
    **options: Any,
) -> Case:
    """A BATCH_MATMUL with random codes or floats; rows of floats have ranges of their own."""
    rng = np.random.default_rng(seed)
    left_type, right_type, out_type = KINDS[kind]
    b = ModelBuilder()
    g = b.subgraph("main")
    options_table = BatchMatMulOptions(**options)
    rhs_depth = depth if rhs_depth is None else rhs_depth
    left_shape = (*batch[0], *((depth, rows) if options_table.adj_x else (rows, depth)))
    right_shape = (*batch[1], *((columns, rhs_depth) if options_table.adj_y else (rhs_depth, columns)))
    left, right = values(rng, left_type, left_shape), values(rng, right_type, right_shape)
    left_scale, right_scale = tie_prone_scale(rng, 0.002, 0.1), tie_prone_scale(rng, 0.002, 0.1)
    quantization: list[dict[str, Any]] = [{}, {}, {}]
    if left_type != "f32":
        out_scale = np.float32(left_scale * right_scale * tie_prone_scale(rng, 2, 200))
        scales = (left_scale, right_scale, out_scale)
        for i, (letter, scale) in enumerate(zip(KINDS[kind], scales, strict=True)):
            zero_point = codes(rng, letter, ()) if left_type == "i8" and letter == "i8" else 0
            quantization[i] = {"scale": scale, "zero_point": zero_point}
    if right_type == "i8" and per_axis:
        quantization[1] = {
            "scale": tie_prone_scale(rng, 0.002, 0.1, columns),
            "quantized_dimension": len(right_shape) - (2 if options_table.adj_y else 1),
        }
    elif kind == "hybrid":
        quantization[1] = {"scale": right_scale}
    x = g.input("lhs", left_shape, left_type, **quantization[0])
    fixed = g.constant("rhs", right, right_type, **quantization[1])
    y = fixed if constant else g.input("rhs", right_shape, right_type, **quantization[1])
    z = g.output("output", (0, 0), out_type, **quantization[2])
    g.operator(BuiltinOperator.BATCH_MATMUL, [x, y], [z], options_table)
    return case(b.build(), left) if constant else case(b.build(), left, right)


def values(rng: np.random.Generator, letter: str, shape: tuple[int, ...]) -> Any:
    if letter != "f32":
        return codes(rng, letter, shape)
    return (rng.standard_normal(shape) * np.exp(rng.uniform(-3, 3, (*shape[:-1], 1)))).astype(np.float32)


@st.composite
def matrix_products(draw: st.DrawFn) -> Case:
    batch = draw(st.lists(st.sampled_from([1, 2, 2, 3]), max_size=3))
    cut = draw(st.integers(0, len(batch)))
    fewer = [size if draw(st.booleans()) else 1 for size in batch][cut:]
    pair = (tuple(batch), tuple(fewer)) if draw(st.booleans()) else (tuple(fewer), tuple(batch))
    unwritten = len(pair[1]) == 3 and pair[1][0] > 1  # sums of rhs that the real kernel reads but never writes
    return matrix_product(
        draw(st.sampled_from(sorted(KINDS))),
        draw(st.integers(0, 2**32)),
        batch=pair,
        rows=draw(st.integers(1, 5)),
        depth=draw(st.integers(1, 40)),
        columns=draw(st.integers(1, 9)),
        constant=draw(st.booleans()),
        per_axis=draw(st.sampled_from([False, False, True])),
        adj_x=draw(st.booleans()),
        adj_y=draw(st.booleans()),
        asymmetric_quantize_inputs=not unwritten and draw(st.booleans()),
    )


@settings(max_examples=100, deadline=None)
@given(matrix_products())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change",
    [{"rows": 0}, {"columns": 0}, {"depth": 0, "asymmetric_quantize_inputs": True}, {"batch": ((0,), (1,))}],
)
def test_agrees_where_something_is_empty(kind: str, change: dict[str, Any]) -> None:
    agree(matrix_product(kind, 5, **change))


def golden_cases() -> dict[str, Case]:
    cases = {kind: matrix_product(kind, 3 + i, adj_y=i % 2 == 0) for i, kind in enumerate(KINDS)}
    cases |= {f"{kind}_broadcast": matrix_product(kind, 9, batch=((3, 1), (2,)), adj_x=True) for kind in KINDS}
    cases["int16x8_per_axis"] = matrix_product("int16x8", 4, per_axis=True)
    batch = ((2, 3), (2, 3))
    cases["hybrid_slots"] = matrix_product("hybrid", 6, batch=batch, per_axis=True, asymmetric_quantize_inputs=True)
    return cases


def test_golden() -> None:
    agrees_with_golden("batch_matmul")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rhs_depth": 20}, "must have the same depth, not 21 and 20"),
        ({"batch": ((2,), (3,))}, "must be equal or 1"),
        ({"batch": ((1, 1, 1, 2), (2,))}, "must have 2 to 5 dimensions"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = matrix_product("int8", 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(BATCH_MATMUL\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
