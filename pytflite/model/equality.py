"""Equality of models: by bits, so that a NaN scale equals itself, and by content, wherever the model came from."""

from __future__ import annotations

from dataclasses import fields

from pytflite.flatbuffer import same


class Equality:
    """Mixin for dataclasses: equal when all fields are, but for those marked ``metadata={"compare": False}``."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        names = [field.name for field in fields(self) if field.metadata.get("compare", True)]  # type: ignore[arg-type]
        return all(same(getattr(self, name), getattr(other, name)) for name in names)
