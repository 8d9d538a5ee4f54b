"""Shapes that a model's operators do not take never reach a kernel: with kernels and without, the engine refuses alike.

The first shapes of each case fit, the last do not.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from intact.engines.exact import Exact
from intact.errors import EngineError, UncoveredError
from intact.ir.text import parse

Q = "<scale=0.1, zero_point=0>"

TRANSPOSE_CONV = f"""graph main(%x: int8[1?,2,2,2] {Q}) -> (%y) {{
  %o = const int32[4] [1,4,4,3]
  %w = const int8[3,2,2,2] {Q} random(1)
  %y: int8[1,4,4,3] {Q} = TRANSPOSE_CONV(%o, %w, %x) {{padding=SAME, stride_h=2, stride_w=2}}
}}"""

UPDATE = f"""graph main(%x: int8[2,1?] {Q}, %u: int8[2,1?] {Q}, %i: int32[1?]) -> (%y) {{
  %y: int8[2,1] {Q} = DYNAMIC_UPDATE_SLICE(%x, %u, %i)
}}"""

GATHER = f"""graph main(%x: int8[1?,2,4] {Q}, %p: int32[1?,3]) -> (%y) {{
  %y: int8[1,2,3] {Q} = GATHER(%x, %p) {{axis=2, batch_dims=1}}
}}"""

GATHER_ND = f"""graph main(%x: int8[4,2] {Q}, %p: int32[3,1?]) -> (%y) {{
  %y: int8[3,2] {Q} = GATHER_ND(%x, %p)
}}"""

# What is left of a width of 6 comes after the input.
PADDED = f"""graph main(%x: int8[1,4?] {Q}) -> (%y) {{
  %s: int32[2] = SHAPE(%x) {{out_type=int32}}
  %c = const int32[2,2] [0,0,0,6]
  %z = const int32[2,2] [0,0,0,1]
  %k: int32[2,2] = MUL(%z, %s)
  %p: int32[2,2] = SUB(%c, %k)
  %v = const int8[1] {Q} [3]
  %y: int8[1,6] {Q} = PAD(%x, %p)
}}"""

DENSE = f"""graph main(%x: int8[2,8?] {Q}) -> (%y) {{
  %w = const int8[4,8] {Q} random(1)
  %y: int8[2,4] {Q} = FULLY_CONNECTED(%x, %w)
}}"""

GROUPS = f"""graph main(%x: int8[1,4,4,4?] {Q}) -> (%y) {{
  %w = const int8[6,3,3,2] {Q} random(1)
  %b = const int32[6] [1,2,3,4,5,6]
  %y: int8[1,4,4,6] {Q} = CONV_2D(%x, %w, %b) {{padding=SAME, stride_h=1, stride_w=1}}
}}"""

DEPTHWISE = f"""graph main(%x: uint8[1,4,4,4?] {Q}) -> (%y) {{
  %w = const uint8[1,3,3,4] {Q} random(1)
  %b = const int32[4] [1,2,3,4]
  %y: uint8[1,4,4,4] {Q} = DEPTHWISE_CONV_2D(%x, %w, %b) {{padding=SAME, stride_h=1, stride_w=1, depth_multiplier=1}}
}}"""

SVDF = f"""graph main(%x: int8[1,2?] {Q}) -> (%y) {{
  %f = const int8[2,2] {Q} random(1)
  %t = const int16[2,3] {Q} random(2)
  %b = const int32[2] [1,2]
  %s = variable int16[1,6] {Q}
  %y: int8[1,2] {Q} = SVDF(%x, %f, %t, %b, %s) {{rank=1, fused_activation_function=RELU}}
}}"""

Shapes = dict[str, tuple[int, ...]]

CASES: list[tuple[str, str, list[Shapes]]] = [
    ("TRANSPOSE_CONV", TRANSPOSE_CONV, [{"x": (1, 2, 2, 2)}, {"x": (2, 2, 2, 2)}]),
    ("DYNAMIC_UPDATE_SLICE", UPDATE, [{"x": (2, 8), "u": (2, 4), "i": (2,)}, {"x": (2, 8), "u": (2, 20), "i": (2,)}]),
    ("DYNAMIC_UPDATE_SLICE", UPDATE, [{"x": (2, 8), "u": (2, 8), "i": (2,)}, {"x": (2, 8), "u": (2, 4), "i": (1,)}]),
    ("GATHER", GATHER, [{"x": (4, 2, 4), "p": (4, 3)}, {"x": (4, 2, 4), "p": (1, 3)}]),
    ("GATHER", GATHER, [{"x": (1, 2, 4), "p": (1, 3)}, {"x": (1, 2, 4), "p": (2, 3)}]),
    ("GATHER_ND", GATHER_ND, [{"x": (4, 2), "p": (3, 2)}, {"x": (4, 2), "p": (3, 3)}]),
    ("GATHER_ND", GATHER_ND, [{"x": (4, 2), "p": (3, 1)}, {"x": (4, 2), "p": (3, 0)}]),
    ("PAD", PADDED, [{"x": (1, 6)}, {"x": (1, 8)}]),
    ("PADV2", PADDED.replace("PAD(%x, %p)", "PADV2(%x, %p, %v)"), [{"x": (1, 6)}, {"x": (1, 8)}]),
    (
        "MIRROR_PAD",
        PADDED.replace("PAD(%x, %p)", "MIRROR_PAD(%x, %p) {mode=SYMMETRIC}"),
        [{"x": (1, 4)}, {"x": (1, 8)}],
    ),
    ("FULLY_CONNECTED", DENSE, [{"x": (2, 4)}, {"x": (2, 6)}]),
    ("CONV_2D", GROUPS, [{"x": (1, 4, 4, 4)}, {"x": (1, 4, 4, 5)}]),
    ("DEPTHWISE_CONV_2D", DEPTHWISE, [{"x": (1, 4, 4, 4)}, {"x": (1, 4, 4, 3)}]),
    ("SVDF", SVDF, [{"x": (1, 2)}, {"x": (1, 3)}]),
]


def sample(shapes: Shapes, dtypes: dict[str, str]) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(1)
    return {
        name: draw.integers(0, 2 if dtypes[name] == "int32" else 127, shape).astype(dtypes[name])
        for name, shape in shapes.items()
    }


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize(("name", "text", "shapes"), CASES)
def test_what_arrives_is_what_the_operator_takes(name: str, text: str, shapes: list[Shapes], native: bool) -> None:
    model = parse(text)
    dtypes = {v.name: v.dtype.value for v in model.main.inputs}
    *fit, unfit = [sample(s, dtypes) for s in shapes]
    engine = Exact(model, "litert-reference", native=native)
    definition = Exact(model, "litert-reference", native=False)
    for given in fit:
        assert engine.run(given)["y"].tobytes() == definition.run(given)["y"].tobytes()
    for _ in range(2):
        with pytest.raises(EngineError, match=f"{name} 'y' failed on operands of shapes"):
            engine.run(unfit)


@pytest.mark.parametrize("native", [False, True])
def test_a_file_may_declare_what_does_not_fit(native: bool) -> None:
    model = parse(UPDATE.replace("1?", "8"))
    update, corner = model.main.inputs[1:]
    update.type = replace(update.type, shape=(2, 1 << 12))
    corner.type = replace(corner.type, shape=(2,))
    given = {"x": np.zeros((2, 8), np.int8), "u": np.ones((2, 1 << 12), np.int8), "i": np.zeros(2, np.int32)}
    with pytest.raises(EngineError, match="no size above operand's"):
        Exact(model, native=native).run(given)


@pytest.mark.parametrize("native", [False, True])
def test_sizes_of_a_split_may_be_more_than_results(native: bool) -> None:
    text = f"""graph main(%x: int8[1,4] {Q}, %n: int32[2?]) -> (%y, %z) {{
      %a = const int32[] [1]
      %y: int8[1,2] {Q}, %z: int8[1,2] {Q} = SPLIT_V(%x, %n, %a) {{num_splits=2}}
    }}"""
    engine = Exact(parse(text), native=native)
    given = {"x": np.arange(4, dtype=np.int8).reshape(1, 4)}
    assert engine.run({**given, "n": np.array([1, 3], np.int32)})["z"].tolist() == [[1, 2, 3]]
    with pytest.raises(EngineError, match="SPLIT_V gave 3 results for 2"):
        engine.run({**given, "n": np.array([1, 1, 2], np.int32)})


@pytest.mark.parametrize("native", [False, True])
def test_shapes_that_no_record_can_be_made_for(native: bool) -> None:
    with pytest.raises(UncoveredError, match=r"operands of shapes \[\(1, 4, 4\), .* do not fit it"):
        Exact(parse(GROUPS.replace("1,4,4,4?", "1,4,4")), native=native)
