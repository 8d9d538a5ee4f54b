from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.topk_v2 import TopKV2

CASES = [
    Case(TopKV2(), [(2, 5), ints(2).reshape(())]),
    Case(TopKV2(), [(7,), ints(3)]),
    Case(TopKV2(), [Input((6,), DType.INT32), ints(2)]),
]


def test_none_of_them() -> None:
    assert [v.shape for v in Case(TopKV2(), [(2, 5), ints(0)]).model().main.outputs] == [(2, 0), (2, 0)]


def test_computed_count() -> None:
    values = Case(TopKV2(), [(2, 5), Input((), DType.INT32)]).model().main.inputs
    assert [(t.dtype, t.shape) for t in infer(TopKV2(), values)] == [(DType.FLOAT32, None), (DType.INT32, None)]


def test_refuses_more_than_there_are() -> None:
    assert refusal(TopKV2(), (2, 5), ints(6)) == "k is [6] for shape [2, 5]; expected one number <= shape[-1]. [E201]"
    assert refusal(TopKV2(), (), ints(1)) == "k is [1] for shape []; expected one number <= shape[-1]. [E201]"
