"""The engine: specialised kernels behind one signature, and the compiled loop that calls them one after the other.

A kernel is a compiled ``void(int64)``: its argument is the address of a block of int64 words, which hold addresses,
sizes and constants. A program is a list of pairs (address of a kernel, address of a block). The hot loops are emitted
as LLVM IR (`isa` is what differs between processors); what surrounds them is compiled by numba.

Kernels do not check anything and take addresses: who makes the blocks (`pytflite.runtime.engine`) answers for them.
Every buffer that a kernel reads ends with `SLACK` bytes of its own, since whole vectors are read. Nothing is ever
written behind the elements of an output.
"""

from __future__ import annotations

SLACK = 64
"""How many bytes behind the end of a buffer a kernel may read."""
