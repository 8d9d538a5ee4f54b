import pytest

from intact.passes.inline_composite import InlineComposite
from rewrite import Rewrite

COMPOSITE = """{code="STABLEHLO_COMPOSITE", table="StableHLOCompositeOptions", fields=[["name", hex"61"],
  ["compositeAttributes", hex""], ["compositeAttributesFormat", 0], ["version", 0]], is_second_union=true}"""


def rewrite(before: str, after: str | None) -> Rewrite:
    return Rewrite(InlineComposite(), before.replace("COMPOSITE", COMPOSITE), after)


BODY = """
graph body(%a: float32[2], %b: float32[2]) -> (%d, %a) {
  %c = const float32[2] [1, 2]
  %s = ADD(%a, %c)
  %d = MUL(%s, %b)
}
"""

REWRITES = [
    # Twice the same body, one of whose results is an operand handed through.
    rewrite(
        """
        graph main(%x: float32[2]) -> (%z, %y) {
          %y: float32[2], %p: float32[2] = UNKNOWN(%x, %x) calls(body) COMPOSITE
          %z: float32[2], %q: float32[2] = UNKNOWN(%p, %y) calls(body) COMPOSITE
        }
        """
        + BODY,
        """
        graph main(%x: float32[2]) -> (%z, %y) {
          %STABLEHLO_COMPOSITE/c = const float32[2] [1, 2]
          %STABLEHLO_COMPOSITE/s = ADD(%x, %STABLEHLO_COMPOSITE/c)
          %y = MUL(%STABLEHLO_COMPOSITE/s, %x)
          %"STABLEHLO_COMPOSITE/c#2" = const float32[2] [1, 2]
          %"STABLEHLO_COMPOSITE/s#2" = ADD(%x, %"STABLEHLO_COMPOSITE/c#2")
          %z = MUL(%"STABLEHLO_COMPOSITE/s#2", %y)
        }
        """,
    ),
    # A composite of a composite.
    rewrite(
        """
        graph main(%x: float32[2]) -> (%y) {
          %y: float32[2] = UNKNOWN(%x) calls(outer) COMPOSITE
        }
        graph outer(%x: float32[2]) -> (%y) {
          %y: float32[2] = UNKNOWN(%x) calls(inner) COMPOSITE
        }
        graph inner(%x: float32[2]) -> (%y) { %y = ABS(%x) }
        """,
        "graph main(%x: float32[2]) -> (%y) { %y = ABS(%x) }",
    ),
    rewrite("graph main(%x: float32[2]) -> (%y) { %y = ABS(%x) }", None),
]


@pytest.mark.parametrize("case", REWRITES)
def test_rewrites(case: Rewrite) -> None:
    case.check()
