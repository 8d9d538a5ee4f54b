import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import codes, scales
from intact.engines.exact import Exact
from intact.engines.litert import Session
from intact.errors import UncoveredError
from intact.ir.text import parse
from intact.ir.types import DType
from intact.ops.relu import Relu, Relu0To1, Relu6, ReluN1To1
from integer import Codes, Integer
from pairs import SHAPES, result

CASES = [
    case
    for op in (Relu(), Relu6(), ReluN1To1(), Relu0To1())
    for case in (
        Case(op, [Input((2, 5, 6, 3), low=-8, high=9)]),
        Case(op, [Input((2, 1, 3, 2, 4), low=-0.5, high=0.5)]),
        Case(op, [()]),
    )
]


@st.composite
def integers(draw: st.DrawFn, op: type, dtype: str) -> Integer:
    x = draw(codes(draw(SHAPES), dtype))
    y = draw(result(dtype, x.scale * draw(st.one_of(st.just(1.0), scales(0.2, 2.0), scales(1e-5, 1e5)))))
    return Integer(op(), [x], y, version=op.versions.get(DType(dtype), 1))


INTEGERS = [
    (f"{op.opcode}-{dtype}", integers(op, dtype))
    for op, types in (
        (Relu, ("int8", "uint8", "int16")),
        (Relu6, ("int8", "uint8", "int16")),
        (ReluN1To1, ("int8", "uint8")),
        (Relu0To1, ("int8", "uint8")),
    )
    for dtype in types
]


def test_int16_kernels() -> None:
    assert [op.opcode for op in (Relu, Relu6, ReluN1To1, Relu0To1) if op.quant and DType.INT16 in op.quant.dtypes] == [
        "RELU",
        "RELU6",
    ]


@pytest.mark.parametrize("op", [Relu6, ReluN1To1, Relu0To1])
@pytest.mark.parametrize("resolver", ["default", "optimized", "reference"])
def test_kernels_are_right_at_the_smallest_scale_of_results(op, resolver) -> None:
    assert Relu.quant is not None
    assert Relu.quant.output_floor == 0
    contract = f"<scale={op.quant.output_floor!r}, zero_point=0>"
    model = parse(f"graph main(%x: int8[3] {contract}) -> (%y) {{ %y: int8[3] {contract} = {op.opcode}(%x) }}")
    found = Session(model, resolver=resolver).run({"x": np.array([0, 50, 127], np.int8)})
    assert found["y"].tolist() == [0, 50, 127]


def test_tflite_micro_does_not_rescale() -> None:
    case = Integer(Relu6(), [Codes((4,), "int8", 0.1, 5)], Codes((), "int8", 0.2, -3), version=2)
    codes = np.array([-20, 5, 60, 90], np.int8)
    assert Exact(case.model(), "tflm-reference").run({"x0": codes})["y0"].tolist() == [5, 5, 60, 65]
    assert Exact(case.model()).run({"x0": codes})["y0"].tolist() == [-3, -3, 25, 27]


def test_a_limit_beyond_int32_is_refused() -> None:
    case = Integer(Relu6(), [Codes((4,), "int8", 1e-9)], Codes((), "int8", 1e-9), version=2)
    with pytest.raises(UncoveredError, match=r"the limit 6e\+09 does not fit int32"):
        Exact(case.model())
