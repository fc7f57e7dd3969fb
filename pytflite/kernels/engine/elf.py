"""Object files made ready to run without LLVM, which takes long to import and much memory.

They are ELF for 64-bit x86 or Arm, with the few kinds of relocations that code of the large model has; all else is left
to LLVM. The code is written to a file in memory and mapped from there: it is never writable and executable at once, and
as coherent with the processor's caches as that of a library.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import platform
import struct
from collections.abc import Iterator
from typing import NamedTuple

MACHINES = {"x86_64": 62, "aarch64": 183}
"""What ``e_machine`` says."""

PROGBITS, SYMTAB, RELA = 1, 2, 4
"""Types of sections."""

WRITABLE, LOADED = 1, 2
"""Flags of sections."""

ABSOLUTE = {62: 1, 183: 257}
"""R_X86_64_64, R_AARCH64_ABS64: 64 bits of an address."""

QUARTERS = {264: 0, 266: 16, 268: 32, 269: 48}
"""R_AARCH64_MOVW_UABS_G0_NC and its like: the 16 bits of an address, from this one on, that a MOVZ or MOVK takes."""

BRANCHES = (282, 283)
"""R_AARCH64_JUMP26, R_AARCH64_CALL26: how many instructions away the target of a branch is."""

VENEER = struct.pack("<II", 0x58000050, 0xD61F0200)
"""LDR X16, 8; BR X16: a jump to the address that follows, for branches that do not reach so far."""

LIBRARIES = (None, "libm.so.6")
"""Where functions are looked for: in all that the process has loaded, then here."""


class Unfit(ValueError):
    """An object file that is beyond this."""


class Section(NamedTuple):
    """Elf64_Shdr."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int


class Symbol(NamedTuple):
    """Elf64_Sym."""

    name: int
    info: int
    other: int
    section: int
    value: int
    size: int


class Object:
    """An object file.

    Args:
        content: of the file.
        machine: that it must be for.

    Attributes:
        content: of the file.
        machine: key of `ABSOLUTE`.
        sections: by their indices.
        symbols: by theirs.

    Raises:
        Unfit: or struct.error, or IndexError, where it is no such file.
    """

    def __init__(self, content: bytes, machine: str) -> None:
        self.content, self.machine = content, MACHINES.get(machine, 0)
        if content[:7] != b"\x7fELF\2\1\1" or struct.unpack_from("<HH", content, 16) != (1, self.machine):
            raise Unfit
        (headers,), (count, names) = struct.unpack_from("<Q", content, 40), struct.unpack_from("<HH", content, 60)
        self.sections = [
            Section._make(struct.unpack_from("<IIQQQQIIQQ", content, headers + 64 * k)) for k in range(count)
        ]
        self._names = self.sections[names].offset
        (symbols,) = (section for section in self.sections if section.type == SYMTAB)
        self.symbols = [Symbol._make(words) for words in struct.iter_unpack("<IBBHQQ", self.part(symbols))]
        self._symbol_names = self.sections[symbols.link].offset

    def part(self, section: Section) -> bytes:
        """The bytes of a section."""
        if section.offset + section.size > len(self.content):
            raise Unfit
        return self.content[section.offset : section.offset + section.size]

    def name(self, symbol: Symbol) -> str:
        """The name of a symbol."""
        return self._string(self._symbol_names + symbol.name)

    def _string(self, start: int) -> str:
        return self.content[start : self.content.index(b"\0", start)].decode()

    def loaded(self) -> Iterator[tuple[int, Section]]:
        """The sections that code needs, by index: not how to unwind it, for it never does."""
        for index, section in enumerate(self.sections):
            if section.flags & LOADED and section.size and self._string(self._names + section.name) != ".eh_frame":
                if section.flags & WRITABLE or section.type != PROGBITS:
                    raise Unfit
                yield index, section

    def relocations(self, index: int) -> Iterator[tuple[int, int, Symbol, int]]:
        """Those of a section: where in it, of what kind, by which symbol, and what is added."""
        for section in self.sections:
            if section.type == RELA and section.info == index:
                for offset, info, addend in struct.iter_unpack("<QQq", self.part(section)):
                    yield offset, info & 0xFFFFFFFF, self.symbols[info >> 32], addend


