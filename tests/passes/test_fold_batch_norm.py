import pytest

from intact.ir.op import registry
from intact.ir.quant_rule import Bias
from intact.passes.fold_batch_norm import FoldBatchNorm
from rewrite import Rewrite


def conv(chain: str, *, outputs: str = "%y") -> str:
    """A convolution of weights 1, 2 and bias 10, 20, followed by a chain that reads %c."""
    return f"""
    graph main(%x: float32[1,2,2,1]) -> ({outputs}) {{
      %w = const float32[2,1,1,1] [1, 2]
      %b = const float32[2] [10, 20]
      %c = CONV_2D(%x, %w, %b)
      {chain}
    }}
    """


def folded(weights: str, bias: str, attributes: str = "") -> str:
    return f"""
    graph main(%x: float32[1,2,2,1]) -> (%y) {{
      %w = const float32[2,1,1,1] {weights}
      %b = const float32[2] {bias}
      %y = CONV_2D(%x, %w, %b) {attributes}
    }}
    """


def rewrite(before: str, after: str | None) -> Rewrite:
    return Rewrite(FoldBatchNorm(), before, after)


REWRITES = [
    rewrite(
        conv("%m = const float32[2] [2, 4] %d = MUL(%c, %m) %a = const float32[2] [1, -1] %y = ADD(%d, %a)"),
        folded("[2, 8]", "[21, 79]"),
    ),
    rewrite(
        conv("%a = const float32[2] [1, -1] %d = ADD(%a, %c) %m = const float32[] [0.5] %y = MUL(%m, %d)"),
        folded("[0.5, 1]", "[5.5, 9.5]"),
    ),
    rewrite(
        conv("%s = const float32[1,1,1,2] [1, 2] %d = SUB(%c, %s) %q = const float32[1] [4] %y = DIV(%d, %q)"),
        folded("[0.25, 0.5]", "[2.25, 4.5]"),
    ),
    rewrite(
        conv("%s = const float32[2] [1, 2] %y = SUB(%s, %c)"),
        folded("[-1, -2]", "[-9, -18]"),
    ),
    rewrite(
        conv("%m = const float32[2] [2, 4] %y = MUL(%c, %m) {fused_activation_function=RELU6}"),
        folded("[2, 8]", "[20, 80]", "{fused_activation_function=RELU6}"),
    ),
    # What follows an activation stays.
    rewrite(
        conv("%m = const float32[] [3] %d = MUL(%c, %m) {fused_activation_function=RELU} %y = MUL(%d, %m)"),
        """
        graph main(%x: float32[1,2,2,1]) -> (%y) {
          %w = const float32[2,1,1,1] [3, 6]
          %b = const float32[2] [30, 60]
          %d = CONV_2D(%x, %w, %b) {fused_activation_function=RELU}
          %m = const float32[] [3]
          %y = MUL(%d, %m)
        }
        """,
    ),
    # Other readers of the same weights keep them.
    rewrite(
        conv("%m = const float32[2] [2, 4] %y = MUL(%c, %m) %z = CONV_2D(%x, %w, %b)", outputs="%y, %z"),
        """
        graph main(%x: float32[1,2,2,1]) -> (%y, %z) {
          %"w#2" = const float32[2,1,1,1] [2, 8]
          %"b#2" = const float32[2] [20, 80]
          %y = CONV_2D(%x, %"w#2", %"b#2")
          %w = const float32[2,1,1,1] [1, 2]
          %b = const float32[2] [10, 20]
          %z = CONV_2D(%x, %w, %b)
        }
        """,
    ),
    rewrite(
        """
        graph main(%x: float32[1,2,2,2]) -> (%y) {
          %w = const float32[1,1,1,4] [1, 2, 3, 4]
          %b = const float32[4] zeros
          %c = DEPTHWISE_CONV_2D(%x, %w, %b) {stride_w=1, stride_h=1, depth_multiplier=2}
          %m = const float32[4] [1, 10, 100, 1000]
          %y = MUL(%c, %m)
        }
        """,
        """
        graph main(%x: float32[1,2,2,2]) -> (%y) {
          %w = const float32[1,1,1,4] [1, 20, 300, 4000]
          %b = const float32[4] zeros
          %y = DEPTHWISE_CONV_2D(%x, %w, %b) {stride_w=1, stride_h=1, depth_multiplier=2}
        }
        """,
    ),
    # A bias is made where there was none.
    rewrite(
        """
        graph main(%x: float32[3,2]) -> (%y) {
          %w = const float32[3,2] [1, 2, 3, 4, 5, 6]
          %c = FULLY_CONNECTED(%x, %w)
          %m = const float32[3] [1, 10, 100]
          %d = MUL(%c, %m)
          %a = const float32[3] [1, 2, 3]
          %y = ADD(%d, %a) {fused_activation_function=RELU}
        }
        """,
        """
        graph main(%x: float32[3,2]) -> (%y) {
          %w = const float32[3,2] [1, 2, 30, 40, 500, 600]
          %c/bias = const float32[3] [1, 2, 3]
          %y = FULLY_CONNECTED(%x, %w, %c/bias) {fused_activation_function=RELU}
        }
        """,
    ),
    rewrite(
        """
        graph main(%x: float32[1,2,2,1]) -> (%y) {
          %s = const int32[4] [1, 4, 4, 2]
          %w = const float32[2,2,2,1] [1, 2, 3, 4, 5, 6, 7, 8]
          %c = TRANSPOSE_CONV v2(%s, %w, %x) {stride_w=2, stride_h=2}
          %a = const float32[2] [1, -1]
          %y = ADD(%c, %a) {fused_activation_function=RELU}
        }
        """,
        """
        graph main(%x: float32[1,2,2,1]) -> (%y) {
          %s = const int32[4] [1, 4, 4, 2]
          %w = const float32[2,2,2,1] [1, 2, 3, 4, 5, 6, 7, 8]
          %c/bias = const float32[2] [1, -1]
          %y = TRANSPOSE_CONV v4(%s, %w, %x, %c/bias) {stride_w=2, stride_h=2, fused_activation_function=RELU}
        }
        """,
    ),
    rewrite(
        """
        graph main(%x: float32[1,1,2,2,2]) -> (%y) {
          %w = const float32[1,1,1,2,2] [1, 2, 3, 4]
          %b = const float32[2] [1, 2]
          %c = CONV_3D(%x, %w, %b) {stride_d=1, stride_w=1, stride_h=1}
          %m = const float32[2] [10, 100]
          %y = MUL(%c, %m)
        }
        """,
        """
        graph main(%x: float32[1,1,2,2,2]) -> (%y) {
          %w = const float32[1,1,1,2,2] [10, 200, 30, 400]
          %b = const float32[2] [10, 200]
          %y = CONV_3D(%x, %w, %b) {stride_d=1, stride_w=1, stride_h=1}
        }
        """,
    ),
    # A constant over one channel and more positions is no scale of channels; nor is one that widens the result.
    rewrite(conv("%m = const float32[1,2,2,1] [1, 2, 3, 4] %y = MUL(%c, %m)"), None),
    rewrite(conv("%m = const float32[1,1,1,1,1] [2] %y = MUL(%c, %m)"), None),
    # The result before the scale is seen from outside, or read twice.
    rewrite(conv("%m = const float32[] [2] %y = MUL(%c, %m)", outputs="%y, %c"), None),
    rewrite(conv("%m = const float32[] [2] %d = MUL(%c, %m) %y = ADD(%c, %d)"), None),
    rewrite(conv("%y = MUL(%c, %c)"), None),
    # Not linear, and not finite.
    rewrite(conv("%m = const float32[] [2] %y = DIV(%m, %c)"), None),
    rewrite(conv("%m = const float32[2] [2, 0] %y = DIV(%c, %m)"), None),
    rewrite(
        """
        graph main(%x: float32[1,2]) -> (%y) {
          %w = const float32[2,2] [1, 2, 3, 4]
          %c = FULLY_CONNECTED(%x, %w) {fused_activation_function=RELU}
          %m = const float32[] [2]
          %y = MUL(%c, %m)
        }
        """,
        None,
    ),
    # Weights that are computed.
    rewrite(
        """
        graph main(%x: float32[1,2], %w: float32[2,2]) -> (%y) {
          %c = FULLY_CONNECTED(%x, %w)
          %m = const float32[] [2]
          %y = MUL(%c, %m)
        }
        """,
        None,
    ),
]


@pytest.mark.parametrize("case", REWRITES)
def test_rewrites(case: Rewrite) -> None:
    case.check()


def test_every_operator_with_weights_and_a_bias_is_rewritten() -> None:
    folded = {node.op.name for case in REWRITES if case.after for *_, node in case.rewritten().nodes()}
    rules = {name: op.quant.inputs.values() for name, op in registry().items() if op.quant is not None}
    assert folded >= {name for name, rule in rules.items() if any(isinstance(c, Bias) for c in rule)}


def test_a_long_chain_is_rounded_once() -> None:
    chain = "%m = const float32[] [3] %d0 = MUL(%c, %m) "
    chain += "".join(f"%d{i} = {'DIV' if i % 2 else 'MUL'}(%d{i - 1}, %m) " for i in range(1, 40))
    rewrite(conv(chain + "%y = MUL(%d39, %m)"), folded("[3, 6]", "[30, 60]")).check()
