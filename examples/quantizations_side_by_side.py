"""Dynamic range, full integer, float16, quantization-aware: what do they change?

One network in eight files: how large each is, what type its weights and arithmetic have, and how far its answers lie
from the float ones.
"""

from collections import Counter
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import pytflite

MODELS = Path(__file__).resolve().parents[1] / "golden" / "models" / "digits"
VARIANTS = {
    "float32": "as trained",
    "float16": "weights stored in half, widened before use",
    "dynamic_range": "int8 weights; each input is quantized on arrival, outputs are float",
    "int8_float_io": "int8 throughout, float at the ends",
    "int8_uint8_io": "int8 throughout, uint8 at the ends",
    "int8": "int8 throughout",
    "int16x8": "int16 activations, int8 weights",
    "int8_qat": "int8, trained with the rounding in place",
}
stored = np.load(Path(pytflite.__file__).parent / "data" / "digits.npz")
real = (stored["images"] / 16).astype(np.float32)[..., None]

table = Table("variant", "bytes", "weights", "activations", "named rightly", "largest error", "what it is", box=None)
truth = None
for variant, meaning in VARIANTS.items():
    path = MODELS / f"{variant}.tflite"
    model = pytflite.load(path)
    answers = np.concatenate([model.run(picture[None], as_float=True)["probabilities"] for picture in real])
    truth = answers if truth is None else truth
    graph = model.model.main
    weights = Counter(t.dtype.letter for t in graph.tensors if model.model.constant(t) is not None and len(t.shape) > 1)
    made = Counter(graph.tensors[i].dtype.letter for operator in graph.operators for i in operator.outputs)
    right = np.mean(np.argmax(answers, axis=1) == stored["labels"])
    table.add_row(
        variant,
        str(path.stat().st_size),
        weights.most_common(1)[0][0],
        made.most_common(1)[0][0],
        f"{right:.0%}",
        f"{np.abs(answers - truth).max():.4f}",
        meaning,
    )
Console(width=140).print(table)
