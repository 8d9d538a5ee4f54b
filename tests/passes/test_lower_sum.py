import pytest

from intact.passes.lower_sum import LowerSum
from rewrite import Rewrite


def rewrite(before: str, after: str | None) -> Rewrite:
    return Rewrite(LowerSum(), before, after)


def summed(type: str, axes: str, attributes: str = "") -> str:
    return f"graph main(%x: {type}) -> (%y) {{ %a = const {axes} %y = SUM(%x, %a) {attributes} }}"


def mean(axes: str, shape: str, count: int, attributes: str = "") -> str:
    return f"""
    graph main(%x: float32[2,3,4]) -> (%y) {{
      %a = const {axes}
      %y/mean: float32{shape} = MEAN(%x, %a) {attributes}
      %y/count = const float32[] [{count}]
      %y = MUL(%y/mean, %y/count)
    }}
    """


REWRITES = [
    rewrite(summed("float32[2,3,4]", "int32[1] [1]"), mean("int32[1] [1]", "[2,4]", 3)),
    rewrite(
        summed("float32[2,3,4]", "int32[2] [-1, 0]", "{keep_dims=true}"),
        mean("int32[2] [-1, 0]", "[1,3,1]", 8, "{keep_dims=true}"),
    ),
    # An axis may be named twice.
    rewrite(summed("float32[2,3,4]", "int32[2] [1, -2]"), mean("int32[2] [1, -2]", "[2,4]", 3)),
    # Exact on integers, and of a size that a run decides.
    rewrite(summed("int32[2,3]", "int32[1] [1]"), None),
    rewrite(summed("float32[2,3?]", "int32[1] [1]"), None),
    rewrite("graph main(%x: float32[2,3], %a: int32[1]) -> (%y) { %y: float32[2] = SUM(%x, %a) }", None),
]


@pytest.mark.parametrize("case", REWRITES)
def test_rewrites(case: Rewrite) -> None:
    case.check()
