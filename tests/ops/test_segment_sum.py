from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.segment_sum import SegmentSum

BOTH = ("default", "optimized")  # the reference kernels have no SEGMENT_SUM

CASES = [
    Case(SegmentSum(), [(4, 2), ints(0, 0, 1, 2)], resolvers=BOTH),
    Case(SegmentSum(), [(1,), Input((1,), DType.INT32, low=0, high=1)], resolvers=BOTH),
]


def test_computed_segments() -> None:
    assert infer(SegmentSum(), CASES[1].model().main.inputs)[0].shape is None


def test_refuses_segments_out_of_order() -> None:
    text = "segment_ids are {}; expected 0 first, each the one before or one more. [E201]"
    for ids in ([1, 1], [0, 2]):
        assert refusal(SegmentSum(), (2, 3), ints(*ids)) == text.format(ids)
    assert refusal(SegmentSum(), (2, 3), ints(0)) == "segment_ids has shape [1]; expected shape [2]. [E201]"
