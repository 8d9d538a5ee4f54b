import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, ints
from drawn import REDUCED, codes
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.arg_max_min import ArgMax, ArgMin
from integer import Codes, Constant, Integer

CASES = [
    case
    for op in (ArgMax, ArgMin)
    for case in (
        # Elements that differ by less than a step are equal as int8, and the first one wins.
        Case(op(output_type=DType.INT32), [(4, 10), ints(1)], min_sqnr=10),
        Case(op(output_type=DType.INT64), [(2, 5, 6, 3), ints(-1)], min_sqnr=10),
        Case(op(output_type=DType.INT32), [(2, 5, 3), ints(0, dtype="int64")], min_sqnr=10),
        Case(op(output_type=DType.INT32), [(9,), ints(0)], min_sqnr=10),
        Case(op(output_type=DType.INT32), [Input((4, 7), DType.INT32, -9, 9), ints(1)]),
    )
]


@st.composite
def integers(draw: st.DrawFn, op: type[ArgMax] | type[ArgMin], dtype: str) -> Integer:
    shape, axis = draw(REDUCED.filter(lambda drawn: len(drawn[1]) == 1))
    index = DType(draw(st.sampled_from(["int32", "int64"])))
    x = draw(codes(shape, dtype))
    return Integer(
        op(output_type=index), [x, Constant(np.array(axis, np.int32))], Codes((), index.value, None), version=2
    )


INTEGERS = [(f"{op.opcode}-{dtype}", integers(op, dtype)) for op in (ArgMax, ArgMin) for dtype in ("int8", "uint8")]


def test_index_type() -> None:
    with pytest.raises(ModelError, match="output_type is float32; expected int32 or int64") as caught:
        Case(ArgMax(), [(4, 7), ints(1)]).model()
    assert caught.value.code == "E207"


def test_one_axis() -> None:
    with pytest.raises(ModelError, match="axis has 2 elements; expected one") as caught:
        Case(ArgMax(output_type=DType.INT32), [(4, 7), ints(0, 1)]).model()
    assert caught.value.code == "E201"


def test_axis_out_of_range() -> None:
    with pytest.raises(ModelError, match="axis is 0; expected 0 <= axis < 0"):
        Case(ArgMax(output_type=DType.INT32), [(), ints(0)]).model()


def test_shape_is_unknown_where_the_axis_is_computed() -> None:
    values = Case(ArgMin(output_type=DType.INT64), [(4, 7), ints(1)]).model().main.nodes[0].inputs
    axis = Case(ArgMin(output_type=DType.INT64), [Input((1,), DType.INT32), ints(0)]).model().main.inputs[0]
    (result,) = ArgMin(output_type=DType.INT64).infer(values[0], axis)
    assert (result.dtype, result.shape) == (DType.INT64, None)


def test_integers_are_left_alone() -> None:
    assert Case(ArgMax(output_type=DType.INT32), [Input((4, 7), DType.INT32), ints(1)]).unfit() == "int32 operands"
