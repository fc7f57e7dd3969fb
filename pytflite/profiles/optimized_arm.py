"""`optimized_arm`: the kernels of ``tflite/kernels/internal/optimized``, as built for 64-bit Arm.

A list of where they leave `optimized`: matrix products are ruy's for NEON, and what x86 has from SSE is written in NEON
itself. All that is compared is equal on cores with dot products (Neoverse N1) and without (Cortex-A53).

Recorded under emulation are integers and what stands between them and floats. Floats are not: they are those of
`optimized`, which on Arm differ by up to 1e-6 of the largest number, for there products and sums are fused. Hybrid
products of FULLY_CONNECTED, SVDF and recurrent operators still have the sums of x86, which weights of -128 falsify.
"""

import math
from dataclasses import replace
from typing import Any

from pytflite.profiles.base import Profile, requantize, run
from pytflite.profiles.delegate import Condition
from pytflite.profiles.optimized import FILTER_OFFSET, OPTIMIZED


def is_vector_product(node: Any) -> bool:
    """Whether a filter is multiplied by one row, as for an image of one pixel."""
    (units, *columns), output = node["filter"].shape, node["output"].shape
    return bool(units >= 4 and math.prod(columns) >= 8 and math.prod(output) == units)


def is_vector_step(node: Any) -> bool:
    """Whether the weights of an LSTM are multiplied by one row."""
    return bool(node["input"].shape[0] == 1 and node.inputs[2].shape[1] >= 8)


def is_three_by_three(node: Any) -> bool:
    """Whether DEPTHWISE_CONV_2D has the kernel that knows filters of 3 by 3 only."""
    (_, height, width, channels), filter, options = node["input"].shape, node["filter"].shape, node.options
    stride = options.stride_h
    same = options.padding.name == "SAME"
    return bool(
        filter[1:] == (3, 3, channels)
        and channels % 8 == 0
        and stride == options.stride_w in (1, 2)
        and options.dilation_h_factor == options.dilation_w_factor == 1
        and (not same or stride == 1 or height % 2 == width % 2 == 1)
        and (height == width or 1 not in (height, width))
    )


ONE_STEP = Condition("one row meets weights of at least 8 columns", is_vector_step)
VECTOR = Condition("one row meets a filter of at least 4 rows and 8 columns", is_vector_product)
THREE_BY_THREE = Condition(
    "the filter is 3 by 3, channels fill groups of 8, and borders are of one pixel or none", is_three_by_three
)

RUY = requantize(
    "rounding_last",
    "ruy kernel_arm64.cc rounds once; cpu_backend_gemm_custom_gemv.h twice, up; recorded",
    (VECTOR, "rounding_up"),
)
PORTABLE = "ruy has no kernel for int16 on Arm but its portable one; recorded"
FUSED = "vmlaq_f32, or what the compiler makes of a product and a sum, rounds once; recorded"

OPTIMIZED_ARM: Profile = OPTIMIZED.override(
    "optimized_arm",
    reproduces="OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES of LiteRT 2.3 on 64-bit Arm",
    conversion="saturating",
    recipes={
        "CONV_2D": run("hybrid_exact", evidence="HybridConv (optimized_ops.h); compared within its bound"),
        "CONV_2D/int8": RUY,
        "CONV_2D/uint8": RUY,
        "CONV_2D/int16x8_int32": requantize("single", PORTABLE),
        "DEPTHWISE_CONV_2D/int8": requantize(
            "rounding_up_by_channels",
            "depthwise_conv_3x3_filter.h shifts left after the product, Quantize (optimized_ops.h) before; recorded",
            (THREE_BY_THREE, "rounding_up_then_left"),
        ),
        "DEPTHWISE_CONV_2D/uint8": requantize(
            "double_rounding",
            "depthwiseconv_uint8_3x3_filter.h rounds up, depthwiseconv_uint8.h away from zero; recorded",
            (THREE_BY_THREE, "rounding_up"),
        ),
        "DEQUANTIZE": run("affine_fused", evidence=f"Dequantize (optimized_ops.h): {FUSED}"),
        "FULLY_CONNECTED": replace(OPTIMIZED.recipes["FULLY_CONNECTED"], requantizer="float64_saturating"),
        "FULLY_CONNECTED/int8": RUY,
        "FULLY_CONNECTED/uint8": RUY,
        "FULLY_CONNECTED/uint8_to_int16": RUY,
        "FULLY_CONNECTED/int16x8_int32": requantize("single", PORTABLE, (FILTER_OFFSET, "float64_saturating")),
        "HARD_SWISH": run("quantized_vectors", evidence="HardSwish (optimized_ops.h): vectors of 8 in NEON; recorded"),
        "LSTM/basic_uint8": requantize(
            "rounding_last", "LstmCell (optimized_ops.h), products as in CONV_2D; recorded", (ONE_STEP, "rounding_up")
        ),
        "RESIZE_BILINEAR": run(
            "uint8_fused", evidence=f"ResizeBilinearGenericSmallChannel (resize_bilinear.h): {FUSED}"
        ),
        "SOFTMAX": run(
            "uint16_table",
            "float32_table",
            evidence="SoftmaxInt8LUT (optimized_ops.h) where input and output are of one type; recorded",
        ),
    },
)
