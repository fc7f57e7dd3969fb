"""Damaged files: a short run of ``golden/fuzz.py``, and proof that it would notice."""

import pytest

from golden import fuzz
from pytflite.model import read as module


def test_damage_yields_a_model_or_an_error_of_ours() -> None:
    report = fuzz.run(1000, seed=1)
    assert report.failures == []
    assert set(report.outcomes) >= {"FormatError", "ModelError", "read, written, read"}
    assert report.seconds[0] < 1
    assert report.memory[0] < 40


def test_a_case_is_always_the_same() -> None:
    files = fuzz.built()
    assert fuzz.damaged(3, 5, files) == fuzz.damaged(3, 5, files)
    assert len({fuzz.damaged(3, number, files) for number in range(50)}) > 45


@pytest.mark.parametrize("kind", [kind for kind, _ in fuzz.DAMAGE], ids=lambda kind: kind.__name__)
def test_every_kind_of_damage_does_some(kind: object) -> None:
    assert callable(kind)
    (original, *_) = fuzz.built()
    results = set()
    for seed in range(30):
        data = bytearray(original)
        kind(fuzz.Random(seed), data, original)
        results.add(bytes(data))
    assert len(results - {original}) > 10


def test_another_exception_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise IndexError("out of range")

    monkeypatch.setattr(module, "require_usable", broken)
    report = fuzz.run(20, seed=1)
    assert {type(error) for _, error in report.failures} == {IndexError}


def test_the_models_made_here_are_sound() -> None:
    for data in fuzz.built():
        report = fuzz.Report()
        fuzz.judge(data, 0, report)
        assert report.failures == []
        assert dict(report.outcomes) == {"read, written, read": 1}
