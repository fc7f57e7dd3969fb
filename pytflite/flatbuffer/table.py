"""What a FlatBuffers table becomes: a small immutable record."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, ClassVar, Self

import numpy as np

Unknown = tuple[tuple[int, bytes], ...]
"""Fields that the declaration does not know: (slot, the bytes that they span in the table, padding included)."""


def same(left: object, right: object) -> bool:
    """Equality by bits: arrays by dtype, shape and bytes; a float NaN equals itself, 0.0 differs from -0.0."""
    if left is right:
        return True
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        return left.dtype == right.dtype and left.shape == right.shape and left.tobytes() == right.tobytes()
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float) and isinstance(right, float):
        return struct.pack("d", left) == struct.pack("d", right)
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return False
    return left == right


class Table:
    """Base of the generated tables: frozen, slotted, compared by bits.

    A dataclass in all but name. The real ones are compiled when they are imported, and 150 of them take 0.1 s.
    """

    __slots__ = ("unknown",)
    __match_args__: tuple[str, ...] = ()

    unknown: Unknown
    _setters: ClassVar[tuple[Callable[[Any, Any], None], ...]]

    def __init__(self, *, unknown: Unknown = ()) -> None:
        self._set(unknown)

    def __init_subclass__(cls) -> None:
        cls._setters = (vars(Table)["unknown"].__set__, *(vars(cls)[n].__set__ for n in cls.__match_args__))

    def _set(self, *values: Any) -> None:
        """Set ``unknown`` and the fields, past the guard against assignment."""
        for put, value in zip(self._setters, values):  # noqa: B905 (hot)
            put(self, value)

    @classmethod
    def of(cls, values: Iterable[Any]) -> Self:
        """A record from ``unknown`` and the values of all its fields in order."""
        self = object.__new__(cls)
        for put, value in zip(cls._setters, values):  # noqa: B905 (hot)
            put(self, value)
        return self

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self.__match_args__])

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed, like `dataclasses.replace`."""
        values = {"unknown": self.unknown, **dict(zip(self.__match_args__, self._values(), strict=True))}
        if strange := changes.keys() - values.keys():
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(strange))}")
        return self.of({**values, **changes}.values())

    __replace__ = replace

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to field {name!r} of the immutable {type(self).__name__}: use replace()")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete field {name!r} of the immutable {type(self).__name__}")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self.unknown == other.unknown and same(self._values(), other._values())

    def __hash__(self) -> int:
        values = [value.tobytes() if isinstance(value, np.ndarray) else value for value in self._values()]
        return hash((type(self), *values))

    def __repr__(self) -> str:
        names = (*self.__match_args__, "unknown") if self.unknown else self.__match_args__
        return f"{type(self).__name__}({', '.join(f'{name}={_show(getattr(self, name))}' for name in names)})"

    def __getstate__(self) -> tuple[Any, ...]:
        return (self.unknown, *self._values())

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._set(*state)


class UnknownMember(Table):
    """A union member newer than the declaration: its number, and the fields of its table in ``unknown``."""

    __slots__ = __match_args__ = ("member",)

    member: int

    def __init__(self, member: int, *, unknown: Unknown = ()) -> None:
        self._set(unknown, member)


def _show(value: object) -> str:
    return f"{type(value).__name__}.{value.name}" if isinstance(value, Enum) else repr(value)
