"""Several inputs, several outputs, whose order or number varies: how do I tell them apart?

``get_input_details()`` lists tensors in the order of the file, which need not be that of the training script. Names
are the only safe handle: those of the signature, or of the tensors.
"""

from pathlib import Path

import numpy as np

import pytflite

MODELS = Path(__file__).resolve().parents[1] / "golden" / "models"
model = pytflite.load(MODELS / "multi_io" / "int8.tflite")
print("by signature:   ", model.entries["serving_default"])
print("in the file:    ", model.entries[""])  # another order!

drawing = np.load(Path(pytflite.__file__).parent / "data" / "digits.npz")["images"][7]
image = (drawing / 16).astype(np.float32)[None, ..., None]
query = np.eye(10, dtype=np.float32)[7][None]  # "is it a seven?"

# Native face: by name, in any order; outputs are a dictionary whatever their number and shapes.
for name, value in model.run({"query": query, "image": image}, as_float=True).items():
    print(f"{name}: {value.dtype} {value.shape}, largest {value.max():.4f}")

# The face of tf.lite: a signature runner does the same with integers.
interpreter = pytflite.Interpreter(MODELS / "multi_io" / "int8.tflite", profile="reference")
runner = interpreter.get_signature_runner()
details = runner.get_input_details()
codes = {
    name: pytflite.quantize(value, details[name]["quantization_parameters"], details[name]["dtype"])
    for name, value in {"image": image, "query": query}.items()
}
for name, value in runner(**codes).items():
    print(f"{name}: {value.dtype} {value.shape}, largest code {value.max()}")

# A wrong name is told, with the names that would do.
try:
    model.run({"picture": image, "query": query}, as_float=True)
except pytflite.ArgumentError as error:
    print(error)
