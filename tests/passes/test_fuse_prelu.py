import pytest

from intact.passes.fuse_prelu import FusePrelu
from rewrite import Rewrite


def rewrite(before: str, after: str | None) -> Rewrite:
    return Rewrite(FusePrelu(), before, after)


def model(body: str) -> str:
    return f"graph main(%x: float32[1,2,2,2]) -> (%y) {{ %c = const float32[2] [0.25, -0.5] {body} }}"


def prelu(alpha: str, shape: str = "[2]") -> str:
    return (
        "graph main(%x: float32[1,2,2,2]) -> (%y) {"
        f"%y/alpha = const float32{shape} {alpha} %y = PRELU(%x, %y/alpha) }}"
    )


PARTS = "%p = RELU(%x) %n = NEG(%x) %r = RELU(%n)"

REWRITES = [
    # What Keras and the TensorFlow converter make of a PReLU layer.
    rewrite(model(f"{PARTS} %q = NEG(%r) %m = MUL(%c, %q) %y = ADD(%p, %m)"), prelu("[0.25, -0.5]")),
    rewrite(model(f"{PARTS} %m = MUL(%r, %c) %y = ADD(%m, %p)"), prelu("[-0.25, 0.5]")),
    rewrite(model(f"{PARTS} %m = MUL(%r, %c) %q = NEG(%m) %y = ADD(%q, %p)"), prelu("[0.25, -0.5]")),
    rewrite(model(f"{PARTS} %m = MUL(%r, %c) %y = SUB(%p, %m)"), prelu("[0.25, -0.5]")),
    # What people wrote before there was a layer.
    rewrite(
        model(
            "%p = RELU(%x) %b = ABS(%x) %d = SUB(%x, %b) %m = MUL(%d, %c)"
            "%h = const float32[] [0.5] %n = MUL(%m, %h) %y = ADD(%p, %n)"
        ),
        prelu("[0.25, -0.5]"),
    ),
    # A part that something else reads stays for it.
    rewrite(
        model(f"{PARTS} %m = MUL(%r, %c) %z = ADD(%p, %m) %y = ADD(%z, %r)"),
        model(
            "%n = NEG(%x) %r = RELU(%n) %z/alpha = const float32[2] [-0.25, 0.5] %z = PRELU(%x, %z/alpha)"
            "%y = ADD(%z, %r)"
        ),
    ),
    # Near misses: another input, an activation on the way, a computed slope, a slope that widens the result.
    rewrite(model("%p = RELU(%x) %o = ADD(%x, %x) %n = NEG(%o) %r = RELU(%n) %m = MUL(%r, %c) %y = ADD(%p, %m)"), None),
    rewrite(model(f"{PARTS} %m = MUL(%r, %c) %y = ADD(%p, %m) {{fused_activation_function=RELU6}}"), None),
    rewrite(model(f"{PARTS} %m = MUL(%r, %c) {{fused_activation_function=RELU}} %y = ADD(%p, %m)"), None),
    rewrite(model(f"{PARTS} %m = MUL(%r, %x) %y = ADD(%p, %m)"), None),
    rewrite(model(f"{PARTS} %k = const float32[3,1,1,1] random(1) %m = MUL(%r, %k) %y = ADD(%p, %m)"), None),
    rewrite(model(f"{PARTS} %y = ADD(%p, %n)"), None),
    rewrite(model(f"{PARTS} %m = MUL(%r, %c) %y = SUB(%m, %p)"), None),
]


@pytest.mark.parametrize("case", REWRITES)
def test_rewrites(case: Rewrite) -> None:
    case.check()
