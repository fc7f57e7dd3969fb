from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops.densify import OP
from pytflite.schema.enums import BuiltinOperator, DimensionType
from pytflite.schema.tables import DensifyOptions, DimensionMetadata, Int32Vector, SparsityParameters
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds

LETTERS = [kind[0] for kind in kinds(OP)]


def densify(seed: int, letter: str, *, rows: int = 4, columns: int = 5, density: float = 0.4) -> Case:
    """A constant stored row by row without its zeros."""
    rng = np.random.default_rng(seed)
    present = rng.random((rows, columns)) < density
    present[0, 0] = True  # the real runtime wants an element
    values = rng.integers(1, 100, present.sum()).astype(dtype_from_letter(letter).numpy)
    segments, indices = np.append(0, np.cumsum(present.sum(axis=1))), np.nonzero(present)[1]
    compressed = DimensionMetadata(
        DimensionType.SPARSE_CSR, 0, Int32Vector(segments.astype(np.int32)), Int32Vector(indices.astype(np.int32))
    )
    sparsity = SparsityParameters((0, 1), (), (DimensionMetadata(DimensionType.DENSE, rows), compressed))
    b = ModelBuilder()
    buffer = b.buffer(np.frombuffer(values.tobytes(), np.uint8))
    g = b.subgraph("main")
    stored = g.tensor("stored", (rows, columns), letter, buffer=buffer, sparsity=sparsity)
    g.operator(BuiltinOperator.DENSIFY, [stored], [g.output("dense", (rows, columns), letter)], DensifyOptions())
    return Case(b.build(), [[]])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from(LETTERS),
    st.integers(1, 6),
    st.integers(1, 6),
    st.sampled_from([0.1, 0.5, 1]),
)
def test_agrees(seed: int, letter: str, rows: int, columns: int, density: float) -> None:
    agree(densify(seed, letter, rows=rows, columns=columns, density=density))


def golden_cases() -> dict[str, Case]:
    return {letter: densify(0, letter) for letter in LETTERS}


def test_golden() -> None:
    agrees_with_golden("densify")


def test_refuses() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    x, y = g.input("x", (2,), "f32"), g.output("y", (2,), "f32")
    g.operator(BuiltinOperator.DENSIFY, [x], [y], DensifyOptions())
    with pytest.raises(PrepareError, match=r"must be a constant with sparsity parameters[\s\S]*\(DENSIFY\)"):
        evaluate(b.build(), [[np.zeros(2, np.float32)]], kernels=False)
