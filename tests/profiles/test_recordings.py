"""Our own networks under the other profiles: equal to what was recorded from tf.lite 2.21."""

from __future__ import annotations

import pytest

from pytflite.model.read import read
from pytflite.plan.prepare import prepare
from pytflite.profiles import PROFILES
from pytflite.runtime.session import Session
from pytflite.tools.oracle import first_difference
from tests import golden

QUANTIZED = [name for name in golden.names() if name.split("/")[1].startswith("int")]


def differences(name: str, profile: str, resolver: str, *, kernels: bool) -> list[str]:
    """What differs between a recording and what is computed now, sample by sample, tensor by tensor."""
    recording = golden.load(name)
    model = read(recording.model)
    found: list[str] = []
    session: Session | None = None
    for sample, expected in enumerate(recording.tensors[resolver]):
        inputs = recording.inputs(sample)
        shapes = {index: array.shape for index, array in inputs.items()}
        if session is None or any(session.inputs[i].shape != shape for i, shape in shapes.items()):
            session = Session(prepare(model, 0, PROFILES[profile], shapes=shapes, kernels=kernels), preserve_all=True)
        for index, array in inputs.items():
            session.set(index, array)
        session.invoke()
        for index, array in expected.items():
            ours = session.get(index)
            assert ours is not None, index
            if difference := first_difference([ours], [array]):
                found.append(f"sample {sample}, tensor {index} '{model.main.tensors[index].name}': {difference}")
    return found


@pytest.mark.parametrize("kernels", [True, False], ids=["kernels", "definitions"])
@pytest.mark.parametrize(("profile", "resolver"), [("optimized", "builtin"), ("xnnpack@tf2.21", "auto")])
@pytest.mark.parametrize("name", QUANTIZED)
def test_quantized_networks(name: str, profile: str, resolver: str, kernels: bool) -> None:
    assert differences(name, profile, resolver, kernels=kernels) == []
