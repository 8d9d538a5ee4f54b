from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from drawn import SEEDS
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.attributes import MirrorPadMode
from intact.ops.pad import MirrorPad, Pad, PadV2
from integer import Codes, Constant, Integer, assert_exact
from moved import TYPES, like, operands, shapes, vector

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


@st.composite
def padded(draw: st.DrawFn, dtype: str, op: type[Pad | PadV2 | MirrorPad]) -> Integer:
    x = draw(operands(draw(shapes(1, 5, 4)), dtype))
    if op is MirrorPad:
        mode = draw(st.sampled_from(list(MirrorPadMode)))
        spared = int(mode == MirrorPadMode.REFLECT)
        paddings = [[draw(st.integers(0, size - spared)) for _ in range(2)] for size in x.shape]
        return Integer(MirrorPad(mode=mode), [x, vector(paddings)], like(x))
    paddings = [[draw(st.integers(0, 3)) for _ in range(2)] for _ in x.shape]
    index = vector(paddings, draw(st.sampled_from(["int32", "int64"])))
    if op is Pad:
        return Integer(Pad(), [x, index], like(x))
    number = replace(x, shape=()).draw(np.random.default_rng(draw(SEEDS)))
    return Integer(PadV2(), [x, index, Constant(np.array(number), x.scale, x.zero_point)], like(x))


INTEGERS = [(f"{op.opcode}-{dtype}", padded(dtype, op)) for op in (Pad, PadV2, MirrorPad) for dtype in TYPES]


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


def test_paddings_that_are_computed() -> None:
    x, paddings = Codes((4, 5), "int8", 0.1, 3), Codes((2, 2), "int32", None, low=0, high=3)
    assert_exact(Integer(Pad(), [x, paddings], like(x)), count=4)
    assert_exact(Integer(MirrorPad(), [x, paddings], like(x)), count=4)
    assert_exact(Integer(PadV2(), [x, paddings, Codes((), "int8", 0.1, 3)], like(x)), count=4)
