"""What TFLM's layer-by-layer tool writes: every tensor of a run, in the notation of `tflite.py`.

Facts from tflite-micro's ``tensorflow/lite/micro/tools/layer_by_layer_schema.fbs``. Types are numbered as in the
model's schema. -1, in an unsigned field, is what is not known: the layer of an input, the input that a layer is.
"""

IDENTIFIER = ""
ROOT = "ModelTestData"

ENUMS = ""

UNIONS = ""

TABLES = """
TensorData: input_index uint, tensor_index uint, shape array[int], dtype byte, data array[ubyte], num_bytes uint,
  layer_number uint
SubgraphData: outputs [TensorData], subgraph_index uint
ModelTestData: input_data [TensorData], subgraph_data [SubgraphData]
"""

EMPTY = ""
