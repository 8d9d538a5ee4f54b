from hypothesis import strategies as st

from case import Case, refusal
from intact.ops.space_depth import DepthToSpace, SpaceToDepth
from integer import Integer
from moved import all_but, like, operands, shapes

CASES = [
    Case(SpaceToDepth(block_size=2), [(1, 4, 6, 3)]),
    Case(SpaceToDepth(block_size=3), [(2, 3, 3, 1)]),
    Case(DepthToSpace(block_size=2), [(1, 2, 3, 8)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, op: type[SpaceToDepth | DepthToSpace]) -> Integer:
    block, (batch, height, width, channels) = draw(st.integers(1, 3)), draw(shapes(4, 4, 3))
    shape = (batch, height * block, width * block, channels)
    if op is DepthToSpace:
        shape = (batch, height, width, channels * block**2)
    x = draw(operands(shape, dtype))
    return Integer(op(block_size=block), [x], like(x))


INTEGERS = [
    (f"{op.opcode}-{dtype}", integers(dtype, op))
    for op in (SpaceToDepth, DepthToSpace)
    for dtype in all_but("int16", "bool")
]


def test_refuses_blocks_that_do_not_fit() -> None:
    text = "input has shape [1, 5, 4, 3]; expected height and width divisible by 2. [E201]"
    assert refusal(SpaceToDepth(block_size=2), (1, 5, 4, 3)) == text
    text = "input has shape [1, 5, 4, 6]; expected channels divisible by 4. [E201]"
    assert refusal(DepthToSpace(block_size=2), (1, 5, 4, 6)) == text
    for op in (SpaceToDepth(), DepthToSpace()):
        assert refusal(op, (1, 4, 4, 4)) == "block_size is 0; expected block_size >= 1. [E207]"
        assert refusal(op, (4, 4, 4)) == "input has shape [4, 4, 4]; expected 4 dimensions. [E201]"
