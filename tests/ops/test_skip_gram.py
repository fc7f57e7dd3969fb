from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import SkipGramOptions
from tests.ops.convolutions import refuses
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import Operand, Result, one_op


def skip_gram(texts: list[bytes], size: int, skip: int = 0, *, all_sizes: bool = False) -> Case:
    """A SKIP_GRAM of a text; only the first one counts."""
    value = np.array(texts, object)
    options = SkipGramOptions(ngram_size=size, max_skip_size=skip, include_all_ngrams=all_sizes)
    return one_op(BuiltinOperator.SKIP_GRAM, [Operand(value, "str")], [Result("str")], options)


@st.composite
def skip_grams(draw: st.DrawFn) -> Case:
    pieces = [b"a", b"bc", b"d", b" ", b" ", b"\t", b"\n", b"\xc3\xa4", b"\x85"]
    text = draw(st.lists(st.sampled_from(pieces), max_size=14))
    others = draw(st.lists(st.just(b"x y"), max_size=2))
    return skip_gram(
        [b"".join(text), *others], draw(st.integers(-1, 4)), draw(st.integers(-1, 3)), all_sizes=draw(st.booleans())
    )


@settings(max_examples=100, deadline=None)
@given(skip_grams())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        (b"the quick brown fox", (2, 0), [b"the quick", b"quick brown", b"brown fox"]),
        (b"a b c d", (2, 1), [b"a b", b"a c", b"b c", b"b d", b"c d"]),
        (b" a b", (1, 0), [b"b"]),
        (b"a b", (3, 0), []),
    ],
)
def test_words(text: bytes, options: tuple[int, int], expected: list[bytes]) -> None:
    subject = skip_gram([text], *options)
    (output,) = evaluate(subject.model, subject.inputs, kernels=False)
    assert output.tolist() == expected
    agree(subject)


def golden_cases() -> dict[str, Case]:
    text = [b"the quick brown fox  jumps over\tthe lazy dog"]
    return {
        "pairs": skip_gram(text, 2),
        "skipping": skip_gram(text, 3, 2),
        "all": skip_gram(text, 3, 1, all_sizes=True),
        "too_short": skip_gram(text, 10),
    }


def test_golden() -> None:
    agrees_with_golden("skip_gram")


def test_refuses() -> None:
    refuses(skip_gram([], 1), "must have a string")
