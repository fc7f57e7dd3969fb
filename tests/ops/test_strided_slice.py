from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.strided_slice import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import StridedSliceOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, integers, kinds, one_op, shapes

KINDS = kinds(OP)


def strided_slice(
    kind: tuple[str, ...],
    seed: int,
    *,
    shape: tuple[int, ...] = (4, 5),
    begin: tuple[int, ...] = (1, -1),
    end: tuple[int, ...] = (4, 0),
    strides: tuple[int, ...] = (2, -1),
    fed: tuple[bool, bool, bool] = (False, False, False),
    **options: Any,
) -> Case:
    """A STRIDED_SLICE of random elements."""
    operands = [Operand(elements(np.random.default_rng(seed), kind[0], shape), kind[0])]
    operands += [integers(values, fed=given) for values, given in zip((begin, end, strides), fed, strict=True)]
    return one_op(BuiltinOperator.STRIDED_SLICE, operands, [Result(kind[0])], StridedSliceOptions(**options))


@st.composite
def strided_slices(draw: st.DrawFn) -> Case:
    """Ranges, also out of bounds, and single positions; new axes between them; an ellipsis, or a rest not written."""
    shape = draw(shapes(1, 5))
    skipped = draw(st.integers(0, len(shape) - 1))
    place = draw(st.integers(0, len(shape) - skipped))
    entries: list[tuple[str, int]] = []
    for axis, size in enumerate(shape):
        entries.extend([("new_axis_mask", 1)] * draw(st.sampled_from([0, 0, 0, 1])))
        if not place <= axis < place + skipped:
            entries.append((draw(st.sampled_from(["range", "shrink_axis_mask"])) if size else "range", size))
        elif axis == place and place + skipped < len(shape):
            entries.append(("ellipsis_mask", 1))
    masks = dict.fromkeys(("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"), 0)
    written = []
    for i, (entry, size) in enumerate(entries):
        if entry == "range":
            masks["begin_mask"] |= draw(st.booleans()) << i
            masks["end_mask"] |= draw(st.booleans()) << i
            written.append(draw(st.tuples(st.integers(-7, 7), st.integers(-7, 7), st.sampled_from([1, 1, 2, -1, -3]))))
        else:
            masks[entry] |= 1 << i
            written.append((draw(st.integers(-size, size - 1)), 0, 1))
    begin, end, strides = zip(*written, strict=True)
    return strided_slice(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        shape=shape,
        begin=begin,
        end=end,
        strides=strides,
        fed=draw(st.tuples(st.booleans(), st.booleans(), st.booleans())),
        **masks,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_agrees(kind: tuple[str, ...]) -> None:
    agree(strided_slice(kind, 0))


@settings(max_examples=150, deadline=None)
@given(strided_slices())
def test_agrees(subject: Case) -> None:
    agree(subject)


def test_agrees_on_an_ellipsis_that_numpy_would_give_no_dimension() -> None:
    agree(strided_slice(KINDS[0], 0, begin=(1, 0, 1), end=(2, 0, 3), strides=(1, 1, 1), ellipsis_mask=0b010))


def test_agrees_on_entries_that_find_no_dimension() -> None:
    agree(strided_slice(KINDS[0], 0, begin=(1, 0, 1), end=(2, 2, 3), strides=(1, 1, 1)))


@pytest.mark.parametrize("begin", [(1, 0), (-3, 2)])
@pytest.mark.parametrize("fed", [(False, False, False), (True, False, False)])
def test_agrees_on_ends_that_count_from_begin(begin: tuple[int, ...], fed: tuple[bool, bool, bool]) -> None:
    agree(strided_slice(KINDS[0], 0, begin=begin, end=(3, 3), strides=(2, 1), fed=fed, offset=True))


def test_agrees_when_the_range_changes_between_invokes() -> None:
    subject = strided_slice(KINDS[0], 0, fed=(True, True, False))
    data = subject.inputs[0][0]
    ranges = [((1, -1), (4, 0)), ((0, 4), (4, 1)), ((2, 0), (1, 2)), ((1, -1), (4, 0))]
    agree(Case(subject.model, [(data, *(np.array(v, np.int32) for v in r)) for r in ranges]))


def golden_cases() -> dict[str, Case]:
    cases = {kind[0]: strided_slice(kind, i) for i, kind in enumerate(KINDS) if kind[0] != "str"}
    cases["masks"] = strided_slice(
        KINDS[0],
        7,
        shape=(3, 2, 4, 5),
        begin=(-1, 0, 0, 2),
        end=(0, 0, 0, -1),
        strides=(1, 1, 1, 2),
        shrink_axis_mask=0b0001,
        new_axis_mask=0b0010,
        ellipsis_mask=0b0100,
        begin_mask=0b1000,
    )
    return cases


def test_golden() -> None:
    agrees_with_golden("strided_slice")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strides": (0, 1)}, "must not hold 0"),
        ({"begin": (0,)}, "must be a vector as long as"),
        (
            {"shape": (4,), "begin": (0, 0, 0), "end": (1, 1, 1), "strides": (1, 1, 1), "new_axis_mask": 0b100},
            "more entries",
        ),
        ({"ellipsis_mask": 0b11}, "more than one bit"),
        (
            {"begin": (4, 0), "strides": (1, 1), "shrink_axis_mask": 0b01},
            "Position 4 with stride 1 is not in an axis of 4",
        ),
        ({"offset": True, "end_mask": 1}, "only begin_mask and shrink_axis_mask"),
        ({"offset": True, "strides": (1, 1)}, "is not in an axis"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = strided_slice(KINDS[0], 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(STRIDED_SLICE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
