"""Read the recordings of ``golden/models``: what the real runtime computed in each model, tensor by tensor."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODELS = Path(__file__).resolve().parent.parent / "golden" / "models"


@dataclass(frozen=True)
class Recording:
    """Every tensor that one model computes; ``golden/README.md`` defines the format.

    Attributes:
        model: path of the ``.tflite`` file.
        header: what was recorded, and how: ``inputs``, ``outputs`` and ``samples`` among others.
        tensors: arrays by resolver ("reference", "builtin", "auto"), then sample, then tensor index.
    """

    model: Path
    header: dict[str, Any]
    tensors: dict[str, list[dict[int, NDArray[Any]]]]

    def inputs(self, sample: int) -> dict[int, NDArray[Any]]:
        """What was set before a sample was run, by tensor index."""
        return {index: self.tensors["reference"][sample][index] for index in self.header["inputs"]}


def load(name: str) -> Recording:
    """The recording of one model, named as in ``digits/int8``."""
    with np.load(MODELS / f"{name}.npz") as packed:
        header = json.loads(packed["header"].tobytes())
        tensors = {
            resolver: [{int(index): packed[array] for index, array in sample.items()} for sample in samples]
            for resolver, samples in header["tensors"].items()
        }
    return Recording(MODELS / f"{name}.tflite", header, tensors)


def names() -> list[str]:
    """The names of all recorded models."""
    return sorted(path.relative_to(MODELS).with_suffix("").as_posix() for path in MODELS.glob("*/*.npz"))
