import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from intact.arith.requantize import Requantization, in_blocks
from intact.arith.rounding import to_int32


def rule(name: str) -> Requantization:
    return Requantization(name, np.array([0.3]), 3, -128, 127, "int8")


@given(st.integers(0, 70), st.integers(1, 3), st.sampled_from([8, 16]))
def test_full_blocks_by_one_rule_and_the_rest_by_another(length: int, rows: int, size: int) -> None:
    products = np.random.default_rng(length).integers(-500, 500, (rows, length))
    found = in_blocks(size, length, rule("double-up"), rule("double-away"), products)
    cut = length // size * size
    assert found.shape == products.shape
    assert np.array_equal(found[:, :cut], rule("double-up")(products)[:, :cut])
    assert np.array_equal(found[:, cut:], rule("double-away")(products)[:, cut:])


def test_stages_of_both_parts_are_shown_as_one() -> None:
    products, stages = np.arange(42).reshape(2, 21), {}
    found = in_blocks(8, 21, rule("double-up"), rule("double-away"), products, stages.__setitem__)
    assert np.array_equal(stages["products"], products)
    assert np.array_equal(stages["clamped"], found)
    alone: dict[str, np.ndarray] = {}
    rule("double-up")(products, see=alone.__setitem__)
    assert list(stages) == list(alone)


def test_what_int32_cannot_hold() -> None:
    real = np.array([0, -1, 2.0**31 - 128, 2.0**31, -(2.0**31), -(2.0**32), np.inf, -np.inf, np.nan], np.float32)
    lowest = -(2**31)
    assert to_int32(real).tolist() == [0, -1, 2**31 - 128, *[lowest] * 6]


def test_another_pair() -> None:
    other = rule("double-away").with_pair(1 << 30, -2)
    assert (other.multiplier.tolist(), other.shift.tolist()) == ([1 << 30], [-2])
    assert other(np.array([80]))[0] == 80 // 8 + 3
    assert rule("double-away").multiplier[0] != 1 << 30
