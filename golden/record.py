"""Record every tensor that the real runtime computes in each model of ``golden/models``, and check what was recorded.

    python golden/record.py [model ...]      record the models given (all), each beside its file as ``.npz``
    python golden/record.py --check          record again and compare, bit for bit, with what is stored

Runs with tensorflow or with ai_edge_litert, whichever is importable first; ``--runtime`` names one. What is stored was
recorded with tensorflow 2.21. The README in this directory defines the format; ``tests/golden.py`` reads it.

``--check`` fails on any difference when the runtime and its version are those of the recording, and on any integer
tensor of the reference kernels whatever the runtime. Other differences are reported: floats, and integers that follow
from them, may round otherwise in another build or on another CPU.
"""

import argparse
import hashlib
import importlib.util
import io
import json
import os
import platform
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from pictures import drawn_digits

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "golden" / "models"
RESOLVERS = {"reference": "BUILTIN_REF", "builtin": "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "auto": "AUTO"}
SAMPLES = ["drawn", "random", "lowest", "highest"]
DTYPES = {"float32": "f32", "float16": "f16", "uint8": "u8"} | {f"int{bits}": f"i{bits}" for bits in (8, 16, 32, 64)}
CPU_FEATURES = {"avx", "avx2", "avx512f", "avx512_vnni", "avx_vnni", "f16c", "fma", "sse4_1"}

Tensors = dict[int, np.ndarray]


class Runtime:
    """The real runtime: `tf.lite` of tensorflow, or `ai_edge_litert`."""

    def __init__(self, name: str) -> None:
        self.name = name
        warnings.filterwarnings("ignore", message="\\s*Warning: tf.lite.Interpreter is deprecated")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        if name == "tensorflow":
            import tensorflow as tf

            self.version = tf.__version__
            self.interpreter, self.resolvers = tf.lite.Interpreter, tf.lite.experimental.OpResolverType
        else:
            from ai_edge_litert.interpreter import Interpreter, OpResolverType

            self.version = version("ai-edge-litert")
            self.interpreter, self.resolvers = Interpreter, OpResolverType

    def open(self, content: bytes, resolver: str) -> Any:
        """An interpreter on one thread; it keeps all tensors unless delegates may fuse them away."""
        return self.interpreter(
            model_content=content,
            num_threads=1,
            experimental_op_resolver_type=self.resolvers[RESOLVERS[resolver]],
            experimental_preserve_all_tensors=resolver != "auto",
        )


def picture(size: int) -> np.ndarray:
    """A drawn three, float32 [size, size] in [0, 1], by averages of its 8x8 dots."""
    step = 8 // size
    averages: np.ndarray = (drawn_digits()[3] / np.float32(16)).reshape(size, step, size, step).mean(axis=(1, 3))
    return averages


def sample_input(sample: str, order: int, details: dict[str, Any]) -> np.ndarray:
    """The values of one input in one sample.

    "drawn" is a picture (or, as the query, the digit in it), "random" any codes with a batch of 3 where it is free,
    "lowest" and "highest" the ends of the dtype. Floats leave the calibrated range: up to +-2, and +-100 at the ends.
    """
    shape = [3 if size == -1 and sample == "random" else abs(size) for size in details["shape_signature"]]
    dtype, (scale, zero_point) = details["dtype"], details["quantization"]
    if sample == "drawn":
        real = np.eye(10, dtype=np.float32)[3] if shape[-1] == 10 else picture(shape[1])
        codes = np.round(real / np.float32(scale)) + zero_point if scale else real
        return codes.astype(dtype).reshape(shape)
    generator = np.random.default_rng(order)
    if np.issubdtype(dtype, np.floating):
        values = {"random": generator.uniform(-2, 2, shape), "lowest": -100, "highest": 100}[sample]
        return np.full(shape, values, dtype)
    limits = np.iinfo(dtype)
    values = {
        "random": generator.integers(limits.min, limits.max, shape, endpoint=True),
        "lowest": limits.min,
        "highest": limits.max,
    }[sample]
    return np.full(shape, values, dtype)


def run(interpreter: Any, indices: list[int]) -> list[Tensors]:
    """The tensors asked for after each sample; one interpreter runs all samples in order, so variables carry over."""
    recordings: list[Tensors] = []
    for sample in SAMPLES:
        inputs = interpreter.get_input_details()
        values = {d["index"]: sample_input(sample, order, d) for order, d in enumerate(inputs)}
        resized = [d["index"] for d in inputs if tuple(d["shape"]) != values[d["index"]].shape]
        for index in resized:
            interpreter.resize_tensor_input(index, values[index].shape)
        if resized or not recordings:
            interpreter.allocate_tensors()
        for index, value in values.items():
            interpreter.set_tensor(index, value)
        interpreter.invoke()
        recordings.append({index: interpreter.get_tensor(index) for index in indices})
    return recordings


def computed(runtime: Runtime, content: bytes) -> tuple[list[int], list[str]]:
    """The tensors that a model computes, and its operators as in ``CONV_2D i8 i8 i32 -> i8``.

    These are the inputs, what operators write, and the operands that a run changes: variables. The rest are constants.
    """
    interpreter = runtime.open(content, "reference")
    interpreter.allocate_tensors()
    dtypes = {d["index"]: DTYPES[np.dtype(d["dtype"]).name] for d in interpreter.get_tensor_details()}
    operators = interpreter._get_ops_details()
    written = {int(index) for op in operators for index in op["outputs"]}
    written |= {d["index"] for d in interpreter.get_input_details()}
    operands = {int(index) for op in operators for index in op["inputs"] if index >= 0} - written
    before = {index: interpreter.get_tensor(index) for index in operands}
    after = run(interpreter, sorted(operands))
    changed = {index for tensors in after for index in operands if tensors[index].tobytes() != before[index].tobytes()}
    kinds = (
        f"{op['op_name']} {' '.join(dtypes.get(int(i), '-') for i in op['inputs'])}"
        f" -> {' '.join(dtypes[int(i)] for i in op['outputs'])}"
        for op in operators
    )
    return sorted(written | changed), sorted(set(kinds))


def record(path: Path, runtime: Runtime) -> tuple[dict[str, Any], dict[str, list[Tensors]]]:
    """The header of a model's recording, and its tensors by resolver, then sample, then index."""
    content = path.read_bytes()
    indices, operators = computed(runtime, content)
    interpreter = runtime.open(content, "reference")
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    asked = {"reference": indices, "builtin": indices, "auto": [d["index"] for d in outputs]}
    tensors = {resolver: run(runtime.open(content, resolver), asked[resolver]) for resolver in RESOLVERS}
    header = {
        "model": path.relative_to(MODELS).as_posix(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "operators": operators,
        "inputs": [d["index"] for d in inputs],
        "outputs": [d["index"] for d in outputs],
        "samples": SAMPLES,
        "provenance": provenance(path, runtime),
    }
    return header, tensors


def provenance(path: Path, runtime: Runtime) -> dict[str, Any]:
    """Where a recording comes from: all that may change a bit of it."""
    return {
        "runtime": f"{runtime.name} {runtime.version}",
        "numpy": np.__version__,
        "resolvers": RESOLVERS,
        "auto": "graph outputs only: keeping all tensors would change what the delegate takes",
        "threads": 1,
        "machine": platform.machine(),
        "cpu_features": cpu_features(),
        "command": f"python golden/record.py {path.relative_to(MODELS).with_suffix('').as_posix()}",
    }


def cpu_features() -> list[str]:
    """The vector instructions of this CPU that kernels choose by; empty where the system does not say."""
    info = Path("/proc/cpuinfo")
    words = set(info.read_text().split()) if info.exists() else set()
    return sorted(words & CPU_FEATURES)


def pack(header: dict[str, Any], tensors: dict[str, list[Tensors]]) -> bytes:
    """A compressed ``.npz``: each distinct array once, and the header with the name of every tensor's array."""
    arrays: dict[str, np.ndarray] = {}
    names: dict[tuple[Any, ...], str] = {}

    def name(array: np.ndarray) -> str:
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in names:
            names[key] = f"a{len(names)}"
            arrays[names[key]] = array
        return names[key]

    header = header | {
        "tensors": {
            resolver: [{str(index): name(array) for index, array in sample.items()} for sample in samples]
            for resolver, samples in tensors.items()
        }
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, header=np.frombuffer(text, np.uint8), **arrays)
    return packed.getvalue()


def unpack(path: Path) -> tuple[dict[str, Any], dict[str, list[Tensors]]]:
    """What `pack` packed."""
    with np.load(path) as packed:
        header = json.loads(packed["header"].tobytes())
        tensors = {
            resolver: [{int(index): packed[name] for index, name in sample.items()} for sample in samples]
            for resolver, samples in header.pop("tensors").items()
        }
    return header, tensors


def check(path: Path, runtime: Runtime) -> bool:
    """Compare a stored recording with one made now, print what differs, and say whether all that must be equal is."""
    stored_header, stored = unpack(path.with_suffix(".npz"))
    header, tensors = record(path, runtime)
    if stored_header["sha256"] != header["sha256"]:
        print(f"{header['model']}: the model is not the one that was recorded")
        return False
    was, now = stored_header["provenance"], header["provenance"]
    same = all(was[key] == now[key] for key in ("runtime", "machine", "cpu_features"))
    good = True
    for resolver, samples in stored.items():
        differing: dict[str, list[int]] = {}
        for wanted, got in zip(samples, tensors[resolver], strict=True):
            for index, array in wanted.items():
                if array.tobytes() != got[index].tobytes() or array.shape != got[index].shape:
                    differing.setdefault(array.dtype.name, []).append(distance(array, got[index]))
        for dtype, distances in differing.items():
            count = sum(array.dtype == dtype for wanted in samples for array in wanted.values())
            unit = "ulp" if dtype.startswith("float") else "codes"
            print(
                f"{header['model']}, {resolver}: {len(distances)} of {count} {dtype} tensors differ, "
                f"by up to {max(distances)} {unit}"
            )
            good &= not (same or (resolver == "reference" and not dtype.startswith("float")))
    return good


def distance(wanted: np.ndarray, got: np.ndarray) -> int:
    """The largest difference of two arrays of one dtype, in codes or, for floats, in units in the last place."""

    def codes(array: np.ndarray) -> np.ndarray:
        if array.dtype.kind != "f":
            return array.astype(np.int64)
        bits = array.view(f"i{array.dtype.itemsize}").astype(np.int64)
        return np.where(bits < 0, np.int64(np.iinfo(f"i{array.dtype.itemsize}").min) - bits, bits)

    if wanted.shape != got.shape or wanted.dtype != got.dtype:
        raise ValueError(f"{got.dtype} {got.shape} instead of {wanted.dtype} {wanted.shape}")
    return int(np.max(np.abs(codes(wanted) - codes(got)), initial=0))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help="models, as in digits/int8 (all)")
    parser.add_argument("--check", action="store_true", help="compare with what is stored instead of writing")
    parser.add_argument("--runtime", choices=["tensorflow", "ai_edge_litert"], help="the runtime to run with")
    options = parser.parse_args()
    names = [options.runtime] if options.runtime else ["tensorflow", "ai_edge_litert"]
    found = [name for name in names if importlib.util.find_spec(name)]
    if not found:
        parser.error(f"needs {' or '.join(names)}")
    runtime = Runtime(found[0])
    paths = [MODELS / f"{name}.tflite" for name in options.models] or sorted(MODELS.glob("*/*.tflite"))
    good = True
    for path in paths:
        if options.check:
            good &= check(path, runtime)
        else:
            path.with_suffix(".npz").write_bytes(pack(*record(path, runtime)))
    if options.check:
        print(f"{len(paths)} models checked with {runtime.name} {runtime.version}: {'good' if good else 'different'}")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
