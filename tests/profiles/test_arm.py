"""The profiles of 64-bit Arm: equal to what was recorded from the real runtime there (``golden/record_arm.py``)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pytflite.arithmetic.requantize import RoundingLast, RoundingUp
from pytflite.model.read import read
from pytflite.plan.prepare import prepare
from pytflite.profiles import PROFILES
from pytflite.tools.oracle import first_difference
from tests.ops.harness import evaluate, loaded
from tests.ops.test_fully_connected import full_connection

RECORDING = Path(__file__).parents[2] / "golden" / "profiles" / "arm.npz"
LEAVES = {"optimized_arm": "optimized", "xnnpack_arm": "xnnpack", "xnnpack_arm_a53": "xnnpack_arm"}
"""Profile -> the one that it is described as leaving."""

Arrays = list[npt.NDArray[Any]]


def recorded(profile: str) -> Iterator[tuple[str, bytes, list[Arrays], Arrays]]:
    """Name, model, inputs of every invoke and all outputs, of every case that was not refused."""
    with np.load(RECORDING) as stored:
        provenance = json.loads(str(stored["provenance"]))
        for name, (invokes, inputs, outputs) in provenance["cases"].items():
            if f"{name} under {profile}" not in provenance["refused"]:
                fed = [[loaded(stored[f"{name}/input{i * inputs + k}"]) for k in range(inputs)] for i in range(invokes)]
                source = profile if f"{name}/{profile}0" in stored else "optimized_arm"
                expected = [loaded(stored[f"{name}/{source}{i}"]) for i in range(outputs)]
                yield name, stored[f"{name}/model"].tobytes(), fed, expected


def differing(recording: str, profile: str, *, kernels: bool, operators: set[str] | None = None) -> dict[str, str]:
    """The recorded cases, perhaps of some operators, where a profile gives something else: the first difference."""
    found = {}
    for name, model, fed, expected in recorded(recording):
        if operators is None or operator_of(name) in operators:
            got = evaluate(read(model), fed, kernels=kernels, profile=PROFILES[profile])
            if difference := first_difference(got, expected):
                found[name] = difference
    return found


def operator_of(name: str) -> str:
    """The operator of a recorded case."""
    return name.split("/")[0].upper()


def said(profile: str) -> set[str]:
    """The operators of which a profile, or its delegate, says something else than the one that it leaves."""
    operators = set()
    pairs = [(PROFILES[profile], PROFILES[LEAVES[profile]])]
    if all(each.delegate for each in pairs[0]):
        pairs.append(tuple(each.delegate.arithmetic for each in pairs[0]))
    for ours, theirs in pairs:
        operators |= {key.split("/")[0] for key, recipe in ours.recipes.items() if recipe != theirs.recipes.get(key)}
    return operators


@pytest.mark.parametrize("profile", LEAVES)
def test_equal_to_the_recording(profile: str) -> None:
    assert differing(profile, profile, kernels=False) == {}


@pytest.mark.parametrize("profile", LEAVES)
def test_kernels_are_equal_to_the_recording(profile: str) -> None:
    assert differing(profile, profile, kernels=True, operators=said(profile)) == {}


@pytest.mark.parametrize("profile", LEAVES)
def test_every_line_is_needed(profile: str) -> None:
    differs = {operator_of(name) for name in differing(profile, LEAVES[profile], kernels=False)}
    by_conversion = {"POW", "QUANTIZE"} if profile != "xnnpack_arm_a53" else set()
    assert differs == said(profile) | by_conversion


def test_rounding_depends_on_the_batch() -> None:
    """The same weights round otherwise in a batch of 1, where they are multiplied by one row, than in a batch of 2."""
    subject = full_connection("int8", 1, shape=(1, 32), units=16, quantize={"filter": {"zero_point": 0}})
    one, two = (
        prepare(subject.model, 0, PROFILES["optimized_arm"], shapes={0: (batch, 32)}).first.nodes[0].params.epilogue
        for batch in (1, 2)
    )
    assert (type(one.requantizer), type(two.requantizer)) == (RoundingUp, RoundingLast)
