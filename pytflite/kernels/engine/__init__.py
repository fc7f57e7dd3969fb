"""The engine: specialised kernels behind one signature, and the compiled loop that calls them one after the other.

A kernel is a compiled ``void(block, scratch, part, parts)``, all int64. The block is the address of words, which hold
addresses, sizes and constants; scratch is the address of memory that nobody else uses while the kernel runs; ``part``
of ``parts`` is the share of the outputs to compute, which threads may do at the same time. A program is a list of calls
of kernels. The hot loops are emitted as LLVM IR (`isa` is what differs between processors); what surrounds them is
compiled by numba.

Kernels do not check anything and take addresses: who makes the blocks (`pytflite.runtime.engine`) answers for them.
Every buffer that a kernel reads ends with `SLACK` bytes of its own, since whole vectors are read. Nothing is ever
written behind the elements of an output.
"""

from __future__ import annotations

SLACK = 64
"""How many bytes behind the end of a buffer a kernel may read."""
