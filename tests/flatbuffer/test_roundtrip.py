"""What is written is read back, by us and by the ``flatbuffers`` package, and the other way round."""

from typing import Any

import flatbuffers
import numpy as np
import pytest
from flatbuffers import number_types
from flatbuffers.table import Table as Theirs
from hypothesis import given
from hypothesis import strategies as st

from pytflite.errors import ModelError
from pytflite.flatbuffer import build, read
from pytflite.flatbuffer.layout import Array, Field, Layout, Scalar, Text, Union, Vector
from tests.flatbuffer.schema import CODES, DEFAULTS, LEAF, NODE, SMALL, Leaf, Node, Other, Small, nodes

FLAGS = {
    "?": number_types.BoolFlags, "b": number_types.Int8Flags, "B": number_types.Uint8Flags,
    "h": number_types.Int16Flags, "H": number_types.Uint16Flags, "i": number_types.Int32Flags,
    "I": number_types.Uint32Flags, "q": number_types.Int64Flags, "Q": number_types.Uint64Flags,
    "f": number_types.Float32Flags, "d": number_types.Float64Flags,
}  # fmt: skip


def view(data: bytes | bytearray) -> memoryview:
    return memoryview(bytes(data))


@given(nodes)
def test_what_is_written_is_read(node: Node) -> None:
    data = build(node, NODE, "TEST")
    reading = read(view(data), NODE, "TEST")
    assert reading.root == node
    assert reading.notes == []
    assert reading.end == len(data)
    assert build(reading.root, NODE, "TEST") == data


def their_value(theirs: Theirs, slot: int, kind: Any, default: Any) -> Any:
    """A field as the flatbuffers package sees it."""
    offset = theirs.Offset(4 + 2 * slot)
    if isinstance(kind, Union):
        number = theirs.Offset(2 + 2 * slot)
        member = theirs.Get(FLAGS["B"], theirs.Pos + number) if number else 0
        return their_table(theirs.Indirect(theirs.Pos + offset), theirs, kind.members[member - 1]) if member else None
    if not offset:
        return default
    at = theirs.Pos + offset
    match kind:
        case Scalar():
            return theirs.Get(FLAGS[kind.code], at)
        case Text():
            return theirs.String(at).decode()
        case Layout():
            return their_table(theirs.Indirect(at), theirs, kind)
        case Array():
            return (
                theirs.GetVectorAsNumpy(FLAGS[kind.element.code], offset) if theirs.VectorLen(offset) else kind.nothing
            )
        case Vector(element=element):
            start, count = theirs.Vector(offset), theirs.VectorLen(offset)
            assert start % kind.align == 0
            match element:
                case Scalar():
                    values = [theirs.Get(FLAGS[element.code], start + i * element.size) for i in range(count)]
                    return bytes(values) if element.code == "B" else tuple(values)
                case Text():
                    return tuple(theirs.String(start + 4 * i).decode() for i in range(count))
                case _:
                    return tuple(their_table(theirs.Indirect(start + 4 * i), theirs, element) for i in range(count))
    raise TypeError(kind)


def their_table(position: int, theirs: Theirs, layout: Layout) -> Any:
    table = Theirs(theirs.Bytes, position)
    return layout.table(*(their_value(table, field.slot, field.kind, field.default) for field in layout.fields))


@given(nodes)
def test_the_flatbuffers_package_reads_what_we_write(node: Node) -> None:
    data = bytes(build(node, NODE, "TEST"))
    assert flatbuffers.util.BufferHasIdentifier(data, 0, b"TEST")
    assert their_table(int.from_bytes(data[:4], "little"), Theirs(data, 0), NODE) == node


def write_theirs(builder: flatbuffers.Builder, layout: Layout, table: Any, keep: Any) -> int:
    """Write a table with the flatbuffers package; `keep` decides which defaults are written all the same."""
    offsets = {}
    for field in layout.fields:
        value = getattr(table, field.name)
        match field.kind:
            case Scalar():
                pass
            case Union() as kind if value is not None:
                offsets[field] = write_theirs(builder, kind.members[kind.numbers[type(value)] - 1], value, keep)
            case Layout() as kind if value is not None:
                offsets[field] = write_theirs(builder, kind, value, keep)
            case Text():
                offsets[field] = builder.CreateString(value)
            case Array() as kind:
                builder.StartVector(kind.element.size, len(value), kind.align)
                for item in reversed(value.tolist()):
                    builder.Prepend(FLAGS[kind.element.code], item)
                offsets[field] = builder.EndVector()
            case Vector(element=element) as kind if value is not None:
                items = list(value)
                if isinstance(element, Text):
                    items = [builder.CreateString(item) for item in items]
                elif isinstance(element, Layout):
                    items = [write_theirs(builder, element, item, keep) for item in items]
                builder.StartVector(element.size if isinstance(element, Scalar) else 4, len(items), kind.align)
                for item in reversed(items):
                    if isinstance(element, Scalar):
                        builder.Prepend(FLAGS[element.code], item)
                    else:
                        builder.PrependUOffsetTRelative(item)
                offsets[field] = builder.EndVector()
    builder.StartObject(layout.slots)
    for field in layout.fields:
        value = getattr(table, field.name)
        if isinstance(field.kind, Scalar):
            if value != field.default or keep():
                builder.Prepend(FLAGS[field.kind.code], value)
                builder.Slot(field.slot)
        elif field in offsets:
            builder.PrependUOffsetTRelativeSlot(field.slot, offsets[field], 0)
            if isinstance(field.kind, Union):
                builder.PrependUint8Slot(field.slot - 1, field.kind.numbers[type(value)], 0)
    return builder.EndObject()  # type: ignore[no-any-return]


