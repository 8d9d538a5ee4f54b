import pytest
from hypothesis import strategies as st

from case import Case, Input
from drawn import codes
from intact.engines.exact import Exact
from intact.errors import EngineError
from intact.ir.types import DType
from intact.ops.sqrt import Rsqrt, Sqrt
from integer import Codes, Integer

CASES = [
    Case(Sqrt(), [Input((2, 5, 6, 3), low=0, high=4)]),
    Case(Sqrt(), [Input((4, 7), low=100, high=900)]),
    Case(Rsqrt(), [Input((2, 5, 6, 3), low=0.5, high=4)]),
    Case(Rsqrt(), [Input((4, 7), low=100, high=900)]),
]


def test_int16_kernels_fail_below_zero() -> None:
    assert Sqrt.quant is not None
    assert Rsqrt.quant is not None
    assert Sqrt.quant.dtypes == Rsqrt.quant.dtypes == {DType.INT8}


@st.composite
def integers(draw: st.DrawFn, op: type[Sqrt | Rsqrt], dtype: str) -> Integer:
    x = draw(codes((7, 11, 13), dtype, 1e-4, 10.0))
    # LiteRT ends the run with an error below the zero point.
    x = Codes(x.shape, dtype, x.scale, x.zero_point, low=x.zero_point)
    return Integer(op(), [x], draw(codes((), dtype, 1e-3, 10.0)), version=3 if op is Rsqrt else 2)


INTEGERS = [(f"{op.opcode}-{dtype}", integers(op, dtype)) for op in (Sqrt, Rsqrt) for dtype in ("int8", "int16")]


@pytest.mark.parametrize("op", [Sqrt, Rsqrt])
def test_below_zero(op: type[Sqrt | Rsqrt]) -> None:
    case = Integer(op(), [Codes((4,), "int8", 0.1, 3, low=2, high=2)], Codes((), "int8", 0.1, 0), version=2)
    with pytest.raises(EngineError, match="of 2, which is below the zero point 3"):
        Exact(case.model()).run(case.samples(1)[0])
