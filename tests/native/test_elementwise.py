"""Kernels of elementwise operators: sizes, parts, broadcasting and numbers that the drawn cases seldom have."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parts import libraries, run

from intact.arith.calls import add, lut, mul, pairs
from intact.arith.profile import NAMES
from intact.arith.requantize import Requantization
from intact.engines.exact import Exact
from intact.ir.op import Op
from intact.ir.types import DType, QuantParams, TensorType
from intact.native.call import Call
from intact.native.library import Absence, load
from intact.ops.add import Add
from intact.ops.dequantize import Dequantize
from intact.ops.maximum_minimum import Maximum, Minimum
from intact.ops.mul import Mul
from intact.ops.quantize import Quantize
from intact.ops.relu import Relu
from intact.ops.sqrt import Sqrt
from intact.ops.sub import Sub
from integer import Codes, Constant, Integer
from kernels import assert_same
from pairs import two_shapes

LIBRARY = load()

pytestmark = pytest.mark.skipif(isinstance(LIBRARY, Absence), reason=str(LIBRARY))

Shapes = tuple[tuple[int, ...], tuple[int, ...]]

SIZES = [0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 129, 1000]
CUTS = st.lists(st.integers(1, 400), max_size=3)


def kernels(case: Integer, profile: str) -> list[str | None]:
    """The kernels that an engine makes for a case."""
    engine = Exact(case.model(), profile)
    engine.run(case.samples(1)[0])
    return [step.call.kernel for made in engine.compiled() for step in made.program.steps]


def check(call: Call | None, operands: list[np.ndarray], wanted: np.ndarray, cuts: list[int]) -> None:
    assert call is not None
    for library in libraries(call):
        assert np.array_equal(run(library, call, operands, cuts), wanted), library.level


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["uint8", "int16"])
@pytest.mark.parametrize("result", ["uint8", "int16", "float32"])
def test_tables_of_all_widths(size: int, dtype: str, result: str) -> None:
    codes = np.random.default_rng(size).integers(0, 1 << 16, size).astype(dtype)

    def formula(x: np.ndarray) -> np.ndarray:
        return (x.astype(np.int64) * 7 + 3).astype(result)

    def rest(x: np.ndarray) -> np.ndarray:
        return (x.astype(np.int64) * 5).astype(result)

    for boundary in (0, size // 2, size // 16 * 16, size):
        call = lut.looked_up(formula, dtype, (size,), rest=rest, boundary=boundary)
        wanted = np.concatenate([formula(codes[:boundary]), rest(codes[boundary:])])
        check(call, [codes], wanted, [1, size // 3, size - 1])


def test_a_table_has_every_code() -> None:
    codes = np.tile(np.arange(256), 3).astype(np.uint8)
    results = np.random.default_rng(0).permutation(256).astype(np.uint8)
    check(lut.looked_up(lambda x: results[x], "uint8", codes.shape), [codes], results[codes], [100])


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(two_shapes(), CUTS, st.integers(1, 40), st.integers(0, 40))
def test_pairs_broadcast(shapes: Shapes, cuts: list[int], length: int, whole: int) -> None:
    rng = np.random.default_rng(length)
    a, b = (rng.integers(0, 256, s).astype(np.uint8) for s in shapes)
    tables = [rng.integers(0, 256, (256, 256)).astype(np.uint8) for _ in range(2)]
    first, second = (t[a, b] for t in tables)
    where = (np.arange(first.size) % length < whole).reshape(first.shape)
    check(pairs.by_table(shapes, tables, length, whole), [a, b], np.where(where, first, second), cuts)
    check(pairs.by_table(shapes, tables[1:]), [a, b], second, cuts)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    two_shapes(),
    CUTS,
    st.integers(-(2**23) + 1, 2**23 - 1),
    st.integers(-(2**23) + 1, 2**23 - 1),
    st.integers(-(2**31), 2**31 - 1),
    st.integers(1, 30),
    st.integers(-300, 300),
)
def test_weighted_sums(
    shapes: Shapes,
    cuts: list[int],
    m0: int,
    m1: int,
    offset: int,
    shift: int,
    zero: int,
) -> None:
    made = add.Sum((m0, m1), offset, shift, zero, 10, 240)
    call = add.summed("uint8", shapes, made)
    assert (call is not None) == made.fits()
    if call is not None:
        rng = np.random.default_rng(shift)
        a, b = (rng.choice([0, 1, 127, 128, 255, *rng.integers(0, 256, 5)], s).astype(np.uint8) for s in shapes)
        wanted = np.clip(((a.astype(np.int64) * m0 + b.astype(np.int64) * m1 + offset) >> shift) + zero, 10, 240)
        check(call, [a, b], wanted.astype(np.uint8), cuts)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    two_shapes(),
    CUTS,
    st.sampled_from(["uint8", "int16"]),
    st.sampled_from(["double-away", "double-up", "single", "float32-even", "float64-away"]),
    st.floats(-20, 3),
)
def test_products(shapes: Shapes, cuts: list[int], dtype: str, rule: str, exponent: float) -> None:
    limits = DType(dtype).limits
    zeros = (0, 0) if dtype == "int16" else (3, 250)
    finish = Requantization(rule, np.array([2.0**exponent]), 0 if dtype == "int16" else 77, *limits, dtype)
    rng = np.random.default_rng(0)
    a, b = (rng.integers(limits[0], limits[1] + 1, s).astype(dtype) for s in shapes)
    for array in (a, b):
        array.reshape(-1)[:2] = limits[: array.size]
    wanted = finish((a.astype(np.int64) - zeros[0]) * (b.astype(np.int64) - zeros[1]))
    check(mul.multiplied(shapes, zeros, finish), [a, b], wanted, cuts)


def test_more_dimensions_than_kernels_have() -> None:
    shapes = (3, 1, 3, 1, 3, 1, 3), (1, 3, 1, 3, 1, 3, 1)
    assert pairs.by_table(shapes, [np.zeros((256, 256), np.uint8)]) is None
    # What repeats in the same operands is one dimension.
    assert pairs.by_table(((2,) * 9, (2,) * 4), [np.zeros((256, 256), np.uint8)]) is not None


@pytest.mark.parametrize("op", [Add(), Sub()])
@pytest.mark.parametrize("profile", NAMES)
def test_sums_of_trained_scales_need_no_table(op: Op, profile: str) -> None:
    # Scales of two layers of a MobileNetV2.
    operands = [Codes((3, 50), "int8", 0.1394137293, 2), Codes((3, 50), "int8", 0.2153515368, -6)]
    case = Integer(op, operands, Codes((), "int8", 0.2399402261, 3), version=2)
    assert "add" in kernels(case, profile)
    assert_same(case.model(), profile, case.samples(2))


def test_a_sum_gives_the_results_of_all_pairs() -> None:
    # Ties of reals that are multiples of 1/2: kernels round those below zero down, one shift rounds all up.
    operands = [Codes((64,), "int8", 0.02, 0), Codes((64,), "int8", 0.03, 0)]
    case = Integer(Add(), operands, Codes((), "int8", 0.04, 0), version=2)
    assert "pairs" in kernels(case, "litert-reference")
    assert "add" in kernels(case, "litert-xnnpack")
    for profile in NAMES:
        assert_same(case.model(), profile, case.samples(3))


@pytest.mark.parametrize("op", [Add(pot_scale_int16=False), Sub(pot_scale_int16=False), Add(), Sub()])
@pytest.mark.parametrize("scales", [(0.1, 0.1, 0.1), (1e-4, 0.3, 0.31), (0.7, 2e-9, 1e-4), (2**-8, 2**-20, 2**-8)])
def test_sums_of_all_codes_of_16_bits(op: Op, scales: tuple[float, ...]) -> None:
    codes = np.arange(-(2**15), 2**15).astype(np.int16)
    first, second, result = (Codes(codes.shape, "int16", s) for s in scales)
    case = Integer(op, [first, second], result, version=3)
    samples = [{"x0": codes, "x1": other} for other in (codes, codes[::-1].copy(), np.roll(codes, 30001))]
    for profile in NAMES:
        assert assert_same(case.model(), profile, samples) == 1


@pytest.mark.parametrize(
    "shapes", [((5, 23), (5, 23)), ((5, 40), (1, 40)), ((5, 40), (1, 1)), ((3, 1, 21), (3, 5, 21))]
)
def test_sums_of_16_bits_in_blocks_and_one_by_one(shapes: Shapes) -> None:
    operands = [Codes(shape, "int16", scale) for shape, scale in zip(shapes, (0.013, 0.09), strict=True)]
    for op in (Add(), Sub()):
        case = Integer(op, operands, Codes((), "int16", 0.11), version=3)
        assert kernels(case, "litert-optimized") == ["add16"]
        for profile in NAMES:
            assert_same(case.model(), profile, case.samples(3))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
@pytest.mark.parametrize("shapes", [((3, 67), (3, 67)), ((3, 67), (67,)), ((3, 67), (3, 1)), ((0, 5), (5,)), ((), ())])
def test_the_larger_of_two(dtype: str, shapes: Shapes) -> None:
    for op in (Maximum(), Minimum()):
        case = Integer(op, [Codes(s, dtype, 0.1) for s in shapes], Codes((), dtype, 0.1), version=4)
        assert kernels(case, "litert-reference") == ["larger"]
        assert_same(case.model(), "litert-reference", case.samples(2))


@pytest.mark.parametrize("op", [Add(), Sub(), Mul()])
def test_one_constant_number_is_a_table_of_codes(op: Op) -> None:
    x, c = Codes((5, 33), "int8", 0.05, 9), Constant(np.array([[7]], np.int8), 0.03, 1)
    for operands in ([x, c], [c, x]):
        case = Integer(op, operands, Codes((), "int8", 0.07, 3), version=2)
        for profile in NAMES:
            # Vectors of the optimized kernels compute some elements in another way.
            assert "lut" in kernels(case, profile) or profile == "litert-optimized"
            assert_same(case.model(), profile, case.samples(1))


SPECIAL = np.array(
    [
        0.0,
        -0.0,
        np.nan,
        np.inf,
        -np.inf,
        1e-45,
        3.4e38,
        -3.4e38,
        2**31,
        -(2**31),
        2**31 - 128,
        -(2**31) - 256,
        0.5,
        -0.5,
    ]
    + [k / 2 for k in range(-600, 600)],
    np.float32,
)


@pytest.mark.parametrize("profile", NAMES)
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
@pytest.mark.parametrize("scale", [1.0, 0.3, 1e-38, 1e30])
def test_real_numbers_of_all_kinds(profile: str, dtype: str, scale: float) -> None:
    for zero in (0,) if dtype == "int16" else (0, 5, 100):
        x = Codes(SPECIAL.shape, "float32", None)
        case = Integer(Quantize(), [x], Codes((), dtype, scale, zero), version=2)
        for factor in (1.0, scale):
            with np.errstate(over="ignore"):
                sample = {"x0": SPECIAL * np.float32(factor)}
            assert_same(case.model(), profile, [sample])


@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (3, 0, 2), (2, 67), (4, 3, 33), (1, 300)])
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_one_scale_a_channel(shape: tuple[int, ...], dtype: str) -> None:
    for axis in range(len(shape)):
        channels = shape[axis]
        if channels < 2:
            continue
        rng = np.random.default_rng(channels)
        zeros = np.zeros(channels, int) if dtype == "int16" else rng.integers(0, 100, channels)
        quant = QuantParams(scale=rng.uniform(0.01, 0.1, channels), zero_point=zeros, quantized_dimension=axis)
        back = Integer(Dequantize(), [Codes(shape, dtype)], Codes((), "float32", None), version=3).model()
        back.main.inputs[0].type = TensorType(DType(dtype), shape, quant=quant)
        there = Integer(Quantize(), [Codes(shape, "float32", None)], Codes((), dtype), version=2).model()
        there.main.outputs[0].type = TensorType(DType(dtype), shape, quant=quant)
        codes = rng.integers(*DType(dtype).limits, shape, endpoint=True).astype(dtype)
        for profile in NAMES:
            assert_same(back, profile, [{"x0": codes}])
            assert_same(there, profile, [{"x0": rng.uniform(-5, 5, shape).astype(np.float32)}])


@pytest.mark.parametrize("size", SIZES[1:])
@pytest.mark.parametrize("profile", NAMES)
def test_every_size(size: int, profile: str) -> None:
    for op, x, y in (
        (Quantize(), Codes((size,), "float32", None, low=-9, high=9), Codes((), "int8", 0.05, 3)),
        (Quantize(), Codes((size,), "int8", 0.05, 3), Codes((), "uint8", 0.07, 3)),
        (Quantize(), Codes((size,), "int16", 0.05, 0), Codes((), "int8", 0.7, 3)),
        (Dequantize(), Codes((size,), "uint8", 0.05, 3), Codes((), "float32", None)),
        (Dequantize(), Codes((size,), "int16", 0.05, 0), Codes((), "float32", None)),
        (Relu(), Codes((size,), "int8", 0.05, 3), Codes((), "int8", 0.07, 3)),
        (Relu(), Codes((size,), "int16", 0.05, 0), Codes((), "int16", 0.11, 0)),
    ):
        case = Integer(op, [x], y, version=3)
        assert_same(case.model(), profile, case.samples(1))


def test_what_kernels_refuse_is_left_to_numpy() -> None:
    lowest, inside = (
        Integer(Sqrt(), [Codes((9,), "int8", 0.1, z, low=z)], Codes((), "int8", 0.1), 2) for z in (-128, 0)
    )
    assert "lut" in kernels(lowest, "litert-reference")
    assert not kernels(inside, "litert-reference")
    assert_same(lowest.model(), "litert-reference", lowest.samples(2))
