"""The steps that people read end in the numbers that the arrays get."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.arithmetic.requantize import REQUANTIZERS, RealScale
from pytflite.arithmetic.steps import Place, epilogue_steps, requantizer_steps

FIRST = Place((0,), (1,))
SCALES = [3.7e-5, 0.0019073486, 0.25, 0.49999997, 0.9, 1.0, 0.125, 0.0371, 0.5, 0.011, 5.3]
INT32 = st.integers(-(1 << 31), (1 << 31) - 1)


@pytest.mark.parametrize("recipe", REQUANTIZERS)
@example(accumulator=405185580, channel=10)
@given(accumulator=st.one_of(INT32, st.integers(-5000, 5000)), channel=st.integers(0, len(SCALES) - 1))
def test_steps_end_where_the_requantizer_does(recipe: str, accumulator: int, channel: int) -> None:
    requantizer = REQUANTIZERS[recipe].of(RealScale((np.array(SCALES, np.float32),)))
    for row in range(5):
        *_, last = requantizer_steps(requantizer, accumulator, Place((row, channel), (5, len(SCALES))))
        assert last.name == "requantized"
        assert last.value == int(requantizer(np.full((5, len(SCALES)), accumulator, np.int64))[row, channel])


@given(accumulator=INT32, offset=st.integers(-128, 127))
def test_steps_end_where_the_epilogue_does(accumulator: int, offset: int) -> None:
    requantizer = REQUANTIZERS["double_rounding"].of(RealScale((np.float32(0.004),)))
    epilogue = QuantizedEpilogue(requantizer, offset, -100, 90)
    *_, last = epilogue_steps(epilogue, accumulator, FIRST)
    stages = dict(epilogue.stages(np.array([accumulator]), np.dtype(np.int8)))
    assert last.value == stages["output"][0]


def test_a_tie_is_called_one() -> None:
    requantizer = REQUANTIZERS["double_rounding"].of(RealScale((np.float32(0.125),)))
    *_, down = requantizer_steps(requantizer, -20, FIRST)
    *_, up = requantizer_steps(REQUANTIZERS["rounding_up"].of(RealScale((np.float32(0.125),))), -20, FIRST)
    assert (down.value, up.value) == (-3, -2)
    assert "a tie" in down.note
    assert "a tie" in up.note
