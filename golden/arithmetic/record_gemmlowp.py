"""Record what gemmlowp's fixed-point functions give, from its own C++.

    python golden/arithmetic/record_gemmlowp.py <versions> -I<LiteRT> -I<gemmlowp> -I<...>

``versions`` says where the headers are from. What follows goes to ``g++``: where ``tflite/kernels/internal/common.h``
and what it includes are found (LiteRT, gemmlowp, ruy, flatbuffers). ``gemmlowp.npz`` then holds, for each function,
width and number of integer bits, the raw values and the results.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
INTEGER_BITS = {
    "exp": (0, 3, 4, 5, 6),
    "logistic": (0, 3, 4, 5),
    "tanh": (0, 3, 4, 5),
    "reciprocal": (12,),
    "log": (12,),
}
WIDTHS = {"exp": (32, 16), "logistic": (32, 16), "tanh": (32, 16), "reciprocal": (32,), "log": (32,)}


def raw_values(function: str, bits: int) -> np.ndarray:
    """Values of every magnitude, and those at which something may go over or run out."""
    rng = np.random.default_rng(0)
    limit = 1 << (bits - 1)
    powers = 2 ** np.arange(bits - 1)
    magnitudes = (2 ** rng.uniform(0, bits - 1, 150)).astype(np.int64)
    positive = np.concatenate([powers, powers - 1, powers + 1, magnitudes, [limit - 1]])
    both = np.unique(np.concatenate([positive, -positive, [-limit]]))
    return {"exp": both[both <= 0], "log": both[both > 0], "reciprocal": both[both > 0]}.get(function, both)


def main(versions: str, flags: list[str]) -> None:
    """Compile, run, store."""
    keys = [
        (function, bits, integer_bits)
        for function, choices in INTEGER_BITS.items()
        for bits in WIDTHS[function]
        for integer_bits in choices
    ]
    inputs = [raw_values(function, bits) for function, bits, _ in keys]
    lines = [f"{f}_{w} {m} {' '.join(map(str, raw))}" for (f, w, m), raw in zip(keys, inputs, strict=True)]
    with tempfile.TemporaryDirectory() as scratch:
        program = Path(scratch) / "gemmlowp"
        compile_it = ["g++", "-std=c++17", "-O1", "-fwrapv", *flags, str(HERE / "gemmlowp.cc"), "-o", str(program)]
        subprocess.run(compile_it, check=True)
        printed = subprocess.run([program], input="\n".join(lines), text=True, capture_output=True, check=True).stdout
    arrays = {"provenance": np.array(f"g++ with headers of {versions}")}
    for (function, bits, integer_bits), raw, line in zip(keys, inputs, printed.splitlines(), strict=True):
        name = f"{function}_{bits}_{integer_bits}"
        arrays[f"{name}/raw"] = raw.astype(np.int32)
        arrays[f"{name}/result"] = np.array(line.split(), np.int32)
    np.savez_compressed(HERE / "gemmlowp.npz", **arrays)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
