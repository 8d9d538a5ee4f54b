from case import Case, Input
from intact.ir.types import DType
from intact.ops.relu import Relu, Relu0To1, Relu6, ReluN1To1

CASES = [
    case
    for op in (Relu(), Relu6(), ReluN1To1(), Relu0To1())
    for case in (
        Case(op, [Input((2, 5, 6, 3), low=-8, high=9)]),
        Case(op, [Input((2, 1, 3, 2, 4), low=-0.5, high=0.5)]),
        Case(op, [()]),
    )
]


def test_int16_kernels() -> None:
    assert [op.opcode for op in (Relu, Relu6, ReluN1To1, Relu0To1) if op.quant and DType.INT16 in op.quant.dtypes] == [
        "RELU",
        "RELU6",
    ]
