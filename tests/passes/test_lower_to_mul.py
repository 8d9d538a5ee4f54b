import pytest

from intact.passes.lower_to_mul import LowerToMul
from rewrite import Rewrite


def rewrite(before: str, after: str | None) -> Rewrite:
    return Rewrite(LowerToMul(), before, after)


def model(body: str, type: str = "float32") -> str:
    return f"graph main(%x: {type}[2,2]) -> (%y) {{ {body} }}"


REWRITES = [
    rewrite(model("%y = NEG(%x)"), model("%y/minus_one = const float32[] [-1] %y = MUL(%x, %y/minus_one)")),
    rewrite(model("%y = SQUARE(%x)"), model("%y = MUL(%x, %x)")),
    rewrite(
        model("%c = const float32[2] [4, -2] %y = DIV(%x, %c) {fused_activation_function=RELU}"),
        model(
            "%c/reciprocal = const float32[2] [0.25, -0.5]%y = MUL(%x, %c/reciprocal) {fused_activation_function=RELU}"
        ),
    ),
    # No reciprocal that float32 holds, none that is known, and other types.
    rewrite(model("%c = const float32[2] [4, 0] %y = DIV(%x, %c)"), None),
    rewrite(model("%c = const float32[2] [4, 1e-45] %y = DIV(%x, %c)"), None),
    rewrite(model("%y = DIV(%x, %x)"), None),
    rewrite(model("%c = const float32[2] [4, 2] %y = DIV(%c, %x)"), None),
    rewrite(model("%y = NEG(%x)", "int32"), None),
]


@pytest.mark.parametrize("case", REWRITES)
def test_rewrites(case: Rewrite) -> None:
    case.check()
