from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import FakeQuantOptions
from tests.ops.activations import activation
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.operands import shapes
from tests.ops.pairs import Shape


def fake_quant(seed: int, shape: Shape = (2, 3, 40), letter: str = "f32", **options: Any) -> Case:
    """A FAKE_QUANT of random elements."""
    options = {"min": -1.0, "max": 3.0, "num_bits": 8, "narrow_range": False} | options
    return activation(BuiltinOperator.FAKE_QUANT, letter, seed, shape=shape, options=FakeQuantOptions(**options))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    low = -draw(st.sampled_from([0.0, 1.0, 0.3])) * draw(st.floats(np.float32(0.01), 100, width=32))
    high = draw(st.sampled_from([0.0, 1.0, 2.0])) * draw(st.floats(np.float32(0.01), 100, width=32))
    if low == high:
        high += 1
    bits = draw(st.integers(2, 16))
    return fake_quant(draw(st.integers(0, 2**32)), draw(shapes(0, 6)), min=low, max=high, num_bits=bits)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {f"{bits}_bits": fake_quant(bits, num_bits=bits) for bits in (2, 8, 16)}


def test_golden() -> None:
    agrees_with_golden("fake_quant")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"narrow_range": True}, "A narrow range is not supported"),
        ({"num_bits": 17}, "17 bits given, 1 to 16 accepted"),
        ({"min": 1.0, "max": 1.0}, "The range from 1.0 to 1.0 is empty"),
        ({"letter": "f16"}, "f16 -> f16 is not supported"),
    ],
)
def test_refuses(options: dict[str, Any], message: str) -> None:
    refuses(fake_quant(0, **options), message)
