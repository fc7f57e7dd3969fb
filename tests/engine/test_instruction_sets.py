"""Every instruction set: the same bits, and the machine code that is meant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.kernels.engine.target import INSTRUCTION_SETS, SHAPE

ROOT = Path(__file__).parents[2]


def python(code: str, *arguments: str, **environment: str) -> str:
    """What a program prints that runs in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip
    assert not done.returncode, done.stderr
    return done.stdout


SAME_BITS = """
import sys
from pytflite.kernels.engine.target import SHAPE
from tests.engine.engines import agree
from tests.engine.test_products import test_bound_convolutions, test_depthwise
from tests.engine.test_shorts import test_products_of_the_lowest_codes
from tests.ops.test_svdf import svdf
from tests.ops.test_unidirectional_sequence_lstm import lstm
assert SHAPE.name == sys.argv[1]
for kind in ("int8", "uint8"):
    test_bound_convolutions(kind, (9, 5), 7, 33, (3, 3))
test_depthwise("int8", 24, (3, 3), 1)
test_depthwise("int8", 40, (3, 3), 2)
test_depthwise("uint8", 64, (5, 4), 1)
test_products_of_the_lowest_codes()
for subject in (lstm("int8", 0, inputs=23, cells=19), svdf("int8", 0, units=19)):
    assert agree(subject.model, subject.inputs[0]).bound == {0}
print("same bits")
"""


@pytest.mark.parametrize("name", [shape.name for shape in INSTRUCTION_SETS if shape != SHAPE])
def test_gives_the_same_bits(name: str) -> None:
    assert python(SAME_BITS, name, PYTFLITE_ISA=name).strip() == "same bits"


MACHINE_CODE = """
import json, sys
import llvmlite.binding as llvm
from llvmlite import ir
from pytflite.kernels.engine.convolution import emit_strip
from pytflite.kernels.engine.gemm import Codes
from pytflite.kernels.engine.isa import ISA, Plain
from pytflite.kernels.engine.target import SHAPE, cpu, features

name, triple, form = sys.argv[1], sys.argv[2], int(sys.argv[3])
assert SHAPE.name == name
assert type(ISA) is not Plain or not SHAPE.quads
llvm.initialize_all_targets()
llvm.initialize_all_asmprinters()
told = ",".join("+" + feature for feature in features())
machine = llvm.Target.from_triple(triple).create_target_machine(cpu=cpu(), features=told, opt=3)

def assembly(rows, vectors):
    module = ir.Module()
    module.triple = triple
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [ir.IntType(64)] * 2), "strip")
    builder = ir.IRBuilder(function.append_basic_block())
    emit_strip(builder, Codes(rows, vectors, 0, form, 0), *function.args)
    builder.ret_void()
    parsed = llvm.parse_assembly(str(module))
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_unrolling = False
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(parsed, passes)
    return machine.emit_assembly(parsed)

print(json.dumps([(rows * vectors, assembly(rows, vectors)) for rows, vectors in SHAPE.tiles]))
"""

X86, ARM = "x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"
AVX512 = "+avx,+avx2,+fma,+avx512f,+avx512bw,+avx512vl,+avx512dq,+avx512vnni"
QUADS, NARROW = 2, 1


@pytest.mark.parametrize(
    ("name", "triple", "cpu", "features", "form", "instruction"),
    [
        ("avx512_vnni", X86, "icelake-server", AVX512, QUADS, "vpdpbusd"),
        ("avx512_vnni", X86, "sapphirerapids", AVX512, QUADS, "vpdpbusd"),
        ("avx512_vnni", X86, "znver5", AVX512, NARROW, "vpdpwssd"),
        ("avx_vnni", X86, "alderlake", "+avx,+avx2,+fma,+avxvnni", QUADS, "vpdpbusd"),
        ("avx2", X86, "haswell", "+avx,+avx2,+fma", NARROW, "vpmaddwd"),
        ("neon_dot", ARM, "neoverse-n1", "+neon,+dotprod", QUADS, "sdot"),
        ("neon", ARM, "cortex-a53", "+neon", NARROW, "smlal"),
    ],
)
def test_the_loops_of_tiles(name: str, triple: str, cpu: str, features: str, form: int, instruction: str) -> None:
    printed = python(MACHINE_CODE, name, triple, str(form), NUMBA_CPU_NAME=cpu, NUMBA_CPU_FEATURES=features)
    for accumulators, code in json.loads(printed):
        loop = loop_with(code, instruction)
        assert sum(instruction in line for line in loop) == accumulators, loop
        assert not any("(%rsp)" in line or "[sp" in line for line in loop), loop
        if name == "avx512_vnni":
            assert all("zmm" in line for line in loop if instruction in line)


def loop_with(code: str, instruction: str) -> list[str]:
    """The lines of the basic block with the most of an instruction."""
    blocks: list[list[str]] = [[]]
    for line in code.splitlines():
        if line and not line[0].isspace():
            blocks.append([])
        elif line.strip() and not line.strip().startswith((".", "#", "//")):
            blocks[-1].append(line.strip())
            if line.strip().startswith(("j", "b.")):
                blocks.append([])

    def uses(block: list[str]) -> int:
        return sum(instruction in line for line in block)

    found: list[Any] = max(blocks, key=uses)
    return found
