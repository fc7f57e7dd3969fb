"""`xnnpack_arm`: tf.lite's default on 64-bit Arm, with the XNNPACK delegate, as a list of where it leaves `xnnpack`.

The delegate takes the same nodes as on x86-64; what it leaves runs as in `optimized_arm`. Products of int8 are equal to
those on x86-64. For products of uint8 XNNPACK chooses among its kernels by the core it finds: `xnnpack_arm` is for
large ones, `xnnpack_arm_a53` for Cortex-A53, Cortex-A55 and Kryo.
"""

import math
from typing import Any

from pytflite.profiles.base import Profile, requantize, run
from pytflite.profiles.delegate import Condition, Delegate
from pytflite.profiles.optimized_arm import OPTIMIZED_ARM
from pytflite.profiles.xnnpack import DELEGATED, TAKES

RNDNU = requantize("rndnu", "rndnu requantization of uint8 (src/configs/gemm-config.c, dwconv-config.c); recorded")

DELEGATED_ARM: Profile = DELEGATED.override(
    "xnnpack_arm, nodes taken",
    reproduces="XNNPACK as in LiteRT 2.3 on 64-bit Arm",
    recipes={
        "CONV_2D/uint8": RNDNU,
        "CONV_2D/uint8_grouped": RNDNU,
        "DEPTHWISE_CONV_2D/uint8": RNDNU,
        "FULLY_CONNECTED/uint8": RNDNU,
        "MUL": requantize("rndnu", "src/qs8-vmul, src/qu8-vmul (src/configs/binary-elementwise-config.c); recorded"),
        "QUANTIZE": run(
            "float32_reciprocal_zero", "requantize_8bit", evidence="xnn_f32_qs8_vcvt in NEON, times 1 / scale; recorded"
        ),
        "TRANSPOSE_CONV/uint8": RNDNU,
    },
    conversion="saturating",
)

XNNPACK_ARM: Profile = OPTIMIZED_ARM.override(
    "xnnpack_arm",
    {},
    reproduces="OpResolverType.AUTO and BUILTIN of LiteRT 2.3 on 64-bit Arm: recorded on Neoverse N1, and by its "
    "source on all cores but Cortex-A53, Cortex-A55 and Kryo",
    delegate=Delegate("XNNPACK", TAKES, DELEGATED_ARM),
)


def is_depthwise(node: Any) -> bool:
    """Whether every channel has one filter of its own, which fits a kernel for depthwise convolution."""
    (_, *taps, _), channels = node["filter"].shape, node["input"].shape[3]
    return bool(channels == node["output"].shape[3] > 1 and math.prod(taps) <= 25)


OWN_FILTERS = Condition("every channel has one filter of its own, with at most 25 taps", is_depthwise)

RNDNU16 = requantize("rndnu16", "rndnu16 requantization of uint8 on small cores (src/configs/gemm-config.c); recorded")
BY_TAPS = requantize(
    "rndnu16",
    "rndnu16 in products (src/configs/gemm-config.c), rndnu in depthwise convolution (dwconv-config.c); recorded",
    (OWN_FILTERS, "rndnu"),
)

DELEGATED_ARM_A53: Profile = DELEGATED_ARM.override(
    "xnnpack_arm_a53, nodes taken",
    reproduces="XNNPACK as in LiteRT 2.3 on Cortex-A53",
    recipes={
        "CONV_2D/uint8": RNDNU16,
        "CONV_2D/uint8_grouped": BY_TAPS,
        "DEPTHWISE_CONV_2D/uint8": BY_TAPS,
        "FULLY_CONNECTED/uint8": RNDNU16,
        "TRANSPOSE_CONV/uint8": RNDNU16,
    },
)

XNNPACK_ARM_A53: Profile = OPTIMIZED_ARM.override(
    "xnnpack_arm_a53",
    {},
    reproduces="OpResolverType.AUTO and BUILTIN of LiteRT 2.3: recorded on Cortex-A53, and by its source on "
    "Cortex-A55 and Kryo",
    delegate=Delegate("XNNPACK", TAKES, DELEGATED_ARM_A53),
)
