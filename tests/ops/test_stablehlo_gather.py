from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.stablehlo_gather import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StablehloGatherOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def gather(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (3, 4, 2),
    indices: tuple[int, ...] = (2, 3, 2),
    index_vector_dim: int = 2,
    start_index_map: tuple[int, ...] = (1, 0),
    slice_sizes: tuple[int, ...] = (1, 2, 2),
    collapsed: tuple[int, ...] = (0,),
    offset_dims: tuple[int, ...] = (2, 3),
    fed: bool = True,
) -> Case:
    """A STABLEHLO_GATHER of random elements; some boxes start outside."""
    rng = np.random.default_rng(seed)
    starts = rng.integers(-2, max(shape, default=0) + 2, indices)
    operands = [Operand(elements(rng, kind[0], shape), kind[0]), integers(starts, kind[1], fed=fed)]
    options = StablehloGatherOptions(
        offset_dims=offset_dims,
        collapsed_slice_dims=collapsed,
        start_index_map=start_index_map,
        index_vector_dim=index_vector_dim,
        slice_sizes=slice_sizes,
    )
    rank = len(indices) - 1 + len(offset_dims)
    return one_op(BuiltinOperator.STABLEHLO_GATHER, operands, [Result(kind[0], (1,) * rank)], options)


@st.composite
def gathers(draw: st.DrawFn) -> Case:
    shape = draw(shapes(0, 4))
    dims = list(range(len(shape)))
    mapped = draw(st.lists(st.sampled_from(dims), unique=True)) if dims else []
    sizes = [draw(st.integers(0, size)) for size in shape]
    collapsed = [dim for dim in dims if sizes[dim] == 1 and draw(st.booleans())]
    batch = draw(shapes(0, 2, empty=False))
    index_dim = draw(st.integers(0, len(batch)))
    result = list(range(len(batch) + len(shape) - len(collapsed)))
    chosen = draw(st.permutations(result))[: len(shape) - len(collapsed)]
    return gather(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        indices=(*batch[:index_dim], len(mapped), *batch[index_dim:]),
        index_vector_dim=index_dim,
        start_index_map=tuple(mapped),
        slice_sizes=tuple(sizes),
        collapsed=tuple(collapsed),
        offset_dims=tuple(sorted(chosen)),
        fed=draw(st.booleans()) or not mapped,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(gather(kind, 0))


@settings(max_examples=80, deadline=None)
@given(gathers())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {"_".join(kind[:2]): gather(kind, i) for i, kind in enumerate(KINDS)}


def test_golden() -> None:
    agrees_with_golden("stablehlo_gather")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slice_sizes": (1, 5, 2)}, r"slice_sizes \[1, 5, 2\] must fit into operand"),
        ({"index_vector_dim": 3}, "index_vector_dim 3 is no dimension of start_indices"),
        ({"start_index_map": (1,)}, "start_index_map must name 2 dimensions"),
        ({"collapsed": (3,)}, "collapsed_slice_dims must be dimensions"),
        ({"offset_dims": (3, 2)}, "offset_dims must be 2 of 4 dimensions, in order"),
        ({"offset_dims": (2,)}, "offset_dims must be 2 of 4 dimensions, in order"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(gather(KINDS[0], 0, **change), message)
