"""Kernels by name, and the loop that runs a program."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from pytflite.kernels._compile import callback, kernel
from pytflite.kernels.engine import (
    depthwise,
    float_depthwise,
    float_gemm,
    float_small,
    gemm,
    movement,
    recurrent,
    resize,
    small,
)
from pytflite.kernels.engine.memory import call_kernel, word

MAKERS: dict[str, Callable[..., Callable[..., None]]] = {
    "gemm": gemm.make,
    "depthwise": depthwise.make,
    "float_gemm": float_gemm.make,
    "float_depthwise": float_depthwise.make,
    "move": movement.make_move,
    "resize_float": resize.make_float,
    "resize_integer": resize.make_integer,
    **recurrent.MAKERS,
    **small.MAKERS,
    **float_small.MAKERS,
}


@cache
def compiled(name: str, *literals: int) -> Any:
    """A kernel, specialised; compiled at most once in a process, and kept."""
    return callback(MAKERS[name](*literals))


@kernel
def run(program: Any, count: Any, scratch: Any) -> None:
    """Call kernels one after the other.

    Args:
        program: address of pairs of int64: address of a kernel, address of its block.
        count: how many pairs.
        scratch: address of what every kernel may write into.
    """
    for i in range(count):
        call_kernel(word(program, 2 * i), word(program, 2 * i + 1), scratch, 0, 1)
