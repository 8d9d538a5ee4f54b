"""Kernels that move elements: sizes, strides and positions that the drawn cases seldom have."""

import numpy as np
import pytest

from intact.engines.exact import Exact
from intact.errors import EngineError
from intact.ir.op import Op
from intact.native.library import Absence, load
from intact.ops.attributes import MirrorPadMode
from intact.ops.broadcast_to import BroadcastTo
from intact.ops.concatenation import Concatenation
from intact.ops.dynamic_update_slice import DynamicUpdateSlice
from intact.ops.gather import Gather
from intact.ops.gather_nd import GatherNd
from intact.ops.pad import MirrorPad, Pad
from intact.ops.reverse_v2 import ReverseV2
from intact.ops.select import SelectV2
from intact.ops.slice import Slice
from intact.ops.space_batch import BatchToSpaceND, SpaceToBatchND
from intact.ops.space_depth import DepthToSpace, SpaceToDepth
from intact.ops.strided_slice import StridedSlice
from intact.ops.tile import Tile
from intact.ops.transpose import Transpose
from integer import Codes, Constant, Integer
from kernels import assert_same

LIBRARY = load()

pytestmark = pytest.mark.skipif(isinstance(LIBRARY, Absence), reason=str(LIBRARY))

PROFILE = "litert-reference"


def ints(*numbers: object) -> Constant:
    return Constant(np.array(numbers, np.int32))


def moved(op: Op, dtype: str, *operands: object) -> int:
    """Compares kernels and NumPy. Returns whether there is a kernel."""
    scale = 0.1 if dtype in {"int8", "uint8", "int16"} else None
    zero = {"int8": -5, "uint8": 5}.get(dtype, 0)
    given = [Codes(o, dtype, scale, zero) if isinstance(o, tuple) else o for o in operands]
    case = Integer(op, given, Codes((), dtype, scale, zero), version=5)
    return assert_same(case.model(), PROFILE, case.samples(1))


@pytest.mark.parametrize("dtype", ["int8", "int16", "float32", "int64", "bool"])
@pytest.mark.parametrize(
    ("shape", "order"),
    [
        ((63, 65), (1, 0)),
        ((1, 300), (1, 0)),
        ((200, 3, 131), (2, 1, 0)),
        ((5, 70, 70), (0, 2, 1)),
        ((2, 3, 2, 3, 2, 2), (5, 3, 1, 4, 2, 0)),
        ((9, 1, 1, 4), (1, 3, 2, 0)),
        ((4, 0, 3), (2, 1, 0)),
    ],
)
def test_rows_become_columns(dtype: str, shape: tuple[int, ...], order: tuple[int, ...]) -> None:
    assert moved(Transpose(), dtype, shape, ints(*order)) == 1


@pytest.mark.parametrize("dtype", ["int8", "int16", "float32", "int64", "bool"])
@pytest.mark.parametrize(
    ("op", "operands"),
    [
        # Single elements, and more of them than one unit moves.
        (Concatenation(-1), [(20000, 1), (20000, 1), (20000, 3)]),
        (Concatenation(0), [(1, 70000), (2, 70000), (0, 70000)]),
        (ReverseV2(), [(3, 20011), ints(1)]),
        (ReverseV2(), [(1, 5, 1), ints(2)]),
        (Slice(), [(50, 1000), ints(3, 7), ints(40, -1)]),
        (Tile(), [(3, 1, 2), ints(2, 9000, 2)]),
        (Tile(), [(3, 4), ints(0, 2)]),
        (BroadcastTo(), [(1, 1), ints(3, 20001)]),
        (Pad(), [(3, 0, 2), ints([1, 1], [2, 3], [0, 4])]),
        (Pad(), [(2, 30000), ints([1, 0], [0, 1])]),
        (MirrorPad(mode=MirrorPadMode.REFLECT), [(3, 1, 4), ints([2, 2], [0, 0], [3, 1])]),
        (MirrorPad(mode=MirrorPadMode.SYMMETRIC), [(3, 1, 4), ints([3, 2], [1, 1], [0, 4])]),
    ],
)
def test_moved(dtype: str, op: Op, operands: list[object]) -> None:
    assert moved(op, dtype, *operands) == 1


@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_blocks(dtype: str) -> None:
    assert moved(SpaceToDepth(2), dtype, (2, 6, 4, 3)) == 1
    assert moved(DepthToSpace(3), dtype, (2, 6, 4, 18)) == 1
    for block, around in (((2, 2), ([1, 0], [0, 1])), ((3, 2), ([5, 2], [0, 1])), ((1, 4), ([0, 0], [9, 4]))):
        assert moved(SpaceToBatchND(), dtype, (2, 5, 3, 2), ints(*block), ints(*around)) == 1
    for crops in (([0, 0], [0, 0]), ([3, 1], [0, 2]), ([0, 9], [5, 1])):
        assert moved(BatchToSpaceND(), dtype, (12, 5, 3, 2), ints(2, 3), ints(*crops)) == 1


def test_a_single_element_is_sliced_out() -> None:
    op = StridedSlice(shrink_axis_mask=3)
    assert moved(op, "int8", (4, 5), ints(2, 3), ints(3, 4), ints(1, 1)) == 1


def test_more_loops_than_a_box_has() -> None:
    shape = (2,) * 6
    x = Codes(shape, "int8", 0.1)
    case = Integer(BroadcastTo(), [Codes((2, 1) * 5, "int8", 0.1), ints(*(2, 2) * 5)], x, version=3)
    assert assert_same(case.model(), PROFILE, case.samples(1)) == 0


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@pytest.mark.parametrize(
    ("shape", "box"),
    [((4, 5, 3), (2, 5, 3)), ((4, 5, 3), (2, 3, 3)), ((4, 5, 3), (2, 3, 2)), ((4, 5, 3), (4, 5, 3)), ((6,), (2,))],
)
def test_boxes_are_moved_inward(kind: type, shape: tuple[int, ...], box: tuple[int, ...]) -> None:
    for start in (-9, 0, 1, 2, 9):
        at = Constant(np.full(len(shape), start, kind))
        assert moved(DynamicUpdateSlice(), "int8", shape, box, at) == 1
        assert moved(DynamicUpdateSlice(), "float32", shape, box, at) == 1


@pytest.mark.parametrize("wrong", [-1, 4, 2**31 - 1, -(2**31)])
def test_positions_that_are_none_are_refused(wrong: int) -> None:
    x = Codes((4, 4, 3), "int8", 0.1)
    positions = np.array([[0, 3], [1, wrong], [2, 2]], np.int32)
    for op in (Gather(), Gather(axis=1), GatherNd()):
        case = Integer(op, [x, Codes((3, 2), "int32", None, low=0, high=3)], x, version=3)
        (sample,) = case.samples(1)
        engine = Exact(case.model())
        engine.run(sample)
        assert sum(len(c.nodes) for c in engine.compiled()) == 1
        with pytest.raises(EngineError, match="outside of"):
            engine.run({**sample, "x1": positions})


@pytest.mark.parametrize("dtype", ["int8", "int16", "float32", "int64", "bool"])
@pytest.mark.parametrize(
    "shapes",
    [((3, 1), (3, 9), (1, 9)), ((), (2, 7), (7,)), ((2, 1, 5), (1, 3, 1), (1,)), ((4,), (1,), (1,)), ((), (), ())],
)
def test_each_operand_may_repeat(dtype: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    condition, x, y = shapes
    assert moved(SelectV2(), dtype, Codes(condition, "bool", None), x, y) == 1
