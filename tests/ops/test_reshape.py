from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.reshape import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReshapeOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def reshape(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (2, 3, 4),
    wanted: tuple[int, ...] = (4, -1),
    how: str = "constant",
) -> Case:
    """A RESHAPE whose shape is a constant, fed, or in the options alone."""
    rng = np.random.default_rng(seed)
    operands = [Operand(elements(rng, kind[0], shape), kind[0])]
    if how != "options":
        operands.append(integers(wanted, fed=how == "fed"))
    options = ReshapeOptions(new_shape=wanted if how == "options" else ())
    return one_op(BuiltinOperator.RESHAPE, operands, [Result(kind[0])], options)


@st.composite
def reshapes(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(KINDS))
    shape = draw(shapes(1 if kind[0] == "str" else 0, 6))
    wanted = list(draw(st.permutations(shape)))
    while len(wanted) > 1 and draw(st.booleans()):
        wanted[:2] = [wanted[0] * wanted[1]]
    wanted[draw(st.integers(0, len(wanted))) : 0] = [1] * draw(st.integers(0, 2))
    if wanted and 0 not in wanted and draw(st.booleans()):
        wanted[draw(st.integers(0, len(wanted) - 1))] = -1
    how = draw(st.sampled_from(["constant", "fed"] if wanted == [0] else ["constant", "fed", "options"]))
    return reshape(kind, draw(st.integers(0, 2**32)), shape=shape, wanted=tuple(wanted), how=how)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(reshape(kind, 0))


@settings(max_examples=60, deadline=None)
@given(reshapes())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize(
    ("shape", "wanted"), [((0, 3), (0, -1)), ((0, 3), (5, -1)), ((2, 0, 3), (0, -1, 2)), ((1, 1), ()), ((), (1, -1))]
)
@pytest.mark.parametrize("how", ["constant", "fed", "options"])
def test_agrees_on_empty_tensors_and_scalars(shape: tuple[int, ...], wanted: tuple[int, ...], how: str) -> None:
    agree(reshape(("f32",), 0, shape=shape, wanted=wanted, how=how))


def test_agrees_on_the_old_way_to_write_a_scalar() -> None:
    agree(reshape(("i8",), 0, shape=(1, 1), wanted=(0,), how="options"))


def test_agrees_when_the_shape_changes_between_invokes() -> None:
    subject = reshape(("i16",), 0, how="fed")
    data = subject.inputs[0][0]
    wanted = [np.array(shape, np.int32) for shape in ((4, -1), (6, 4), (2, 12), (4, -1), (-1, 8))]
    agree(Case(subject.model, [(data + i, shape) for i, shape in enumerate(wanted)]))


def golden_cases() -> dict[str, Case]:
    cases = {kind[0]: reshape(kind, i) for i, kind in enumerate(KINDS) if kind[0] != "str"}
    return cases | {how: reshape(("i8",), 7, how=how) for how in ("fed", "options")}


def test_golden() -> None:
    agrees_with_golden("reshape")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wanted": (-1, -1)}, "may have one -1"),
        ({"wanted": (-2, 12)}, "no other negative entry"),
        ({"wanted": (5, 5)}, "has 24 elements"),
        ({"wanted": (5, -1)}, "has 24 elements"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = reshape(("i8",), 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(RESHAPE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
