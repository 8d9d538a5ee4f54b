"""Runs that follow a run with the same shapes take a short way; nothing but their time tells."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from intact.engines.exact import Exact
from intact.errors import IntactError
from intact.ir.graph import Node
from intact.ir.text import parse

MODEL = """graph main(%x: int8[1?,4] <scale=0.1, zero_point=0>, %unread: int16[2]) -> (%y, %b, %y2) {
  %a: int8[1,4] <scale=0.1, zero_point=0> = RELU(%x)
  %b: int8[1,4] <scale=0.1, zero_point=0> = ADD(%a, %x)
  %s = const int32[2] [4, -1]
  %y: int8[4,1] <scale=0.1, zero_point=0> = RESHAPE(%b, %s)
  %y2: int8[4,1] <scale=0.1, zero_point=0> = RELU(%y)
}"""


def sample(batch: int, seed: int = 0) -> dict[str, np.ndarray]:
    numbers = np.random.default_rng(seed).integers(-128, 128, (batch, 4)).astype(np.int8)
    return {"x": numbers, "unread": np.zeros(2, np.int16)}


def bits(found: dict[str, np.ndarray]) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    return {name: (str(a.dtype), a.shape, a.tobytes()) for name, a in found.items()}


@pytest.mark.parametrize("threads", [1, 2])
def test_run_after_run(threads: int) -> None:
    engine, definition = Exact(parse(MODEL), threads=threads), Exact(parse(MODEL), native=False)
    kept = []
    # The last two have outputs too large to be copied, and inputs that may not be written to.
    for seed, batch in enumerate((1, 1, 3, 1, 3, 3, 2000, 2000)):
        given = sample(batch, seed)
        given["x"].flags.writeable = seed % 2 == 0
        kept.append((bits(definition.run(given)), engine.run(given)))
    assert [wanted for wanted, _ in kept] == [bits(found) for _, found in kept]
    kept[0][1]["y"][...] = 0
    assert kept[1][0] == bits(kept[1][1]), "each run has arrays of its own"


def test_arrays_of_any_layout() -> None:
    engine = Exact(parse(MODEL))
    given = sample(4)
    wanted = bits(engine.run(given))
    for array in (np.asfortranarray(given["x"]), np.repeat(given["x"], 2, 0)[::2], given["x"].tolist()):
        assert bits(engine.run({**given, "x": np.asarray(array, np.int8)})) == wanted


def test_what_is_wrong_is_refused_as_before() -> None:
    engine = Exact(parse(MODEL))
    for _ in range(2):
        engine.run(sample(1))
    for wrong, error in (
        ({"x": sample(1)["x"]}, "input 'unread' was given nothing"),
        ({**sample(1), "z": np.zeros(1)}, "there is no input 'z'"),
        ({**sample(1), "unread": np.zeros(3, np.int16)}, r"input 'unread' was given the shape \[3\]"),
        ({**sample(1), "x": np.zeros((1, 4), np.uint8)}, "input 'x' was given uint8; expected int8"),
        ({**sample(1), "x": np.zeros((1, 5), np.int8)}, r"input 'x' was given the shape \[1, 5\]"),
    ):
        with pytest.raises(IntactError, match=error):
            engine.run(wrong)


def test_who_looks_on_sees_all() -> None:
    engine = Exact(parse(MODEL))
    seen: list[Node] = []
    traced: dict[str, np.ndarray] = {}
    for _ in range(2):
        engine.run(sample(1))
        engine.run(sample(1), visit=lambda node, *_: seen.append(node))
        engine.run(sample(1), trace={engine.graph.nodes[1]: traced.__setitem__})
    assert seen == [*engine.graph.nodes] * 2
    assert "clamped" in traced


def test_several_callers_at_once() -> None:
    engine = Exact(parse(MODEL), threads=2)
    samples = [sample(1 + seed // 16, seed) for seed in range(64)]
    wanted = [bits(Exact(parse(MODEL)).run(s)) for s in samples]
    with ThreadPoolExecutor(4) as threads:
        for _ in range(20):
            assert [bits(found) for found in threads.map(engine.run, samples)] == wanted
