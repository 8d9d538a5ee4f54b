import json

import numpy as np
import pytest

import intact
from digits import int8, sample
from intact.arith.rounding import multiply
from intact.errors import UncoveredError, UsageError
from intact.ir.text import parse


def test_the_parameters_of_a_convolution() -> None:
    found = intact.explain(int8(), op=0)
    assert (found.operator, found.profile.name) == ("CONV_2D", "litert-reference")
    assert [r.name for r in found.rules] == ["double-away"]
    assert found.attributes["fused_activation_function"] in {"NONE", "RELU"}
    assert set(found.operands) == {"input", "filter", "bias"}
    factor = found.parameters["weighted.requantize.factor"]
    scales = [np.float64(np.float32(s)) for s in found.operands["filter"]["scale"]]
    x, y = (np.float64(np.float32(v["scale"])) for v in (found.operands["input"], found.results["output"]))
    np.testing.assert_array_equal(factor, [x * s / y for s in scales])
    multiplier, shift = (found.parameters[f"weighted.requantize.{n}"] for n in ("multiplier", "shift"))
    np.testing.assert_allclose(multiplier / 2.0**31 * 2.0**shift, factor, rtol=2**-30)
    assert found.accumulator is not None
    assert found.accumulator.fits_int32
    json.dumps(found.as_dict(), allow_nan=False)


def test_the_bounds_are_reached_and_never_passed() -> None:
    model = int8()
    found = intact.explain(model, op=6)
    weights = model.main.nodes[6].inputs[1].array.astype(np.int64)
    bias = model.main.nodes[6].inputs[2].array
    zero = found.operands["input"]["zero_point"]
    channel = found.accumulator.channel
    worst = np.where(weights[channel] > 0, 127, -128)
    high = int(((worst - zero) * weights[channel]).sum() + bias[channel])
    low = int(((-1 - worst - zero) * weights[channel]).sum() + bias[channel])
    assert found.accumulator.low <= low
    assert high <= found.accumulator.high
    assert found.accumulator.high == high or found.accumulator.low == low


def test_one_element_worked_out() -> None:
    model = int8()
    found = intact.explain(model, tensor="probabilities", inputs={"image": sample()})
    assert found.ranges["clamped"][1] <= 127 if "clamped" in found.ranges else True
    dense = intact.explain(model, op=6, at=(0, 3), inputs={"image": sample()})
    element = dense.element
    assert element is not None
    stages = element.stages
    assert stages["products"] == sum(
        (t.input - element.input_zero_point) * (t.weight - element.weight_zero_point) for t in element.terms
    )
    assert stages["accumulator"] == stages["products"] + (element.bias or 0)
    assert stages["offset"] == stages["shifted"] + dense.parameters["weighted.requantize.zero_point"]
    assert stages["clamped"] == min(max(stages["offset"], -128), 127) == element.stored
    assert element.real == pytest.approx(
        dense.results["output"]["scale"] * (element.stored - dense.results["output"]["zero_point"])
    )


@pytest.mark.parametrize("op", [0, 1, 2])
def test_the_terms_of_convolutions(op: int) -> None:
    model = int8()
    shape = model.main.nodes[op].outputs[0].shape
    rng = np.random.default_rng(0)
    for _ in range(5):
        at = tuple(int(rng.integers(0, s)) for s in shape)
        element = intact.explain(model, op=op, at=at, inputs={"image": sample()}).element
        assert element is not None
        assert element.terms
        total = sum(
            (t.input - element.input_zero_point) * (t.weight - element.weight_zero_point) for t in element.terms
        )
        assert total == element.stages["products"]


def test_the_steps_are_those_of_the_rule() -> None:
    found = intact.explain(int8(), op=0, at=(0, 1, 1, 2), inputs={"image": sample()})
    stages = found.element.stages
    multiplier = found.parameters["weighted.requantize.multiplier"][2]
    shift = found.parameters["weighted.requantize.shift"][2]
    assert stages["shifted"] == int(multiply(np.array([stages["accumulator"]]), multiplier, shift)[0])
    assert stages["multiplied"] == (stages["accumulator"] * int(multiplier) + 2**30) >> 31


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({}, "named by its position or by its result"),
        ({"op": 99}, "there is no operator 99; expected 0 to 7"),
        ({"tensor": "nothing"}, "there is no tensor 'nothing'"),
        ({"tensor": "image"}, "tensor 'image' is an input or a constant; expected a result"),
        ({"op": 0, "at": (0, 0, 0, 0)}, "an element is asked for and no input is given"),
        ({"op": 0, "at": (0, 99, 0, 0), "inputs": {"image": sample()}}, r"there is no element \[0, 99, 0, 0\]"),
    ],
)
def test_what_cannot_be_explained(asked: dict, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        intact.explain(int8(), **asked)


def test_float_operators_have_no_integers() -> None:
    model = parse("graph main(%x: float32[1,4]) -> (%y) {\n %y = RELU(%x)\n}")
    with pytest.raises(UncoveredError, match="node 0 RELU has no integers to explain"):
        intact.explain(model, op=0)
