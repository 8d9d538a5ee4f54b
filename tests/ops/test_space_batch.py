import numpy as np
from hypothesis import strategies as st

from case import Case, Input, ints, refusal
from intact.ir.op import infer
from intact.ir.types import DType
from intact.ops.space_batch import BatchToSpaceND, SpaceToBatchND
from integer import Integer
from moved import TYPES, like, operands, shapes, vector

EDGES = ints(0, 1, 1, 0).reshape(2, 2)

CASES = [
    Case(SpaceToBatchND(), [(1, 4, 6, 3), ints(2, 3), ints(0, 0, 0, 0).reshape(2, 2)]),
    Case(SpaceToBatchND(), [(2, 5, 5, 1), ints(2, 3), EDGES]),
    Case(SpaceToBatchND(), [(1, 6, 3), ints(2), ints(2, 0).reshape(1, 2)], version=3),
    # All of the input lies far from zero, which the range must hold all the same.
    Case(SpaceToBatchND(), [Input((1, 5, 5, 1), low=3, high=4), ints(2, 3), EDGES]),
    Case(BatchToSpaceND(), [(6, 2, 2, 3), ints(2, 3), ints(0, 0, 0, 0).reshape(2, 2)]),
    Case(BatchToSpaceND(), [(12, 3, 2, 1), ints(2, 3), EDGES]),
    Case(BatchToSpaceND(), [(4, 3, 2), ints(4), ints(1, 2).reshape(1, 2)], version=3),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, op: type[SpaceToBatchND | BatchToSpaceND]) -> Integer:
    spatial = draw(st.integers(1, 2))
    batch, *sizes, channels = draw(shapes(spatial + 2, spatial + 2, 4))
    blocks = [draw(st.integers(1, 3)) for _ in sizes]
    edges = [[draw(st.integers(0, 2)), draw(st.integers(0, 2))] for _ in sizes]
    if op is SpaceToBatchND:
        for i, (size, block) in enumerate(zip(sizes, blocks, strict=True)):
            edges[i][1] += -(size + sum(edges[i])) % block
    else:
        batch *= int(np.prod(blocks))
        sizes = [-(-(sum(e) + 1) // b) + s for e, b, s in zip(edges, blocks, sizes, strict=True)]
    x = draw(operands((batch, *sizes, channels), dtype))
    return Integer(op(), [x, vector(blocks), vector(edges)], like(x))


INTEGERS = [(f"{op.opcode}-{dtype}", integers(dtype, op)) for op in (SpaceToBatchND, BatchToSpaceND) for dtype in TYPES]


def test_computed_blocks() -> None:
    for op in (SpaceToBatchND(), BatchToSpaceND()):
        values = Case(op, [(6, 2, 2, 3), Input((2,), DType.INT32), EDGES]).model().main.nodes[0].inputs
        assert infer(op, values)[0].shape is None


def test_refuses_blocks_that_do_not_fit() -> None:
    text = "padded dimension 1 has size 6; expected a multiple of 4. [E201]"
    assert refusal(SpaceToBatchND(), (1, 5, 5, 1), ints(4, 3), EDGES) == text
    assert (
        refusal(BatchToSpaceND(), (5, 2, 2, 1), ints(2, 2), EDGES)
        == "input has shape [5, 2, 2, 1], dimension 1 a block of 2 and crops of 1; "
        "expected a batch divisible by the blocks and crops within the image. [E201]"
    )
    assert "crops within the image" in refusal(BatchToSpaceND(), (4, 1, 1, 1), ints(2, 2), 2 * EDGES + 1)


def test_refuses_blocks_of_other_dimensions() -> None:
    for op, edges in ((SpaceToBatchND(), "paddings"), (BatchToSpaceND(), "crops")):
        assert refusal(op, (4, 4), ints(2), EDGES) == "input has shape [4, 4]; expected 3 or 4 dimensions. [E201]"
        assert refusal(op, (4, 4, 4, 1), ints(2), EDGES) == "block_shape has shape [1]; expected shape [2]. [E201]"
        assert refusal(op, (4, 4, 4), ints(2), EDGES) == f"{edges} has shape [2, 2]; expected shape [1, 2]. [E201]"
        text = f"block_shape is [0, 2], {edges} [0, 1, 1, 0]; expected blocks >= 1 and {edges} >= 0. [E201]"
        assert refusal(op, (4, 4, 4, 1), ints(0, 2), EDGES) == text
