from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from pytflite.model.write import write
from pytflite.ops.gather import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import GatherOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate, real
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def gather(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (3,),
    wanted: tuple[int, ...] = (2, 2),
    axis: int = 0,
    batch_dims: int = 0,
    fed: bool = True,
    beyond: int = 0,
) -> Case:
    """A GATHER of random elements at random positions; int4 elements come in pairs."""
    rng = np.random.default_rng(seed)
    if kind[0] == "i4":
        shape = (*shape, 2)
    positions = rng.integers(0, max(shape[axis % len(shape)], 1), wanted) + beyond
    operands = [Operand(elements(rng, kind[0], shape), kind[0]), integers(positions, kind[1], fed=fed)]
    options = GatherOptions(axis=axis, batch_dims=batch_dims)
    return one_op(BuiltinOperator.GATHER, operands, [Result(kind[0])], options)


@st.composite
def gathers(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    shape = draw(shapes(1, 1 if kind[0] == "str" else 5, empty=False))
    axis = draw(st.integers(0 if kind[0] == "i4" else -len(shape), len(shape) - 1))
    batch_dims = draw(st.integers(0, min(axis % len(shape), 2)))
    wanted = shape[:batch_dims] + draw(shapes(1 if kind[0] == "str" else 0, 2))
    if wanted:
        batch_dims -= draw(st.sampled_from([0, len(wanted)])) if batch_dims < len(wanted) else 0
    return gather(
        kind,
        draw(st.integers(0, 2**32)),
        shape=shape,
        wanted=wanted,
        axis=axis,
        batch_dims=batch_dims,
        fed=draw(st.booleans()),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(gather(kind, 0))


@settings(max_examples=60, deadline=None)
@given(gathers())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("beyond", [-3, 3])
def test_refuses_positions_outside_of_the_axis(beyond: int) -> None:
    subject = gather(KINDS[0], 0, beyond=beyond)
    with pytest.raises(
        InvokeError, match=r"gather index out of bounds[\s\S]*Node number 0 \(GATHER\) failed to invoke"
    ):
        evaluate(subject.model, subject.inputs, kernels=False)
    with pytest.raises(RuntimeError, match="gather index out of bounds"):
        real(write(subject.model), subject.inputs)


def golden_cases() -> dict[str, Case]:
    cases = {
        "_".join(kind[:2]): gather(kind, i) for i, kind in enumerate(KINDS) if kind[0] != "str" and kind[1] == "i32"
    }
    return cases | {"batched": gather(KINDS[0], 7, shape=(2, 3, 4, 2), wanted=(2, 5), axis=2, batch_dims=1)}


def test_golden() -> None:
    agrees_with_golden("gather")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"axis": 1, "shape": (3,), "wanted": (1,)}, "not in the range"),
        ({"shape": (3, 2), "batch_dims": 1}, "reaches beyond axis 0"),
        ({"shape": (3, 2), "axis": 1, "batch_dims": 1}, "first 1 sizes"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = gather(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(GATHER\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