@given(nodes, st.randoms(use_true_random=False))
def test_we_read_what_the_flatbuffers_package_writes(node: Node, random: Any) -> None:
    builder = flatbuffers.Builder(0)
    builder.Finish(write_theirs(builder, NODE, node, lambda: random.random() < 0.5), b"TEST")
    reading = read(view(builder.Output()), NODE, "TEST")
    assert reading.root == node
    assert reading.notes == []


def leaf(*values: Any) -> Leaf:
    return Leaf(*values, *DEFAULTS[len(values) :], 1)


def test_defaults_are_left_out() -> None:
    data = build(leaf(), LEAF, "TEST")
    assert len(data) == 16  # root offset, identifier, vtable of two words, table of one
    assert read(view(data), LEAF, "TEST").root == leaf()


def test_negative_zero_is_no_default_of_zero() -> None:
    layout = Layout(Other, 1, [Field("name", 0, Scalar("f"), 0.0)])
    data = build(Other(-0.0), layout, "TEST")  # type: ignore[arg-type]
    assert str(read(view(data), layout, "TEST").root.name) == "-0.0"


def test_equal_vtables_are_shared() -> None:
    node = Node(0, "", b"", (), None, (), (), np.empty(0), np.empty(0, np.uint16), (), None, (leaf(False),) * 50, None)
    one, two = node.replace(leaves=(leaf(False),)), node.replace(leaves=(leaf(False),) * 2)
    assert len(build(two, NODE, "TEST")) - len(build(one, NODE, "TEST")) == 4 + 8


@pytest.mark.parametrize("code", CODES.replace("?", ""))  # everything is true or false
def test_a_value_that_does_not_fit_is_refused(code: str) -> None:
    wrong = list(DEFAULTS)
    wrong[CODES.index(code)] = "x" if code in "fd" else 1 << 64
    with pytest.raises(ModelError, match=f"Leaf.number_{CODES.index(code)} cannot hold"):
        build(Leaf(*wrong, 0), LEAF, "TEST")


def test_a_stranger_to_a_union_is_refused() -> None:
    node = Node(0, "", b"", (), None, (), (), np.empty(0), np.empty(0, np.uint16), (), None, (), Small(0, "", b""))
    with pytest.raises(ModelError, match="Small is no member"):
        build(node, NODE, "TEST")


def test_an_array_of_another_dtype_is_refused() -> None:
    node = Node(0, "", b"", (), None, (), (), np.empty(1, np.float32), np.empty(0, np.uint16), (), None, (), None)
    with pytest.raises(ModelError, match="float32"):
        build(node, NODE, "TEST")


@given(nodes)
def test_fields_of_a_newer_schema_are_noted(node: Node) -> None:
    reading = read(view(build(node, NODE, "TEST")), SMALL, "TEST")
    root = reading.root
    assert (root.size, root.name, root.content) == (node.size, node.name, node.content)
    assert {note.rule for note in reading.notes} == {"unknown-field"}
    assert [slot for slot, _ in root.unknown] == [
        slot
        for slot, present in [
            (3, node.shape), (4, node.maybe is not None), (5, True), (6, node.words), (7, node.doubles.size),
            (8, node.shorts.size), (9, node.colours), (10, node.leaf), (11, node.leaves), (12, node.choice),
            (13, node.choice),
        ]
        if present
    ]  # fmt: skip
    with pytest.raises(ModelError, match=r"slot \d+ of Small is newer than this schema and may be an offset"):
        build(root, SMALL, "TEST")
    assert read(view(build(root.replace(unknown=()), SMALL, "TEST")), SMALL, "TEST").notes == []


@given(st.integers(-128, 127), st.integers(-(2**63), 2**63 - 1).filter(lambda value: value % 4))
def test_numbers_of_a_newer_schema_survive(byte: int, long: int) -> None:
    newer = Layout(
        Small,
        5,
        [
            Field("size", 0, Scalar("q"), 0),
            Field("name", 3, Scalar("b"), 0),
            Field("content", 4, Scalar("q"), 0),
        ],
    )
    data = build(Small(1, byte, long), newer, "TEST")
    old = read(view(data), SMALL, "TEST").root
    rewritten = read(view(build(old, SMALL, "TEST")), newer, "TEST")
    assert rewritten.root == Small(1, byte, long)
    assert rewritten.notes == []
