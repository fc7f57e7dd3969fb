from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.model.dtypes import dtype_from_letter
from pytflite.ops.cast import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import CastOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes

KINDS = sorted(kinds(OP))
EDGES = np.ldexp([1.0, -1.0], np.arange(2, 66)[:, None]).ravel()


def cast(source: str, target: str, seed: int, shape: tuple[int, ...] = (40,)) -> Case:
    """A CAST of random elements; floats are often next to a power of two, where integer types end.

    int2, which the real runtime's Python face cannot feed, is a constant.
    """
    rng = np.random.default_rng(seed)
    values = elements(rng, source, shape)
    if source in ("f32", "f64", "c64"):
        near = rng.choice(EDGES, shape) + rng.choice([0, 0.5, -0.5, 1, -1], shape)
        values = np.where(rng.random(shape) < 0.5, near, values).astype(dtype_from_letter(source).numpy)
    options = CastOptions(dtype_from_letter(source).type, dtype_from_letter(target).type)
    return one_op(BuiltinOperator.CAST, [Operand(values, source, source != "i2")], [Result(target)], options)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    source, target = draw(st.sampled_from(KINDS))
    return cast(source, target, draw(st.integers(0, 2**32)), draw(shapes(0, 5, empty=source != "i2")))


@settings(max_examples=200, deadline=None)
@given(cases())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    through_float32 = [row for row in KINDS if "f32" in row]
    others = [
        ("i64", "i8"),
        ("i8", "u32"),
        ("f64", "i64"),
        ("f16", "u8"),
        ("bf16", "f16"),
        ("c64", "c64"),
        ("b", "i16"),
    ]
    return {"_".join(row): cast(*row, 5) for row in [*through_float32, *others]}


def test_golden() -> None:
    agrees_with_golden("cast")


def test_the_types_in_the_options_do_not_count() -> None:
    operand = Operand(np.float32([1.7, -300]), "f32")
    agree(one_op(BuiltinOperator.CAST, [operand], [Result("i8")], CastOptions()))


@pytest.mark.parametrize(("source", "target"), [("i4", "i8"), ("i32", "i4"), ("u64", "f32"), ("f32", "str")])
def test_refuses(source: str, target: str) -> None:
    subject = cast(source, target, 0)
    message = rf"{source} -> {target} is not supported[\s\S]*Node number 0 \(CAST\) failed to prepare"
    with pytest.raises(PrepareError, match=message):
        evaluate(subject.model, subject.inputs, kernels=False)
