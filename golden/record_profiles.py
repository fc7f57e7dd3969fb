"""Record what a device's runtime computes: the cases of ``tests/profiles/devices.py``, as far as it takes them.

    python golden/record_profiles.py
    python golden/record_profiles.py cmsis_nn --runner PROGRAM --runtime "CMSIS-NN of revision ..., built with ..."

``tflm``: PyPI's package ``tflite-micro``, the interpreter of TensorFlow Lite for Microcontrollers with its portable
kernels. Every case runs in a process of its own, for the runtime aborts where it refuses. The recording is
``golden/profiles/tflm.npz``: models, inputs, outputs, provenance.

The other profiles need a program that was built around the interpreter of TensorFlow Lite for Microcontrollers. It
reads from standard input a model (its length as uint32, then its bytes), the number of invokes (uint32), and the bytes
of all inputs of every invoke; it writes the bytes of all outputs of every invoke, or exits with another status than 0.
Their recordings leave out the models and inputs that are in ``tflm.npz``.
"""

import argparse
import importlib.metadata
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from functools import partial
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

TARGET = ROOT / "golden" / "profiles"

SKIPPED = {
    "call_once/counted": "an interpreter here calls once, there once an invoke",
    "fully_connected/sparse_float32": "sparse weights are read as dense ones",
    "fully_connected/sparse_int8": "sparse weights are read as dense ones",
    "greater/drawn4": "multipliers are never set",
    "greater/drawn13": "multipliers are never set",
    "greater/i16": "multipliers are never set",
    "mul/drawn5": "nothing is written",
    "mul/int16_plain": "nothing is written",
    "mul/int16_uint8": "nothing is written",
    "mul/int16_uint8_relu": "nothing is written",
    "transpose_conv/int16x8_int32": "the bias is read as int64",
    "unidirectional_sequence_lstm/hybrid": "weights are read as float32",
    "unidirectional_sequence_lstm/hybrid_uint8": "weights are read as float32",
    "while/swapped_3": "outputs overwrite each other",
}
"""Cases where the profiles do not follow the runtime, and why."""

SKIPPED_PACKAGE = {
    "fully_connected/probe_symmetric_int16x8_4": "scales of one filter are multiplied in double since this August",
}
"""More of them, in the package."""

SKIPPED_BUILT = dict.fromkeys(
    ("cast/f32_i16", "cast/f32_i32", "cast/f32_i8", "cast/f32_u32"), "of floats beyond the type, where C says nothing"
)
"""More of them, in programs that were built from a revision before such casts were defined."""

UNFUSED = "the fused activation is not applied"

SKIPPED_CMSIS_NN = {
    **dict.fromkeys(
        (f"fully_connected/probe_symmetric_int16x8_int32_{i}" for i in range(8)), "the bias is read as int64"
    ),
    "depthwise_conv_2d/drawn3": "int4 filters, a batch of 2, an odd number of channels",
    **dict.fromkeys(("transpose_conv/int8", "transpose_conv/int16x8"), UNFUSED),
    **dict.fromkeys((f"transpose_conv/drawn{i}" for i in (3, 9, 10, 11, 12, 13, 14, 15)), UNFUSED),
    **dict.fromkeys(
        ("transpose_conv/int8_per_tensor", "transpose_conv/int8_shape_given"), "padding is no multiple of the stride"
    ),
}
"""More of them, with the kernels of CMSIS-NN."""


def from_package(data: bytes, subject: Case) -> list[Any] | None:
    """All outputs of all invokes by the package, None where it refuses or aborts."""
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


def from_runner(runner: Path, data: bytes, subject: Case) -> list[Any] | None:
    """All outputs of all invokes by a program, None where it refuses or aborts."""
    fed = b"".join(np.ascontiguousarray(array).tobytes() for arrays in subject.inputs for array in arrays)
    counts = (len(data).to_bytes(4, "little"), len(subject.inputs).to_bytes(4, "little"))
    done = subprocess.run([runner], input=counts[0] + data + counts[1] + fed, capture_output=True, check=False)
    if done.returncode:
        return None
    outputs, begin = [], 0
    for _ in subject.inputs:
        for index in subject.model.main.outputs:
            tensor = subject.model.main.tensors[index]
            count = int(np.prod(tensor.shape))
            outputs.append(np.frombuffer(done.stdout, tensor.dtype.numpy, count, begin).reshape(tensor.shape))
            begin += outputs[-1].nbytes
    if begin != len(done.stdout):
        raise ValueError(f"{len(done.stdout)} bytes written where {begin} were expected")
    return outputs


def record(profile: str, run: Callable[[bytes, Case], list[Any] | None], built: str) -> None:
    """Run every case, write the recording."""
    arrays: dict[str, Any] = {}
    counts = {}
    skipped = SKIPPED | (SKIPPED_PACKAGE if profile == "tflm" else SKIPPED_BUILT)
    skipped = skipped | SKIPPED_CMSIS_NN if profile.startswith("cmsis_nn") else skipped
    shared = set() if profile == "tflm" else set(np.load(TARGET / "tflm.npz").files)
    for name, subject in cases():
        try:
            inferred = evaluate(subject.model, subject.inputs, kernels=False, profile=PROFILES[profile])
        except PytfliteError:
            continue
        shaped = with_output_shapes(subject, [array.shape for array in inferred])
        data = write(shaped.model)
        outputs = None if name in skipped else run(data, shaped)
        if outputs is None:
            continue
        given = {f"{name}/model": np.frombuffer(data, np.uint8)}
        given |= {f"{name}/input{i}": a for i, a in enumerate(a for fed in subject.inputs for a in fed)}
        arrays |= {key: array for key, array in given.items() if key not in shared}
        arrays |= {f"{name}/output{i}": a for i, a in enumerate(outputs)}
        counts[name] = [len(subject.inputs), len(subject.inputs[0]), len(outputs)]
    provenance = {"runtime": built, "skipped": skipped, "cases": counts}
    TARGET.mkdir(exist_ok=True)
    np.savez_compressed(TARGET / f"{profile}.npz", provenance=np.array(json.dumps(provenance)), **arrays)
    print(f"{len(counts)} cases")


def main() -> None:
    """Record one profile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("profile", nargs="?", default="tflm", help="name of the profile")
    parser.add_argument("--runner", type=Path, help="the program")
    parser.add_argument("--runtime", help="what it was built from, and how")
    chosen = parser.parse_args()
    if chosen.profile == "tflm":
        version = importlib.metadata.version("tflite-micro")
        record("tflm", from_package, f"tflite-micro {version} of PyPI")
    elif chosen.runner and chosen.runtime:
        record(chosen.profile, partial(from_runner, chosen.runner), chosen.runtime)
    else:
        parser.error(f"{chosen.profile} needs --runner and --runtime")


if __name__ == "__main__":
    main()
