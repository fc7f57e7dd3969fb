"""My int8 output seems impossible to dequantize: what am I missing?

Four traps: the zero point is subtracted before scaling, and in a type wider than int8, or the difference wraps; per-
axis tensors show ``quantization == (0.0, 0)``, their scales are in ``quantization_parameters``; a class index is no
quantized number at all; and a softmax's codes cover 0 .. 1 in steps of 1/256, so they need not add up to one.
"""

from pathlib import Path

import numpy as np

import pytflite

MODELS = Path(__file__).resolve().parents[1] / "golden" / "models"
interpreter = pytflite.Interpreter(MODELS / "digits" / "int8.tflite", profile="reference")
interpreter.allocate_tensors()
(output,) = interpreter.get_output_details()
scale, zero_point = output["quantization"]
print(f"output: {output['dtype'].__name__}, scale {scale}, zero point {zero_point}")

codes = np.array([-128, 0, 127], np.int8)
wrong = (codes - np.int8(zero_point)).astype(np.float32) * np.float32(scale)  # int8 - int8 stays int8 and wraps
right = pytflite.dequantize(codes, output["quantization_parameters"])
print(f"codes {codes}: in int8 {wrong}, in fact {right}")

# Weights are quantized per axis: one scale for each output channel.
per_axis = [d for d in interpreter.get_tensor_details() if d["quantization_parameters"]["scales"].size > 1]
filter = next(d for d in per_axis if d["dtype"] == np.int8)
parameters = filter["quantization_parameters"]
print(
    f"\n{filter['name']}: quantization {filter['quantization']}, but {parameters['scales'].size} scales along axis",
    parameters["quantized_dimension"],
)
weights = pytflite.dequantize(interpreter.get_tensor(filter["index"]), parameters)
print(f"real weights from {weights.min():.4f} to {weights.max():.4f}")

# An integer output without a scale is not quantized: a class index, say.
for name, tensor in pytflite.load(MODELS / "dynamic" / "int8.tflite").entry().outputs.items():
    quantized = tensor.quantization is not None and tensor.quantization.scale.size > 0
    print(f"\n{name}: {tensor.dtype.numpy}, " + ("quantized" if quantized else "plain integers: take them as they are"))
try:
    pytflite.dequantize(np.array([7]), (0.0, 0))
except pytflite.ArgumentError as error:
    print(error)
