import pytest

from intact.ir.op import registry
from intact.passes.fuse_activation import FuseActivation
from intact.passes.rewrite import fused_version
from rewrite import Rewrite


def rewrite(before: str, after: str | None) -> Rewrite:
    return Rewrite(FuseActivation(), before, after)


def model(body: str, outputs: str = "%y") -> str:
    return f"graph main(%x: float32[1,4,4,2]) -> ({outputs}) {{ {body} }}"


ADD = "%a = ADD(%x, %x)"
POOL = "stride_w=1, stride_h=1, filter_width=2, filter_height=2"
WEIGHTS = "%w = const float32[2,1,1,2] random(1) %b = const float32[2] random(2)"
CONV_3D = """
graph main(%x: float32[1,2,3,3,2]) -> (%y) {{
  %w = const float32[1,2,2,2,3] random(1)
  {}
}}
"""
SVDF = """
graph main(%x: float32[3,4]) -> (%y) {{
  %f = const float32[8,4] random(1)
  %t = const float32[8,5] random(2)
  %s = variable float32[3,40]
  {}
}}
"""

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
    *(
        rewrite(
            model(f"{before} %a = {op}({operands}) {{{fixed}}} %y = RELU6(%a)"),
            model(f"{before} %y = {op}({operands}) {{{fixed}{', ' if fixed else ''}fused_activation_function=RELU6}}"),
        )
        for op, before, operands, fixed in (
            ("SUB", "", "%x, %x", ""),
            ("MUL", "", "%x, %x", ""),
            ("DIV", "%d = const float32[2] [2, -3]", "%x, %d", ""),
            ("L2_POOL_2D", "", "%x", POOL),
            ("FULLY_CONNECTED", "%w = const float32[3,2] random(1)", "%x, %w", ""),
            (
                "DEPTHWISE_CONV_2D",
                "%w = const float32[1,1,1,2] random(1) %b = const float32[2] zeros",
                "%x, %w, %b",
                "",
            ),
        )
    ),
    rewrite(
        CONV_3D.format("%a = CONV_3D(%x, %w) %y = RELU(%a)"),
        CONV_3D.format("%y = CONV_3D(%x, %w) {fused_activation_function=RELU}"),
    ),
    rewrite(
        SVDF.format("%a = SVDF(%x, %f, %t, none, %s) %y = RELU(%a)"),
        SVDF.format("%y = SVDF(%x, %f, %t, none, %s) {fused_activation_function=RELU}"),
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


def test_every_operator_that_takes_an_activation_is_rewritten() -> None:
    hosts = {node.op.name for case in REWRITES if case.after for *_, node in case.rewritten().nodes()}
    assert {op.opcode for op in registry().values() if fused_version(op())} == hosts


def test_operators_whose_activation_is_no_clamp_of_the_result() -> None:
    with_field = {op.opcode for op in registry().values() if hasattr(op(), "fused_activation_function")}
    assert {name for name in with_field if fused_version(registry()[name]()) is None} == {
        "CONCATENATION",
        "L2_NORMALIZATION",
        "LSTM",
        "UNIDIRECTIONAL_SEQUENCE_LSTM",
        "UNIDIRECTIONAL_SEQUENCE_RNN",
    }


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
