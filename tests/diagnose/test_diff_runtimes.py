import numpy as np
import pytest

import intact
from digits import int8
from intact.errors import UsageError
from intact.ir.model import Model
from intact.ops.fully_connected import FullyConnected
from integer import Codes, Constant, Integer


def tie() -> Model:
    """A dense layer whose accumulators are half steps: every rule rounds them its own way."""
    weights = Constant(np.array([[1], [3], [-1], [-3]], np.int8), 0.5)
    return Integer(
        FullyConnected(), [Codes((1, 1), "int8", 1.0, low=1, high=1), weights], Codes((), "int8", 1.0), version=4
    ).model()


def test_ties_are_where_rules_differ() -> None:
    found = intact.diff_runtimes(
        tie(), ["litert-reference", "litert-optimized", "litert-xnnpack"], [{"x0": np.ones((1, 1), np.int8)}]
    )
    assert found.base.name == "litert-reference"
    up, even = found.others
    assert [(t.operator, t.differing, t.largest) for t in up.operators] == [("FULLY_CONNECTED", 2, 1.0)]
    # 0.5, 1.5, -0.5, -1.5 to the nearest even: 0, 2, 0, -2; away from zero: 1, 2, -1, -2.
    assert [(t.differing, t.largest) for t in even.outputs] == [(2, 1.0)]
    assert up.operators[0].first == (0, 0, (0, 2))


def test_a_model_on_all_runtimes() -> None:
    found = intact.diff_runtimes(int8(), count=2)
    assert [d.profile.name for d in found.others] == [
        "litert-optimized", "litert-xnnpack", "tflm-reference", "cmsis-nn", "gemmlowp",
    ]  # fmt: skip
    assert found.samples == 2
    again = intact.diff_runtimes(int8(), count=2)
    assert found.as_dict() == again.as_dict()


def test_two_profiles_are_needed() -> None:
    with pytest.raises(UsageError, match="1 profiles are given; expected two or more"):
        intact.diff_runtimes(int8(), ["litert-reference"])
