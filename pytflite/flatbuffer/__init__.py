"""FlatBuffers itself, from scratch: layouts, checked zero-copy reading, writing. It knows nothing of TFLite."""

from pytflite.flatbuffer.build import build
from pytflite.flatbuffer.layout import Layout
from pytflite.flatbuffer.table import Table, UnknownMember, same
from pytflite.flatbuffer.view import Note, Reading, read

__all__ = ["Layout", "Note", "Reading", "Table", "UnknownMember", "build", "read", "same"]
