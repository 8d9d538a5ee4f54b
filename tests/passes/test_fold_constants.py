import numpy as np
import pytest

from intact.errors import ModelError
from intact.ir.graph import Buffer
from intact.ir.sparse import densify
from intact.ir.text import parse
from intact.passes.fold_constants import FoldConstants
from intact.passes.pass_ import apply
from rewrite import Rewrite


def rewrite(before: str, after: str | None) -> Rewrite:
    return Rewrite(FoldConstants(), before, after)


def used(constant: str) -> str:
    """A model that adds %c to its input."""
    return f"graph main(%x: float32[2,3]) -> (%y) {{ {constant} %y: float32[2,3] = ADD(%x, %c) }}"


REWRITES = [
    rewrite(
        used("%h = const float16[3] [0.1, 65504, 6e-8] %c: float32[3] = DEQUANTIZE(%h)"),
        used("%c = const float32[3] [0.099975586, 65504, 5.9604645e-08]"),
    ),
    rewrite(
        used(
            '%s = const float32[2,3] sparse [[0, 1], [], [2, ["uint8", [0, 2, 3], "uint8", [0, 2, 1]]]] [1, 2, 3]'
            "%c = DENSIFY(%s)"
        ),
        used("%c = const float32[2,3] [1, 0, 2, 0, 3, 0]"),
    ),
    rewrite(
        used(
            '%s = const float16[2,3] sparse [[0, 1], [], [2, ["uint8", [0, 0, 1], "uint8", [2]]]] [0.5]'
            "%h: float16[2,3] = DENSIFY(%s) %c: float32[2,3] = DEQUANTIZE(%h)"
        ),
        used("%c = const float32[2,3] [0, 0, 0, 0, 0, 0.5]"),
    ),
    rewrite(
        used("%a = const float32[6] [1, 2, 3, 4, 5, 6] %n = const int32[2] [-1, 3] %c = RESHAPE(%a, %n)"),
        used("%c = const float32[2,3] [1, 2, 3, 4, 5, 6]"),
    ),
    rewrite(
        used("%a = const float32[3,2] [1, 2, 3, 4, 5, 6] %p = const int32[2] [1, 0] %c = TRANSPOSE(%a, %p)"),
        used("%c = const float32[2,3] [1, 3, 5, 2, 4, 6]"),
    ),
    rewrite(used("%a = const float32[3] [1, -2, 3] %c = NEG(%a)"), used("%c = const float32[3] [-1, 2, -3]")),
    # Integers that stand for reals stay: kernels read them as they are.
    rewrite(used("%q = const int8[3] <scale=0.5> [1, 2, 3] %c: float32[3] = DEQUANTIZE(%q)"), None),
    # What is computed, and what leaves the graph.
    rewrite("graph main(%x: float32[2,3]) -> (%y) { %y = NEG(%x) }", None),
    rewrite(
        "graph main(%x: float32[2]) -> (%c, %y) { %a = const float32[2] [1, 2] %c = NEG(%a) %y = ADD(%x, %c) }", None
    ),
]


@pytest.mark.parametrize("case", REWRITES)
def test_rewrites(case: Rewrite) -> None:
    case.check()


def sparse(shape: str, layout: str, count: int) -> np.ndarray | None:
    numbers = list(range(1, count + 1))
    return densify(parse(f"graph g() -> () {{ %s = const int16{shape} sparse {layout} {numbers} }}").main.values[0])


def test_other_traversal_orders() -> None:
    columns_first = sparse("[2,3]", '[[1, 0], [], [3, ["uint8", [0, 1, 2, 4], "uint8", [0, 1, 0, 1]]]]', 4)
    np.testing.assert_array_equal(columns_first, [[1, 0, 3], [0, 2, 4]])


def test_blocks() -> None:
    # Rows of 2 x 2 blocks: one block in each of two block rows, in block columns 1 and 0.
    blocks = sparse("[4,4]", '[[0, 1, 2, 3], [0, 1], [2, ["uint8", [0, 1, 2], "uint8", [1, 0]], 2, 2]]', 8)
    np.testing.assert_array_equal(blocks, [[0, 0, 1, 2], [0, 0, 3, 4], [5, 6, 0, 0], [7, 8, 0, 0]])


@pytest.mark.parametrize(
    ("layout", "problem"),
    [
        ("[[0, 0], [], [2, 3]]", r"traversal order \[0, 0\] of 2 dimensions with blocks in \[\]"),
        ("[[0, 1, 2], [5], [2, 3, 1]]", r"blocks in \[5\]"),
        ("[[0, 1], [], [2]]", r"traversal order \[0, 1\] of 2 dimensions with blocks in \[\]"),
        ("[[0, 1], [], [2, 4]]", "a dense level has size 4"),
        ("[[0, 1], [], [9999999999, 9999999999]]", "a dense level has size 9999999999"),
        ('[[0, 1], [], [2, ["uint8", [0, 1], "uint8", [0]]]]', "a compressed level below 2 has 2 segments, 1 indices"),
        (
            '[[0, 1], [], [2, ["uint8", [0, 2, 1], "uint8", [0]]]]',
            "a compressed level below 2 has 3 segments, 1 indices",
        ),
        ('[[0, 1], [], [2, ["uint8", [0, 1, 2], "uint8", [0, 3]]]]', r"an element lies outside of shape \[2, 3\]"),
        ('[[0, 1], [], [2, ["uint8", [0, 1, 1], "uint8", [0]]]]', "2 elements are stored, the layout has 1"),
        ('[[0, 1], [], [2, ["none", [], "none", []]]]', "a compressed level below 2 has 0 segments, 0 indices"),
    ],
)
def test_layouts_that_contradict_themselves(layout: str, problem: str) -> None:
    with pytest.raises(
        ModelError, match=rf"^sparse constant 's': .*{problem}; expected a layout of its shape. \[E205\]$"
    ):
        sparse("[2,3]", layout, 2)


def test_a_type_without_numbers_stays_sparse() -> None:
    model = parse(
        """
        graph main() -> () {
          %s = const int4[2,2] sparse [[0, 1], [], [2, 2]] zeros
          %d: int4[2,2] = DENSIFY(%s)
        }
        """
    )
    assert not apply(model, [FoldConstants()])


def test_inputs_are_no_constants_whatever_a_file_has_of_them() -> None:
    model = parse("graph main(%h: float16[2]) -> (%y) { %c: float32[2] = DEQUANTIZE(%h) %y: float32[2] = ADD(%c, %c) }")
    model.main.inputs[0].buffer = Buffer(np.array([1, 2], np.float16))
    assert not apply(model, [FoldConstants()])
