"""Cases of the pools."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding
from pytflite.schema.tables import Pool2DOptions
from tests.ops.harness import Case
from tests.ops.operands import Operand, Result, elements, one_op
from tests.ops.quantized import codes, tie_prone_scale

ACTIVATIONS = list(ActivationFunctionType)[:4]


def pool(
    operator: BuiltinOperator,
    letter: str,
    seed: int,
    *,
    shape: tuple[int, ...] = (1, 6, 5, 4),
    filter_size: tuple[int, int] = (3, 2),
    stride: tuple[int, int] = (2, 1),
    padding: Padding = Padding.SAME,
    activation: ActivationFunctionType = ActivationFunctionType.NONE,
    quantized: bool = True,
) -> Case:
    """A pool of random elements; integers have the same quantization on both sides, or none."""
    rng = np.random.default_rng(seed)
    quantization: dict[str, Any] = {}
    if letter != "f32" and quantized:
        zero_point = 0 if letter == "i16" else int(codes(rng, letter, ()))
        quantization = {"scale": tie_prone_scale(rng, 0.002, 0.5), "zero_point": zero_point}
    options = Pool2DOptions(
        padding=padding,
        stride_h=stride[0],
        stride_w=stride[1],
        filter_height=filter_size[0],
        filter_width=filter_size[1],
        fused_activation_function=activation,
    )
    operand = Operand(elements(rng, letter, shape), letter, quantization=quantization)
    return one_op(operator, [operand], [Result(letter, (), quantization)], options)


@st.composite
def pools(draw: st.DrawFn, operator: BuiltinOperator, letters: list[str]) -> Case:
    filter_size = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    size = [k + draw(st.integers(0, 5)) if draw(st.booleans()) else draw(st.integers(1, 7)) for k in filter_size]
    stride = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    fits = all(k < s + 2 * step for k, s, step in zip(filter_size, size, stride, strict=True))
    quantized = draw(st.integers(0, 3)) > 0
    return pool(
        operator,
        draw(st.sampled_from(letters)),
        draw(st.integers(0, 2**32)),
        shape=(draw(st.integers(0, 2)), *size, draw(st.integers(0, 9))),
        filter_size=filter_size,
        stride=stride,
        padding=draw(st.sampled_from(list(Padding))) if fits else Padding.SAME,
        activation=draw(st.sampled_from(ACTIVATIONS if quantized else ACTIVATIONS[:1])),
        quantized=quantized,
    )
