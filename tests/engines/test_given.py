"""What runs are given stays the caller's, and counts whatever the file has of it."""

from __future__ import annotations

import numpy as np
import pytest

from intact.engines.exact import Exact
from intact.engines.litert import Session
from intact.errors import EngineError
from intact.ir.graph import Buffer
from intact.ir.model import Model
from intact.ir.text import parse

Q = "<scale=0.1, zero_point=0>"

SETTLED = f"""graph main(%x: int8[2] {Q}, %c: int8[2] {Q}) -> (%z, %y) {{
  %s: int8[2] {Q} = RELU(%c)
  %z: int8[2] {Q} = ADD(%x, %s)
  %y: int8[2] {Q} = ADD(%x, %c)
}}"""

FILTER = f"""graph main(%x: int8[1,2] {Q}, %c: int8[2,2] {Q}) -> (%z) {{
  %z: int8[1,2] {Q} = FULLY_CONNECTED(%x, %c)
}}"""

ON_LITERT = f"""graph main(%x: int8[2] {Q}, %c: float32[2]) -> (%z) {{
  %a: float32[2] = DEQUANTIZE(%x)
  %d: float32[2] = COS(%c)
  %b: float32[2] = ATAN2(%a, %d)
  %z: int8[2] {Q} = QUANTIZE(%b)
}}"""

VIEWS = f"""graph main(%x: int8[2] {Q}) -> (%x, %r) {{
  %s = const int32[2] [2, 1]
  %r: int8[2,1] {Q} = RESHAPE(%x, %s)
}}"""


def with_contents(text: str) -> Model:
    """The model with bytes for its second input, which a file may have."""
    model = parse(text)
    value = model.main.inputs[1]
    value.buffer = Buffer(np.arange(1, 1 + value.type.size).astype(value.dtype.numpy))
    assert value.is_constant
    assert not model.main.is_constant(value)
    return model


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("text", [SETTLED, FILTER, ON_LITERT])
def test_what_a_run_is_given_counts(text: str, native: bool) -> None:
    model = with_contents(text)
    engine, session = Exact(model, strict=False, native=native), Session(parse(text), resolver="reference")
    x, c = model.main.inputs
    for seed in range(4):
        draw = np.random.default_rng(seed)
        given = {"x": draw.integers(-50, 50, x.shape).astype(np.int8)}
        given["c"] = draw.integers(-50, 50, c.shape).astype(c.dtype.numpy)
        wanted = session.run(given)
        assert {n: a.tolist() for n, a in engine.run(given).items()} == {n: a.tolist() for n, a in wanted.items()}


@pytest.mark.parametrize("native", [False, True])
def test_outputs_are_arrays_of_their_own(native: bool) -> None:
    engine = Exact(parse(VIEWS), native=native)
    given = np.array([3, 4], np.int8)
    for _ in range(2):
        for found in (engine.run({"x": given}), engine.run_batch([{"x": given}])[0]):
            assert not any(np.shares_memory(a, given) for a in found.values())
            for array in found.values():
                array[...] = 0
    assert given.tolist() == [3, 4]


def test_the_short_way_may_end_while_another_thread_looks() -> None:
    """The attribute is read once: what a second reading finds may be None."""
    given = {name: np.zeros(2, np.int8) for name in ("x", "c")}

    class Fading(Exact):
        readings = 0

        @property
        def _ready(self):  # type: ignore[no-untyped-def]
            self.readings += 1
            return self.__dict__["_ready"] if self.readings % 2 else None

        @_ready.setter
        def _ready(self, ready):  # type: ignore[no-untyped-def]
            self.__dict__["_ready"] = ready

    fading = Fading(parse(SETTLED))
    for _ in range(4):
        assert fading.run(given)["z"].tolist() == [0, 0]


def test_what_nothing_computes_is_said() -> None:
    model = parse(ON_LITERT)
    model.main.inputs.pop()
    with pytest.raises(EngineError, match="tensor 'c' has no contents"):
        Exact(model, strict=False).run({"x": np.zeros(2, np.int8)})
