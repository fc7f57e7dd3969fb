"""Files that are wrong: named by byte offset and path, in no time and no memory."""

import struct
import time
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytflite.errors import FormatError
from pytflite.flatbuffer import Layout, Reading, Table, UnknownMember, build, read
from pytflite.flatbuffer.layout import INT, Array, Field, Vector
from tests.flatbuffer.schema import DEFAULTS, LEAF, NODE, Leaf, Node, Other, nodes, u32


def node(**changes: Any) -> Node:
    empty = Node(0, "", b"", (), None, (), (), np.empty(0), np.empty(0, np.uint16), (), None, (), None)
    return empty.replace(**changes)


def leaf(**changes: Any) -> Leaf:
    return Leaf(*DEFAULTS, 1).replace(**changes)


def parse(data: bytes | bytearray, layout: Layout = NODE) -> Reading:
    return read(memoryview(bytes(data)), layout, "TEST")


def file(*words: int) -> bytes:
    """A file whose root offset and identifier are followed by these words."""
    return u32(8) + b"TEST" + u32(*words)


def poke(data: bytes | bytearray, position: int, value: bytes) -> bytes:
    return bytes(data[:position]) + value + bytes(data[position + len(value) :])


def fault(data: bytes | bytearray, layout: Layout = NODE) -> FormatError:
    with pytest.raises(FormatError) as caught:
        parse(data, layout)
    return caught.value


@pytest.mark.parametrize("size", range(8))
def test_too_short(size: int) -> None:
    assert fault(bytes(build(node(), NODE, "TEST"))[:size]).offset == 0


def test_another_identifier() -> None:
    error = fault(build(node(), NODE, "TFL3"))
    assert error.offset == 4
    assert "b'TFL3', not b'TEST'" in str(error)


@pytest.mark.parametrize("offset", [0x7FFFFFFF, 0xFFFFFFFF, 100])
def test_the_root_is_outside(offset: int) -> None:
    error = fault(poke(build(node(), NODE, "TEST"), 0, u32(offset)))
    assert (error.offset, error.path) == (offset, "Node")


@pytest.mark.parametrize("distance", [0x7FFFFFFF, -0x80000000, 100, -100])
def test_the_vtable_is_outside(distance: int) -> None:
    assert "a vtable at" in str(fault(file(distance & 0xFFFFFFFF)))


@pytest.mark.parametrize(
    ("vtable", "message"),
    [
        ((2, 4), "a vtable of 2 bytes"),
        ((5, 4), "a vtable of 5 bytes"),
        ((4, 2), "for a table of 2"),
        ((1000, 4), "needs 1000 bytes"),
        ((6, 8, 2), "a field outside of its table"),
        ((6, 8, 8), "a field outside of its table"),
        ((6, 8, 4), "overlap or leave their table"),
        ((4, 1000), "needs 1000 bytes"),
    ],
)
def test_the_vtable_makes_no_sense(vtable: tuple[int, ...], message: str) -> None:
    words = struct.pack(f"<{len(vtable)}H", *vtable)
    data = u32(8) + b"TEST" + struct.pack("<i", -12) + bytes(8) + words + bytes(8)
    assert message in str(fault(data))


def test_fields_overlap() -> None:
    vtable = struct.pack("<14H", 28, 12, *[4] * 12)
    assert "two fields in the same place" in str(fault(file(0xFFFFFFF4, 0, 0) + vtable, LEAF))
    vtable = struct.pack("<6H", 12, 12, 0, 0, 4, 5)
    assert "fields of Leaf overlap" not in str(parse(file(0xFFFFFFF4, 0, 0) + vtable, LEAF).root)
    vtable = struct.pack("<8H", 16, 12, 0, 0, 0, 4, 5, 0)
    assert "fields of Leaf overlap" in str(fault(file(0xFFFFFFF4, 0, 0) + vtable, LEAF))


def find(data: bytes | bytearray, content: bytes) -> int:
    position = bytes(data).find(content)
    assert position > 0
    return position


def test_a_vector_ends_outside() -> None:
    data = build(node(shape=(11, 22, 33)), NODE, "TEST")
    position = find(data, u32(3, 11, 22, 33))
    error = fault(poke(data, position, u32(1000)))
    assert (error.offset, error.path) == (position, "Node.shape")
    assert str(error).startswith("a vector of 1000 elements of 4 bytes, the file ends at")
    assert fault(poke(data, position, u32(0xFFFFFFFF))).path == "Node.shape"


def test_the_path_names_the_element() -> None:
    data = build(node(words=("one", "two", "three")), NODE, "TEST")
    position = find(data, u32(5) + b"three\0")
    assert fault(poke(data, position + 9, b"!")).path == "Node.words[2]"
    assert fault(poke(data, position, u32(1000))).offset == position


def test_a_string_has_no_end() -> None:
    data = build(node(name="abc"), NODE, "TEST")
    error = fault(poke(data, find(data, b"abc\0"), b"abcd"))
    assert "zero byte" in str(error)
    assert error.path == "Node.name"


