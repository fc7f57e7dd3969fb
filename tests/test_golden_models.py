"""The recordings of ``golden/models`` belong to the models beside them, and the runtime computes the same today."""

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.golden import MODELS, load, names

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "pytflite" / "data"


def test_every_model_is_recorded() -> None:
    models = sorted(path.relative_to(MODELS).with_suffix("").as_posix() for path in MODELS.glob("*/*.tflite"))
    assert models
    assert names() == models


@pytest.mark.parametrize("name", names())
def test_a_recording_is_of_the_model_beside_it(name: str) -> None:
    recording = load(name)
    assert recording.header["sha256"] == hashlib.sha256(recording.model.read_bytes()).hexdigest()
    assert all(len(samples) == len(recording.header["samples"]) for samples in recording.tensors.values())
    assert set(recording.tensors["auto"][0]) == set(recording.header["outputs"])


@pytest.mark.parametrize("name", [name for name in names() if name.split("/")[1].startswith("int8")])
def test_computed_int8_tensors_reach_both_ends_of_their_range(name: str) -> None:
    recording = load(name)
    codes = [
        array
        for sample in recording.tensors["reference"]
        for index, array in sample.items()
        if array.dtype == np.int8 and index not in recording.header["inputs"]
    ]
    assert min(array.min() for array in codes) == -128
    assert max(array.max() for array in codes) == 127


def test_the_demo_is_the_int8_classifier_and_small() -> None:
    assert (DATA / "digits.tflite").read_bytes() == (MODELS / "digits" / "int8.tflite").read_bytes()
    assert sum(path.stat().st_size for path in DATA.glob("digits.*")) < 100_000
    with np.load(DATA / "digits.npz") as digits:
        assert digits["images"].shape == (10, 8, 8)
        assert digits["images"].max() == 16
        assert digits["labels"].tolist() == list(range(10))


@pytest.mark.skipif(importlib.util.find_spec("ai_edge_litert") is None, reason="needs the runtime, ai_edge_litert")
def test_the_runtime_computes_what_is_recorded() -> None:
    command = [sys.executable, "golden/record.py", "--check", "--runtime", "ai_edge_litert"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout
    assert f"{len(names())} models checked" in finished.stdout
