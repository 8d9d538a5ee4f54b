import pytest

from intact.passes.prune import Prune
from rewrite import Rewrite


def rewrite(before: str, after: str | None) -> Rewrite:
    return Rewrite(Prune(), before, after)


def model(body: str) -> str:
    return f"graph main(%x: float32[2]) -> (%y) {{ {body} }}"


REWRITES = [
    rewrite(model("%u = const float32[2] zeros %a = ADD(%x, %u) %b = NEG(%a) %y = NEG(%x)"), model("%y = NEG(%x)")),
    rewrite(model("%u = const float32[2] zeros %v = variable float32[2] %y = NEG(%x)"), model("%y = NEG(%x)")),
    # One result of several is enough to stay.
    rewrite(model("%a = const int32[] [0] %y, %z = SPLIT(%a, %x) {num_splits=2}").replace("(%y)", "(%z)"), None),
    rewrite(model("%y = NEG(%x)"), None),
]


@pytest.mark.parametrize("case", REWRITES)
def test_rewrites(case: Rewrite) -> None:
    case.check()


@pytest.mark.parametrize(
    "text",
    [
        # Operators intact does not know, and those that run a graph or write a state.
        """
        graph main(%x: float32[2]) -> (%x) {
          %a = NEG(%x)
          %u: float32[2] = UNKNOWN(%a) {code="CUSTOM", custom_code="Print"}
        }
        """,
        """
        graph main(%x: float32[2]) -> (%x) {
          CALL_ONCE() calls(init)
        }
        graph init() -> () {
          %h: resource[] = VAR_HANDLE() {shared_name="v"}
          %c = const float32[2] zeros
          ASSIGN_VARIABLE(%h, %c)
        }
        """,
        """
        graph main(%x: float32[1,2]) -> (%x) {
          %f = const float32[2,2] random(1)
          %t = const float32[2,3] random(2)
          %s = variable float32[1,6]
          %y: float32[1,2] = SVDF(%x, %f, %t, none, %s) {rank=1}
        }
        """,
        # Values that only a signature, a quantized value or a kernel's own bookkeeping names.
        """
        graph main(%x: float32[2]) -> (%x) {
          %a = NEG(%x)
        }
        signature run of main(x=%x) -> (a=%a)
        """,
        """
        graph main(%x: float32[1,32]) -> (%y) {
          %s = const float16[1,1] full(0.5)
          %q = const int4[1,32] <block_size=32, scales=%s> zeros
          %y: float32[1,1] = FULLY_CONNECTED(%x, %q)
        }
        """,
    ],
)
def test_nothing_of_these_goes(text: str) -> None:
    rewrite(text, None).check()
