"""Object files put into memory without LLVM: as LLVM would, or not at all."""

from __future__ import annotations

import ctypes
import platform
import struct
import sys
from typing import Any

import pytest

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

import llvmlite.binding as llvm

from pytflite.kernels.engine import elf, program, store
from pytflite.kernels.engine.target import target_machine

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="object files are ELF on Linux alone")

CODE = """
target triple = "{triple}"
@table = internal constant [4 x i64] [i64 3, i64 5, i64 9, i64 77]
declare i64 @labs(i64)
define i64 @chosen(i64 %x, i64 %y) {{
    %place = getelementptr [4 x i64], ptr @table, i64 0, i64 %x
    %value = load i64, ptr %place
    %size = call i64 @labs(i64 %y)
    switch i64 %x, label %last [ i64 0, label %a
                                 i64 1, label %b
                                 i64 2, label %c ]
a:  %sum = add i64 %value, %size
    ret i64 %sum
b:  %product = mul i64 %value, %size
    ret i64 %product
c:  %difference = sub i64 %value, %size
    ret i64 %difference
last:
    %both = xor i64 %value, %size
    ret i64 %both
}}
"""


def object_file(machine: str, code: str = CODE) -> bytes:
    """Code for a machine, of the large model that kernels have."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    triple = f"{machine}-unknown-linux-gnu"
    reloc = "static" if machine == "x86_64" else "default"
    options: dict[str, Any] = {"opt": 3, "reloc": reloc, "codemodel": "jitdefault", "jit": True}
    made = (
        llvm.Target.from_triple(triple)
        .create_target_machine(**options)
        .emit_object(llvm.parse_assembly(code.format(triple=triple)))
    )
    return bytes(made)


def test_code_runs() -> None:
    address = elf.place(object_file(platform.machine()), "chosen")
    assert address is not None
    chosen = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(address)
    assert [chosen(x, -1000) for x in range(4)] == [1003, 5000, -991, 77 ^ 1000]


def test_kernels_are_what_llvm_makes_of_them_but_for_addresses() -> None:
    for key in (("flip",), ("run",), ("run_shared",), ("method",), ("softmax",), ("gemm", 6, 2, 0, 1, 0)):
        program.kernel(key)
        names, _, content = (store.read(program._file(key)) or b"").partition(b"\n")
        name, *called = names.decode().split()
        code = elf.Object(content, platform.machine())
        (symbol,) = (symbol for symbol in code.symbols if symbol.section and code.name(symbol) == name)
        ours, theirs = elf.place(content, name), program._link_by_llvm(name, called, content)
        assert ours is not None
        assert theirs is not None
        addresses = {offset + k for offset, _, _, _ in code.relocations(symbol.section) for k in range(8)}
        pairs = zip(*(ctypes.string_at(place, symbol.size) for place in (ours, theirs)), strict=True)
        same = [a == b for k, (a, b) in enumerate(pairs) if k + symbol.value not in addresses]
        assert all(same)
        assert len(same) > 50


def test_relocations_of_arm() -> None:
    """A call goes through a veneer, 16 bits of an address go into each of four instructions."""
    code = elf.Object(object_file("aarch64"), "aarch64")
    image, base = elf.Image(code), 0x1234_5678_9ABC_0000
    before = bytes(image.bytes)
    image.relocate(base)
    kinds = set()
    for index, start in image._starts.items():
        for offset, kind, symbol, addend in code.relocations(index):
            at = start + offset
            (old,), (new,) = (struct.unpack_from("<I", content, at) for content in (before, image.bytes))
            kinds.add(kind)
            if kind in elf.BRANCHES:
                target = at + 4 * (new & 0x3FFFFFF)
                assert (new >> 26, bytes(image.bytes[target : target + 8])) == (old >> 26, elf.VENEER)
                assert struct.unpack_from("<Q", image.bytes, target + 8) == (elf.address_of("labs"),)
            else:
                value = base + image._starts[symbol.section] + symbol.value + addend
                part = {264: 0, 266: 1, 268: 2, 269: 3}[kind]
                assert new & ~(0xFFFF << 5) == old
                assert new >> 5 & 0xFFFF == struct.unpack("<4H", struct.pack("<Q", value))[part]
    assert kinds == {264, 266, 268, 269, 283}


@pytest.mark.parametrize("machine", sorted(elf.MACHINES))
def test_what_is_no_such_file_is_left(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    code = object_file(machine)
    other = object_file(next(name for name in elf.MACHINES if name != machine))
    assert elf.place(code, "chosen")
    headers = struct.unpack_from("<Q", code, 40)[0]
    for content in (b"", code[:60], code[:200], code[: headers + 100], code[:-1], b"MZ" + code[2:], other):
        assert elf.place(content, "chosen") is None
    assert elf.place(code, "another") is None
    found = elf.Object(code, machine)
    (relocations,) = (s for s in found.sections if s.type == elf.RELA and found.sections[s.info].flags & 4)
    unknown = bytearray(code)
    struct.pack_into("<I", unknown, relocations.offset + 8, 77)
    assert elf.place(bytes(unknown), "chosen") is None
    missing = object_file(machine, CODE.replace("@labs", "@no_such_function"))
    assert elf.place(missing, "chosen") is None
    variable = object_file(machine, CODE.replace("internal constant", "global"))
    assert elf.place(variable, "chosen") is None


def test_where_the_system_refuses_llvm_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> int:
        raise PermissionError(name)

    code = object_file(platform.machine())
    monkeypatch.setattr("os.memfd_create", refuse)
    assert elf.place(code, "chosen") is None
    target_machine()
    address = program._link_by_llvm("chosen", ["labs"], code)
    assert address is not None
    assert ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int64)(address)(0, -1) == 4
