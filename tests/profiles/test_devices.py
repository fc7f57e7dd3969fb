"""Device profiles: equal to what was recorded from the devices' own runtimes."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pytflite.errors import PrepareError
from pytflite.model.read import read
from pytflite.profiles import PROFILES
from pytflite.tools.oracle import first_difference
from tests.corpus.corpus import MODELS, golden, names
from tests.ops.harness import evaluate

RECORDINGS = Path(__file__).parents[2] / "golden" / "profiles"
DEVICES = ["tflm"]

Arrays = list[npt.NDArray[Any]]


def recorded(profile: str) -> Iterator[tuple[str, bytes, list[Arrays], Arrays]]:
    """Name, model, inputs of every invoke and all outputs, of every recorded case."""
    with np.load(RECORDINGS / f"{profile}.npz") as stored:
        for name, (invokes, inputs, outputs) in json.loads(str(stored["provenance"]))["cases"].items():
            fed = [[stored[f"{name}/input{i * inputs + k}"] for k in range(inputs)] for i in range(invokes)]
            yield name, stored[f"{name}/model"].tobytes(), fed, [stored[f"{name}/output{i}"] for i in range(outputs)]


def differing(recording: str, profile: str, *, kernels: bool) -> dict[str, str]:
    """The recorded cases where a profile gives something else, by name: the first difference."""
    found = {}
    for name, model, fed, expected in recorded(recording):
        try:
            got = evaluate(read(model), fed, kernels=kernels, profile=PROFILES[profile])
        except PrepareError as fault:
            found[name] = str(fault)
            continue
        if difference := first_difference(got, expected):
            found[name] = difference
    return found


@pytest.mark.parametrize("kernels", [False, True], ids=["definitions", "kernels"])
@pytest.mark.parametrize("profile", DEVICES)
def test_equal_to_the_recording(profile: str, kernels: bool) -> None:
    assert differing(profile, profile, kernels=kernels) == {}


@pytest.mark.parametrize("profile", DEVICES)
def test_every_line_is_needed(profile: str) -> None:
    differs = {name.split("/")[0].upper() for name in differing(profile, "reference", kernels=False)}
    recipes, others = PROFILES[profile].recipes, PROFILES["reference"].recipes
    said = {key.split("/")[0] for key in recipes if recipes[key] is not others.get(key)}
    assert said == differs


@pytest.mark.parametrize("profile", DEVICES)
def test_lines_name_operators_and_their_rules(profile: str) -> None:
    for key, recipe in PROFILES[profile].recipes.items():
        name, _, rule = key.partition("/")
        rules = {rule.name for rule in importlib.import_module(f"pytflite.ops.{name.lower()}").OP.rules}
        assert {rule, *recipe.rules} <= {"", *rules}, key


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
