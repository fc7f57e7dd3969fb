"""Every real model of the corpus: equal to the real runtime in every tensor, or else as expected of it."""

from __future__ import annotations

import pytest

from pytflite.model.read import read
from pytflite.tools.oracle import first_difference
from tests.corpus.corpus import EXPECTED, HAS_LITERT, MODELS, examine, expected, golden, names, run
from tests.profiles.sweep import RESOLVERS

pytestmark = [
    pytest.mark.skipif(not MODELS.exists(), reason="the corpus ../shared/models is not there"),
    pytest.mark.skipif(not HAS_LITERT, reason="ai_edge_litert is not installed"),
]


@pytest.mark.parametrize("profile", RESOLVERS)
@pytest.mark.parametrize("name", list(names()))
def test_model(name: str, profile: str) -> None:
    verdict, text = expected(name, profile)
    outcome = examine(name, profile)
    assert outcome.verdict == verdict, outcome.detail
    assert text in outcome.detail


def test_expectations_name_files_that_exist() -> None:
    named = {*EXPECTED["refused"], *EXPECTED["runs"], *(name for each in EXPECTED["floats"].values() for name in each)}
    assert named - set(names()) == set()


@pytest.mark.parametrize("kernels", [False, True], ids=["definitions", "kernels"])
def test_tflm_goldens(kernels: bool) -> None:
    compared = 0
    for name in names():
        if "seanet" not in name:
            continue
        model = read(MODELS / name)
        stored = golden(MODELS / name, model)
        if stored is not None:
            fed, outputs = stored
            difference = first_difference(run(model, fed, kernels=kernels), outputs)
            assert not difference, f"{name}: {difference}"
            compared += 1
    assert compared == 66
