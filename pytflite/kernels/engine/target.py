"""The processor that code is compiled for. Asks LLVM alone: importing numba takes long, and a warm start needs none."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import llvmlite.binding as llvm

WITHOUT_AVX = {"corei7-avx", "core-avx-i", "sandybridge", "ivybridge", "nocona"}
"""Processors on which numba does not use AVX, see numba/core/config.py."""


@cache
def cpu() -> str:
    """The name of this processor, unless numba was told another (NUMBA_CPU_NAME)."""
    return os.environ.get("NUMBA_CPU_NAME") or str(llvm.get_host_cpu_name())


@cache
def features() -> dict[str, bool]:
    """The features that numba compiles for.

    They are those of this processor, unless numba was told others (NUMBA_CPU_FEATURES, NUMBA_ENABLE_AVX).
    """
    told = os.environ.get("NUMBA_CPU_FEATURES", "" if cpu() == "generic" else None)
    if told is not None:
        return {word[1:]: word[0] == "+" for word in told.split(",") if word}
    avx = os.environ.get("NUMBA_ENABLE_AVX", "0" if cpu() in WITHOUT_AVX else "1") != "0"
    return {name: there and (avx or not name.startswith("avx")) for name, there in llvm.get_host_cpu_features().items()}


@cache
def target_machine() -> Any:
    """What makes machine code for this processor."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    told = ",".join(f"{'+' if there else '-'}{name}" for name, there in features().items())
    reloc = "static" if target.name.startswith("x86") else "default"
    return target.create_target_machine(cpu=cpu(), features=told, opt=3, reloc=reloc, codemodel="jitdefault", jit=True)


FLOATS = 16 if features().get("avx512f") else 8 if features().get("avx") else 4
"""Floats in a register."""

FLOAT_ROWS = {1: 8, 2: 12 if FLOATS == 16 else 6, 4: 6 if FLOATS == 16 else 3}
"""Rows of a tile of floats whose accumulators stay in registers, by vectors of channels."""