def test_an_offset_leads_to_itself() -> None:
    data = build(node(leaves=(leaf(), leaf())), NODE, "TEST")
    start = find(data, u32(2)) + 4
    error = fault(poke(data, start + 4, u32(0)))
    assert (error.path, error.offset) == ("Node.leaves[1]", start + 4)


def test_strings_that_are_not_utf8_survive() -> None:
    data = build(node(name="abc"), NODE, "TEST")
    broken = poke(data, find(data, b"abc\0"), b"\xffbc")
    reading = parse(broken)
    assert [note.rule for note in reading.notes] == ["utf-8"]
    assert build(reading.root, NODE, "TEST") == broken


def test_a_vtable_that_is_longer_than_it_needs_to_be() -> None:
    vtable = struct.pack("<22H", 44, 4, *[0] * 20)
    reading = parse(file(0xFFFFFFFC) + vtable, LEAF)
    assert reading == (leaf(), [], 56)


def test_an_enum_value_of_a_newer_schema() -> None:
    data = build(node(leaf=leaf(colour=2), colours=(2, 2)), NODE, "TEST")
    data = bytearray(data.replace(u32(2) + b"\2\2", u32(2) + b"\2\7"))
    reading = parse(data)
    assert reading.root.colours == (2, 7)
    assert [(note.rule, "{7}" in note.message) for note in reading.notes] == [("unknown-enum", True)]
    newer = build(leaf(colour=9), LEAF, "TEST")
    reading = parse(newer, LEAF)
    assert reading.root.colour == 9
    assert [note.rule for note in reading.notes] == ["unknown-enum"]
    assert "Leaf.colour is 9" in reading.notes[0].message
    assert build(reading.root, LEAF, "TEST") == newer


def test_a_union_member_of_a_newer_schema() -> None:
    data = build(node(choice=UnknownMember(9, unknown=((0, u32(3)), (2, b"\1")))), NODE, "TEST")
    reading = parse(data)
    assert reading.root.choice == UnknownMember(9, unknown=((0, u32(3)), (2, b"\1")))
    assert {note.rule for note in reading.notes} == {"unknown-member", "unknown-field"}
    assert build(reading.root, NODE, "TEST") == data


def test_a_union_whose_number_is_none() -> None:
    data = build(node(choice=Other("x")), NODE, "TEST")
    (position,) = [i for i in range(8, len(data)) if data[i] == 2 and parse_or_error(poke(data, i, b"\0")) == node()]
    assert parse(poke(data, position, b"\0")).root.choice is None


def parse_or_error(data: bytes | bytearray, layout: Layout = NODE) -> Any:
    try:
        return parse(data, layout).root
    except FormatError as error:
        return error


@pytest.mark.parametrize("shift", range(1, 8))
def test_unaligned_files_are_read_and_noted(shift: int) -> None:
    whole = node(doubles=np.array([1.5, 2.5]), leaf=leaf(number_7=5), shape=(1, 2))
    data = bytes(build(whole, NODE, "TEST"))
    root = struct.unpack("<I", data[:4])[0]
    moved = u32(root + shift) + b"TEST" + bytes(shift) + data[8:]
    reading = parse(moved)
    assert reading.root == whole
    assert {note.rule for note in reading.notes} == {"alignment"}
    assert reading.root.doubles.flags.aligned
    assert not reading.root.doubles.flags.writeable


def test_arrays_in_an_unaligned_buffer_are_aligned() -> None:
    whole = node(doubles=np.array([1.5, 2.5]))
    data = build(whole, NODE, "TEST")
    reading = read(memoryview(b"x" + bytes(data))[1:], NODE, "TEST")
    assert reading.root == whole
    assert reading.root.doubles.flags.aligned


