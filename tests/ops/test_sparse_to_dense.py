from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.ops.sparse_to_dense import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SparseToDenseOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import Operand, Result, elements, fails, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def sparse_to_dense(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (3, 4),
    count: tuple[int, ...] = (5,),
    flat: bool = False,
    scalar: bool = False,
    default: tuple[int, ...] = (),
    fed: bool = True,
    beyond: int = 0,
) -> Case:
    """A SPARSE_TO_DENSE of random values at random places, some of them the same; ``flat`` indices are no matrix."""
    rng = np.random.default_rng(seed)
    places = rng.integers(0, shape, (*count, len(shape))) + beyond
    values = elements(rng, kind[2], () if scalar else count)
    operands = [
        integers(places[..., 0] if flat else places, kind[0], fed=True),
        integers(shape, kind[1], fed=fed),
        Operand(values, kind[2]),
        Operand(elements(rng, kind[2], default), kind[2]),
    ]
    return one_op(BuiltinOperator.SPARSE_TO_DENSE, operands, [Result(kind[2])], SparseToDenseOptions())


@st.composite
def sparse_to_denses(draw: st.DrawFn) -> Case:
    shape = draw(shapes(1, 4, empty=False))
    flat = len(shape) == 1 and draw(st.booleans())
    count = draw(st.sampled_from([(), (0,), (6,)] if flat else [(0,), (1,), (6,)]))
    return sparse_to_dense(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        count=count,
        flat=flat,
        scalar=draw(st.booleans()),
        default=draw(st.sampled_from([(), (1,), (1, 1)])),
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(sparse_to_dense(kind, 0))


@settings(max_examples=60, deadline=None)
@given(sparse_to_denses())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {"_".join(kind[:3]): sparse_to_dense(kind, i) for i, kind in enumerate(KINDS) if kind[0] == kind[1]}
    return cases | {"scalar": sparse_to_dense(KINDS[0], 7, shape=(2, 3, 2, 2), scalar=True)}


def test_golden() -> None:
    agrees_with_golden("sparse_to_dense")


@pytest.mark.parametrize("beyond", [-4, 4])
def test_refuses_places_outside(beyond: int) -> None:
    fails(sparse_to_dense(KINDS[0], 0, beyond=beyond), r"Indices must be in the shape \[3, 4\]")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"count": (2, 2)}, "indices .* must have at most 2 dimensions"),
        ({"flat": True}, "must have 1 elements, as many as coordinates"),
        ({"shape": (1, 1, 1, 1, 1)}, "at most 4 accepted"),
        ({"default": (2,)}, "default_value .* must have one element"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    refuses(sparse_to_dense(KINDS[0], 0, **change), message)
