import numpy as np

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.attributes import MirrorPadMode
from intact.ops.pad import MirrorPad, Pad, PadV2

IMAGE = ints(0, 0, 1, 2, 0, 1, 0, 0).reshape(4, 2)
SHEET = ints(1, 0, 2, 3).reshape(2, 2)

CASES = [
    Case(Pad(), [(1, 4, 4, 3), IMAGE]),
    Case(Pad(), [(2, 3), SHEET]),
    Case(Pad(), [(2, 3), SHEET.astype("int64")]),
    Case(Pad(), [(1, 2, 2, 3, 2), ints(0, 0, 0, 0, 1, 1, 0, 2, 0, 0).reshape(5, 2)], version=4),
    # All of the input lies far from zero, which the range must hold all the same.
    Case(Pad(), [Input((1, 4, 4, 3), low=3, high=4), IMAGE]),
    Case(PadV2(), [(1, 4, 4, 3), IMAGE, np.array(-1.5, np.float32)]),
    Case(PadV2(), [(2, 3), SHEET, np.array([7.0], np.float32)]),
    Case(PadV2(), [(2, 3), SHEET, ()]),
    Case(MirrorPad(mode=MirrorPadMode.REFLECT), [(1, 4, 4, 3), IMAGE]),
    Case(MirrorPad(mode=MirrorPadMode.SYMMETRIC), [(2, 3), SHEET]),
    Case(MirrorPad(mode=MirrorPadMode.SYMMETRIC), [(2, 3), SHEET.astype("int64")]),
]


def test_computed_paddings() -> None:
    values = Case(Pad(), [(2, 3), Input((2, 2), DType.INT32)]).model().main.inputs
    assert infer(Pad(), values)[0].shape is None


def test_refuses_impossible_paddings() -> None:
    assert (
        refusal(Pad(), (2, 3), ints(0, 0, 0, -1).reshape(2, 2))
        == "paddings are [0, 0, 0, -1]; expected none below 0. [E201]"
    )
    assert refusal(Pad(), (2, 3), ints(1, 1)) == "paddings has shape [2]; expected shape [2, 2]. [E201]"


def test_mirrors_no_more_than_there_is() -> None:
    reflect = MirrorPad(mode=MirrorPadMode.REFLECT)
    assert (
        refusal(reflect, (2, 3), ints(0, 2, 0, 0).reshape(2, 2))
        == "paddings 0 and 2 of a dimension of 2; expected <= 1. [E201]"
    )
    symmetric = MirrorPad(mode=MirrorPadMode.SYMMETRIC)
    assert Case(symmetric, [(2, 3), ints(0, 2, 0, 0).reshape(2, 2)]).model().main.outputs[0].shape == (4, 3)


def test_masks_stay_in_float_and_infinities_saturate() -> None:
    for number, reason in (
        (-np.inf, None),
        (np.finfo(np.float32).min, None),
        (-1e9, "the constant -1e+09 stands for infinity"),
    ):
        assert Case(PadV2(), [(2, 3), SHEET, np.array(number, np.float32)]).unfit() == reason
