from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.errors import InvokeError, PrepareError
from pytflite.ops.softmax import OP
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SoftmaxOptions
from tests.ops.activations import activation, every_value, unit
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import kinds, shapes
from tests.ops.quantized import codes

KINDS = kinds(OP)


def softmax(kind: tuple[str, ...], seed: int, *, beta: float = 1.0, **options: Any) -> Case:
    letter, output = kind
    after = options.pop("after", unit(output, 15 if output == "i16" else 8))
    options |= {"output": output, "after": after, "options": SoftmaxOptions(beta=beta)}
    return activation(BuiltinOperator.SOFTMAX, letter, seed, **options)


@st.composite
def softmaxes(draw: st.DrawFn) -> Case:
    depth = draw(st.sampled_from([1, 2, 3, 8, 31, 100, 400]))
    return softmax(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 2**32)),
        beta=draw(st.sampled_from([1.0, 1.0, 0.1, 0.7, 2.0, 10.0])),
        shape=(*draw(shapes(0, 3)), depth),
    )


@settings(max_examples=60, deadline=None)
@given(softmaxes())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(0, 3), (0, 0), (1,), (2, 1001)])
def test_shapes_agree(kind: tuple[str, ...], shape: tuple[int, ...]) -> None:
    agree(softmax(kind, 1, shape=shape, input_scale=0.5 if kind[0] in ("i8", "u8") else None))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in (("i8", "i16"), ("u8", "i16"))])
def test_empty_rows_agree(kind: tuple[str, ...]) -> None:
    agree(softmax(kind, 1, shape=(3, 0)))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind[0] in ("i8", "u8")])
@pytest.mark.parametrize("input_scale", [1e-7, 1e-5, 0.001, 0.02, 0.0625, 0.1, 0.5, 3, 40, 1e9])
def test_every_code_agrees(kind: tuple[str, ...], input_scale: float) -> None:
    """Below the largest code, where the exp is taken from."""
    agree(softmax(kind, 3, value=every_value(kind[0]), input_scale=input_scale))


@pytest.mark.parametrize("input_scale", [1e-8, 1e-5, 1 / 3000, 2**-11, 0.01, 1, 100])
@pytest.mark.parametrize("beta", [1, 0, -1])
def test_every_code_of_int16_agrees(input_scale: float, beta: float) -> None:
    """Below the largest code, in rows of 300, where the exp is taken from; sums of every magnitude."""
    value = np.sort(every_value("i16"))[: 218 * 300].reshape(218, 300)
    value[:, -1] = 32767
    agree(softmax(("i16", "i16"), 3, value=value, input_scale=input_scale, beta=beta))


@pytest.mark.parametrize("kind", [("i8", "i16"), ("u8", "i16")])
@pytest.mark.parametrize("depth", [511, 512, 4095, 4096, 4097, 5000, 8191, 8193, 9000])
def test_sums_beyond_int32_agree(kind: tuple[str, ...], depth: int) -> None:
    value = np.zeros((1, depth), codes(np.random.default_rng(0), kind[0], ()).dtype)
    agree(softmax(kind, 0, value=value))


def golden_cases() -> dict[str, Case]:
    cases = {"_".join(kind): softmax(kind, i, shape=(4, 30)) for i, kind in enumerate(KINDS)}
    scales = (0.004, 0.05, 1)
    return cases | {f"i8_{scale}": softmax(KINDS[0], 9, shape=(2, 100), input_scale=scale) for scale in scales}


def test_golden() -> None:
    agrees_with_golden("softmax")


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        (("f32", "f32"), {"shape": ()}, "must have at least one dimension"),
        (("i8", "i8"), {"after": {"scale": 1 / 255, "zero_point": -128}}, "The scale of output .* must be 0.0039"),
        (("i8", "i8"), {"after": {"scale": 1 / 256, "zero_point": 0}}, "The zero point of output .* must be -128"),
        (("i16", "i16"), {"after": {"scale": 1 / 32000, "zero_point": 0}}, "The scale of output .* must be"),
        (("u8", "u8"), {"input_scale": 1e-8}, r"beta times the scale of input .* must exceed 2\^-26"),
        (("i8", "i8"), {"beta": 0.0}, r"beta times the scale of input .* must exceed 2\^-26"),
    ],
)
def test_refuses(kind: tuple[str, ...], change: dict[str, Any], message: str) -> None:
    subject = softmax(kind, 0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SOFTMAX\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)


@pytest.mark.parametrize(
    ("kind", "depth"),
    [(("i8", "i8"), 512), (("u8", "u8"), 1001), (("i8", "i16"), 8192), (("u8", "i16"), 0)],
)
def test_refuses_sums_that_overflow(kind: tuple[str, ...], depth: int) -> None:
    """The real runtime ends the process."""
    subject = softmax(kind, 0, value=np.zeros(depth, codes(np.random.default_rng(0), kind[0], ()).dtype))
    with pytest.raises(InvokeError, match=r"sum of exps overflows[\s\S]*Node number 0 \(SOFTMAX\)"):
        evaluate(subject.model, subject.inputs, kernels=False)
