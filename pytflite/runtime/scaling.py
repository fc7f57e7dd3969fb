"""Between real numbers and codes, per tensor and per axis, as the reference QUANTIZE and DEQUANTIZE do it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.rounding import round_half_away
from pytflite.errors import ArgumentError
from pytflite.model.dtypes import dtype_from_letter, dtype_from_numpy
from pytflite.model.types import Quantization

Array = npt.NDArray[Any]
QuantizationLike = Quantization | Mapping[str, Any] | tuple[float, int]


class SaturationWarning(UserWarning):
    """Real numbers lay outside of what the codes of a tensor can stand for, and were clipped."""


def quantize(real: npt.ArrayLike, quantization: QuantizationLike, dtype: npt.DTypeLike = np.int8) -> Array:
    """Codes for real numbers: ``clip(round(real / scale) + zero_point)``, ties away from zero.

    Args:
        real: float32, any shape.
        quantization: a `Quantization`, tf.lite's ``quantization_parameters`` dictionary, or (scale, zero_point).
        dtype: NumPy integer dtype of the codes, or a letter such as ``"i4"``.

    Returns:
        Codes of the same shape.

    Raises:
        ArgumentError: there is no scale, or a per-axis one does not fit the shape.

    Warns:
        SaturationWarning: some numbers were clipped.
    """
    real = np.asarray(real, np.float32)
    scale, zero_point = _along_axis(quantization, real.ndim, real.shape)
    kind = dtype_from_letter(dtype) if isinstance(dtype, str) and len(dtype) <= 3 else dtype_from_numpy(np.dtype(dtype))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        wanted = round_half_away(real / scale).astype(np.float64) + zero_point
    codes = np.clip(np.nan_to_num(wanted, nan=0.0), kind.qmin, kind.qmax)
    clipped = int(np.count_nonzero(codes != wanted))
    if clipped:
        low, high = ((np.float32(q) - zero_point) * scale for q in (kind.qmin, kind.qmax))
        warnings.warn(
            f"{clipped} of {real.size} numbers lie outside of {np.min(low):g} .. {np.max(high):g}, the range of these "
            "codes, and were clipped.",
            SaturationWarning,
            stacklevel=2,
        )
    return codes.astype(kind.numpy)


def dequantize(codes: npt.ArrayLike, quantization: QuantizationLike) -> Array:
    """Real numbers for codes: ``scale * (code - zero_point)`` in float32.

    Args:
        codes: integers, any shape.
        quantization: as for `quantize`.

    Returns:
        float32 of the same shape.

    Raises:
        ArgumentError: there is no scale, or a per-axis one does not fit the shape.
    """
    codes = np.asarray(codes)
    scale, zero_point = _along_axis(quantization, codes.ndim, codes.shape)
    return ((codes.astype(np.int64) - zero_point).astype(np.float32) * scale).astype(np.float32)


def _along_axis(quantization: QuantizationLike, rank: int, shape: tuple[int, ...]) -> tuple[Array, Array]:
    """Scale and zero point, shaped to broadcast against a tensor."""
    if isinstance(quantization, Quantization):
        scale, zero_point, axis = quantization.scale, quantization.zero_point, quantization.quantized_dimension
    elif isinstance(quantization, Mapping):
        scale, zero_point = quantization["scales"], quantization["zero_points"]
        axis = int(quantization.get("quantized_dimension", 0))
    else:
        scale, zero_point, axis = np.array([quantization[0]]), np.array([quantization[1]]), 0
    scale = np.atleast_1d(np.asarray(scale, np.float32))
    zero_point = np.atleast_1d(np.asarray(zero_point, np.int64))
    if not scale.size or not scale.all():
        raise ArgumentError("The tensor is not quantized: it has no scale.")
    if not zero_point.size:
        zero_point = np.zeros(1, np.int64)
    if scale.size > 1:
        if not 0 <= axis < rank or shape[axis] != scale.size:
            raise ArgumentError(f"{scale.size} scales along axis {axis} do not fit shape {list(shape)}.")
        along = tuple(-1 if i == axis else 1 for i in range(rank))
        return scale.reshape(along), np.broadcast_to(zero_point, scale.size).reshape(along)
    return scale[0], zero_point[0]
