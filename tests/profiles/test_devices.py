"""Device profiles: equal to what was recorded from the devices' own runtimes."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pytflite.errors import PrepareError
from pytflite.model.read import read
from pytflite.profiles import PROFILES, REFERENCE, TFLM, Profile
from pytflite.tools.oracle import first_difference
from tests.corpus.corpus import MODELS, golden, names
from tests.ops.harness import evaluate
from tests.ops.test_fully_connected import full_connection
from tests.profiles.devices import SYMMETRIC

RECORDINGS = Path(__file__).parents[2] / "golden" / "profiles"
DEVICES = ["tflm", "tflm_single_rounding", "cmsis_nn", "cmsis_nn_single_rounding"]

Arrays = list[npt.NDArray[Any]]


def recorded(profile: str, op: str = "") -> Iterator[tuple[str, bytes, list[Arrays], Arrays]]:
    """Name, model, inputs of every invoke and all outputs, of every recorded case of an operator, or of all.

    Models and inputs that the recording leaves out are those of the case of the same name in that of ``tflm``.
    """
    with np.load(RECORDINGS / f"{profile}.npz") as own, np.load(RECORDINGS / "tflm.npz") as shared:
        for name, (invokes, inputs, outputs) in json.loads(str(own["provenance"]))["cases"].items():
            if op in ("", name.split("/")[0].upper()):
                given = own if f"{name}/model" in own else shared
                fed = [[given[f"{name}/input{i * inputs + k}"] for k in range(inputs)] for i in range(invokes)]
                yield name, given[f"{name}/model"].tobytes(), fed, [own[f"{name}/output{i}"] for i in range(outputs)]


def differing(recording: str, profile: Profile, *, kernels: bool, op: str = "") -> dict[str, str]:
    """The recorded cases, perhaps of one operator, where a profile gives something else, by name: the difference."""
    found = {}
    for name, model, fed, expected in recorded(recording, op):
        try:
            got = evaluate(read(model), fed, kernels=kernels, profile=profile)
        except PrepareError as fault:
            found[name] = str(fault)
            continue
        if difference := first_difference(got, expected):
            found[name] = difference
    return found


@pytest.mark.parametrize("kernels", [False, True], ids=["definitions", "kernels"])
@pytest.mark.parametrize("profile", DEVICES)
def test_equal_to_the_recording(profile: str, kernels: bool) -> None:
    assert differing(profile, PROFILES[profile], kernels=kernels) == {}


@pytest.mark.parametrize("profile", DEVICES)
def test_every_line_is_needed(profile: str) -> None:
    recipes, others = PROFILES[profile].recipes, (REFERENCE if profile == "tflm" else TFLM).recipes
    for key in recipes:
        if recipes[key] is not others.get(key):
            without = {other: recipe for other, recipe in recipes.items() if other != key}
            without |= {key: others[key]} if key in others else {}
            changed = replace(PROFILES[profile], recipes=without)
            assert differing(profile, changed, kernels=False, op=key.split("/")[0]), key


@pytest.mark.parametrize("profile", DEVICES)
def test_lines_name_operators_and_their_rules(profile: str) -> None:
    for key, recipe in PROFILES[profile].recipes.items():
        name, _, rule = key.partition("/")
        rules = {rule.name for rule in importlib.import_module(f"pytflite.ops.{name.lower()}").OP.rules}
        assert {rule, *recipe.rules} <= {"", *rules}, key


@pytest.mark.parametrize("profile", ["cmsis_nn", "cmsis_nn_single_rounding"])
@pytest.mark.parametrize("kind", ["int16x8", "int16x8_int32"])
def test_cmsis_nn_refuses_filters_of_int16_with_several_scales(profile: str, kind: str) -> None:
    accepted, refused = (full_connection(kind, 0, per_axis=per_axis, quantize=SYMMETRIC) for per_axis in (False, True))
    evaluate(accepted.model, accepted.inputs, kernels=False, profile=PROFILES[profile])
    with pytest.raises(
        PrepareError, match=r"has one scale; .* filter \(tensor 1 .*\. Node number 0 \(FULLY_CONNECTED\)"
    ):
        evaluate(refused.model, refused.inputs, kernels=False, profile=PROFILES[profile])


@pytest.mark.skipif(not MODELS.exists(), reason="the corpus ../shared/models is not there")
def test_tflm_gives_what_its_own_tests_expect() -> None:
    compared = 0
    for name in names():
        if "seanet" in name and (stored := golden(MODELS / name, model := read(MODELS / name))):
            fed, outputs = stored
            got = evaluate(model, [fed], kernels=False, profile=PROFILES["tflm"])
            assert not (difference := first_difference(got, outputs)), f"{name}: {difference}"
            compared += 1
    assert compared == 66
