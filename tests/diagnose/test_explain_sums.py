"""What is summed to what, how far sums reach, and by which real numbers they are multiplied."""

import json

import numpy as np
import pytest

import intact
from intact.arith.rounding import quantize_multiplier
from intact.ops.add import Add
from intact.ops.attributes import Padding
from intact.ops.batch_matmul import BatchMatMul
from intact.ops.conv_2d import Conv2D
from intact.ops.leaky_relu import LeakyRelu
from intact.ops.logistic import Logistic
from intact.ops.mean import Mean
from intact.ops.mul import Mul
from intact.ops.pool_2d import AveragePool2D
from intact.ops.softmax import Softmax
from intact.ops.sub import Sub
from intact.ops.sum import Sum
from intact.ops.tanh import Tanh
from intact.ops.transpose_conv import TransposeConv
from integer import Codes, Constant, Integer

RNG = np.random.default_rng(5)
X = Codes((1, 4, 5, 3), "int8", 0.05, -9)
Y = Codes((), "int8", 0.11, 4)
AXES = Constant(np.array([1, 2], np.int32))
PAIR = [X, Codes((4, 5, 1), "int8", 0.03, 12)]
SHAPE = Constant(np.array([1, 8, 9, 2], np.int32))
WEIGHTS = Constant(RNG.integers(-127, 128, (2, 3, 3, 3)).astype(np.int8), [0.01, 0.02])
BIAS = Constant(RNG.integers(-500, 500, 2).astype(np.int32), [0.0005, 0.001])
MATRIX = Constant(RNG.integers(-127, 128, (4, 3, 6)).astype(np.int8), 0.02, 0)

SUMS = {
    "ADD": Integer(Add(), PAIR, Y),
    "SUB": Integer(Sub(), PAIR, Y),
    "ADD int16": Integer(Add(), [Codes((2, 40), "int16", 0.5), Codes((2, 40), "int16", 0.25)], Codes((), "int16", 0.5)),
    "MUL": Integer(Mul(), PAIR, Y),
    "MEAN": Integer(Mean(keep_dims=True), [X, AXES], Y),
    "MEAN flat": Integer(Mean(), [X, Constant(np.array([-1], np.int32))], Y),
    "SUM": Integer(Sum(), [X, AXES], Codes((), "int8", 0.9, 4)),
    "AVERAGE_POOL_2D": Integer(
        AveragePool2D(filter_height=3, filter_width=2, stride_h=2, padding=Padding.SAME),
        [X],
        Codes((), "int8", 0.05, -9),
    ),
    "TRANSPOSE_CONV": Integer(TransposeConv(stride_h=2, stride_w=2), [SHAPE, WEIGHTS, X, BIAS], Y, version=3),
    "BATCH_MATMUL": Integer(BatchMatMul(), [X, MATRIX], Y),
    "BATCH_MATMUL adjoint": Integer(
        BatchMatMul(adj_x=True, adj_y=True), [Codes((2, 5, 3), "int8", 0.05, 2), Codes((1, 7, 5), "int8", 0.03, -4)], Y
    ),
}
PROFILES = ("litert-reference", "litert-optimized", "litert-xnnpack", "tflm-reference")


def drawn(case: Integer) -> tuple[intact.Model, dict[str, np.ndarray]]:
    model, rng = case.model(), np.random.default_rng(0)
    codes = [x for x in case.operands if isinstance(x, Codes)]
    return model, {v.name: x.draw(rng) for v, x in zip(model.main.inputs, codes, strict=True)}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", SUMS)
