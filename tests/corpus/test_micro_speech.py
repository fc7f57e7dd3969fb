"""TFLM's micro_speech from the sound to the word: the audio front end, then the network, both as models."""

from __future__ import annotations

import importlib
import wave
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import pytflite
from tests.corpus.corpus import MODELS
from tests.ops.custom.tflm import ARENA, HAS_TFLM

Array = npt.NDArray[Any]

SPEECH = MODELS / "tflm" / "examples" / "micro_speech" / "models"
INPUTS = MODELS.parent / "inputs"
WORDS = ["silence", "unknown", "yes", "no"]
WINDOW, STRIDE = 480, 320
"""30 and 20 milliseconds at 16 kHz."""

pytestmark = pytest.mark.skipif(not SPEECH.exists(), reason="the corpus ../shared/models is not there")


def windows(word: str) -> Array:
    """The windows of a recording of one second, (49, 480)."""
    with wave.open(str(INPUTS / f"{word}_1000ms.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    return np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::STRIDE]


def features(word: str, precision: str = "int8") -> Array:
    """What the front end makes of a recording, (49, 40)."""
    front_end = pytflite.load(SPEECH / f"audio_preprocessor_{precision}.tflite")
    return np.stack([next(iter(front_end.run(window[None]).values())) for window in windows(word)])


@pytest.mark.parametrize("word", ["yes", "no", "silence"])
def test_the_word_is_recognized(word: str) -> None:
    heard = features(word)
    assert (heard.shape, heard.dtype) == ((49, 40), np.int8)
    network = pytflite.load(SPEECH / "micro_speech_quantized.tflite")
    (scores,) = network.run(heard.reshape(1, -1)).values()
    assert WORDS[int(scores.argmax())] == word


@pytest.mark.parametrize("precision", ["int8", "float"])
@pytest.mark.parametrize("word", ["yes", "no", "silence"])
def test_features_are_those_of_tflm(word: str, precision: str) -> None:
    if not HAS_TFLM:
        pytest.skip("tflite_micro is not installed")
    runtime = importlib.import_module("tflite_micro.python.tflite_micro.runtime")
    front_end = runtime.Interpreter.from_file(str(SPEECH / f"audio_preprocessor_{precision}.tflite"), arena_size=ARENA)
    theirs = []
    for window in windows(word):
        front_end.set_input(np.ascontiguousarray(window[None]), 0)
        front_end.invoke()
        theirs.append(front_end.get_output(0).copy())
    np.testing.assert_array_equal(features(word, precision), np.stack(theirs))


def test_a_reset_makes_the_front_end_begin_anew() -> None:
    front_end = pytflite.load(SPEECH / "audio_preprocessor_int8.tflite")
    window = windows("yes")[20][None]
    first, second = (next(iter(front_end.run(window).values())) for _ in range(2))
    assert not np.array_equal(first, second)
    front_end.reset()
    np.testing.assert_array_equal(next(iter(front_end.run(window).values())), first)
