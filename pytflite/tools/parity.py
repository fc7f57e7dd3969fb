"""Parity with the real runtime: every tensor of a model, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.model.types import Model
from pytflite.ops._api import Shape
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE, Profile
from pytflite.runtime.session import Session
from pytflite.tools.oracle import Oracle, first_difference, relative_difference

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Parity:
    """What a comparison found.

    Attributes:
        compared: how many tensors were compared.
        differences: tensor index, name and what differs first, in execution order; empty when all bits are equal.
        largest: largest difference of floats, relative to the largest number of the tensor.
    """

    compared: int
    differences: tuple[tuple[int, str, str], ...]
    largest: float


def random_inputs(model: Model, seed: int, shapes: dict[int, Shape] | None = None) -> list[Array]:
    """Inputs for the main subgraph: random codes or normal floats, every tenth an extreme.

    Args:
        model: the model.
        seed: of the generator.
        shapes: tensor index -> shape, where it is not the model's.
    """
    rng = np.random.default_rng(seed)
    return [_random(rng, model, index, (shapes or {}).get(index)) for index in model.main.inputs]


def _random(rng: np.random.Generator, model: Model, index: int, shape: Shape | None) -> Array:
    tensor = model.main.tensors[index]
    shape = tensor.shape if shape is None else shape
    dtype = tensor.dtype.numpy
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    if dtype.kind == "O":
        return np.full(shape, b"text", object)
    if dtype.kind in "fc":
        real = rng.standard_normal(shape) * 2
        return np.where(rng.random(shape) < 0.1, np.round(real), real).astype(dtype)
    if tensor.quantization is None or dtype.itemsize > 2:
        return rng.integers(1, 4, shape).astype(dtype)
    low, high = tensor.dtype.qmin, tensor.dtype.qmax
    drawn = rng.integers(low, high + 1, shape)
    return np.where(rng.random(shape) < 0.1, rng.choice([low, high], shape), drawn).astype(dtype)


def parity(
    model: Model,
    data: bytes,
    invokes: Sequence[Sequence[Array]],
    *,
    profile: Profile = REFERENCE,
    resolver: str = "BUILTIN_REF",
    kernels: bool = True,
    preserve_all: bool = True,
) -> Parity:
    """Run a model here and in the real runtime, and compare tensors after each invoke.

    Args:
        model: the model.
        data: its bytes, for the real runtime.
        invokes: one list of input arrays per invoke; variable tensors keep their state between them.
        profile: the arithmetic here.
        resolver: the kernels there.
        kernels: whether compiled kernels may stand in for definitions here.
        preserve_all: whether every tensor is compared; otherwise those that the graph puts out.
    """
    main = model.main
    shapes = {i: a.shape for i, a in zip(main.inputs, invokes[0], strict=True)}
    session = Session(prepare(model, 0, profile, shapes=shapes, kernels=kernels), preserve_all=True)
    oracle = Oracle(data, resolver, preserve_all=preserve_all)
    compared, largest = 0, 0.0
    differences: list[tuple[int, str, str]] = []
    every = [index for operator in main.operators for index in (*operator.outputs, *operator.inputs)]
    order = every if preserve_all else main.outputs
    for arrays in invokes:
        for index, array in zip(main.inputs, arrays, strict=True):
            session.set(index, array)
        session.invoke()
        oracle.invoke(*arrays)
        theirs = oracle.tensors()
        for index in dict.fromkeys(order):
            ours = session.get(index) if index >= 0 else None
            if ours is None or index not in theirs:
                continue
            compared += 1
            if difference := first_difference([ours], [theirs[index]]):
                differences.append((index, main.tensors[index].name, difference.removeprefix("array 0: ")))
                if ours.dtype.kind == "f" and ours.shape == theirs[index].shape:
                    largest = max(largest, relative_difference(ours, theirs[index]))
    return Parity(compared, tuple(differences), largest)
