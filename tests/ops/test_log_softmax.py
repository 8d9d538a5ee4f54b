from case import Case, Input
from intact.ir.quant_rule import Fixed
from intact.ir.types import DType
from intact.ops.log_softmax import LogSoftmax

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
