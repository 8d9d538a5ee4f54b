from hypothesis import strategies as st

from case import Case, Input
from drawn import codes
from intact.ir.quant_rule import Fixed
from intact.ir.types import DType
from intact.ops.log_softmax import LogSoftmax
from integer import Codes, Integer

CASES = [
    Case(LogSoftmax(), [(4, 10)]),
    Case(LogSoftmax(), [Input((2, 3, 5), low=-6, high=7)]),
    Case(LogSoftmax(), [(8,)]),
]


def test_output_scale_is_fixed() -> None:
    assert LogSoftmax.quant is not None
    output = LogSoftmax.quant.output(0)
    assert isinstance(output, Fixed)
    assert output.params[DType.INT8] == (1 / 16, 127)


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    shape = draw(st.sampled_from([(1, 1), (7,), (40, 10), (3, 5, 33), (2, 300), (1, 2000)]))
    x = draw(codes(shape, dtype, 1e-5, 3.0))
    return Integer(LogSoftmax(), [x], Codes((), dtype, 16 / 256, 127 if dtype == "int8" else 255), version=2)


INTEGERS = [("LOG_SOFTMAX-int8", integers("int8")), ("LOG_SOFTMAX-uint8", integers("uint8"))]
