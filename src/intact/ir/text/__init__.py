"""IR text: a model as people write it down, the language of the pass tests.

    graph main(%x: float32[1?,8,8,3]) -> (%y) {
      %w = const float32[4,3,3,3] random(0)
      %b = const float32[4] [0.5, -1, 0, 2]
      %c: float32[1,8,8,4] = CONV_2D v3(%x, %w, %b) {stride_h=1, fused_activation_function=RELU}
      %y = RESHAPE(%c) {new_shape=[1, 256]}               # the type of a result may be left to the operator
    }
    signature serving_default of main(image=%x) -> (scores=%y)

A size `1?` is dynamic and 1 by default, `[]` is a scalar and `[...]` an unknown rank. Quantization may follow a type:
`<scale=0.5, zero_point=3>`, `<scale=[0.5, 0.25], dim=3>`; also min, max, block_size, block_shape, dims, scales=%a,
zero_points=%a, custom=hex"00". Values that no node makes are `const` with contents, `variable`, or `tensor`, which has
no source. Contents are a list, hex"00ff" (the bytes), zeros, full(1.5) or random(seed), and `sparse [...]` may stand
before them. `intermediates(%a)` and `calls(body)`, the graphs a node runs, may follow its operands. An operator that
intact does not know is `UNKNOWN(%x) {code="CUSTOM", custom_code="Name"}`. Names with other than ASCII letters, digits,
`_`, `.` and `/` are quoted: `%"a;b"`. An operand left out is `none`; at the end of a list this is not the same as a
list that ends before it: files tell the two apart, and LiteRT's RESHAPE does not survive the first.

Text holds the model and not the file: which tensors share bytes, descriptions and metadata are not in it.
"""

from intact.ir.text.parser import parse
from intact.ir.text.printer import format_model

__all__ = ["format_model", "parse"]
