"""MULTINOMIAL: random classes by their logits.

logits: (batch, classes) float32. num_samples: one int32. output: (batch, num_samples) int32 or int64. Logits that are
not finite count for nothing; where none is finite the class comes out as one too large. The numbers follow from seed
and seed2 in the options and from how many there were before; with both 0 they are others each time.

Source: ``random_ops.cc``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import libm
from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.random import Seeds, generator, seeds
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import RandomOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.MULTINOMIAL, "logits num_samples", "output", RandomOptions, stateful=True)

SKIPPED = 2 * 256
"""Blocks of the generator that an invoke uses up for each sample, rounded up to 4 samples: far more than it needs."""


class Params(NamedTuple):
    """The generator, and the type of the classes."""

    seeds: Seeds
    dtype: np.dtype[Any]


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As many samples as the second input says."""
    logits, count = node["logits"], node["num_samples"]
    node.require(len(logits.shape) == 2 and logits.shape[1], f"{logits} must be (batch, classes), at least one class.")
    node.require(count.shape == (), f"{count} must be a scalar.")
    samples = int(node.value("num_samples"))
    node.require(samples >= 0, f"{samples} samples cannot be drawn.")
    return [(logits.shape[0], samples)]


def params(node: Node) -> Params:
    """The seeds."""
    return Params(seeds(node), node["output"].dtype)


@OP.rule("philox", "f32 i32 -> I", params=params, I="i32 i64")
def define(logits: Array, num_samples: Array, p: Params, machine: Machine) -> Array:
    """Where a random part of the sum of all odds is reached. In float64."""
    batch, samples = len(logits), int(num_samples)
    random = generator(machine, p.seeds)
    parts = random.uniform_doubles(batch * samples).reshape(batch, samples)
    random.skip(batch * -(-samples // 4) * 4 * SKIPPED - -(-batch * samples // 2))
    finite = np.isfinite(logits)
    highest = np.max(logits, axis=1, keepdims=True, where=finite, initial=np.finfo(np.float32).min)
    odds = np.where(finite, libm.exp(np.where(finite, logits, 0) - highest.astype(np.float64)), 0)
    sums = np.cumsum(odds, axis=1)
    found = [np.searchsorted(row, part * row[-1], side="right") for row, part in zip(sums, parts, strict=True)]
    return np.array(found, p.dtype).reshape(batch, samples)
