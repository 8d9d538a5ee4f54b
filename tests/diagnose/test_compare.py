"""Comparing models, and what is said of the result."""

import math

import numpy as np
import pytest

import intact
from intact.diagnose.metrics import Accumulator
from intact.ir.kind import kind
from intact.ir.text import parse
from intact.quantizer.recipe import recipe
from intact.quantizer.report import Report
from intact.report.verdict import verdicts

DENSE = """graph main(%x: float32[1,4]) -> (%y) {
  %w = const float32[4,4] random(0)
  %a = FULLY_CONNECTED(%x, %w, none)
  %y = SOFTMAX(%a) {beta=1.0}
}"""


UNEVEN = """graph main(%x: float32[1,4]) -> (%a) {
  %w = const float32[3,4] [100.0, 0.0, 0.0, 0.0,  0.0, 0.0, 0.0, 0.0,  0.0, 0.001, 0.001, -0.001]
  %a = FULLY_CONNECTED(%x, %w, none)
}"""


def data(low: float = -1.0) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [{"x": rng.uniform(low, 1, (1, 4)).astype(np.float32)} for _ in range(24)]


def test_both_directions_agree_for_every_type_of_port() -> None:
    model = parse(DENSE)
    ranges = intact.calibrate(model, data(), isolate=False)
    plain = intact.quantize(model, ranges).model
    expected = intact.compare(model, plain, data()).outputs[0].measures.worst
    for port in ("int8", "uint8"):
        made = intact.quantize(model, ranges, input_type=port, output_type=port).model
        assert intact.compare(model, made, data()).outputs[0].measures.worst == expected
        # The samples for a model with integer ports are real numbers that it rounds; both models then get the same.
        back = intact.compare(made, model, data()).outputs[0].measures
        assert back.sqnr > 30
        assert intact.compare(made, plain, data()).outputs[0].measures.noise == 0


def test_what_softmax_is_given_is_compared_too() -> None:
    model = parse(DENSE)
    names = [o.name for o in intact.compare(model, model, data()).outputs]
    assert names == ["y", "y before SOFTMAX"]


def test_models_of_different_ports_are_refused() -> None:
    other = parse("graph main(%x: float32[1,4], %u: float32[1,4]) -> (%y) { %y = ADD(%x, %u) }")
    with pytest.raises(intact.ModelError, match=r"has 1 inputs, .* has 2; expected as many"):
        intact.compare(parse(DENSE), other, data())


def test_measures() -> None:
    found = Accumulator()
    found.update("a", np.array([[3.0, 4.0]]), np.array([[3.0, 4.5]]))
    found.update("b", np.array([[0.0, 5.0]]), np.array([[1.0, 0.0]]))
    assert found.sqnr == pytest.approx(10 * math.log10(50 / 26.25))
    assert found.worst == 5.0
    assert found.worst_sample == "b"
    assert found.agreement == 0.5
    assert found.cosine == pytest.approx(27 / math.sqrt(50 * (9 + 20.25 + 1)))


def test_equal_outputs_have_no_noise_and_zeros_no_signal() -> None:
    same = Accumulator()
    same.update("a", np.zeros((1, 3)), np.zeros((1, 3)))
    assert (same.sqnr, same.cosine) == (math.inf, 1.0)
    assert same.as_dict()["identical"] is True
    lost = Accumulator()
    lost.update("a", np.zeros((1, 3)), np.ones((1, 3)))
    assert lost.sqnr == -math.inf
    assert lost.as_dict()["sqnr_db"] is None


def test_what_is_not_finite_is_counted_and_left_out() -> None:
    found = Accumulator()
    found.update("a", np.array([1.0, np.inf, np.nan]), np.array([1.0, 2.0, 3.0]))
    assert (found.elements, found.not_finite, found.sqnr) == (1, 2, math.inf)


def test_indices_are_equal_or_not() -> None:
    found = Accumulator()
    found.update("a", np.array([1, 2, 3]), np.array([1, 2, 4]))
    assert found.as_dict() == {"samples": 1, "elements": 3, "equal": 2 / 3}


def test_trouble_is_said_in_words() -> None:
    model = parse(DENSE)
    other = parse(DENSE.replace("random(0)", "random(7)"))
    report = intact.quantize(model, intact.calibrate(model, data(), isolate=False)).report
    said = verdicts([intact.compare(model, other, data()[:5])], recipe("int8"), report)
    assert said[0] == "5 samples were compared, which is few; give more for a judgement"
    assert said[1].startswith("output 'y' has ")
    assert "which is low: the samples may not be what the model was trained on, or " in said[1]
    assert said[1].endswith("8 bits are not enough for some operator")
    assert verdicts([intact.compare(model, model, data())], recipe("int8"), report) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("int16x8", "8 bits are not enough for some weight"),
        ("dynamic-range", "8 bits are not enough for some operator"),
        ("weight-only-int4", "4 bits are not enough for some weight"),
        ("float16", "float16 is not enough for some constant"),
    ],
)
def test_the_cause_of_low_figures_fits_the_recipe(name: str, text: str) -> None:
    model = parse(DENSE)
    comparison = intact.compare(model, parse(DENSE.replace("random(0)", "random(7)")), data())
    said = verdicts([comparison], recipe(name), Report(name, kind(model)))
    assert said[0].endswith(f"the samples may not be what the model was trained on, or {text}")


@pytest.mark.parametrize("name", ["uint8", "int8-per-tensor"])
def test_channels_of_different_ranges_that_share_a_scale_are_named(name: str) -> None:
    model = parse(UNEVEN)
    samples = [{"x": d["x"] * np.float32([0, 1, 1, 1])} for d in data()]
    ranges = intact.calibrate(model, samples, isolate=False)
    result = intact.quantize(model, ranges, recipe=name)
    (found,) = result.report.uneven
    assert (found.op, found.output, found.weight, found.largest) == ("FULLY_CONNECTED", "a", "w", 100.0)
    assert found.ratio == pytest.approx(100 / 0.001)
    (said,) = verdicts([intact.compare(model, result.model, samples)], recipe(name), result.report)
    assert said.endswith(
        "which is low: likely because weights have one scale for all channels; those of FULLY_CONNECTED 'a' reach "
        "from 0.001 to 100, 1e+05 times as far, which leaves the smaller ones few steps or none; recipe int8 has a "
        "scale a channel"
    )
    better = intact.quantize(model, ranges)
    assert better.report.uneven == []
    assert verdicts([intact.compare(model, better.model, samples)], recipe("int8"), better.report) == []
