"""`tflm`: the portable kernels of TensorFlow Lite for Microcontrollers, as a list of where they leave `reference`.

Recorded: run in PyPI's ``tflite-micro`` (``golden/profiles/tflm.npz``), every difference seen explained. Not imitated
are its defects, which ``golden/record_profiles.py`` lists: comparisons of int16 without multipliers, MUL that writes
nothing, TRANSPOSE_CONV that reads an int32 bias as int64, hybrid LSTMs that read weights as float32, loops whose
outputs overwrite each other. FULLY_CONNECTED with one scale derives its multiplier as in August 2026, with a product in
float32; the package of October has it in double, which was seen to matter once.
"""

from pytflite.profiles.base import Profile, requantize, run
from pytflite.profiles.reference import REFERENCE, WIDE

NAN = "reference/arg_min_max.h compares element by element: nothing replaces a NaN in front; recorded"

TFLM: Profile = REFERENCE.override(
    "tflm",
    reproduces="tflite-micro of October 2026, portable kernels, double rounding; operators it lacks as in BUILTIN_REF",
    recipes={
        "ADD": run("int16", evidence="micro/kernels/add_common.cc: scales are never powers of two for it; recorded"),
        "ADD_N": run("float32_unlimited", evidence="reference/add_n.h does not clamp; recorded"),
        "ARG_MAX": run("float32_nan_in_front", evidence=NAN),
        "ARG_MIN": run("float32_nan_in_front", evidence=NAN),
        "CONV_2D": run(
            "int8_unbiased",
            "int16x8_unbiased",
            "float32_unbiased",
            evidence="micro/kernels/conv_common.cc takes two inputs; recorded",
        ),
        "CONV_2D/int16x8_unbiased": WIDE,
        "DEQUANTIZE": run("affine_first_scale", evidence="micro/kernels/dequantize_common.cc: params.scale; recorded"),
        "EMBEDDING_LOOKUP": run("hybrid_first_scale", evidence="micro/kernels/embedding_lookup.cc; recorded"),
        "FULLY_CONNECTED": requantize(
            "double_rounding", "integer_ops/fully_connected.h takes multiplier and shift; recorded, overflow included"
        ),
        "FULLY_CONNECTED/int16x8": WIDE,
        "LOGISTIC": run("int8_gemmlowp", evidence="integer_ops/logistic.h has no table; every code recorded"),
        "MUL": run("float64_scale", evidence="micro/kernels/mul_common.cc multiplies scales in double; recorded"),
        "RELU6": run("not_rescaled", evidence="micro/kernels/activations_common.cc: FloatToQuantizedType; recorded"),
        "RSQRT": run("int16_fixed_point", evidence="micro/kernels/elementwise.cc: RsqrtEvalQuantized; recorded"),
        "SPACE_TO_BATCH_ND": run(
            "copy_between_zeros", evidence="micro/kernels/space_to_batch_nd.cc leaves output_offset 0; recorded"
        ),
        "SUM": run("quantized", evidence="micro/kernels/reduce_common.cc sums codes as what they are; recorded"),
        "SVDF": run("float32_sequential", evidence="micro/kernels/svdf_common.cc: EvalFloatSvdfReference; recorded"),
        "TANH": run("int8_gemmlowp", evidence="integer_ops/tanh.h has no table; every code recorded"),
        "UNIDIRECTIONAL_SEQUENCE_LSTM": run(
            "tables", "float32_sequential", evidence="micro/kernels/lstm_eval.h is made of other kernels; recorded"
        ),
    },
)
