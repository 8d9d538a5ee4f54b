import pytest
from hypothesis import strategies as st

from case import Case, Input, weights
from intact.ir.op import Op
from intact.ir.types import DType
from intact.ops.comparisons import Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual
from integer import Codes, Integer
from pairs import pair

OPS = (Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual)
CASES = [
    case
    for op in OPS
    for case in (
        Case(op(), [(2, 5, 6, 3), (2, 5, 6, 3)]),
        Case(op(), [(4, 1, 3), weights(5, 1)]),
        Case(op(), [Input((4, 7), DType.INT32, -2, 2), Input((7,), DType.INT32, -2, 2)]),
    )
] + [
    Case(Equal(), [Input((4, 7), DType.BOOL), Input((4, 7), DType.BOOL)]),
    Case(NotEqual(), [Input((4, 7), DType.BOOL), Input((4, 7), DType.BOOL)]),
]


@st.composite
def integers(draw: st.DrawFn, op: type[Op], dtype: str) -> Integer:
    # A scale of 1 ends the process; those above are shifted the wrong way.
    low = draw(st.sampled_from([1e-4, 0.01, 0.5]))
    first, second = draw(
        pair(dtype, ratio=20.0, low=low, high=100 * low).filter(lambda p: 1.0 not in [v.scale for v in p])
    )
    return Integer(op(), [first, second], Codes((), "bool", None), version=op.versions.get(DType(dtype), 1))


INTEGERS = [
    (f"{op.opcode}-{dtype}", integers(op, dtype))
    for op in OPS
    for dtype in ("int8", "uint8", "int16")
    if dtype != "int16" or DType.INT16 in op.versions
]


def test_result_is_bool() -> None:
    assert Case(Less(), [(2, 3), (3,)]).model().main.outputs[0].dtype == DType.BOOL


@pytest.mark.parametrize("op", OPS)
def test_integer_kernels_are_not_to_be_used(op: type[Op]) -> None:
    assert op.quant is None
