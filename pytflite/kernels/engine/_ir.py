"""Short names for building LLVM IR: addresses are int64, vectors are native."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from llvmlite import ir

i1, i8, i16, i32, i64 = (ir.IntType(bits) for bits in (1, 8, 16, 32, 64))
f32, f64 = ir.FloatType(), ir.DoubleType()


def vector(type: Any, lanes: int) -> Any:
    """A vector type."""
    return ir.VectorType(type, lanes)


def constant(type: Any, value: Any) -> Any:
    """A constant; one number for all lanes of a vector."""
    if isinstance(type, ir.VectorType):
        return ir.Constant(type, [ir.Constant(type.element, value)] * type.count)
    return ir.Constant(type, value)


def at(b: Any, base: Any, offset: int) -> Any:
    """An address some bytes behind another."""
    return b.add(base, constant(i64, offset)) if offset else base


def load(b: Any, address: Any, type: Any, offset: int = 0, align: int = 1) -> Any:
    """What is at an address."""
    return b.load(b.inttoptr(at(b, address, offset), type.as_pointer()), align=align)


def store(b: Any, value: Any, address: Any, offset: int = 0, align: int = 1) -> None:
    """Write to an address."""
    b.store(value, b.inttoptr(at(b, address, offset), value.type.as_pointer()), align=align)


def shuffle(b: Any, lanes: Iterable[int], first: Any, second: Any = None) -> Any:
    """Lanes picked out of one vector, or of two laid end to end."""
    indices = list(lanes)
    second = ir.Constant(first.type, ir.Undefined) if second is None else second
    return b.shuffle_vector(first, second, ir.Constant(vector(i32, len(indices)), indices))


def splat(b: Any, value: Any, lanes: int) -> Any:
    """One number in all lanes."""
    undefined = ir.Constant(vector(value.type, lanes), ir.Undefined)
    return shuffle(b, [0] * lanes, b.insert_element(undefined, value, constant(i32, 0)))


def call(b: Any, name: str, result: Any, arguments: Sequence[Any]) -> Any:
    """Call an LLVM intrinsic, or any function, by name."""
    function = b.module.globals.get(name)
    if function is None:
        function = ir.Function(b.module, ir.FunctionType(result, [a.type for a in arguments]), name)
    return b.call(function, arguments)


class Loop:
    """A loop over int64 from a start to an end that carries values along; its body runs at least once.

    Between `begin` and `end` the builder is within the body, where `index` and `carried` are what this turn has.
    """

    def __init__(self, b: Any, start: Any, carried: Sequence[Any]) -> None:
        self._b = b
        entry = b.block
        self._body = b.append_basic_block("body")
        b.branch(self._body)
        b.position_at_end(self._body)
        self.index = b.phi(i64)
        self.index.add_incoming(start, entry)
        self.carried = [b.phi(value.type) for value in carried]
        for phi, value in zip(self.carried, carried, strict=True):
            phi.add_incoming(value, entry)

    def end(self, step: int, stop: Any, carried: Sequence[Any]) -> None:
        """Go on with other values until the index has reached its end; afterwards ``carried`` is what is left."""
        b = self._b
        following, tail = b.add(self.index, constant(i64, step)), b.block
        self.index.add_incoming(following, tail)
        for phi, value in zip(self.carried, carried, strict=True):
            phi.add_incoming(value, tail)
        done = b.append_basic_block("done")
        b.cbranch(b.icmp_signed("<", following, stop), self._body, done)
        b.position_at_end(done)


def counted(
    b: Any, start: Any, step: int, stop: Any, carried: Sequence[Any], turn: Callable[[Any, list[Any]], Sequence[Any]]
) -> list[Any]:
    """What a loop over int64 carries along in the end; its body may never run.

    Args:
        b: the builder.
        start: where the index begins.
        step: by which it grows.
        stop: it stays below.
        carried: values before the first turn.
        turn: emits the body: from the index and the values to the next values.
    """
    entry = b.block
    head, body, done = (b.append_basic_block(name) for name in ("head", "body", "done"))
    b.branch(head)
    b.position_at_end(head)
    index, phis = b.phi(i64), [b.phi(value.type) for value in carried]
    b.cbranch(b.icmp_signed("<", index, stop), body, done)
    b.position_at_end(body)
    following = turn(index, phis)
    after_turn = b.add(index, constant(i64, step)), *following
    for phi, before, after in zip((index, *phis), (start, *carried), after_turn, strict=True):
        phi.add_incoming(before, entry)
        phi.add_incoming(after, b.block)
    b.branch(head)
    b.position_at_end(done)
    return phis
