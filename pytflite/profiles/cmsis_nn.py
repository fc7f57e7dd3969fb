"""`cmsis_nn` and `cmsis_nn_single_rounding`: TensorFlow Lite for Microcontrollers with the kernels of CMSIS-NN.

Recorded: the portable C of CMSIS-NN, neither its DSP nor its Helium paths; every difference from `tflm` seen is listed
here. Not imitated are defects of that revision: grouped CONV_2D of int16, DEPTHWISE_CONV_2D with int4 filters for a
batch of 2 and an odd number of channels, TRANSPOSE_CONV of int8 whose padding is no multiple of the stride, fused
activations of any quantized TRANSPOSE_CONV, FULLY_CONNECTED that reads an int32 bias as int64, TRANSPOSE of 5
dimensions, PADV2 of int8, and int16 with 64-bit sums far out of range, where the sign changes.
"""

from collections.abc import Mapping

from pytflite.profiles.base import Profile, Recipe, requantize, run
from pytflite.profiles.delegate import Condition, per_tensor
from pytflite.profiles.tflm import TFLM
from pytflite.profiles.tflm_single_rounding import TFLM_SINGLE_ROUNDING
from pytflite.profiles.xnnpack_conditions import SYMMETRIC_FILTER

UNBIASED = "arm_convolve_s16 has 32-bit sums where there is no bias; recorded"

RECIPES: Mapping[str, Recipe] = {
    "SOFTMAX": run("int16_wrapped", evidence="arm_softmax_s16 does not clamp; recorded"),
    "UNIDIRECTIONAL_SEQUENCE_LSTM": run(
        "tables_stateless",
        "float32_sequential",
        evidence="arm_lstm_unidirectional_s8 has no states; arm_nn_vec_mat_mul_result_acc_s8_s16 and "
        "arm_elementwise_mul_acc_s16 clamp sums, not terms; recorded",
    ),
}


WHOLE_BYTES = Condition(
    "filter has one scale, or 8 bits", lambda node: node["filter"].letter != "i4" or node["filter"].scales.size == 1
)

REQUIRES = {
    "FULLY_CONNECTED/int8": (SYMMETRIC_FILTER, WHOLE_BYTES),
    "FULLY_CONNECTED/int16x8": (SYMMETRIC_FILTER, per_tensor("filter")),
    "FULLY_CONNECTED/int16x8_int32": (SYMMETRIC_FILTER, per_tensor("filter")),
}

CMSIS_NN: Profile = TFLM.override(
    "cmsis_nn",
    {**RECIPES, "CONV_2D/int16x8_unbiased": requantize("double_rounding", UNBIASED)},
    requires=REQUIRES,
    reproduces="tflite-micro of August 2026 with the portable C of CMSIS-NN 4ab83cc, not its DSP and Helium code",
)

CMSIS_NN_SINGLE_ROUNDING: Profile = TFLM_SINGLE_ROUNDING.override(
    "cmsis_nn_single_rounding",
    {**RECIPES, "CONV_2D/int16x8_unbiased": requantize("single", UNBIASED)},
    requires=REQUIRES,
    reproduces="tflite-micro of August 2026 with the portable C of CMSIS-NN 4ab83cc, both built for single rounding",
)
