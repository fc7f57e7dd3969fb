from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator, CombinerType
from pytflite.schema.tables import EmbeddingLookupSparseOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, fails, integers, one_op, shapes


def embedding_lookup_sparse(
    combiner: CombinerType,
    seed: int,
    *,
    dense: tuple[int, ...] = (3, 4),
    table: tuple[int, ...] = (5, 6),
    count: int = 7,
    weights: int | None = None,
    coordinates: int | None = None,
    ordered: bool = True,
    fed: bool = True,
    beyond: int = 0,
    outside: int = 0,
) -> Case:
    """An EMBEDDING_LOOKUP_SPARSE of random rows, in the order of their places or not."""
    rng = np.random.default_rng(seed)
    places = rng.integers(0, dense, (count, len(dense)))
    if ordered:
        places = places[np.lexsort(places.T[::-1])]
    places[:, :1] += outside
    operands = [
        integers(rng.integers(0, table[0], count) + beyond, fed=True),
        integers(places[:, :coordinates], fed=True),
        integers(dense, fed=fed),
        Operand(np.abs(elements(rng, "f32", (count if weights is None else weights,))), "f32"),
        Operand(elements(rng, "f32", table), "f32", fed),
    ]
    options = EmbeddingLookupSparseOptions(combiner=combiner)
    return one_op(BuiltinOperator.EMBEDDING_LOOKUP_SPARSE, operands, [Result("f32")], options)


@st.composite
def sparse_lookups(draw: st.DrawFn) -> Case:
    return embedding_lookup_sparse(
        draw(st.sampled_from(CombinerType)),
        draw(st.integers(0, 2**32)),
        dense=draw(shapes(1, 4, empty=False)),
        table=draw(shapes(2, 3, empty=False)),
        count=draw(st.sampled_from([0, 1, 4, 12])),
        ordered=draw(st.booleans()),
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("combiner", CombinerType)
@pytest.mark.parametrize("ordered", [True, False])
def test_every_combiner_agrees(combiner: CombinerType, ordered: bool) -> None:
    agree(embedding_lookup_sparse(combiner, 0, count=20, ordered=ordered))


@settings(max_examples=60, deadline=None)
@given(sparse_lookups())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_sums_leave_places_outside_out() -> None:
    agree(embedding_lookup_sparse(CombinerType.SUM, 0, dense=(3, 1, 4), count=12, outside=1))
    agree(embedding_lookup_sparse(CombinerType.SUM, 0, dense=(3, 1, 4), count=12, outside=-1))


def golden_cases() -> dict[str, Case]:
    return {combiner.name.lower(): embedding_lookup_sparse(combiner, 1, count=15) for combiner in CombinerType}


def test_golden() -> None:
    agrees_with_golden("embedding_lookup_sparse")


def test_refuses_what_is_outside() -> None:
    fails(embedding_lookup_sparse(CombinerType.SUM, 0, beyond=5), r"ids must be in \[0, 5\)")
    fails(embedding_lookup_sparse(CombinerType.MEAN, 0, outside=-3), r"must be in the shape \[3\]")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"coordinates": 0}, "must have 7 rows of at least one coordinate"),
        ({"coordinates": 1}, "dense_shape .* must be a vector of 1 elements"),
        ({"weights": 3}, "weights .* must be a vector of 7 elements"),
        ({"table": (5,)}, "value .* must have at least 2 dimensions"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(embedding_lookup_sparse(CombinerType.SUM, 0, **change), message)
