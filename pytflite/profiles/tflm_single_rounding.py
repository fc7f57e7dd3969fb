"""`tflm_single_rounding`: `tflm` as it is built with TFLITE_SINGLE_ROUNDING.

Every product with a multiplier and a shift is rounded once, the three of ADD and SUB included; what has 64-bit
accumulators always was. Recorded: run in that build of the portable kernels. A product beyond int32 aborts there in
builds that check, and wraps in others, which is what is imitated.
"""

from pytflite.profiles.base import Profile, requantize, run
from pytflite.profiles.tflm import TFLM

TFLM_SINGLE_ROUNDING: Profile = TFLM.override(
    "tflm_single_rounding",
    reproduces="tflite-micro of August 2026, portable kernels built with TFLITE_SINGLE_ROUNDING; operators it lacks as "
    "in BUILTIN_REF",
    requantizer="single",
    recipes={
        "DIV": run("rounded_once", evidence="reference/div.h; recorded"),
        "FULLY_CONNECTED": requantize("single", "integer_ops/fully_connected.h; recorded, equal to BUILTIN_REF's"),
        "RESIZE_BILINEAR": run(
            "integer_ties_up", evidence="ResizeBilinearInteger (reference/resize_bilinear.h); recorded"
        ),
    },
)
