"""Record MultiplyByQuantizedMultiplier as it is built by default and with TFLITE_SINGLE_ROUNDING, from its own C++.

    python golden/arithmetic/record_requantize.py <versions> <common.cc> -I<tflite-micro> -I<gemmlowp> -I<ruy>

``versions`` says where the sources are from. What follows goes to ``g++``. ``requantize.npz`` then holds accumulators,
multipliers and shifts, and the results of both builds.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def operands() -> np.ndarray:
    """int64 (count, 3): accumulators, multipliers with few bits (ties) and with many, shifts.

    Products stay within int32, and so does what the default build shifts to the left.
    """
    rng = np.random.default_rng(0)
    count = 6000
    shift = np.where(rng.random(count) < 0.5, rng.integers(-31, 13, count), rng.integers(-6, 1, count))
    magnitude = (2 ** rng.uniform(np.clip(-shift - 2, 0, 29), 30 - np.maximum(shift, 0))).astype(np.int64)
    accumulator = magnitude * rng.choice([-1, 1], count)
    many, few = rng.integers(1 << 30, 1 << 31, count), (1 << 30) + (rng.integers(0, 4, count) << 28)
    return np.stack([accumulator, np.where(rng.random(count) < 0.5, few, many), shift], 1)


def main(versions: str, flags: list[str]) -> None:
    """Compile both builds, run, store."""
    rows = operands()
    results = {}
    for name, single in (("double_rounding", 0), ("single", 1)):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "requantize"
            define = f"-DTFLITE_SINGLE_ROUNDING={single}"
            subprocess.run(["g++", "-std=c++17", define, HERE / "requantize.cc", *flags, "-o", program], check=True)
            text = "\n".join(" ".join(map(str, row)) for row in rows.tolist())
            output = subprocess.run([program], input=text, text=True, capture_output=True, check=True).stdout
        results[name] = np.array(output.split(), np.int64)
    np.savez_compressed(HERE / "requantize.npz", versions=np.array(versions), operands=rows, **results)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
