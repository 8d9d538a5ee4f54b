from case import Case, Input, ints
from intact.ir.types import DType
from intact.ops.reduce_prod import ReduceProd

CASES = [
    Case(ReduceProd(), [(2, 5, 6, 2), ints(3)]),
    Case(ReduceProd(keep_dims=True), [Input((3, 4, 5), low=0.5, high=1.5), ints(-1)]),
    Case(ReduceProd(), [Input((4, 3), low=0.5, high=1.5), ints(0, 1)]),
    Case(ReduceProd(), [Input((4, 3), DType.INT32, 1, 4), ints(1)]),
    Case(ReduceProd(), [(4, 1), ints(1)]),
]


def test_products_without_an_integer_kernel() -> None:
    assert Case(ReduceProd(), [(4, 3), ints(1)]).unfit() is None
    assert Case(ReduceProd(), [(4, 1), ints(1)]).unfit() == "product of single elements"
    assert Case(ReduceProd(), [Input((4, 3), DType.INT32), ints(1)]).unfit() == "int32 operands"
    values = Case(ReduceProd(), [(4, 3), ints(1)]).model().main.nodes[0].inputs
    axis = Case(ReduceProd(), [Input((1,), DType.INT32), ints(0)]).model().main.inputs[0]
    assert ReduceProd().unfit(values[0], axis) == "axis computed at run time"
