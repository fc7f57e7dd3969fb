"""What tf.lite registers, held against what is here."""

from __future__ import annotations

from pathlib import Path

from pytflite.ops._resolver import builtins
from pytflite.schema.enums import BuiltinOperator

LINES = (Path(__file__).parents[1] / "ops" / "registered.txt").read_text().splitlines()
REGISTERED = [line for line in LINES if not line.startswith("#")]


def test_the_list_is_one_of_the_schema() -> None:
    assert len(REGISTERED) == 172
    assert sorted(set(REGISTERED)) == REGISTERED
    assert set(REGISTERED) <= set(BuiltinOperator.__members__)


def test_every_registered_operator_is_here() -> None:
    assert set(REGISTERED) - {op.name for op in builtins()} == set()
