"""Kernels from their sources: what the names stand for, and how they become machine code. Imports numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytflite.kernels._compile import object_code
from pytflite.kernels.engine import (
    convolution,
    depthwise,
    driver,
    float_depthwise,
    float_gemm,
    float_lanes,
    float_lstm,
    float_small,
    gemm,
    hybrid_gemm,
    movement,
    plain,
    recurrent,
    resize,
    short_depthwise,
    short_gemm,
    short_small,
    small,
    svdf,
)

MAKERS: dict[str, Callable[..., Callable[..., Any]]] = {
    "convolution": convolution.make,
    "float_gemm": float_gemm.make,
    "float_depthwise": float_depthwise.make,
    "float_lanes": float_lanes.make,
    "short_gemm": short_gemm.make,
    "short_depthwise": short_depthwise.make,
    "resize_float": resize.make_float,
    "resize_integer": resize.make_integer,
    "resize_real": resize.make_real,
    **float_lstm.MAKERS,
    **depthwise.MAKERS,
    **gemm.MAKERS,
    **hybrid_gemm.MAKERS,
    **movement.MAKERS,
    **plain.MAKERS,
    **recurrent.MAKERS,
    **short_small.MAKERS,
    **small.MAKERS,
    **svdf.MAKERS,
    **float_small.MAKERS,
    **driver.MAKERS,
}


def machine_code(name: str, *literals: int | str) -> bytes:
    """A line with the symbol of a kernel and those that it needs from elsewhere, then an object file."""
    symbol, needed, code = object_code(MAKERS[name](*literals))
    return b"\n".join([" ".join([symbol, *needed]).encode(), code])
