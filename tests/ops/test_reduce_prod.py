import numpy as np
from hypothesis import strategies as st

from case import Case, Input, ints
from drawn import REDUCED, codes, zero_points
from intact.ir.types import DType
from intact.ops.reduce_prod import ReduceProd
from integer import Codes, Constant, Integer

CASES = [
    Case(ReduceProd(), [(2, 5, 6, 2), ints(3)]),
    Case(ReduceProd(keep_dims=True), [Input((3, 4, 5), low=0.5, high=1.5), ints(-1)]),
    Case(ReduceProd(), [Input((4, 3), low=0.5, high=1.5), ints(0, 1)]),
    Case(ReduceProd(), [Input((4, 3), DType.INT32, 1, 4), ints(1)]),
    Case(ReduceProd(), [(4, 1), ints(1)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    shape, axis = draw(REDUCED)
    x = draw(codes(shape, dtype))
    op = ReduceProd(keep_dims=draw(st.booleans()))
    scale = float(np.float32(x.scale * draw(st.floats(0.5, 50.0))))
    return Integer(
        op, [x, Constant(np.array(axis, np.int32))], Codes((), dtype, scale, draw(zero_points(dtype))), version=2
    )


INTEGERS = [(f"REDUCE_PROD-{dtype}", integers(dtype)) for dtype in ("int8", "int16")]


def test_products_without_an_integer_kernel() -> None:
    assert Case(ReduceProd(), [(4, 3), ints(1)]).unfit() is None
    assert Case(ReduceProd(), [(4, 1), ints(1)]).unfit() == "product of single elements"
    assert Case(ReduceProd(), [Input((4, 3), DType.INT32), ints(1)]).unfit() == "int32 operands"
    values = Case(ReduceProd(), [(4, 3), ints(1)]).model().main.nodes[0].inputs
    axis = Case(ReduceProd(), [Input((1,), DType.INT32), ints(0)]).model().main.inputs[0]
    assert ReduceProd().unfit(values[0], axis) == "axis computed at run time"
