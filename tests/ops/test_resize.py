import numpy as np
import pytest
from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from drawn import codes
from intact.engines.exact import Exact
from intact.engines.litert import Session
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.resize import ResizeBilinear, ResizeNearestNeighbor
from integer import Codes, Constant, Integer, assert_exact

CASES = [
    Case(ResizeBilinear(), [(1, 4, 4, 3), ints(8, 8)]),
    Case(ResizeBilinear(), [(2, 7, 5, 8), ints(3, 9)]),
    Case(ResizeBilinear(align_corners=True), [(1, 4, 4, 3), ints(7, 10)]),
    Case(ResizeBilinear(half_pixel_centers=True), [(1, 4, 4, 3), ints(8, 6)], version=3),
    Case(ResizeBilinear(half_pixel_centers=True), [(1, 1, 1, 2), ints(3, 3)], version=3),
    Case(ResizeNearestNeighbor(), [(1, 4, 4, 3), ints(8, 8)]),
    Case(ResizeNearestNeighbor(align_corners=True), [(2, 4, 5, 3), ints(7, 3)], version=3),
    Case(ResizeNearestNeighbor(half_pixel_centers=True), [(1, 4, 4, 3), ints(8, 6)], version=3),
]


@st.composite
def integers(draw: st.DrawFn, op: type[ResizeBilinear] | type[ResizeNearestNeighbor], dtype: str) -> Integer:
    corners, centres = draw(st.sampled_from([(False, False), (True, False), (False, True)]))
    sizes = st.one_of(st.integers(1, 9), st.integers(1, 40))
    shape = (draw(st.integers(1, 2)), draw(sizes), draw(sizes), draw(st.sampled_from([1, 3, 8, 17])))
    x = draw(codes(shape, dtype))
    y = Codes((), dtype, x.scale, x.zero_point)
    wanted = Constant(np.array([draw(sizes), draw(sizes)], np.int32))
    return Integer(op(align_corners=corners, half_pixel_centers=centres), [x, wanted], y, version=4)


INTEGERS = [
    (f"{op.opcode}-{dtype}", integers(op, dtype))
    for op in (ResizeBilinear, ResizeNearestNeighbor)
    for dtype in ("int8", "uint8", "int16")
]


def test_eight_times_as_large() -> None:
    # A kernel of its own in the optimized set, which gives the same integers.
    x = Codes((2, 3, 4, 16), "uint8", 0.1, 7)
    op = ResizeBilinear(half_pixel_centers=True)
    assert_exact(Integer(op, [x, Constant(np.array([24, 32], np.int32))], Codes((), "uint8", 0.1, 7), version=3))


@pytest.mark.parametrize("profile", ["litert-reference", "litert-optimized"])
@pytest.mark.parametrize("dtype", ["int8", "int16"])
def test_sizes_at_which_the_kernel_reads_behind_its_input(profile: str, dtype: str) -> None:
    # 1024 / 88 = 11.6 is rounded to 12, and 87 * 12 = 1044 is beyond the one row there is.
    y = Codes((), dtype, 0.1)
    x, size = Codes((2, 1, 1, 1), dtype, 0.1), Constant(np.array([88, 1], np.int32))
    case = Integer(ResizeBilinear(), [x, size], y, version=4)
    (gap,) = Exact(case.model(), profile, strict=False).gaps
    assert gap.why == "RESIZE_BILINEAR from 1 to 88, where the kernel reads behind the input"
    if dtype == "int8":
        assert_exact(case, "litert-xnnpack")
    session = Session(case.model(), resolver=profile.removeprefix("litert-"))
    first = session.run({"x0": np.array([100, -100], dtype).reshape(2, 1, 1, 1)})["y0"][0, :, 0, 0]
    assert first[85:].tolist() == [100, -98, -96]  # the second image shines through


@pytest.mark.parametrize("op", [ResizeBilinear(), ResizeNearestNeighbor()])
def test_size_computed_at_run_time(op: ResizeBilinear | ResizeNearestNeighbor) -> None:
    x, size = Codes((1, 5, 4, 3), "int8", 0.1, 7), Codes((2,), "int32", None, low=7, high=7)
    assert_exact(Integer(op, [x, size], Codes((1, 7, 7, 3), "int8", 0.1, 7), version=3))


def test_computed_size() -> None:
    for op in (ResizeBilinear(), ResizeNearestNeighbor()):
        values = Case(op, [(1, 4, 4, 3), Input((2,), DType.INT32)]).model().main.inputs
        assert infer(op, values)[0].shape is None


def test_refuses_what_is_no_size_of_an_image() -> None:
    for op in (ResizeBilinear(), ResizeNearestNeighbor()):
        assert refusal(op, (1, 4, 4, 3), ints(0, 4)) == "size is [0, 4]; expected height and width >= 1. [E201]"
        assert refusal(op, (1, 4, 4, 3), ints(4)) == "size has shape [1]; expected shape [2]. [E201]"
        assert refusal(op, (4, 4, 3), ints(4, 4)) == "input has shape [4, 4, 3]; expected 4 dimensions. [E201]"


def test_refuses_two_ways_to_sample() -> None:
    op = ResizeBilinear(align_corners=True, half_pixel_centers=True)
    text = "align_corners and half_pixel_centers are both set; expected one of them at most. [E207]"
    assert refusal(op, (1, 4, 4, 3), ints(8, 8)) == text
