from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.resize import ResizeBilinear, ResizeNearestNeighbor

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
