"""How do I run an int8 model in Python: one picture, a batch, several outputs, per-axis weights?

The same through both faces: `pytflite.load(...).run(...)`, and the one of ``tf.lite.Interpreter`` for scripts that
have it already.
"""

from pathlib import Path

import numpy as np

import pytflite

MODELS = Path(__file__).resolve().parents[1] / "golden" / "models"
stored = np.load(Path(pytflite.__file__).parent / "data" / "digits.npz")
images, labels = stored["images"], stored["labels"]
real = (images / 16).astype(np.float32)[..., None]

# One picture at a time: weights are int8 with a scale for each channel, which is the library's business, not yours.
single = pytflite.load(MODELS / "digits" / "int8.tflite")
(image,) = single.entry().inputs.values()
assert image.quantization is not None
codes = pytflite.quantize(real, image.quantization)
named = [int(np.argmax(single.run(codes[i : i + 1])["probabilities"])) for i in range(len(codes))]
print("one by one:", named)

# A batch: `run` resizes. This model has a free batch dimension, two outputs, and gives the class itself as well.
batched = pytflite.load(MODELS / "dynamic" / "int8.tflite")
outputs = batched.run(codes)
print("as a batch:", {name: value.shape for name, value in outputs.items()}, outputs["digit"].tolist())

# The same with tf.lite's calls.
interpreter = pytflite.Interpreter(MODELS / "dynamic" / "int8.tflite", profile="reference")
index = interpreter.get_input_details()[0]["index"]
interpreter.resize_tensor_input(index, codes.shape)
interpreter.allocate_tensors()
interpreter.set_tensor(index, codes)
interpreter.invoke()
digit = next(d for d in interpreter.get_output_details() if d["dtype"] == np.int32)
assert np.array_equal(interpreter.get_tensor(digit["index"]), outputs["digit"])

# Not every model can be resized: here a RESHAPE to a constant shape stands in the way, and the error says which.
try:
    single.run(codes)
except pytflite.PrepareError as error:
    print("no batch for the first model:", error)

print(f"{np.mean(outputs['digit'] == labels):.0%} named rightly")
