"""``+meant``: any profile without the bugs of the runtime that it reproduces.

Where a rule imitates a mistake of a kernel, this names the rule that computes what the operator is documented to.
Rounding and approximations stay: they are how a runtime computes.
"""

from dataclasses import replace

from pytflite.profiles.base import Profile, run

SUFFIX = "+meant"

BYTES = run("quantized", evidence="reduce.cc of BUILTIN_REF takes codes for the bytes that they are made of")
BLOCKS = "each block times its scale, then the fused activation"
SHIFTS = run(
    "quantized", evidence="reference/div.h shifts by more than 31 bits, which C++ leaves undefined: it gives 0"
)

MEANT = {
    "BATCH_MATMUL/hybrid": run(
        "hybrid_own_rows", evidence="BatchMatMul (reference/batch_matmul.h) adds batch coordinates up to find scales"
    ),
    "BATCH_MATMUL/int8_rhs_codes": run("int8", evidence="XNNPACK of that version forgets the zero point of rhs"),
    "BIDIRECTIONAL_SEQUENCE_RNN/hybrid": run(
        "hybrid_once", evidence="EvalHybrid of time-major sequences runs the whole sequence once for each of its steps"
    ),
    "DIV/int16": SHIFTS,
    "DIV/int8": SHIFTS,
    "DIV/uint8": SHIFTS,
    "FULLY_CONNECTED/blockwise_lost": run("blockwise", evidence=BLOCKS),
    "FULLY_CONNECTED/blockwise_packed": run("blockwise", evidence=BLOCKS),
    "LSTM/int8_products": run(
        "int8_products_apart", evidence="lstm.cc takes a shift of another gate for a multiplier of the output gate"
    ),
    "SUM/int16_bytes": BYTES,
    "SUM/int8_bytes": BYTES,
}
"""Operator and rule -> the rule that runs instead."""


def meant(profile: Profile) -> Profile:
    """The profile without bugs; its delegate, too."""
    delegate = profile.delegate
    return replace(
        profile,
        name=f"{profile.name}{SUFFIX}",
        reproduces=f"what is meant by {profile.reproduces}",
        instead=MEANT,
        delegate=delegate and replace(delegate, arithmetic=meant(delegate.arithmetic)),
    )
