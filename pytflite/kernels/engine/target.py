"""The processor that code is compiled for. Asks LLVM once, for importing that takes long; numba, never."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pytflite.kernels.engine import shelf

WITHOUT_AVX = {"corei7-avx", "core-avx-i", "sandybridge", "ivybridge", "nocona"}
"""Processors on which numba does not use AVX, see numba/core/config.py."""

CPUINFO = Path("/proc/cpuinfo")

DISTINCT = frozenset(
    {"vendor_id", "cpu family", "model", "model name", "stepping", "microcode", "flags"}
    | {"CPU implementer", "CPU architecture", "CPU variant", "CPU part", "CPU revision", "Features"}
)
"""What Linux says of a kind of processor, in `CPUINFO`."""


class Host(NamedTuple):
    """This processor, in the words of LLVM.

    Attributes:
        name: of its kind.
        features: whether each is there.
    """

    name: str
    features: dict[str, bool]


def identity() -> str:
    """All that the system says of its kinds of processor; empty where it does not."""
    if not CPUINFO.exists():
        return ""
    lines = (line.partition(":") for line in CPUINFO.read_text().splitlines())
    said = sorted({(key.strip(), value.strip()) for key, _, value in lines if key.strip() in DISTINCT})
    system = os.uname()
    known = {"flags", "Features"} & dict(said).keys()
    return repr((said, system.machine, system.release, system.version)) if known else ""


@cache
def host() -> Host:
    """What LLVM says of this processor; or said, of one that the system says the same of."""
    known = identity()
    stamp = hashlib.sha256(repr((known, shelf.version_of("llvmlite"))).encode()).hexdigest()
    kept = shelf.read(stamp, "processor.json") if known else None
    if kept is not None:
        return Host(*json.loads(kept))
    import llvmlite.binding as llvm

    found = Host(str(llvm.get_host_cpu_name()), dict(llvm.get_host_cpu_features()))
    if known:
        shelf.write(stamp, "processor.json", json.dumps(found).encode())
    return found


@cache
def cpu() -> str:
    """The name of this processor, unless numba was told another (NUMBA_CPU_NAME)."""
    return os.environ.get("NUMBA_CPU_NAME") or host().name


@cache
def features() -> dict[str, bool]:
    """The features that numba compiles for.

    They are those of this processor, unless numba was told others (NUMBA_CPU_FEATURES, NUMBA_ENABLE_AVX).
    """
    told = os.environ.get("NUMBA_CPU_FEATURES", "" if cpu() == "generic" else None)
    if told is not None:
        return {word[1:]: word[0] == "+" for word in told.split(",") if word}
    avx = os.environ.get("NUMBA_ENABLE_AVX", "0" if cpu() in WITHOUT_AVX else "1") != "0"
    found = {name: there and (avx or not name.startswith("avx")) for name, there in host().features.items()}
    return found | ({"dotprod": has_dot_products()} if found.get("neon") else {})


def has_dot_products() -> bool:
    """Whether a 64-bit Arm processor has them, which LLVM does not tell; all of Apple's do."""
    return sys.platform == "darwin" or (CPUINFO.exists() and " asimddp" in CPUINFO.read_text())


@cache
def target_machine() -> Any:
    """What makes machine code for this processor."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    told = ",".join(f"{'+' if there else '-'}{name}" for name, there in features().items())
    reloc = "static" if target.name.startswith("x86") else "default"
    return target.create_target_machine(cpu=cpu(), features=told, opt=3, reloc=reloc, codemodel="jitdefault", jit=True)


class InstructionSet(NamedTuple):
    """What sums of products of codes look like on a kind of processor.

    Attributes:
        name: what PYTFLITE_ISA chooses it by.
        needs: features of the processor.
        lanes: accumulators in a vector.
        pairs: how many products of int16 are added to an accumulator at once.
        quads: whether four products of bytes can be added at once, too.
        base: what is added to int8 codes in quads: 128 where they are unsigned, for weights never are.
        tiles: rows and vectors of accumulators that stay in registers, the widest first.
        row: vectors of a tile of one row.
    """

    name: str
    needs: frozenset[str]
    lanes: int
    pairs: int
    quads: bool
    base: int
    tiles: tuple[tuple[int, int], ...]
    row: int

    def tile(self, rows: int, channels: int) -> tuple[int, int]:
        """Rows and vectors of the tile for a product of a size: that which has the fewest vectors to spare."""
        fitting = [tile for tile in self.tiles if tile[0] <= rows] or [(1, self.row)]
        return min(fitting, key=lambda tile: -(-channels // (tile[1] * self.lanes)) * tile[1])


AVX512_TILES = (6, 4), (8, 3), (11, 2), (11, 1)

INSTRUCTION_SETS = (
    InstructionSet("avx512_vnni", frozenset({"avx512vnni", "avx512bw", "avx512vl"}), 16, 2, True, 128, AVX512_TILES, 4),
    InstructionSet("avx_vnni", frozenset({"avxvnni", "avx2"}), 8, 2, True, 128, ((6, 2),), 4),
    InstructionSet("avx2", frozenset({"avx2"}), 8, 2, False, 0, ((6, 2), (8, 1)), 4),
    InstructionSet("neon_dot", frozenset({"neon", "dotprod"}), 4, 1, True, 0, ((6, 4),), 8),
    InstructionSet("neon", frozenset({"neon"}), 4, 1, False, 0, ((6, 4),), 8),
    InstructionSet("generic", frozenset(), 8, 1, False, 0, ((6, 2),), 4),
)
"""The best first."""


def runs(instructions: InstructionSet) -> bool:
    """Whether the processor has what they need."""
    return all(features().get(name) for name in instructions.needs)


def chosen() -> InstructionSet:
    """The best that the processor runs; or that of PYTFLITE_ISA, computed in other instructions if it lacks them."""
    told = os.environ.get("PYTFLITE_ISA")
    return next(found for found in INSTRUCTION_SETS if (found.name == told if told else runs(found)))


SHAPE = chosen()
"""The instruction set that kernels are made for."""

FLOATS = 16 if features().get("avx512f") else 8 if features().get("avx") else 4
"""Floats in a register."""

FLOAT_ROWS = {1: 8, 2: 12 if FLOATS == 16 else 6, 4: 6 if FLOATS == 16 else 3}
"""Rows of a tile of floats whose accumulators stay in registers, by vectors of channels."""
