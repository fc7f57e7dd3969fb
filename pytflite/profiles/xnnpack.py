"""`xnnpack`: tf.lite's default, with the XNNPACK delegate on x86-64.

The delegate takes nodes one by one; what it leaves runs as in `optimized`. Listed here is what it takes of the
operators whose numbers change by that. It takes others, too, that only move or compare data.

Floats: convolutions, FULLY_CONNECTED and BATCH_MATMUL are exact for CPUs with fused multiply-add (compared on AVX2; on
the first generation of AMD's Zen, XNNPACK adds products in another order). What else it takes of floats is computed
here as in `optimized`: XNNPACK's polynomials for exp, tanh and the like, and its order of sums, lead to numbers within
1e-6 of the largest in a tensor. While it runs, the CPU takes subnormal numbers for zeros; here they are numbers.
"""

from pytflite.profiles.base import Profile, requantize, run
from pytflite.profiles.delegate import Delegate, Takes, per_tensor
from pytflite.profiles.optimized import OPTIMIZED
from pytflite.profiles.xnnpack_conditions import (
    ELEMENTS,
    FACTORS,
    FUSED,
    IMAGES,
    MATRIX,
    NARROWING,
    OVERLAPPING,
    PLAIN_FILTER,
    PLAIN_RHS,
    RESIZED,
    SCALE_PER_UNIT,
    SCALES_OF_COLUMNS,
    SLOPES,
    SOME_AXES,
    SUMMANDS,
    SYMMETRIC_FILTER,
    UINT8_FILTER,
    VECTOR_BIAS,
    depth_of,
)

SAME = ("i8 i8 -> i8", "u8 u8 -> u8")
FLOAT_ROWS = (
    Takes(("f32 f32 f32? -> f32",), "filter bias", (FUSED, MATRIX)),
    Takes(("f32 i8 f32? -> f32",), "filter bias", (FUSED, MATRIX, PLAIN_FILTER)),
    Takes(("f32 i4 f32? -> f32",), "filter bias", (FUSED, MATRIX, PLAIN_FILTER, depth_of(2))),
)
FLOAT_MATRICES = (Takes(("f32 f32 -> f32",)), Takes(("f32 i8 -> f32",), "rhs", (SCALES_OF_COLUMNS,)))

TAKES = {
    "ADD": (Takes(SAME, conditions=SUMMANDS),),
    "BATCH_MATMUL": (Takes(("i8 i8 -> i8",), conditions=(PLAIN_RHS,)), *FLOAT_MATRICES),
    "CONV_2D": (
        Takes(("i8 i8 i32 -> i8", "u8 u8 i32 -> u8", "f32 f32 f32 -> f32"), "filter bias", (*IMAGES, VECTOR_BIAS)),
        Takes(("f32 i8 f32 -> f32",), "filter bias", (*IMAGES, VECTOR_BIAS)),
    ),
    "DEPTHWISE_CONV_2D": (
        Takes(("i8 i8 i32 -> i8", "f32 f32 f32 -> f32"), "filter bias", (*IMAGES, VECTOR_BIAS)),
        Takes(("u8 u8 i32 -> u8",), "filter bias", (*IMAGES, VECTOR_BIAS, UINT8_FILTER)),
    ),
    "DEQUANTIZE": (Takes(("i8 -> f32", "u8 -> f32"), conditions=(per_tensor("input"), ELEMENTS)),),
    "ELU": (Takes(("i8 -> i8",), conditions=(ELEMENTS,)),),
    "FULLY_CONNECTED": (
        Takes(("i8 i8 i32? -> i8",), "filter bias", (SYMMETRIC_FILTER, FUSED)),
        Takes(("u8 u8 i32? -> u8",), "filter bias", (FUSED,)),
        Takes(("i8 i4 i32? -> i8",), "filter bias", (depth_of(2), FUSED)),
        Takes(("i8 i2 i32? -> i8",), "filter bias", (depth_of(4), SCALE_PER_UNIT, FUSED)),
        *FLOAT_ROWS,
    ),
    "LEAKY_RELU": (Takes(("i8 -> i8", "u8 -> u8"), conditions=(ELEMENTS, SLOPES)),),
    "LOGISTIC": (Takes(("i8 -> i8", "u8 -> u8"), conditions=(ELEMENTS,)),),
    "MEAN": (Takes(("i8 i32 -> i8", "u8 i32 -> u8"), "axis", (SOME_AXES,)),),
    "MUL": (Takes(SAME, conditions=FACTORS),),
    "QUANTIZE": (
        Takes(("f32 -> i8", "f32 -> u8"), conditions=(per_tensor("output"), ELEMENTS)),
        Takes(("i8 -> i8", "u8 -> u8"), conditions=(ELEMENTS, NARROWING)),
    ),
    "RESIZE_BILINEAR": (Takes(("i8 i32 -> i8", "u8 i32 -> u8"), "size", RESIZED),),
    "SUB": (Takes(SAME, conditions=SUMMANDS),),
    "SUM": (Takes(("i8 i32 -> i8", "u8 i32 -> u8"), "axis", (SOME_AXES,)),),
    "TANH": (Takes(("i8 -> i8", "u8 -> u8"), conditions=(ELEMENTS,)),),
    "TRANSPOSE_CONV": (
        Takes(("i32 i8 i8 i32? -> i8", "i32 u8 u8 i32? -> u8"), "output_shape filter bias", (*IMAGES, OVERLAPPING)),
    ),
}

