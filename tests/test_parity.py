"""Our own networks: every tensor equal to what was recorded from tf.lite 2.21, with kernels and without."""

from __future__ import annotations

import pytest

from pytflite.model.read import read
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.session import Session
from pytflite.tools.oracle import first_difference
from tests import golden

NEWER = {"lstm/float32"}
"""LiteRT, which `reference` follows, gives other float bits than these recordings of tf.lite 2.21: tested live."""


@pytest.mark.parametrize("kernels", [True, False], ids=["kernels", "definitions"])
@pytest.mark.parametrize("name", [name for name in golden.names() if name not in NEWER])
def test_every_tensor_is_as_recorded(name: str, kernels: bool) -> None:
    recording = golden.load(name)
    model = read(recording.model)
    session: Session | None = None
    for sample, expected in enumerate(recording.tensors["reference"]):
        inputs = recording.inputs(sample)
        shapes = {index: array.shape for index, array in inputs.items()}
        if session is None or any(session.inputs[i].shape != shape for i, shape in shapes.items()):
            session = Session(prepare(model, 0, REFERENCE, shapes=shapes, kernels=kernels), preserve_all=True)
        for index, array in inputs.items():
            session.set(index, array)
        session.invoke()
        for index, array in expected.items():
            ours = session.get(index)
            assert ours is not None, index
            difference = first_difference([ours], [array])
            assert not difference, f"sample {sample}, tensor {index} '{model.main.tensors[index].name}': {difference}"
