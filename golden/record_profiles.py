"""Record what a device's runtime computes: the cases of ``tests/profiles/devices.py``, as far as it takes them.

    python golden/record_profiles.py

``tflm``: PyPI's package ``tflite-micro``, the interpreter of TensorFlow Lite for Microcontrollers with its portable
kernels. Every case runs in a process of its own, for the runtime aborts where it refuses. The recording is
``golden/profiles/tflm.npz``: models, inputs, outputs, provenance.
"""

import importlib.metadata
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
from tflite_micro import runtime

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from pytflite.errors import PytfliteError  # noqa: E402
from pytflite.model.write import write  # noqa: E402
from pytflite.profiles import PROFILES  # noqa: E402
from tests.ops.harness import Case, evaluate  # noqa: E402
from tests.profiles.devices import cases, with_output_shapes  # noqa: E402

ARENA = 4_000_000

SKIPPED = {
    "call_once/counted": "an interpreter here calls once, there once an invoke",
    "greater/i16": "multipliers are never set",
    "mul/int16_plain": "nothing is written",
    "mul/int16_uint8": "nothing is written",
    "mul/int16_uint8_relu": "nothing is written",
    "svdf/float32": "floats are summed in another order",
    "transpose_conv/int16x8_int32": "the bias is read as int64",
    "unidirectional_sequence_lstm/float32": "floats are summed in another order",
    "unidirectional_sequence_lstm/hybrid": "weights are read as float32",
    "unidirectional_sequence_lstm/hybrid_uint8": "weights are read as float32",
    "unidirectional_sequence_lstm/int8": "gates go through other tables",
    "while/swapped_3": "outputs overwrite each other",
}
"""Cases where the profile does not follow the runtime, and why."""


def outputs_of(data: bytes, subject: Case) -> list[Any]:
    """All outputs of all invokes."""
    interpreter = runtime.Interpreter.from_bytes(data, arena_size=ARENA)
    outputs = []
    for arrays in subject.inputs:
        for index, array in enumerate(arrays):
            interpreter.set_input(array, index)
        interpreter.invoke()
        outputs += [interpreter.get_output(i).copy() for i in range(len(subject.model.main.outputs))]
    return outputs


def attempt(data: bytes, subject: Case) -> list[Any] | None:
    """The outputs, None where the runtime refuses or aborts."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        try:
            os.write(writing, pickle.dumps(outputs_of(data, subject)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        result = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(result) if result else None


def main() -> None:
    """Record."""
    arrays: dict[str, Any] = {}
    counts = {}
    for name, subject in cases():
        try:
            inferred = evaluate(subject.model, subject.inputs, kernels=False, profile=PROFILES["tflm"])
        except PytfliteError:
            continue
        shaped = with_output_shapes(subject, [array.shape for array in inferred])
        data = write(shaped.model)
        outputs = None if name in SKIPPED else attempt(data, shaped)
        if outputs is None:
            continue
        arrays[f"{name}/model"] = np.frombuffer(data, np.uint8)
        arrays |= {f"{name}/input{i}": a for i, a in enumerate(a for fed in subject.inputs for a in fed)}
        arrays |= {f"{name}/output{i}": a for i, a in enumerate(outputs)}
        counts[name] = [len(subject.inputs), len(subject.inputs[0]), len(outputs)]
    provenance = {
        "runtime": f"tflite-micro {importlib.metadata.version('tflite-micro')} of PyPI",
        "skipped": SKIPPED,
        "cases": counts,
    }
    target = ROOT / "golden" / "profiles" / "tflm.npz"
    target.parent.mkdir(exist_ok=True)
    np.savez_compressed(target, provenance=np.array(json.dumps(provenance)), **arrays)
    print(f"{len(counts)} cases")


if __name__ == "__main__":
    main()
