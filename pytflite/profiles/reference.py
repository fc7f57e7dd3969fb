"""`reference`: the scalar C++ kernels of ``tflite/kernels/internal/reference``."""

from pytflite.profiles.base import Profile, requantize

WIDE = requantize("wide", "MultiplyByQuantizedMultiplier for int64 (common.cc): int16 activations with an int64 bias")
SPARSE = requantize("double_rounding", "SparseMatrixBatchVectorMultiplyAccumulate1x16 (tensor_utils), in all kernels")

REFERENCE = Profile(
    name="reference",
    reproduces="OpResolverType.BUILTIN_REF of LiteRT 2.3 on x86-64",
    requantizer="double_rounding",
    recipes={
        "FULLY_CONNECTED": requantize("float64", "integer_ops/fully_connected.h computes with the scale in double"),
        "FULLY_CONNECTED/int16": WIDE,
        "FULLY_CONNECTED/int8_sparse": SPARSE,
        "FULLY_CONNECTED/shuffled": requantize(
            "double_rounding", "ShuffledFullyConnected (reference/fully_connected.h)"
        ),
        "CONV_2D/int16x8": WIDE,
        "DEPTHWISE_CONV_2D/int16x8": WIDE,
        "TRANSPOSE_CONV/int16x8": WIDE,
        "BATCH_MATMUL/int16": WIDE,
        "BATCH_MATMUL/int16x8": WIDE,
        "REDUCE_PROD": WIDE,
        "LSTM/basic_uint8": requantize("rounding_up", "LstmCell (optimized_ops.h), for want of a reference kernel"),
    },
)
