"""Record the orders that libstdc++ gives to numbers of which many are equal.

    python golden/arithmetic/record_ordering.py

``ordering.npz`` then holds the version of g++, and for every case how many are partially sorted, the numbers, and the
three orders of ``ordering.cc`` one after the other.
"""

import subprocess
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SIZES = (1, 2, 3, 7, 15, 16, 17, 18, 33, 40, 64, 100, 257, 600)


def cases() -> list[tuple[int, np.ndarray]]:
    """How many to sort partially, and float32 numbers: few different ones, or arranged so that a pivot is bad."""
    rng = np.random.default_rng(0)
    found = []
    for size in SIZES:
        found += [(int(rng.integers(1, size + 1)), rng.integers(0, kinds, size)) for kinds in (1, 2, 5, 50)]
        found += [(size, np.arange(size) // 2), (size, -np.arange(size) // 3), (size, organ_pipe(size))]
    return [(count, numbers.astype(np.float32)) for count, numbers in found]


def organ_pipe(size: int) -> np.ndarray:
    """Numbers with which medians of three divide badly: many halves, interleaved."""
    half = np.arange(size) // 2
    return np.where(np.arange(size) % 2, half, size - half) % 41


def main() -> None:
    """Compile, run, store."""
    found = cases()
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "ordering"
        subprocess.run(["g++", "-std=c++17", "-O2", HERE / "ordering.cc", "-o", program], check=True)
        text = "\n".join(" ".join([str(count), str(a.size), *map(str, a.tolist())]) for count, a in found)
        lines = subprocess.run([program], input=text, text=True, capture_output=True, check=True).stdout.split("\n")
    version = subprocess.run(["g++", "--version"], text=True, capture_output=True, check=True).stdout.split("\n")[0]
    arrays = {
        f"case{i}": np.concatenate([[count], numbers, np.array(line.split(), np.int64)]).astype(np.int16)
        for i, ((count, numbers), line) in enumerate(zip(found, lines, strict=False))
    }
    np.savez_compressed(HERE / "ordering.npz", versions=np.array(version), sizes=[a.size for _, a in found], **arrays)


if __name__ == "__main__":
    main()
