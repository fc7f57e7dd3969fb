from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import PrepareError
from pytflite.ops.quantize import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import QuantizeOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, elements, kinds, one_op, shapes
from tests.ops.quantized import RANGES, tie_prone_scale

KINDS = sorted(kinds(OP))
PER_AXIS = ("i8", "u8", "i16")


def zero_points(rng: np.random.Generator, letter: str, other: str, count: int | None = None) -> Any:
    """Random zero points of a type, which converts from or to another."""
    if letter == "i16" == other or letter == "i32":
        return rng.integers(-5, 6) if letter == "i32" else 0
    low, high, _ = RANGES.get(letter, (0, 15, None))
    return rng.integers(low, high + 1, count)


def quantization(
    source: str, target: str, seed: int, shape: tuple[int, ...] = (3, 4, 5), axis: int | None = None
) -> Case:
    """A QUANTIZE of random elements; floats lie on a grid of half codes, where ties are, or far outside."""
    rng = np.random.default_rng(seed)
    count = None if axis is None else shape[axis]
    scale = tie_prone_scale(rng, 1e-4, 10, count)
    output = {"scale": scale, "zero_point": zero_points(rng, target, source, count), "quantized_dimension": axis or 0}
    if source == "f32":
        along = np.reshape(scale, [-1 if i == axis else 1 for i in range(len(shape))])
        grid = np.float32(rng.integers(-300, 300, shape) / 2 * along)
        far = elements(rng, "f32", shape) * np.float32(10.0 ** rng.integers(0, 9))
        fed = np.where(rng.random(shape) < 0.7, grid, far).astype(np.float32)
        return one_op(BuiltinOperator.QUANTIZE, [Operand(fed, "f32")], [Result(target, (), output)], QuantizeOptions())
    input_scale = np.float32(scale * rng.choice([1, 0.5, 2, tie_prone_scale(rng, 1e-4, 1e4)]))
    input = Operand(
        elements(rng, source, shape),
        source,
        True,
        {"scale": input_scale, "zero_point": zero_points(rng, source, target)},
    )
    return one_op(BuiltinOperator.QUANTIZE, [input], [Result(target, (), output)], QuantizeOptions())


@st.composite
def cases(draw: st.DrawFn) -> Case:
    source, target = draw(st.sampled_from(KINDS))
    shape = draw(shapes(0, 5))
    takes_axes = source == "f32" and target in PER_AXIS and 0 not in shape  # where empty the real runtime crashes
    axes = [axis for axis, size in enumerate(shape) if size > 1 and takes_axes]
    return quantization(source, target, draw(st.integers(0, 2**32)), shape, draw(st.sampled_from([None, *axes])))


@settings(max_examples=80, deadline=None)
@given(cases())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    found = {"_".join(row): quantization(*row, 5) for row in KINDS}
    return found | {f"f32_{target}_per_axis": quantization("f32", target, 6, axis=1) for target in PER_AXIS}


def test_golden() -> None:
    agrees_with_golden("quantize")


SCALED: dict[str, Any] = {"scale": 0.5}


@pytest.mark.parametrize(
    ("source", "target", "input", "output", "message"),
    [
        ("f32", "i8", {}, {}, "output .* has no quantization scale"),
        ("i8", "i8", {}, SCALED, "input .* has no quantization scale"),
        ("f32", "i4", {}, {"scale": [1, 2]}, "output .* has 2 scales, 1 accepted"),
        ("i8", "i8", {"scale": [1, 2]}, SCALED, "input .* has 2 scales, 1 accepted"),
        ("i16", "i16", SCALED, {"scale": 1, "zero_point": 1}, "zero point of output .* must be 0"),
        ("i16", "u8", SCALED, SCALED, "i16 -> u8 is not supported"),
        ("i8", "i32", SCALED, SCALED, "i8 -> i32 is not supported"),
    ],
)
def test_refuses(source: str, target: str, input: dict[str, Any], output: dict[str, Any], message: str) -> None:
    operand = Operand(elements(np.random.default_rng(0), source, (2,)), source, True, input)
    subject = one_op(BuiltinOperator.QUANTIZE, [operand], [Result(target, (2,), output)], QuantizeOptions())
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(QUANTIZE\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
