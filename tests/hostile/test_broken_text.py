"""Text with pieces cut out, doubled and swapped is refused with a ModelError, or parses to what verify can judge."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

import intact.ops  # noqa: F401  (registers the operators that the text names)
from intact.errors import ModelError
from intact.ir.text import format_model, parse
from intact.ir.verify import verify

TEXT = """
graph main(%x: float32[1?,4,4,2], %"a b": int8[1,2] <scale=0.5, zero_point=-3>) -> (%y, %x) {
  %w = const int8[2,1,1,2] <scale=[0.1, 0.2], zero_point=[0, 0], dim=0> [1, -2, 3, -128]
  %f = const float32[2,1,1,2] random(1)
  %s = const float16[2,1] full(0.25)
  %q = const int4[2,32] <block_size=32, scales=%s> zeros
  %p = const float32[2,3] sparse [[0, 1], [], [2, ["uint8", [0, 1, 3], "uint8", [0, 2, 1]]]] [1.0, 2.0, 3.0]
  %v = variable float32[1,4]
  %c = CONV_2D(%x, %f) {stride_h=2, stride_w=2, fused_activation_function=RELU}
  %n = const int32[2] [1, -1]
  %r = RESHAPE v1(%c, %n) {new_shape=[1, 8]}
  %t, %u = SPLIT(%ax, %r) {num_splits=2}
  %ax = const int32[] [1]
  %y: float32[...] = UNKNOWN(%p, none) intermediates(%v) calls(body) {code="CUSTOM", custom_options=hex"00ff"}
}
graph body(%x: float32[2]) -> (%z) { %z: float32[2] = ADD(%x, %k) %k: float32[2] = NEG(%x) }
signature run of main(x=%x) -> ("a b"=%y)
"""
PIECES = TEXT.split(" ")


@st.composite
def damaged(draw: st.DrawFn) -> str:
    pieces = list(PIECES)
    for _ in range(draw(st.integers(1, 4))):
        at, other = draw(st.integers(0, len(pieces) - 1)), draw(st.integers(0, len(PIECES) - 1))
        match draw(st.sampled_from(["drop", "double", "replace", "cut", "insert"])):
            case "drop":
                pieces[at] = ""
            case "double":
                pieces[at] += " " + pieces[at]
            case "replace":
                pieces[at] = PIECES[other]
            case "cut":
                pieces[at] = pieces[at][: len(pieces[at]) // 2]
            case "insert":
                pieces[at] += draw(st.sampled_from([*'()[]{}<>,=:?%"#-.0', "-1", "99999999999", "none", "\x00", "é"]))
    return " ".join(pieces)


@given(damaged())
def test_damaged_text(text: str) -> None:
    with contextlib.suppress(ModelError):
        model = parse(text)
        verify(model)
        format_model(model)


@given(st.text())
def test_any_text(text: str) -> None:
    with contextlib.suppress(ModelError):
        parse(text)


def test_the_text_is_whole() -> None:
    assert len(parse(TEXT).main.nodes) == 4
