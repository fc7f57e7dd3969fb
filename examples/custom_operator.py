"""My model has a custom operator: how do I run it, and how do I write one in Python?

A custom operator is a name, options that only its author understands (a FlexBuffer, as a rule) and a kernel that the
runtime has to be given. Here the kernel is a Python function, or a class if it keeps something between invokes.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from flatbuffers import flexbuffers

import pytflite

Array = npt.NDArray[Any]


@pytflite.custom_op("Threshold", types=["f32 -> f32", "i8 -> i8"])
def threshold(input: Array, options: dict[str, Any]) -> Array:
    """What is below the threshold becomes 0. The shape is the input's unless said otherwise."""
    return np.where(input >= options["threshold"], input, 0).astype(input.dtype)


@pytflite.custom_op("Peaks", inputs="signal", outputs="highest count", types="f32 -> f32 i32")
class Peaks:
    """The highest sample of each channel since the beginning, and how many invokes there were."""

    def __init__(self, node: pytflite.Node) -> None:
        """Once for each operator, when tensors are allocated."""
        signal = node["signal"]
        node.require(len(signal.shape) == 2 and signal.shape[0], f"{signal} must be samples (at least 1) by channels.")
        self.highest = np.full(signal.shape[1], -np.inf, np.float32)
        self.count = 0

    def shapes(self) -> list[tuple[int, ...]]:
        """Of both outputs."""
        return [self.highest.shape, ()]

    def __call__(self, signal: Array) -> tuple[Array, Array]:
        """Once for each invoke."""
        self.highest = np.maximum(self.highest, signal.max(axis=0))
        self.count += 1
        return self.highest.copy(), np.array(self.count, np.int32)


# A model with both, such as a converter writes it with `converter.allow_custom_ops = True`.
builder = pytflite.ModelBuilder()
graph = builder.subgraph("main")
signal, loud = graph.input("signal", (3, 2), "f32"), graph.tensor("loud", (3, 2), "f32")
highest, count = graph.output("highest", (2,), "f32"), graph.output("count", (), "i32")
graph.operator("Threshold", [signal], [loud], custom_options=bytes(flexbuffers.Dumps({"threshold": 0.5})))
graph.operator("Peaks", [loud], [highest, count])
model = builder.build()

try:
    pytflite.load(model).run(np.zeros((3, 2), np.float32))
except pytflite.PrepareError as error:
    print("without them:", str(error).splitlines()[0])

loaded = pytflite.load(model, custom_ops=[threshold, Peaks])
print(loaded.run(np.array([[0.4, 0.5], [0.6, 0.1], [0.2, 0.3]], np.float32)))
print(loaded.run(np.array([[0.9, 0.2], [0.0, 0.1], [0.3, 0.2]], np.float32)))

# The same with the face of tf.lite.
interpreter = pytflite.InterpreterWithCustomOps(
    custom_op_registerers=[threshold, Peaks], model_content=model.to_bytes(), profile="reference"
)
interpreter.allocate_tensors()
interpreter.set_tensor(0, np.full((3, 2), 0.75, np.float32))
interpreter.invoke()
print("highest:", interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))

# A wrong shape is refused before anything runs, in the operator's own words.
try:
    pytflite.load(model, custom_ops=[threshold, Peaks]).run(np.zeros((0, 2), np.float32))
except pytflite.PytfliteError as error:
    print("nothing to look at:", error)
