"""Read test vectors as a testbench would: words in hexadecimal, two's complement, described by the manifest.

pytflite vectors model.tflite out
python examples/vectors/load_hex.py out 0
"""

import json
import sys
from pathlib import Path


def words(path: Path, bits: int, signed: bool) -> list[int]:
    """The integers of a file for ``$readmemh``."""
    numbers = [int(line, 16) for line in path.read_text().splitlines() if not line.startswith("//")]
    return [n - (1 << bits) if signed and n >> (bits - 1) else n for n in numbers]


def load(folder: Path, operator: int) -> dict[str, list[int]]:
    """The integer arrays of one operator by name, row-major."""
    manifest = json.loads((folder / "manifest.json").read_text())
    (entry,) = (o for o in manifest["operators"] if o["operator"] == operator)
    found = {}
    for array in entry["arrays"]:
        kind = array["dtype"].rstrip("0123456789")
        if kind in ("int", "uint"):
            (path,) = (file for file in array["files"] if file.endswith(".hex"))
            found[array["name"]] = words(folder / path, int(array["dtype"].removeprefix(kind)), kind == "int")
    return found


if __name__ == "__main__":
    for name, numbers in load(Path(sys.argv[1]), int(sys.argv[2])).items():
        print(f"{name}: {len(numbers)} words, {min(numbers)}..{max(numbers)}")
