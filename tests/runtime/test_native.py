"""The native face: by name, with or without scaling, refusing what does not fit."""

from __future__ import annotations

import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pytflite
from pytflite.build import ModelBuilder
from pytflite.schema.enums import BuiltinOperator
from tests import golden

DIGITS = golden.MODELS / "digits" / "int8.tflite"
DRAWN = np.load(Path(pytflite.__file__).parent / "data" / "digits.npz")
REAL = (DRAWN["images"] / 16).astype(np.float32)[..., None]


def test_integers_in_integers_out() -> None:
    recording = golden.load("digits/int8")
    model = pytflite.load(DIGITS)
    (fed,) = recording.inputs(0).values()
    expected = recording.tensors["reference"][0][recording.header["outputs"][0]]
    assert np.array_equal(model.run(fed)["probabilities"], expected)
    assert np.array_equal(model.run({"image": fed})["probabilities"], expected)
    assert np.array_equal(model.run({"serving_default_image:0": fed})["probabilities"], expected)
    assert np.array_equal(model.run(fed, signature="serving_default")["probabilities"], expected)
    assert np.array_equal(model.run(fed, signature="")["PartitionedCall:0"], expected)


def test_floats_in_floats_out() -> None:
    answer = pytflite.load(DIGITS).run(REAL[7:8], as_float=True)["probabilities"]
    assert answer.dtype == np.float32
    assert int(np.argmax(answer)) == 7
    assert 0.9 < answer.max() <= 1


def test_saturation_is_told() -> None:
    with pytest.warns(pytflite.SaturationWarning, match=r"of 64 numbers lie outside of 0 \.\. 1"):
        pytflite.load(DIGITS).run(REAL[7:8] * 3, as_float=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pytflite.load(DIGITS).run(REAL[7:8], as_float=True)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (REAL[:1], r"Input 'image' takes int8\[1, 8, 8, 1\] \(or floats with as_float=True\), got float32"),
        (np.zeros((8, 8), np.int8), "4 dimensions are needed"),
        ({"picture": np.zeros((1, 8, 8, 1), np.int8)}, r"Inputs \['image', 'picture'\] are missing or unknown"),
        ({}, "Accepted: 'image'"),
        (None, "Accepted: 'image'"),
    ],
)
def test_refuses(inputs: Any, message: str) -> None:
    with pytest.raises(pytflite.ArgumentError, match=message):
        pytflite.load(DIGITS).run(inputs)


def test_refuses_unknown_signature_and_profile() -> None:
    with pytest.raises(ValueError, match='Invalid signature_key provided: "other"'):
        pytflite.load(DIGITS).run(REAL, signature="other")
    with pytest.raises(ValueError, match="Unknown profile 'fast'"):
        pytflite.load(DIGITS, profile="fast")


def test_batches_by_resizing() -> None:
    model = pytflite.load(golden.MODELS / "dynamic" / "int8.tflite")
    batch = model.run(REAL, as_float=True)
    for i in range(len(REAL)):
        single = model.run(REAL[i : i + 1], as_float=True)
        assert np.array_equal(single["probabilities"][0], batch["probabilities"][i])


def counter() -> bytes:
    """A model of two inputs of the same shape, and unnamed tensors."""
    b = ModelBuilder()
    g = b.subgraph()
    x, y = g.input("", (2,), "i32"), g.input("", (2,), "i32")
    g.operator(BuiltinOperator.MAXIMUM, [x, y], [g.output("", (2,), "i32")])
    return b.build().to_bytes()


def test_unnamed_tensors_get_names() -> None:
    model = pytflite.load(counter())
    left, right = np.array([1, 5], np.int32), np.array([3, 2], np.int32)
    assert model.run({"tensor:0": left, "tensor:1": right})["tensor:2"].tolist() == [3, 5]
    with pytest.raises(
        pytflite.ArgumentError, match="The model has 2 inputs: pass a dictionary with 'tensor:0', 'tensor:1'"
    ):
        model.run(left)


def test_state_goes_on_until_reset() -> None:
    recording = golden.load("lstm/int8")
    model = pytflite.load(recording.model)
    (fed,) = recording.inputs(0).values()
    first = model.run(fed)["probabilities"]
    model.reset()
    assert np.array_equal(model.run(fed)["probabilities"], first)


def test_results_are_copies_and_inputs_stay() -> None:
    model = pytflite.load(DIGITS)
    fed = np.full((1, 8, 8, 1), -128, np.int8)
    first = model.run(fed)["probabilities"]
    kept = first.copy()
    model.run(np.full((1, 8, 8, 1), 127, np.int8))
    assert np.array_equal(first, kept)
    assert (fed == -128).all()


def test_many_threads_with_a_model_each() -> None:
    expected = [pytflite.load(DIGITS).run(REAL[i : i + 1], as_float=True)["probabilities"] for i in range(10)]

    def answer(i: int) -> Any:
        return pytflite.load(DIGITS).run(REAL[i : i + 1], as_float=True)["probabilities"]

    with ThreadPoolExecutor(4) as pool:
        for got, wanted in zip(pool.map(answer, range(10)), expected, strict=True):
            assert np.array_equal(got, wanted)


def test_models_can_be_pickled() -> None:
    model = pytflite.read(DIGITS)
    assert pickle.loads(pickle.dumps(model)) == model
