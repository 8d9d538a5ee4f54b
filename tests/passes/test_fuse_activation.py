import pytest

from intact.passes.fuse_activation import FuseActivation
from rewrite import Rewrite


def rewrite(before: str, after: str | None) -> Rewrite:
    return Rewrite(FuseActivation(), before, after)


def model(body: str, outputs: str = "%y") -> str:
    return f"graph main(%x: float32[1,4,4,2]) -> ({outputs}) {{ {body} }}"


ADD = "%a = ADD(%x, %x)"
POOL = "stride_w=1, stride_h=1, filter_width=2, filter_height=2"
WEIGHTS = "%w = const float32[2,1,1,2] random(1) %b = const float32[2] random(2)"

REWRITES = [
    rewrite(model(f"{ADD} %y = RELU(%a)"), model("%y = ADD(%x, %x) {fused_activation_function=RELU}")),
    rewrite(model(f"{ADD} %y = RELU6(%a)"), model("%y = ADD(%x, %x) {fused_activation_function=RELU6}")),
    rewrite(model(f"{ADD} %y = RELU_N1_TO_1(%a)"), model("%y = ADD(%x, %x) {fused_activation_function=RELU_N1_TO_1}")),
    rewrite(
        model(f"{WEIGHTS} %a = CONV_2D(%x, %w, %b) %y = RELU(%a)"),
        model(f"{WEIGHTS} %y = CONV_2D(%x, %w, %b) {{fused_activation_function=RELU}}"),
    ),
    rewrite(
        model(f"%a = MAX_POOL_2D(%x) {{{POOL}}} %y = RELU6(%a)"),
        model(f"%y = MAX_POOL_2D(%x) {{{POOL}, fused_activation_function=RELU6}}"),
    ),
    rewrite(
        model(f"%a = AVERAGE_POOL_2D(%x) {{{POOL}}} %y = RELU(%a)"),
        model(f"%y = AVERAGE_POOL_2D(%x) {{{POOL}, fused_activation_function=RELU}}"),
    ),
    rewrite(
        model(f"{WEIGHTS} %s = const int32[4] [1, 4, 4, 2] %a = TRANSPOSE_CONV v3(%s, %w, %x, %b) %y = RELU(%a)"),
        model(
            f"{WEIGHTS} %s = const int32[4] [1, 4, 4, 2]"
            "%y = TRANSPOSE_CONV v4(%s, %w, %x, %b) {fused_activation_function=RELU}"
        ),
    ),
    # Somebody else sees what is before the activation.
    rewrite(model(f"{ADD} %y = RELU(%a)", "%y, %a"), None),
    rewrite(model(f"{ADD} %z = RELU(%a) %y = ADD(%z, %a)"), None),
    # There is an activation already, and there are none for these.
    rewrite(model("%a = ADD(%x, %x) {fused_activation_function=RELU6} %y = RELU(%a)"), None),
    rewrite(model(f"{ADD} %y = TANH(%a)"), None),
    rewrite(model("%a = CONCATENATION(%x, %x) {axis=3} %y = RELU(%a)"), None),
    rewrite(model("%a = ABS(%x) %y = RELU(%a)"), None),
    rewrite(model("%y = RELU(%x)"), None),
]


@pytest.mark.parametrize("case", REWRITES)
def test_rewrites(case: Rewrite) -> None:
    case.check()


def test_integers_with_scales_of_their_own_stay() -> None:
    rewrite(
        """
        graph main(%x: int8[2] <scale=0.5, zero_point=0>) -> (%y) {
          %a: int8[2] <scale=0.5, zero_point=0> = ADD(%x, %x)
          %y: int8[2] <scale=0.25, zero_point=-128> = RELU(%a)
        }
        """,
        None,
    ).check()
