"""``pytflite demo``: the main job on a model and pictures that come with the package."""

from __future__ import annotations

from importlib.resources import as_file, files

import numpy as np

from pytflite.cli.app import app, console, table
from pytflite.runtime.native import load
from pytflite.runtime.scaling import dequantize, quantize

SHADES = " .:-=+*#%@"


@app.command()
def demo() -> None:
    """Classify ten handwritten digits with an int8 network, in integers from the first to the last."""
    data = files("pytflite") / "data"
    with as_file(data / "digits.tflite") as path:
        model = load(path)
    with as_file(data / "digits.npz") as path, np.load(path) as stored:
        images, labels = stored["images"], stored["labels"]
    (image,) = model.entry().inputs.values()
    ((name, result),) = model.entry().outputs.items()
    assert image.quantization is not None
    assert result.quantization is not None
    fed = quantize(images[..., None] / 16, image.quantization)
    codes = np.concatenate([model.run(fed[i : i + 1])[name] for i in range(len(fed))])
    console.print(f"{model.entry()!r}, profile {model.profile.name}: {model.profile.reproduces}\n", markup=False)
    for first in range(0, len(images), 4):
        for row in range(8):
            pictures = (
                "".join(SHADES[min(int(v) * 10 // 17, 9)] * 2 for v in drawing[row])
                for drawing in images[first : first + 4]
            )
            console.print("  ".join(pictures), markup=False, highlight=False)
        console.print()
    made = table("", ">drawn", ">named", ">code", ">probability")
    for label, row, real in zip(labels, codes, dequantize(codes, result.quantization), strict=True):
        best = int(np.argmax(row))
        made.add_row(str(label), str(best), str(row[best]), f"{real[best]:.4f}")
    console.print(made, markup=False)
    right = int(np.sum(np.argmax(codes, axis=1) == labels))
    console.print(f"{right} of {len(labels)} named rightly.")
