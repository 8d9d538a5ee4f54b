import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import SEEDS, scales, zero_points
from intact.diagnose.certify import certify
from intact.ir.graph import Node, Value
from intact.ir.types import DType, TensorType
from intact.ops.dequantize import Dequantize
from intact.ops.quantize import Quantize
from integer import PROFILES, Codes, Constant, Integer, assert_exact

CASES = [
    Case(Dequantize(), [Input((2, 3), DType.FLOAT16)], version=3),
    Case(Dequantize(), [Input((2, 3), DType.INT8, -128, 128)], version=2),
    Case(Dequantize(), [Input((2, 3), DType.INT16, -128, 128)], version=3),
]

WITHOUT_DELEGATE = ("litert-reference", "litert-optimized")
REAL = Codes((), "float32", None)
SHAPES = st.sampled_from([(), (1,), (7,), (2, 4), (3, 5), (1, 17), (4, 3, 3), (2, 8, 8), (1, 5, 7, 9)])


@st.composite
def computed(draw: st.DrawFn, dtype: str) -> Integer:
    x = Codes(draw(SHAPES), dtype, draw(scales(1e-6, 10)), draw(zero_points(dtype)))
    return Integer(Dequantize(), [x], REAL, version=3)


def stored(dtype: str, shape: tuple[int, ...], axis: int | None, scale: float, zero_point: int, seed: int) -> Constant:
    rng = np.random.default_rng(seed)
    low, high = DType(dtype).limits
    array = rng.integers(low, high + 1, shape).astype(dtype)
    scales = scale if axis is None else scale * rng.uniform(0.1, 3.0, shape[axis])
    return Constant(array, scales, zero_point, axis or 0)


@st.composite
def constant(draw: st.DrawFn, dtype: str) -> Integer:
    shape = draw(SHAPES.filter(len))
    axis = draw(st.one_of(st.none(), st.integers(0, len(shape) - 1))) if dtype != "int16" else None
    x = stored(dtype, shape, axis, draw(scales(1e-6, 10)), draw(zero_points(dtype)), draw(SEEDS))
    return Integer(Dequantize(), [x], REAL, version=3)


INTEGERS = [
    *((f"DEQUANTIZE-{dtype}", computed(dtype)) for dtype in ("int8", "uint8", "int16")),
    *((f"DEQUANTIZE-{dtype}-constant", constant(dtype)) for dtype in ("uint8", "int16")),
]


def test_float16() -> None:
    assert_exact(Integer(Dequantize(), [Codes((3, 7), "float16", None)], REAL, version=3))
    half = np.array([0.0, -0.0, 6e-8, -6e-8, 65504, np.inf, 1 / 3], np.float16)
    # XNNPACK's delegate fails on a graph that is nothing but constants of float16 or int8.
    assert_exact(Integer(Dequantize(), [Constant(half)], REAL, version=3), *WITHOUT_DELEGATE)


@pytest.mark.parametrize("axis", [None, 0, 1, 2])
def test_constants_of_int8(axis: int | None) -> None:
    case = Integer(Dequantize(), [stored("int8", (5, 3, 7), axis, 0.013, -7, seed=1)], REAL, version=3)
    assert_exact(case, *WITHOUT_DELEGATE)


@pytest.mark.parametrize("axis", [None, 0, 2])
@pytest.mark.parametrize("dtype", ["int4", "uint4", "int2"])
def test_constants_of_less_than_a_byte(dtype: str, axis: int | None) -> None:
    low, high = DType(dtype).limits
    array = np.random.default_rng(0).integers(low, high + 1, (5, 3, 7)).astype("uint8" if low == 0 else "int8")
    scale = 0.013 if axis is None else np.linspace(0.01, 0.3, array.shape[axis])
    case = Integer(Dequantize(), [Constant(array, scale, 1, axis or 0, dtype)], REAL, version=8)
    assert_exact(case)


@pytest.mark.parametrize("dtype", ["int4", "uint4"])
@pytest.mark.parametrize("zero_point", [0, 3])
def test_four_bits_computed(dtype: str, zero_point: int) -> None:
    # LiteRT does not show tensors of 4 bits; QUANTIZE is seen through the DEQUANTIZE behind it.
    model = Integer(Quantize(), [Codes((5, 7), "float32", None)], Codes((), dtype, 0.2, zero_point), version=2).model()
    (stored,) = model.main.outputs
    real = model.main.add_value(Value("real", TensorType(DType.FLOAT32, (5, 7))))
    model.main.add_node(Node(Dequantize(), [stored], [real], version=8))
    model.main.outputs = [real]
    for profile in PROFILES:
        found = certify(model, profile, count=2)
        assert not found.gaps
        (tally,) = found.tallies
        assert (tally.operator, tally.values, found.differing) == ("DEQUANTIZE", 70, 0)
        assert [n.what for n in found.not_compared] == ["QUANTIZE"]
