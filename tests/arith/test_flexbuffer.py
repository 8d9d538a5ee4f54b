import contextlib

import numpy as np
import pytest
from flatbuffers import flexbuffers
from hypothesis import given
from hypothesis import strategies as st

from intact.arith.flexbuffer import numbers

KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=12)
NUMBERS = st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(-1e30, 1e30))


@given(st.dictionaries(KEYS, NUMBERS, max_size=8))
def test_reads_what_another_reader_reads(options: dict[str, object]) -> None:
    assert numbers(bytes(flexbuffers.Dumps(options))) == options


@given(st.dictionaries(KEYS, st.one_of(NUMBERS, st.text(), st.lists(st.integers(0, 9))), max_size=8))
def test_other_values_are_left_out(options: dict[str, object]) -> None:
    kept = {k: v for k, v in options.items() if isinstance(v, bool | int | float)}
    assert numbers(bytes(flexbuffers.Dumps(options))) == kept


def test_float32_is_read_at_its_width() -> None:
    builder = flexbuffers.Builder()
    with builder.Map():
        builder.Key("a")
        builder.Float(0.6, 4)
        builder.Key("indirect")
        builder.IndirectInt(-70000)
    assert numbers(bytes(builder.Finish())) == {"a": float(np.float32(0.6)), "indirect": -70000}


@given(st.binary(max_size=40))
def test_anything_else_is_a_value_error(content: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(numbers(content), dict)


def test_says_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="kind 1, not a map"):
        numbers(bytes(flexbuffers.Dumps(3)))
    with pytest.raises(ValueError, match="no FlexBuffer"):
        numbers(b"")