FP32 = requantize("float32", "fp32 requantization: the scale in float32, lrintf (xnnpack/requantization.h)")
FMA = run(
    "float32_fused",
    "hybrid_fused",
    evidence="src/f32-gemm, f32-igemm, f32-dwconv: a chain of fused multiply-adds from the bias; src/qd8-f32-qc8w-gemm",
)
EIGHT_BITS = requantize("eight_bits", "a multiplier of 8 fraction bits (xnn_init_qs8_cvt_params)")

DELEGATED: Profile = OPTIMIZED.override(
    "xnnpack, nodes taken",
    reproduces="XNNPACK as in LiteRT 2.3",
    requantizer="float32",
    clamp="half_even",
    recipes={
        "ADD": run("shared_shift", evidence="xnn_init_qs8_add_minmax_params (src/microparams-init.c)"),
        "BATCH_MATMUL": FMA,
        "CONV_2D": FMA,
        "CONV_2D/int8": FP32,
        "CONV_2D/uint8": FP32,
        "DEPTHWISE_CONV_2D": FMA,
        "DEPTHWISE_CONV_2D/int8": FP32,
        "DEQUANTIZE": run("affine", evidence="xnn_qs8_f32_vcvt: one product, as the reference kernel"),
        "ELU": run("half_even_table", evidence="src/reference/unary-elementwise.cc tabulates with rintf"),
        "FULLY_CONNECTED": FMA,
        "FULLY_CONNECTED/int8": FP32,
        "FULLY_CONNECTED/uint8": FP32,
        "LEAKY_RELU": run(
            "signed_alpha", evidence="xnn_init_qs8_lrelu_params: a multiplier of 8 fraction bits, which may be negative"
        ),
        "LEAKY_RELU/signed_alpha": EIGHT_BITS,
        "LOGISTIC": run("half_even_table", evidence="src/reference/unary-elementwise.cc, exp in double, rintf"),
        "MEAN": run("float_scale_half_even", evidence="xnn_init_qs8_mean_minmax_params: one product in float32"),
        "MUL": FP32,
        "QUANTIZE": run("float32_reciprocal", "requantize_8bit", evidence="xnn_f32_qs8_vcvt: times 1 / scale"),
        "QUANTIZE/requantize_8bit": EIGHT_BITS,
        "RESIZE_BILINEAR": run("eleven_bits", evidence="src/s8-ibilinear, src/u8-ibilinear: weights in 1/2048"),
        "SUB": run("shared_shift", evidence="xnn_init_qs8_add_minmax_params (src/microparams-init.c)"),
        "SUM": run("float_scale_half_even", evidence="xnn_init_qs8_mean_minmax_params: one product in float32"),
        "TANH": run("half_even_table", evidence="src/reference/unary-elementwise.cc tabulates with rintf"),
        "TRANSPOSE_CONV/int8": FP32,
        "TRANSPOSE_CONV/uint8": FP32,
    },
)

XNNPACK: Profile = OPTIMIZED.override(
    "xnnpack",
    {},
    reproduces="OpResolverType.AUTO and BUILTIN of LiteRT 2.3 on x86-64 with AVX2",
    delegate=Delegate("XNNPACK", TAKES, DELEGATED),
)


HALF_AWAY_TABLE = run("half_away_table", evidence="unary-elementwise.cc of that version rounds with std::round")
HALF_AWAY_SCALE = run("float_scale_half_away", evidence="sums and means of that version round with std::round")

TAKES_TF2_21 = {
    **TAKES,
    "BATCH_MATMUL": (Takes(("i8 i8 -> i8",), conditions=(per_tensor("rhs"),)), *FLOAT_MATRICES),
    "FULLY_CONNECTED": (
        Takes(("i8 i8 i32? -> i8",), "filter bias", (FUSED,)),
        Takes(("u8 u8 i32? -> u8",), "filter bias", (FUSED,)),
        Takes(("i8 i4 i32? -> i8",), "filter bias", (depth_of(2), SCALE_PER_UNIT, FUSED)),
        *FLOAT_ROWS,
    ),
}

XNNPACK_TF2_21: Profile = XNNPACK.override(
    "xnnpack@tf2.21",
    {},
    reproduces="OpResolverType.AUTO and BUILTIN of tf.lite 2.21 on x86-64 with AVX2, but for its bug that loses all "
    "taps of a filter where SAME padding would be negative",
    delegate=Delegate(
        "XNNPACK",
        TAKES_TF2_21,
        DELEGATED.override(
            "xnnpack@tf2.21, nodes taken",
            reproduces="XNNPACK as in tf.lite 2.21",
            recipes={
                "BATCH_MATMUL": run(
                    *FMA.rules, "int8_rhs_codes", evidence="the zero point of rhs is forgotten in that version"
                ),
                "ELU": HALF_AWAY_TABLE,
                "FULLY_CONNECTED": run(
                    *FMA.rules, "int8_filter_codes", evidence="the zero point of filter is forgotten in that version"
                ),
                "FULLY_CONNECTED/int8_filter_codes": FP32,
                "LOGISTIC": HALF_AWAY_TABLE,
                "MEAN": HALF_AWAY_SCALE,
                "SUM": HALF_AWAY_SCALE,
                "TANH": HALF_AWAY_TABLE,
            },
        ),
    ),
)
