"""Engines over buffers with canaries."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pytflite.kernels.engine import SLACK
from pytflite.model.types import Model
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE, Profile
from pytflite.runtime.engine.engine import Engine
from pytflite.runtime.engine.pool import Pool
from pytflite.runtime.session import Session
from pytflite.runtime.state import State
from pytflite.tools.oracle import first_difference

Array = npt.NDArray[Any]

INVOKES = 2
"""How often models are run: what an operator leaves behind shows in the second run."""


class Guarded:
    """An array within a buffer of random bytes, of which none but its own may change."""

    def __init__(self, rng: np.random.Generator, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        size = int(np.prod(shape)) * dtype.itemsize
        self._buffer = rng.integers(0, 256, 64 + size + SLACK).astype(np.uint8)
        self._own = slice(64, 64 + size)
        self._before = self._buffer.copy()
        self.array: Array = self._buffer[self._own].view(dtype).reshape(shape)

    def check(self) -> None:
        """Assert that all other bytes are as they were."""
        changed = self._buffer != self._before
        changed[self._own] = False
        assert not changed.any(), f"bytes {np.flatnonzero(changed) - 64} around an array of {self.array.nbytes}"


class Guards:
    """Buffers as those of `pytflite.kernels.engine.buffers.aligned`, each amid bytes that nobody may write."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._made: list[tuple[Array, Array, slice]] = []

    def aligned(self, size: int) -> Array:
        """Zeroed bytes at an address that is a multiple of 64."""
        whole = self._rng.integers(0, 256, size + SLACK + 128).astype(np.uint8)
        start = 64 + -whole.ctypes.data % 64
        own = slice(start, start + size)
        whole[own] = 0
        self._made.append((whole, whole.copy(), own))
        return whole[own]

    def check(self) -> None:
        """Assert that what lies around the buffers is as it was."""
        for whole, before, own in self._made:
            changed = whole != before
            changed[own] = False
            assert not changed.any(), f"bytes {np.flatnonzero(changed) - own.start} around {own.stop - own.start}"


@contextmanager
def guarded_buffers(rng: np.random.Generator) -> Iterator[None]:
    """Every buffer that the engine makes is guarded: arena, scratch memory, packed weights, blocks, programs."""
    guards = Guards(rng)
    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith(("pytflite.runtime.engine", "pytflite.kernels.engine")) and hasattr(module, "aligned"):
                patch.setattr(module, "aligned", guards.aligned)
        yield
    guards.check()


def run(
    model: Model, inputs: Sequence[Array], *, profile: Profile = REFERENCE, seed: int = 0, threads: int = 1
) -> tuple[Engine, list[Array]]:
    """The engine of the main subgraph after two invokes, and the outputs and variable tensors.

    What is around them was left alone.
    """
    rng = np.random.default_rng(seed)
    main = model.main
    shapes = {index: array.shape for index, array in zip(main.inputs, inputs, strict=True)}
    plan = prepare(model, 0, profile, shapes=shapes)
    guarded = {
        index: Guarded(rng, plan.first.shapes[index], main.tensors[index].dtype.numpy)
        for index in (*main.inputs, *main.outputs)
    }
    variables = State(main).variables
    guarded |= {index: Guarded(rng, array.shape, array.dtype) for index, array in variables.items()}
    for index, array in variables.items():
        guarded[index].array[...] = array
    for index, array in zip(main.inputs, inputs, strict=True):
        guarded[index].array[...] = array
    with guarded_buffers(rng):
        engine = Engine(plan, {index: guard.array for index, guard in guarded.items()}, Pool(threads))
        for _ in range(INVOKES):
            assert engine.invoke(Session(plan, engine=False))
    for guard in guarded.values():
        guard.check()
    return engine, [guarded[index].array.copy() for index in (*main.outputs, *variables)]


def define(model: Model, inputs: Sequence[Array], *, profile: Profile = REFERENCE) -> list[Array]:
    """Outputs and variable tensors by the definitions, after two invokes."""
    main = model.main
    shapes = {index: array.shape for index, array in zip(main.inputs, inputs, strict=True)}
    session = Session(prepare(model, 0, profile, shapes=shapes, kernels=False))
    for index, array in zip(main.inputs, inputs, strict=True):
        session.inputs[index][...] = array
    for _ in range(INVOKES):
        session.invoke()
    indices = (*main.outputs, *session.state.variables)
    return [array for index in indices if (array := session.get(index)) is not None]


def agree(model: Model, inputs: Sequence[Array], *, profile: Profile = REFERENCE, threads: int = 1) -> Engine:
    """Assert that the engine gives the bits of the definitions, whatever lies behind its buffers."""
    expected = define(model, inputs, profile=profile)
    for seed in (0, 1):
        engine, got = run(model, inputs, profile=profile, seed=seed, threads=threads)
        assert not (difference := first_difference(got, expected)), difference
    return engine
