"""`optimized`: the kernels of ``tflite/kernels/internal/optimized``, as built for x86-64.

Integer matrix products are ruy's, for AVX2 or better. The rest is NEON code emulated with SSE (``NEON_2_SSE.h``), which
often rounds otherwise than the scalar loop that finishes what does not fill a vector.

Floats: products of Eigen are summed in an order of their own, which depends on the CPU; here they are those of
`reference`, within 1e-6 of the largest term. The same holds for Eigen's tanh, logistic function and softmax.
"""

from typing import Any

from pytflite.profiles.base import Profile, Recipe, requantize, run
from pytflite.profiles.delegate import Condition
from pytflite.profiles.reference import REFERENCE


def has_filter_offset(node: Any) -> bool:
    """Whether the filter has one zero point, which is not 0."""
    return bool(node["filter"].scales.size == 1 and node["filter"].zero_point)


FILTER_OFFSET = Condition("the zero point of filter is not 0", has_filter_offset)

RUY = requantize("rounding_up", "ruy kernel_avx2_fma.cc, kernel_avx512.cc round twice, up")
BY_CHANNELS = requantize("rounding_up_by_channels", "Quantize for int8 (optimized_ops.h): vectors of 8 round up")
FLOAT_TABLE = "Softmax, LogSoftmax (optimized_ops.h) tabulate expf, the rest is in float32"

OPTIMIZED: Profile = REFERENCE.override(
    "optimized",
    reproduces="OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES of LiteRT 2.3 on x86-64 with AVX2",
    recipes={
        "ADD": run(
            "int8_vectors", "uint8_vectors", "int16_vectors", evidence="AddElementwise, AddScalarBroadcast (add.h)"
        ),
        "CONV_2D": run(
            "hybrid_one_scale", evidence="HybridConvPerChannel (optimized_ops.h) multiplies the scales first"
        ),
        "CONV_2D/int8": RUY,
        "CONV_2D/uint8": RUY,
        "CONV_2D/int16x8_int32": RUY,
        "DEPTHWISE_CONV_2D/int8": BY_CHANNELS,
        "DEQUANTIZE": run("affine_vectors", evidence="Dequantize (optimized_ops.h) adds -zero_point * scale"),
        "FULLY_CONNECTED": Recipe(
            "float64",
            rules=("blockwise_packed",),
            evidence="EvalBlockwise4Bit (fully_connected.cc), without the fused activation",
        ),
        "FULLY_CONNECTED/int8": RUY,
        "FULLY_CONNECTED/uint8": RUY,
        "FULLY_CONNECTED/uint8_to_int16": RUY,
        "FULLY_CONNECTED/int16x8_int32": requantize(
            "rounding_up", RUY.evidence + "; not where zero points differ from 0", (FILTER_OFFSET, "float64")
        ),
        "LOG_SOFTMAX": run("float32_table", evidence=FLOAT_TABLE),
        "LOGISTIC": run("int16_gemmlowp", evidence="Logistic for int16 (optimized_ops.h), where the scale is 2^-12"),
        "MEAN": run("quantized_vectors", evidence="Mean (integer_ops/mean.h): axes 1 and 2 of images, keep_dims"),
        "MUL": run("vectors", evidence="MulElementwise, MulSimpleBroadcast (mul.h) add the zero point in int16"),
        "QUANTIZE": run(
            "float32_vectors", "requantize_vectors", evidence="AffineQuantize, Requantize (optimized_ops.h)"
        ),
        "QUANTIZE/requantize_vectors": requantize("rounding_up_flat", "Requantize (optimized_ops.h): vectors of 16"),
        "RESIZE_BILINEAR": run("uint8_weights_first", evidence="ResizeBilinearGenericSmallChannel (resize_bilinear.h)"),
        "SOFTMAX": run("float32_table", evidence=FLOAT_TABLE),
        "SUM": run("float_scale", evidence="QuantizedMeanOrSum (optimized/reduce.h); reads int8 as int8"),
        "TANH": run("int16_gemmlowp", evidence="Tanh for int16 (optimized_ops.h), where the scale is 2^-12 or 2^-11"),
        "TRANSPOSE_CONV/int8": BY_CHANNELS,
        "TRANSPOSE_CONV/uint8": requantize("rounding_up_flat", "Quantize for uint8 (optimized_ops.h): vectors of 16"),
    },
)