def test_terms_sum_to_the_accumulator_within_its_bounds(name: str, profile: str) -> None:
    model, inputs = drawn(SUMS[name])
    shape = intact.run(model, inputs).outputs[0].stored.shape
    bounds = intact.explain(model, op=0, profile=profile).accumulator
    assert bounds is not None
    assert bounds.fits_int32
    for at in (tuple(0 for _ in shape), tuple(s - 1 for s in shape), tuple(s // 2 for s in shape)):
        element = intact.explain(model, op=0, at=at, inputs=inputs, profile=profile).element
        total = element.stages.get("products", element.stages["accumulator"])
        assert sum(t.value for t in element.terms) == total
        assert bounds.low <= element.stages["accumulator"] <= bounds.high
        assert element.stages["clamped"] == element.stored


def test_bounds_are_of_all_codes() -> None:
    found = intact.explain(SUMS["MEAN"].model(), op=0).accumulator
    assert (found.low, found.high, found.channel, found.operand) == (20 * (-128 + 9), 20 * (127 + 9), None, "input")
    found = intact.explain(SUMS["AVERAGE_POOL_2D"].model(), op=0).accumulator
    assert (found.low, found.high) == (6 * -128, 6 * 127)
    found = intact.explain(SUMS["MUL"].model(), op=0).accumulator
    assert (found.low, found.high) == ((127 + 9) * (-128 - 12), (-128 + 9) * (-128 - 12))
    found = intact.explain(SUMS["BATCH_MATMUL adjoint"].model(), op=0).accumulator
    assert (found.low, found.high) == (5 * -130 * 131, 5 * 125 * 131)


def test_a_sum_that_overflows_names_its_operand() -> None:
    x = Codes((1, 3000, 3000, 1), "int8", 0.05, -128)
    found = intact.explain(Integer(Mean(keep_dims=True), [x, AXES], Y).model(), op=0).accumulator
    assert (found.bits, found.fits_int32, found.widest) == (33, False, "'input'")


def test_hybrid_kernels_sum_products_of_codes() -> None:
    operands = [Codes((1, 4, 4, 3), "float32", None), WEIGHTS, Constant(np.zeros(2, np.float32))]
    found = intact.explain(Integer(Conv2D(), operands, Codes((), "float32", None)).model(), op=0).accumulator
    rows = np.abs(WEIGHTS.array.astype(int)).reshape(2, -1).sum(axis=1)
    assert (found.low, found.high, found.operand) == (-255 * rows.max(), 255 * rows.max(), "filter")


def test_real_multipliers_stand_beside_multiplier_and_shift() -> None:
    found = intact.explain(SUMS["ADD"].model(), op=0).parameters
    for real, multiplier, shift in (
        *zip(found["factors"], found["multipliers"], found["shifts"], strict=True),
        (found["factor"], found["multiplier"], found["shift"]),
    ):
        assert isinstance(real, float)
        assert quantize_multiplier(real) == (multiplier, shift)
    leaky = intact.explain(Integer(LeakyRelu(alpha=0.3), [X], Y).model(), op=0).as_dict()["parameters"]
    assert [quantize_multiplier(f)[0] for f in leaky["factors"]] == list(leaky["multipliers"])
    json.dumps(leaky, allow_nan=False)


def test_a_sum_whose_bytes_are_taken_for_uint8_ends_in_what_is_stored() -> None:
    model = Integer(Sum(), [X, AXES], Codes((), "int8", 0.01, 4)).model()
    x = {model.main.inputs[0].name: np.full((1, 4, 5, 3), -1, np.int8)}
    element = intact.explain(model, op=0, at=(0, 1), inputs=x).element
    assert (element.stages["clamped"], element.stored) == (-1, -1)
    assert element.terms[0].input == 255


STORED = Codes((), "int8", 1 / 256, -128)


@pytest.mark.parametrize(
    ("op", "result", "stages"),
    [
        (Softmax(beta=1.0), STORED, ["difference", "exponential", "exponential sum", "clamped"]),
        (Logistic(), STORED, ["input offset", "table index", "table entry", "clamped"]),
        (Tanh(), Codes((), "int8", 1 / 128, 0), ["input offset", "table index", "table entry", "clamped"]),
    ],
)
@pytest.mark.parametrize("profile", ["litert-optimized", "litert-reference"])
def test_stages_of_functions(op: intact.ir.op.Op, result: Codes, stages: list[str], profile: str) -> None:
    model, inputs = drawn(Integer(op, [X], result, version=2))
    element = intact.explain(model, op=0, at=(0, 1, 2, 1), inputs=inputs, profile=profile).element
    if profile == "litert-optimized":
        assert list(element.stages) == stages
    assert element.stages["clamped"] == element.stored
    assert len(element.stages) > 2
