"""`reference`: the scalar C++ kernels of ``tflite/kernels/internal/reference``."""

from pytflite.profiles.base import Profile

REFERENCE = Profile(
    name="reference",
    reproduces="OpResolverType.BUILTIN_REF of tf.lite 2.21 and LiteRT 2.3",
    requantizer="double_rounding",
    requantizers={
        # reference/integer_ops/fully_connected.h recomputes the scale in double, per call.
        "FULLY_CONNECTED": "float64",
        "FULLY_CONNECTED/int16": "wide",
        # common.cc, MultiplyByQuantizedMultiplier for int64: int16 activations whose bias is int64.
        "CONV_2D/int16x8": "wide",
        "DEPTHWISE_CONV_2D/int16x8": "wide",
        "TRANSPOSE_CONV/int16x8": "wide",
        "BATCH_MATMUL/int16": "wide",
        "BATCH_MATMUL/int16x8": "wide",
        "REDUCE_PROD": "wide",
        # optimized_ops.h, which the basic cell calls for want of a reference kernel: ruy.
        "LSTM/basic_uint8": "rounding_up",
    },
)