class Image:
    """Code in memory.

    Args:
        code: all of it.

    Attributes:
        bytes: what will be there.
    """

    def __init__(self, code: Object) -> None:
        self._code = code
        self._starts: dict[int, int] = {}
        self._veneers: dict[str, int] = {}
        self.bytes = bytearray()
        for index, section in code.loaded():
            self._starts[index] = self._append(code.part(section), max(section.alignment, 1))
        relocations = (relocation for index in self._starts for relocation in code.relocations(index))
        called = {code.name(symbol) for _, kind, symbol, _ in relocations if kind in BRANCHES}
        for name in sorted(called):
            self._veneers[name] = self._append(VENEER + struct.pack("<Q", address_of(name)), 16)

    def _append(self, content: bytes, alignment: int) -> int:
        start = -(-len(self.bytes) // alignment) * alignment
        self.bytes += bytes(start - len(self.bytes)) + content
        return start

    def offset(self, name: str) -> int:
        """Where a function that it defines begins."""
        (found,) = (symbol for symbol in self._code.symbols if symbol.section and self._code.name(symbol) == name)
        return self._starts[found.section] + found.value

    def relocate(self, base: int) -> None:
        """Make it fit for the address where it will be."""
        for index, start in self._starts.items():
            for offset, kind, symbol, addend in self._code.relocations(index):
                self._fix(start + offset, kind, symbol, addend, base)

    def _fix(self, at: int, kind: int, symbol: Symbol, addend: int, base: int) -> None:
        name = self._code.name(symbol)
        if kind in BRANCHES and not addend and name in self._veneers:
            (instruction,) = struct.unpack_from("<I", self.bytes, at)
            distance = (self._veneers[name] - at) >> 2 & 0x3FFFFFF
            struct.pack_into("<I", self.bytes, at, instruction & 0xFC000000 | distance)
            return
        value = (base + self._starts[symbol.section] + symbol.value if symbol.section else address_of(name)) + addend
        if kind == ABSOLUTE[self._code.machine]:
            struct.pack_into("<Q", self.bytes, at, value)
        elif self._code.machine == MACHINES["aarch64"] and kind in QUARTERS:
            (instruction,) = struct.unpack_from("<I", self.bytes, at)
            bits = value >> QUARTERS[kind] & 0xFFFF
            struct.pack_into("<I", self.bytes, at, instruction & ~(0xFFFF << 5) | bits << 5)
        else:
            raise Unfit


def address_of(name: str) -> int:
    """Where a function of this process is."""
    for library in LIBRARIES:
        with contextlib.suppress(AttributeError, OSError):
            return ctypes.cast(getattr(ctypes.CDLL(library), name), ctypes.c_void_p).value or 0
    raise Unfit


def place(content: bytes, name: str) -> int | None:
    """Put code into memory, for as long as the process lives.

    Args:
        content: of an object file.
        name: of a function that it defines.

    Returns:
        Where the function begins; None if the file, or the system, is none for this.
    """
    try:
        image = Image(Object(content, platform.machine()))
        return _map(image) + image.offset(name)
    except (Unfit, ValueError, LookupError, struct.error, OSError, AttributeError):
        return None


def _map(image: Image) -> int:
    take = ctypes.CDLL(None, use_errno=True).mmap
    take.restype, take.argtypes = (
        ctypes.c_void_p,
        [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long],
    )
    file = os.memfd_create("pytflite")
    try:
        os.ftruncate(file, len(image.bytes))
        base = take(None, len(image.bytes), mmap.PROT_READ | mmap.PROT_EXEC, mmap.MAP_SHARED, file, 0)
        if base in (None, ctypes.c_void_p(-1).value):
            raise OSError(ctypes.get_errno(), "mmap")
        image.relocate(base)
        os.pwrite(file, image.bytes, 0)
        return int(base)
    finally:
        os.close(file)
