from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.stablehlo_scatter import OP, STEPS
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StablehloScatterOptions
from tests.ops.bodies import one_op_with_body
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, elements, integers, kinds, shapes

KINDS = kinds(OP)
BODIES = [[code] if code else [] for code in STEPS]


def scatter(
    kind: tuple[str, ...],
    seed: int,
    *,
    body: list[BuiltinOperator] = BODIES[1],
    shape: tuple[int, ...] = (3, 4, 2),
    indices: tuple[int, ...] = (2, 3, 2),
    index_vector_dim: int = 2,
    operand_dims: tuple[int, ...] = (1, 0),
    updates: tuple[int, ...] = (2, 3, 2, 2),
    window_dims: tuple[int, ...] = (2, 3),
    inserted: tuple[int, ...] = (0,),
    subgraph: int = 1,
) -> Case:
    """A STABLEHLO_SCATTER of random elements, some of them at the same place or outside."""
    rng = np.random.default_rng(seed)
    operands = [
        Operand(elements(rng, kind[0], shape), kind[0]),
        integers(rng.integers(-1, max(shape, default=0) + 1, indices), kind[1], fed=True),
        Operand(elements(rng, kind[0], updates), kind[0]),
    ]
    options = StablehloScatterOptions(
        update_window_dims=window_dims,
        inserted_window_dims=inserted,
        scatter_dims_to_operand_dims=operand_dims,
        index_vector_dim=index_vector_dim,
        update_computation_subgraph_index=subgraph,
    )
    return one_op_with_body(BuiltinOperator.STABLEHLO_SCATTER, operands, kind[0], options, body)


@st.composite
def scatters(draw: st.DrawFn) -> Case:
    shape = draw(shapes(0, 4))
    dims = list(range(len(shape)))
    mapped = draw(st.lists(st.sampled_from(dims), unique=True)) if dims else []
    inserted = [dim for dim in dims if draw(st.booleans())]
    batch = draw(shapes(0, 2, empty=False))
    index_dim = draw(st.integers(0, len(batch)))
    box = [draw(st.integers(0, size)) for dim, size in enumerate(shape) if dim not in inserted]
    window = sorted(draw(st.permutations(range(len(batch) + len(box))))[: len(box)])
    of_box, of_batch = iter(box), iter(batch)
    return scatter(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        body=draw(st.sampled_from(BODIES)),
        shape=shape,
        indices=(*batch[:index_dim], len(mapped), *batch[index_dim:]),
        index_vector_dim=index_dim,
        operand_dims=tuple(mapped),
        updates=tuple(next(of_box if dim in window else of_batch) for dim in range(len(batch) + len(box))),
        window_dims=tuple(window),
        inserted=tuple(inserted),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", BODIES)
def test_every_kind_agrees(kind: tuple[str, ...], body: list[BuiltinOperator]) -> None:
    agree(scatter(kind, 0, body=body))


@settings(max_examples=80, deadline=None)
@given(scatters())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {"_".join(kind[:2]): scatter(kind, i) for i, kind in enumerate(KINDS)}
    return cases | {f"body_{i}": scatter(("f32", "i32"), i, body=body) for i, body in enumerate(BODIES)}


def test_golden() -> None:
    agrees_with_golden("stablehlo_scatter")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"index_vector_dim": 3}, "index_vector_dim 3 is no dimension of scatter_indices"),
        ({"operand_dims": (1, 3)}, "scatter_dims_to_operand_dims must name 2 dimensions of input"),
        ({"window_dims": (2,)}, "must be 3 dimensions, as many as input"),
        ({"updates": (3, 3, 2, 2)}, r"must have the sizes \[2, 3\] outside of update_window_dims"),
        ({"body": [BuiltinOperator.MUL]}, "Its body must be empty or one of STABLEHLO_ADD"),
        ({"body": [BuiltinOperator.STABLEHLO_ADD] * 2}, "Its body must be empty or one of STABLEHLO_ADD"),
        ({"subgraph": 2}, "It refers to subgraph 2, the model has 2"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(scatter(KINDS[0], 0, **change), message)
