from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pytflite.arithmetic import gemmlowp
from pytflite.build import ModelBuilder
from pytflite.model.write import write
from pytflite.schema.enums import BuiltinOperator
from pytflite.tools.oracle import Oracle
from tests.ops.harness import HAS_LITERT

Array = npt.NDArray[Any]

RECORDED = Path(__file__).parents[2] / "golden" / "arithmetic" / "gemmlowp.npz"
FUNCTIONS = {
    "exp": gemmlowp.exp_on_negative_values,
    "logistic": gemmlowp.logistic,
    "tanh": gemmlowp.tanh,
    "log": lambda raw, integer_bits, bits: gemmlowp.log(raw, 5, integer_bits),
    "reciprocal": lambda raw, integer_bits, bits: np.stack(gemmlowp.reciprocal(raw, integer_bits), -1).ravel(),
}
INT16 = np.arange(-32768, 32768).astype(np.int16)


def recorded() -> list[str]:
    with np.load(RECORDED) as stored:
        return sorted({name.split("/")[0] for name in stored.files} - {"provenance"})


@pytest.mark.parametrize("name", recorded())
def test_each_function_gives_what_gemmlowp_gives(name: str) -> None:
    function, bits, integer_bits = name.split("_")
    with np.load(RECORDED) as stored:
        raw, expected = stored[f"{name}/raw"], stored[f"{name}/result"]
    assert expected.size >= raw.size > 100
    np.testing.assert_array_equal(FUNCTIONS[function](raw, int(integer_bits), int(bits)), expected)


def test_every_function_is_recorded_at_every_width() -> None:
    assert {name.rsplit("_", 1)[0] for name in recorded()} == {
        *("exp_32", "exp_16", "logistic_32", "logistic_16", "tanh_32", "tanh_16", "log_32", "reciprocal_32")
    }


@pytest.mark.skipif(not HAS_LITERT, reason="ai_edge_litert is not installed")
@pytest.mark.parametrize(
    ("operator", "scale_bits", "function"),
    [
        (BuiltinOperator.LOGISTIC, 12, lambda raw: gemmlowp.logistic(raw, 3, 16)),
        (BuiltinOperator.TANH, 12, lambda raw: gemmlowp.tanh(raw, 3, 16)),
        (BuiltinOperator.TANH, 11, lambda raw: gemmlowp.tanh(gemmlowp.shift_left(raw, 1, 16), 3, 16)),
    ],
)
def test_every_int16_is_the_runtime_s(operator: BuiltinOperator, scale_bits: int, function: Any) -> None:
    """The optimized kernels of int16 with power-of-two scales are these functions."""
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("x", INT16.shape, "i16", scale=2.0**-scale_bits)
    y = g.output("y", INT16.shape, "i16", scale=2.0**-15)
    g.operator(operator, [x], [y])
    (expected,) = Oracle(write(b.build()), "BUILTIN_WITHOUT_DEFAULT_DELEGATES").invoke(INT16)
    np.testing.assert_array_equal(function(INT16), expected)


def real(raw: Array, integer_bits: int) -> Array:
    """What 32-bit raw values stand for."""
    return raw.astype(np.float64) / 2.0 ** (31 - integer_bits)


def test_the_functions_are_what_their_names_say() -> None:
    below = -np.arange(0, 1 << 31, 1234567, dtype=np.int64)
    np.testing.assert_allclose(real(gemmlowp.exp_on_negative_values(below, 5), 0), np.exp(real(below, 5)), atol=2e-7)
    both = np.concatenate([below, -below])
    np.testing.assert_allclose(real(gemmlowp.logistic(both, 4), 0), 1 / (1 + np.exp(-real(both, 4))), atol=2e-7)
    np.testing.assert_allclose(real(gemmlowp.tanh(both, 4), 0), np.tanh(real(both, 4)), atol=2e-7)
    unit = -below
    np.testing.assert_allclose(real(gemmlowp.one_over_one_plus_x(unit), 0), 1 / (1 + real(unit, 0)), atol=1e-8)
    fraction = (1 - real(unit, 0)) / (1 + real(unit, 0))
    np.testing.assert_allclose(real(gemmlowp.one_minus_x_over_one_plus_x(unit), 0), fraction, atol=1e-8)
    above = np.arange(1 << 19, 1 << 31, 1234567, dtype=np.int64)
    np.testing.assert_allclose(real(gemmlowp.log(above, 5, 12), 5), np.log(real(above, 12)), atol=1e-6)
    mantissa, bits_over_unit = gemmlowp.reciprocal(above, 12)
    np.testing.assert_allclose(real(mantissa, 0) / 2.0**bits_over_unit, 1 / real(above, 12), rtol=1e-8)


def test_leading_zeros() -> None:
    values = [0, 1, 2, 3, (1 << 31) - 1, -1, -(1 << 31)]
    np.testing.assert_array_equal(gemmlowp.leading_zeros(values), [32, 31, 30, 30, 1, 0, 0])
