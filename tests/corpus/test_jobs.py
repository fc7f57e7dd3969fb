"""The main job on real networks and real inputs, through the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.test_commands import run
from tests.corpus.corpus import MODELS

INPUTS = MODELS.parent / "inputs"

pytestmark = pytest.mark.skipif(not INPUTS.exists(), reason="the inputs ../shared/inputs are not there")


def classify(model: str, *arguments: str | Path) -> Any:
    (scores,) = json.loads(run("run", MODELS / model, *arguments, "--json")).values()
    return np.ravel(scores)


@pytest.mark.parametrize("model", ["tf2_mobilenet_v2_1.0_224_ptq", "mobilenet_v2_1.0_224_quant"])
def test_mobilenet_names_the_uniform(model: str) -> None:
    labels = INPUTS / "imagenet_labels.txt"
    said = run(
        "run", MODELS / "coral" / f"{model}.tflite", INPUTS / "grace_hopper.bmp", "--labels", labels, "--top", "1"
    )
    assert said.splitlines()[-1].endswith("military uniform")


def test_person_detect_tells_person_from_no_person() -> None:
    model = "tflm/models/person_detect.tflite"
    assert np.argmax(classify(model, INPUTS / "person.bmp", "--bytes")) == 1
    assert np.argmax(classify(model, INPUTS / "no_person.bmp", "--bytes")) == 0


@pytest.mark.parametrize("model", ["trained_lstm", "trained_lstm_int8"])
@pytest.mark.parametrize("digit", [0, 1, 5, 9])
def test_lstm_reads_digits(model: str, digit: int, tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    pixels = np.asarray(image.open(INPUTS / f"mnist_sample{digit}.png").convert("L"), np.float32)
    np.save(tmp_path / "digit.npy", pixels[None] / 255)
    scores = classify(f"tflm/examples/mnist_lstm/{model}.tflite", tmp_path / "digit.npy", "--float")
    assert np.argmax(scores) == digit
