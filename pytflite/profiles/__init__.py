"""Arithmetic profiles: which recipe each operator runs, as data.

A plain name stands for the newest version of a runtime that is known, ``name@version`` for a certain one. Each may be
followed by ``+meant``: without the bugs of the runtime.
"""

from dataclasses import replace

from pytflite.errors import ArgumentError
from pytflite.profiles.base import Profile, Recipe, requantize, run
from pytflite.profiles.cmsis_nn import CMSIS_NN, CMSIS_NN_SINGLE_ROUNDING
from pytflite.profiles.meant import MEANT, SUFFIX, meant
from pytflite.profiles.optimized import OPTIMIZED
from pytflite.profiles.optimized_arm import OPTIMIZED_ARM
from pytflite.profiles.reference import REFERENCE
from pytflite.profiles.tflm import TFLM
from pytflite.profiles.tflm_single_rounding import TFLM_SINGLE_ROUNDING
from pytflite.profiles.xnnpack import XNNPACK, XNNPACK_TF2_21
from pytflite.profiles.xnnpack_arm import XNNPACK_ARM, XNNPACK_ARM_A53

NEWEST = "litert2.3"
NAN_TF2_21 = run("float32_nan_lanes", evidence="vector code of that version takes NaN for larger and smaller than all")
TF2_21 = {
    "ARG_MAX": NAN_TF2_21,
    "ARG_MIN": NAN_TF2_21,
    "LEAKY_RELU": run(
        "signed_alpha",
        "signed_alpha_int16",
        evidence="the multiplier of reference/leaky_relu.h is negative in that version where alpha is",
    ),
}

NEWER = (REFERENCE, OPTIMIZED, XNNPACK)
OLDER = (
    REFERENCE.override("reference@tf2.21", TF2_21, reproduces="OpResolverType.BUILTIN_REF of tf.lite 2.21 on x86-64"),
    OPTIMIZED.override(
        "optimized@tf2.21",
        TF2_21,
        reproduces="OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES of tf.lite 2.21 on x86-64 with AVX2",
    ),
    XNNPACK_TF2_21.override("xnnpack@tf2.21", TF2_21, reproduces=XNNPACK_TF2_21.reproduces),
)
VERSIONS = tuple(replace(profile, name=f"{profile.name}@{NEWEST}") for profile in NEWER)

ARM = (OPTIMIZED_ARM, XNNPACK_ARM, XNNPACK_ARM_A53)
MICRO = (TFLM, TFLM_SINGLE_ROUNDING, CMSIS_NN, CMSIS_NN_SINGLE_ROUNDING)

PROFILES = {profile.name: profile for profile in (*NEWER, *VERSIONS, *OLDER, *ARM, *MICRO)}


def named(name: str) -> Profile:
    """The profile of that name.

    Raises:
        ArgumentError: there is none.
    """
    plain = name.removesuffix(SUFFIX)
    if plain not in PROFILES:
        raise ArgumentError(f"Unknown profile {name!r}. Accepted: {', '.join(PROFILES)}, each also with {SUFFIX}.")
    return PROFILES[plain] if plain == name else meant(PROFILES[plain])


__all__ = [
    "MEANT",
    "NEWEST",
    "OPTIMIZED",
    "PROFILES",
    "REFERENCE",
    "SUFFIX",
    "TFLM",
    "XNNPACK",
    "Profile",
    "Recipe",
    "meant",
    "named",
    "requantize",
    "run",
]
