"""Our declaration against what FlatBuffers' compiler made of the upstream schema, in two independent packages.

The compiler writes one function for each field of each table, which tells a builder the slot, the scalar type, the
default and the element size. A recording builder collects all that.
"""

import importlib
import re
import types
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

import pytest

from pytflite.flatbuffer.layout import Field, Layout, Scalar, Union, Vector
from pytflite.schema import enums, layout

LAYOUTS = {name: value for name, value in vars(layout).items() if isinstance(value, Layout) and name != "ROOT"}
UNIONS = {name: value for name, value in vars(layout).items() if isinstance(value, Union)}
ENUMS = {name: value for name, value in vars(enums).items() if isinstance(value, type) and value is not IntEnum}
SLOT = {
    "?": "Bool", "b": "Int8", "B": "Uint8", "h": "Int16", "H": "Uint16", "i": "Int32", "I": "Uint32", "q": "Int64",
    "Q": "Uint64", "f": "Float32", "d": "Float64",
}  # fmt: skip


class Recorder:
    """Stands in for `flatbuffers.Builder` and keeps the calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.calls.append((name, *arguments))


def calls(package: types.ModuleType, name: str, *arguments: Any) -> list[tuple[Any, ...]]:
    recorder = Recorder()
    getattr(package, name)(recorder, *arguments)
    return recorder.calls


def numbers(package: types.ModuleType, name: str) -> dict[str, int]:
    return {member: value for member, value in vars(getattr(package, name)).items() if isinstance(value, int)}


def camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def expected(table: Layout, field: Field) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The compiler's functions for a field, and what they ask of a builder."""
    prefix = f"{table.name}Add{camel(field.name)}"
    match field.kind:
        case Scalar() as kind:
            yield prefix, [(f"Prepend{SLOT[kind.code]}Slot", field.slot, 1, field.default)]
        case Union():
            yield f"{prefix}Type", [("PrependUint8Slot", field.slot - 1, 1, 0)]
            yield prefix, [("PrependUOffsetTRelativeSlot", field.slot, 1, 0)]
        case kind:
            yield prefix, [("PrependUOffsetTRelativeSlot", field.slot, 1, 0)]
            if isinstance(kind, Vector):
                size = kind.element.size if isinstance(kind.element, Scalar) else 4
                yield f"{table.name}Start{camel(field.name)}Vector", [("StartVector", size, 1, size)]


@pytest.fixture(params=["tflite", "ai_edge_litert.schema_py_generated"])
def package(request: pytest.FixtureRequest) -> types.ModuleType:
    return importlib.import_module(request.param)


# What the packages lack: tflite 2.18.0 is older than the schema, ai_edge_litert 2.3 knows all of it.
LACKS = {
    "tflite": {
        "BlockwiseQuantization", "MultiAxisQuantization", "StablehloCaseOptions",
        "ExternalBufferGroup", "ExternalBuffer", "Tensor.external_buffer", "FullyConnectedOptions.quant_spec",
        "Model.external_buffer_groups", "Model.external_buffers",
    },
    "ai_edge_litert.schema_py_generated": set(),
}  # fmt: skip


def test_every_field_has_its_slot_type_and_default(package: types.ModuleType) -> None:
    lacks = set()
    for table in LAYOUTS.values():
        if not hasattr(package, f"{table.name}Start"):
            lacks.add(table.name)
            continue
        for field in table.fields:
            for function, wanted in expected(table, field):
                if hasattr(package, function):
                    assert calls(package, function, 1) == wanted, function
                else:
                    lacks.add(f"{table.name}.{field.name}")
    assert lacks == LACKS[package.__name__]


def test_every_field_of_theirs_is_ours(package: types.ModuleType) -> None:
    ours = {name for table in LAYOUTS.values() for field in table.fields for name, _ in expected(table, field)}
    theirs = {name for name in dir(package) if re.fullmatch(rf"({'|'.join(LAYOUTS)})(Add[A-Z]|Start[A-Z]).*", name)}
    assert theirs <= ours
    assert len(ours - theirs) < len(ours) // 10


def test_every_table_has_as_many_slots(package: types.ModuleType) -> None:
    for table in LAYOUTS.values():
        if hasattr(package, f"{table.name}Start"):
            ((_, slots),) = calls(package, f"{table.name}Start")
            lacking = [field for field in table.fields if f"{table.name}.{field.name}" in LACKS[package.__name__]]
            assert slots + len(lacking) == table.slots, table.name


def test_every_member_has_its_number(package: types.ModuleType) -> None:
    for name, enum in ENUMS.items():
        theirs = numbers(package, name)
        ours = {member.name: member.value for member in enum}
        assert theirs.items() <= ours.items(), name
        assert all(value > max(theirs.values()) for member, value in ours.items() if member not in theirs), name


def test_every_union_member_has_its_number(package: types.ModuleType) -> None:
    for name, union in UNIONS.items():
        theirs = numbers(package, name)
        ours = {"NONE": 0} | {table.name: number for number, table in enumerate(union.members, 1)}
        assert theirs.items() <= ours.items(), name
        assert all(value > max(theirs.values()) for member, value in ours.items() if member not in theirs), name


def test_the_newest_of_each() -> None:
    assert max(enums.BuiltinOperator) == enums.BuiltinOperator.STABLEHLO_CASE == 209
    assert max(enums.TensorType) == enums.TensorType.FLOAT8_E5M2 == 22
    assert layout.BuiltinOptions2.members[-1].name == "StablehloCaseOptions"
