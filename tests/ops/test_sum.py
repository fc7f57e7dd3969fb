from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from pytflite.errors import PrepareError
from pytflite.model.dtypes import dtype_from_letter
from pytflite.model.write import write
from pytflite.ops.sum import OP
from pytflite.profiles import REFERENCE, meant
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReducerOptions
from tests.ops.harness import HAS_LITERT, Case, agree, agrees_with_golden, evaluate, real
from tests.ops.operands import Operand, Result, integers, kinds, one_op
from tests.ops.quantized import codes, tie_prone_scale
from tests.ops.reductions import reduction, reductions

LETTERS = sorted({kind[0] for kind in kinds(OP)} - {"i16"})
MEANT = meant(REFERENCE)

needs_litert = pytest.mark.skipif(not HAS_LITERT, reason="ai_edge_litert is not installed")


def total(letter: str, seed: int, **options: Any) -> Case:
    return reduction(BuiltinOperator.SUM, letter, seed, **options)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_kind_agrees(letter: str) -> None:
    agree(total(letter, 0))


@settings(max_examples=60, deadline=None)
@given(reductions(BuiltinOperator.SUM, LETTERS))
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("axis", [(1, 2), (0, 1, 2, 3)])
@pytest.mark.parametrize("letter", LETTERS)
def test_many_elements_agree(letter: str, axis: tuple[int, ...]) -> None:
    agree(total(letter, 1, shape=(1, 67, 61, 33), axis=axis))


@needs_litert
@settings(max_examples=30, deadline=None)
@given(reductions(BuiltinOperator.SUM, ["i16"]))
def test_int16_agrees_where_the_kernel_writes(subject: Case) -> None:
    (ours,) = evaluate(subject.model, subject.inputs, kernels=False)
    (theirs,) = real(write(subject.model), subject.inputs)
    assert ours.shape == theirs.shape
    assert ours.tobytes()[: ours.size] == theirs.tobytes()[: ours.size]
    assert not any(ours.tobytes()[ours.size :])


def sum_of_bytes(letter: str, seed: int, *, zero_point: int, offset: int) -> Case:
    """A SUM of codes from 0 to 255, they and the zero points moved down by an offset; no sum leaves these codes."""
    rng = np.random.default_rng(seed)
    scale, ratio = tie_prone_scale(rng, 0.01, 0.5), tie_prone_scale(rng, 8, 16)
    data = (codes(rng, "u8", (50, 7)).astype(np.int64) - offset).astype(dtype_from_letter(letter).numpy)
    quantization = [{"scale": s, "zero_point": zero_point - offset} for s in (scale, np.float32(scale * ratio))]
    operands = [Operand(data, letter, quantization=quantization[0]), integers(1)]
    return one_op(BuiltinOperator.SUM, operands, [Result(letter, quantization=quantization[1])], ReducerOptions())


@needs_litert
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("letter", "zero_point", "offset"), [("i8", 77, 128), ("i16", 0, 0)])
def test_what_is_meant_is_what_uint8_gives(letter: str, zero_point: int, offset: int, seed: int) -> None:
    moved = sum_of_bytes(letter, seed, zero_point=zero_point, offset=offset)
    plain = sum_of_bytes("u8", seed, zero_point=zero_point, offset=0)
    (ours,) = evaluate(moved.model, moved.inputs, kernels=False, profile=MEANT)
    (theirs,) = real(write(plain.model), plain.inputs)
    assert (ours.astype(np.int64) + offset).tolist() == theirs.tolist()


def golden_cases() -> dict[str, Case]:
    cases = {letter: total(letter, i, shape=(2, 7, 5, 3), axis=(1, 2)) for i, letter in enumerate(LETTERS)}
    return cases | {"everything": total("f32", 9, axis=(0, 1, 2)), "nothing": total("i8", 8, axis=(), keep_dims=True)}


def test_golden() -> None:
    agrees_with_golden("sum")


@pytest.mark.parametrize(
    ("letter", "change", "message"),
    [
        ("f32", {"axis": (0, 3)}, r"Axis 3 is not in the range \[-3, 3\)"),
        ("i16", {"zero_point": 1}, "The zero point of input .* must be 0"),
    ],
)
def test_refuses(letter: str, change: dict[str, Any], message: str) -> None:
    subject = total(letter, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SUM\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)
