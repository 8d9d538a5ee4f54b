import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import scales, zero_points
from intact.diagnose.certify import certify
from intact.engines.exact import Exact
from intact.ir.types import DType, QuantParams, Shape, TensorType
from intact.ops.quantize import Quantize
from integer import PROFILES, Codes, Integer, assert_exact


def stored(shape: Shape, dtype: DType) -> tuple[TensorType]:
    return (TensorType(dtype, shape, quant=QuantParams(scale=[0.02], zero_point=[0])),)


CASES = [
    Case(Quantize(), [(2, 3)], results=stored((2, 3), DType.INT8)),
    Case(Quantize(), [(2, 3)], results=stored((2, 3), DType.UINT8)),
    Case(Quantize(), [(2, 3)], results=stored((2, 3), DType.INT16), version=2),
]

# Fewer elements than a block of 8 or 16, a block and a rest, many blocks.
SHAPES = st.sampled_from([(), (1,), (7,), (2, 4), (3, 5), (1, 17), (4, 3, 3), (2, 8, 8), (1, 5, 7, 9)])
INTEGER_TYPES = {
    "int8": ["int8", "uint8", "int16"],
    "uint8": ["int8", "uint8", "int16"],
    "int16": ["int8", "int16", "int32"],
    "int32": ["int8", "int16"],
}


@st.composite
def from_float(draw: st.DrawFn, dtype: str) -> Integer:
    # Numbers that lie beyond the range of the result, and halves, which every rule rounds in its own way.
    scale, reach = draw(scales()), draw(st.sampled_from([10, 200, 1e6, 1e11]))
    x = Codes(draw(SHAPES), "float32", None, low=-reach * scale, high=reach * scale)
    return Integer(Quantize(), [x], Codes((), dtype, scale, draw(zero_points(dtype))), version=2)


@st.composite
def from_integers(draw: st.DrawFn, dtype: str) -> Integer:
    wanted = draw(st.sampled_from(INTEGER_TYPES[dtype]))
    # int16 to int16 must have no zero points; elsewhere a kernel takes any, in int16 too.
    zero = [draw(zero_points(d)) if d in {"int8", "uint8"} else 0 for d in (dtype, wanted)]
    ratio = draw(st.one_of(st.just(1.0), st.sampled_from([2.0, 0.5, 0.375, 100.0]), scales(1e-4, 1e4)))
    scale = draw(scales())
    x = Codes(draw(SHAPES), dtype, scale, zero[0])
    return Integer(Quantize(), [x], Codes((), wanted, float(np.float32(scale / ratio)), zero[1]), version=2)


INTEGERS = [
    *((f"QUANTIZE-float32-{dtype}", from_float(dtype)) for dtype in ("int8", "uint8", "int16")),
    *((f"QUANTIZE-{dtype}", from_integers(dtype)) for dtype in INTEGER_TYPES),
]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
@pytest.mark.parametrize("zero_point", [-1, 0, 5])
def test_numbers_beyond_int32(dtype: str, zero_point: int) -> None:
    # Kernels without saturation make the smallest integer of them, and with a negative zero point the largest.
    if (dtype, zero_point) not in {("uint8", -1), ("int16", -1), ("int16", 5)}:
        case = Integer(
            Quantize(), [Codes((5, 9), "float32", None, low=-1e12, high=1e12)], Codes((), dtype, 0.5, zero_point)
        )
        assert_exact(case)


def test_one_scale_a_channel() -> None:
    x = Codes((4, 3, 5), "float32", None)
    for dtype in ("int8", "uint8", "int16"):
        model = Integer(Quantize(), [x], Codes((), dtype, 0.02, 3), version=2).model()
        quant = QuantParams(scale=[0.02, 0.005, 0.3], zero_point=[3, 0, 7], quantized_dimension=1)
        model.main.outputs[0].type = TensorType(DType(dtype), x.shape, quant=quant)
        for profile in PROFILES:
            (tally,) = certify(model, profile, count=2).tallies
            assert (tally.values, tally.differing) == (120, 0)


def test_stages_of_a_kernel_of_two_rules_come_as_one() -> None:
    case = Integer(Quantize(), [Codes((3, 7), "int8", 0.3, 1)], Codes((), "int8", 0.1, 2))
    model = case.model()
    engine, stages = Exact(model, "litert-optimized"), {}
    found = engine.run(case.samples(1)[0], trace={model.main.nodes[0]: stages.__setitem__})["y0"]
    assert {a.shape for a in stages.values()} == {(3, 7)}
    assert np.array_equal(stages["clamped"], found)


def test_pairs_without_a_kernel() -> None:
    x = Codes((4,), "int16", 0.1)
    (gap,) = Exact(Integer(Quantize(), [x], Codes((), "uint8", 0.1)).model(), strict=False).gaps
    assert gap.why == "QUANTIZE of int16 to uint8"


@pytest.mark.parametrize("dtype", [DType.INT8, DType.UINT8, DType.INT16])
def test_the_file_says_the_type(dtype: DType) -> None:
    case = Case(Quantize(), [Input((2, 3))], results=stored((2, 3), dtype))
    assert Quantize.infers == "shapes"
    assert Quantize().infer(case.model().main.inputs[0]) == (TensorType(DType.INT8, (2, 3)),)


def test_seven_dimensions_are_too_many_for_xnnpack() -> None:
    x = Codes((2, 1, 2, 1, 3, 1, 5), "int8", 0.3, 1)
    assert_exact(Integer(Quantize(), [x], Codes((), "int8", 0.1, 2)))
