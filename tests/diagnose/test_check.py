import numpy as np

import intact
from digits import int8
from intact.ir.text import parse
from intact.ops.fully_connected import FullyConnected
from integer import Codes, Constant, Integer


def test_a_sound_model() -> None:
    assert intact.check(int8(), ["litert-reference", "litert-optimized", "litert-xnnpack"]) == []


def test_sums_that_overflow_are_found() -> None:
    weights = Constant(np.full((2, 70_000), 127, np.int8), 0.01)
    x = Codes((1, 70_000), "int8", 0.02, -128)
    model = Integer(FullyConnected(), [x, weights], Codes((), "int8", 100.0), version=4).model()
    (found,) = intact.check(model, ["tflm-reference"])
    assert (found.kind, found.where) == ("overflow", "node 0 FULLY_CONNECTED 'y0'")
    assert found.text == "the accumulator of channel 0 can reach [0, 2266950000], 33 bits; kernels have 32"
    assert found.profiles == ("tflm-reference",)


def test_what_is_not_covered_is_listed() -> None:
    model = parse(
        """graph main(%x: int8[1,4] <scale=0.1, zero_point=0>) -> (%y) {
          %y: int8[1,4] <scale=0.1, zero_point=0> = UNKNOWN(%x) {code="CUSTOM", custom_code="Mine"}
        }"""
    )
    (found,) = intact.check(model)
    assert (found.kind, found.where) == ("not covered", "node 0 CUSTOM:Mine 'y'")
    assert len(found.profiles) == 6


def test_a_broken_model_is_not_looked_at_further() -> None:
    model = int8().clone()
    model.main.nodes[0].outputs[0].type = model.main.inputs[0].type
    found = intact.check(model)
    assert found
