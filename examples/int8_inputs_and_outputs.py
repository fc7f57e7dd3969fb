"""Why can't my model's inputs and outputs be int8, and what do I feed it?

A converted model keeps float inputs and outputs unless the converter is told otherwise (``inference_input_type``),
even when everything in between is int8: a QUANTIZE operator stands at the front, a DEQUANTIZE at the back. Three
files of one network, with float, uint8 and int8 at the ends, give the same codes when each is fed in its own way.
"""

from pathlib import Path

import numpy as np

import pytflite

MODELS = Path(__file__).resolve().parents[1] / "golden" / "models" / "digits"
drawing = np.load(Path(pytflite.__file__).parent / "data" / "digits.npz")["images"][3]
real = (drawing / 16).astype(np.float32)[None, ..., None]  # what the network was trained on: ink from 0.0 to 1.0

for variant in ("int8_float_io", "int8_uint8_io", "int8"):
    model = pytflite.load(MODELS / f"{variant}.tflite")
    (image,) = model.entry().inputs.values()
    (probabilities,) = model.entry().outputs.values()
    operators = [operator.name for operator in model.model.main.operators]
    print(f"\n{variant}: {operators[0]} ... {operators[-1]}")

    if image.quantization is None or not image.quantization.scale.size:
        fed = real
        print("  float input: feed real numbers; QUANTIZE makes the codes")
    else:
        scale, zero_point = image.quantization.scale[0], image.quantization.zero_point[0]
        fed = pytflite.quantize(real, image.quantization, image.dtype.numpy)
        print(f"  {image.dtype.numpy} input: feed round(real / {scale:.6g}) + {zero_point}: {fed.min()} .. {fed.max()}")

    output = model.run(fed)["probabilities"]
    if output.dtype == np.float32:
        print("  float output: DEQUANTIZE has made real numbers:", output[0, 3])
    else:
        assert probabilities.quantization is not None
        print(f"  code {output[0, 3]} is {pytflite.dequantize(output, probabilities.quantization)[0, 3]}")

    # The same without arithmetic of one's own: floats in, floats out, whatever the ends are.
    print("  as_float:", model.run(real, as_float=True)["probabilities"][0, 3])

# Feeding floats to an int8 input is refused, never silently cast.
try:
    pytflite.load(MODELS / "int8.tflite").run(real)
except pytflite.ArgumentError as error:
    print(f"\nfloats into int8: {error}")
