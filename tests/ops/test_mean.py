import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, ints
from drawn import REDUCED, codes, zero_points
from intact.engines.exact import Exact
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.mean import Mean
from integer import PROFILES, Codes, Constant, Integer, assert_exact

CASES = [
    Case(Mean(), [(2, 5, 6, 3), ints(1, 2)]),
    Case(Mean(keep_dims=True), [(2, 5, 6, 3), ints(1, 2)]),
    Case(Mean(keep_dims=True), [(2, 5, 6, 3), ints(-1)]),
    Case(Mean(), [(2, 5, 6, 3), ints(0, -2)]),
    Case(Mean(), [(2, 5, 6, 3), ints(1, 1, -3)]),
    Case(Mean(), [(2, 5, 6, 3), ints(3, 2, 1, 0)]),
    Case(Mean(), [(2, 5, 6, 3), np.array(2, np.int32)]),
    Case(Mean(), [(4, 7), ints()]),
    Case(Mean(), [(), ints(0)]),
    Case(Mean(), [(2, 2, 3, 2, 4), ints(1, 3)]),
    Case(Mean(), [(1, 20, 20, 4), ints(1, 2)]),
    Case(Mean(), [Input((4, 7), DType.INT32, -9, 9), ints(1)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str) -> Integer:
    shape, axis = draw(REDUCED)
    x = draw(codes(shape, dtype))
    op = Mean(keep_dims=draw(st.booleans()))
    scale = float(np.float32(x.scale * draw(st.floats(0.1, 3.0))))
    return Integer(
        op, [x, Constant(np.array(axis, np.int32))], Codes((), dtype, scale, draw(zero_points(dtype))), version=3
    )


INTEGERS = [(f"MEAN-{dtype}", integers(dtype)) for dtype in ("int8", "uint8", "int16")]


def test_axis_out_of_range() -> None:
    with pytest.raises(ModelError, match="axis is 2; expected -2 <= axis < 2") as caught:
        Case(Mean(), [(4, 7), ints(2)]).model()
    assert caught.value.code == "E207"


def test_shape_is_unknown_where_the_axis_is_computed() -> None:
    values = Case(Mean(), [(4, 7), ints(1)]).model().main.nodes[0].inputs
    axis = Case(Mean(), [Input((1,), DType.INT32), ints(0)]).model().main.inputs[0]
    (result,) = Mean().infer(values[0], axis)
    assert result.shape is None


def test_integers_are_left_alone() -> None:
    assert Case(Mean(), [Input((4, 7), DType.INT32), ints(1)]).unfit() == "int32 operands"
    assert Case(Mean(), [(4, 7), ints(1)]).unfit() is None


def test_axis_computed_at_run_time() -> None:
    x, axis = Codes((3, 7, 5), "int8", 0.1, 3), Codes((1,), "int32", None, low=1, high=1)
    assert_exact(Integer(Mean(), [x, axis], Codes((3, 5), "int8", 0.04, 9), version=2))
    # Which of the optimized kernels runs depends on the axis.
    image = Codes((1, 7, 5, 3), "int8", 0.1, 3)
    case = Integer(Mean(keep_dims=True), [image, axis], Codes((1, 1, 5, 3), "int8", 0.04, 9), version=2)
    assert_exact(case, "litert-reference")
    (gap,) = Exact(case.model(), "litert-optimized", strict=False).gaps
    assert gap.why == "MEAN whose kernel depends on an axis computed at run time"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("channels", [15, 16, 33])
def test_stages(profile: str, channels: int) -> None:
    x, axis = Codes((2, 5, 4, channels), "int8", 0.1, 3), Constant(np.array([1, 2], np.int32))
    case = Integer(Mean(keep_dims=True), [x, axis], Codes((), "int8", 0.04, 9), version=2)
    model, stages = case.model(), {}
    found = Exact(model, profile).run(case.samples(1)[0], trace={model.main.nodes[0]: stages.__setitem__})["y0"]
    assert {a.shape for a in stages.values()} == {found.shape}
    assert np.array_equal(stages["clamped"], found)