def test_arrays_are_views_that_cannot_be_written() -> None:
    data = memoryview(bytes(build(node(shorts=np.array([1, 2], np.uint16)), NODE, "TEST")))
    shorts = read(data, NODE, "TEST").root.shorts
    assert np.shares_memory(shorts, np.frombuffer(data, np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        shorts[0] = 3


@given(nodes, st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4))
def test_any_damage_is_a_format_error_or_a_node(whole: Node, damage: list[tuple[int, int]]) -> None:
    data = build(whole, NODE, "TEST")
    for position, value in damage:
        data[position % len(data)] = value
    assert isinstance(parse_or_error(data), Node | FormatError)


# ------------------------------------------------------------------------------------------------------------ bombs


class Level(Table):
    __slots__ = __match_args__ = ("items",)

    def __init__(self, items: tuple[Any, ...] = (), *, unknown: Any = ()) -> None:
        self._set(unknown, items)


def costs(data: bytes, layout: Layout) -> tuple[float, int, Any]:
    """Seconds (of this process) and bytes that a reading takes, and what came of it."""
    start = time.process_time()
    parse_or_error(data, layout)
    seconds = time.process_time() - start
    tracemalloc.start()
    result = parse_or_error(data, layout)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, peak, result


def test_shared_tables_are_read_once() -> None:
    """Twelve levels of a hundred offsets each, all to the one table below: 10^24 paths."""
    layout = Layout(Level, 1, [Field("items", 0, Vector(INT), ())])
    for _ in range(12):
        layout = Layout(Level, 1, [Field("items", 0, Vector(layout), ())])
    data = forward(12, 100)
    seconds, peak, result = costs(data, layout)
    assert seconds < 1
    assert peak < 40 * len(data)
    for _ in range(12):
        assert len(result.items) == 100
        assert result.items[0] is result.items[99]
        result = result.items[0]
    assert result.items == ()


def forward(levels: int, width: int) -> bytes:
    """A chain of tables, each with a vector of `width` offsets to the next."""
    data = bytearray(u32(20) + b"TEST" + struct.pack("<6H", 6, 8, 4, 0, 4, 4))
    for _ in range(levels):
        table = len(data)
        data += struct.pack("<iI", table - 8, 4) + u32(width)
        target = len(data) + 4 * width
        data += u32(*(target - len(data) - 4 * index for index in range(width)))
    return bytes(data + struct.pack("<i", len(data) - 16))


@pytest.mark.parametrize("kind", [Vector(INT), Array(INT)], ids=["tuple", "array"])
def test_overlapping_vectors_are_refused(kind: Vector) -> None:
    """Ten thousand vectors that start one word apart, each thirty thousand words long."""
    count = 10_000
    layout = Layout(Level, 1, [Field("items", 0, Vector(Layout(Level, 1, [Field("items", 0, kind, ())])), ())])
    data = bytearray(u32(16) + b"TEST" + struct.pack("<4H", 6, 8, 4, 0) + struct.pack("<iI", 8, 4) + u32(count))
    tables = len(data) + 4 * count
    data += u32(*(tables + 8 * index - len(data) - 4 * index for index in range(count)))
    vectors = tables + 8 * count
    for index in range(count):
        position = tables + 8 * index
        data += struct.pack("<iI", position - 8, vectors + 4 * index - position - 4)
    data += u32(*[30_000] * (count + 30_001))
    seconds, peak, result = costs(bytes(data), layout)
    assert isinstance(result, FormatError)
    assert "objects overlap" in str(result)
    assert seconds < 1
    assert peak < 40 * len(data)


def test_one_place_for_thirty_thousand_fields_is_refused() -> None:
    table = struct.pack("<i", -60_000) + bytes(59_996)
    vtable = struct.pack("<30002H", 60_004, 60_000, *[4] * 30_000)
    seconds, peak, result = costs(u32(8) + b"TEST" + table + vtable, LEAF)
    assert "two fields in the same place" in str(result)
    assert seconds < 1
    assert peak < 4_000_000


def test_fifteen_thousand_fields_of_a_newer_schema() -> None:
    table = struct.pack("<i", -60_000) + bytes(59_996)
    vtable = struct.pack("<15002H", 30_004, 60_000, *range(4, 60_004, 4)[:14_999], 0)
    seconds, peak, result = costs(u32(8) + b"TEST" + table + vtable, Layout(Other, 0))
    assert len(result.unknown) == 14_999
    assert seconds < 1
    assert peak < 8_000_000


def test_a_vtable_for_every_table_is_refused() -> None:
    """Twenty thousand tables, each with its own idea of its size."""
    count = 20_000
    layout = Layout(Level, 1, [Field("items", 0, Vector(Layout(Level, 1, [Field("items", 0, Vector(INT), ())])), ())])
    data = bytearray(u32(16) + b"TEST" + struct.pack("<4H", 6, 8, 4, 0) + struct.pack("<iI", 8, 4) + u32(count))
    tables = len(data) + 4 * count
    data += u32(*(tables + 8 * index + 4 - len(data) - 4 * index for index in range(count)))
    for index in range(count):
        data += struct.pack("<HHi", 4, 4 + index, 4)
    data += bytes(count)
    seconds, peak, result = costs(bytes(data), layout)
    assert "objects overlap" in str(result) or "different vtables" in str(result)
    assert seconds < 1
    assert peak < 40_000_000


def test_the_smallest_tables_take_a_few_dozen_times_their_bytes() -> None:
    count = 50_000
    layout = Layout(Level, 1, [Field("items", 0, Vector(Layout(Level, 1, [Field("items", 0, Vector(INT), ())])), ())])
    data = bytearray(u32(20) + b"TEST" + struct.pack("<6H", 6, 8, 4, 0, 4, 4) + struct.pack("<iI", 12, 4) + u32(count))
    tables = len(data) + 4 * count
    data += u32(*[4 * count] * count)
    data += b"".join([struct.pack("<i", tables + 4 * index - 16) for index in range(count)])
    seconds, peak, result = costs(bytes(data), layout)
    assert len(result.items) == count
    assert seconds < 1
    assert peak < 40 * len(data)
