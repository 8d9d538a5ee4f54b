"""What the exact engine takes, keeps and lets go."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from digits import int8
from intact.engines.exact import Exact
from intact.engines.litert import Session
from intact.errors import IntactError
from intact.ir.graph import Node
from intact.ir.text import parse

CHAIN = """graph main(%x: int8[1,64] <scale=0.1, zero_point=0>) -> (%d) {
  %a: int8[1,64] <scale=0.1, zero_point=0> = RELU(%x)
  %b: int8[1,64] <scale=0.1, zero_point=0> = ADD(%a, %x)
  %c: int8[1,64] <scale=0.1, zero_point=0> = ADD(%b, %a)
  %d: int8[1,64] <scale=0.1, zero_point=0> = ADD(%c, %c)
}"""

FLOATS_BETWEEN = """graph main(%x: int8[1?,4] <scale=0.1, zero_point=0>) -> (%y) {
  %a: float32[1,4] = DEQUANTIZE(%x)
  %b: float32[1,4] = COS(%a)
  %y: int8[1,4] <scale=0.1, zero_point=0> = QUANTIZE(%b)
}"""


@pytest.mark.parametrize(
    ("array", "error"),
    [
        (np.zeros((2, 8, 8, 1), np.int8), "was given the shape [2, 8, 8, 1]; expected "),
        (np.zeros((1, 8, 9, 1), np.int8), "was given the shape [1, 8, 9, 1]; expected "),
        (np.zeros((8, 8), np.int8), "was given the shape [8, 8]; expected "),
        (np.zeros((1, 8, 8, 1), np.int16), "was given int16; expected int8. [E303]"),
        (np.zeros((1, 8, 8, 1), np.float32), "was given float32; expected int8. [E303]"),
    ],
)
def test_arrays_that_are_not_the_inputs_are_refused(array: np.ndarray, error: str) -> None:
    with pytest.raises(IntactError) as caught:
        Exact(int8()).run({"image": array})
    assert f"input 'image' {error}" in str(caught.value)
    assert caught.value.code == ("E303" if "int8." in error else "E302")


@pytest.mark.parametrize("profile", ["litert-reference", "litert-optimized", "litert-xnnpack"])
def test_islands_take_the_sizes_that_the_model_is_given(profile: str) -> None:
    model = parse(FLOATS_BETWEEN)
    engine, session = Exact(model, profile), Session(model, resolver="reference")
    assert len(engine.steps[engine.graph]) == 3
    for batch in (1, 3, 2):
        sample = {"x": np.arange(4 * batch, dtype=np.int8).reshape(batch, 4)}
        assert np.array_equal(engine.run(sample)["y"], session.run(sample)["y"])
    with pytest.raises(IntactError, match=r"input 'x' was given the shape \[3, 5\]; expected \[-1, 4\]"):
        engine.run({"x": np.zeros((3, 5), np.int8)})


def test_results_are_let_go_after_their_last_use() -> None:
    engine = Exact(parse(CHAIN))
    made: list[weakref.ref[np.ndarray]] = []
    alive: list[int] = []

    def see(_: Node, __: object, results: list[np.ndarray]) -> None:
        gc.collect()
        alive.append(sum(r() is not None for r in made))
        made.extend(weakref.ref(r) for r in results)

    engine.run({"x": np.ones((1, 64), np.int8)}, visit=see)
    # Before b there is a; before c there are a and b; before d only c.
    assert alive == [0, 1, 2, 1]


def test_threads_may_share_an_engine() -> None:
    model = parse(FLOATS_BETWEEN)
    engine = Exact(model)
    samples = [{"x": np.random.default_rng(i).integers(-128, 128, (1 + i % 3, 4)).astype(np.int8)} for i in range(32)]
    wanted = [Exact(model).run(s)["y"] for s in samples]

    def run(sample: dict[str, np.ndarray]) -> tuple[np.ndarray, int]:
        seen: list[Node] = []
        return engine.run(sample, visit=lambda node, *_: seen.append(node))["y"], len(seen)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(run, samples))
    assert all(np.array_equal(w, f) and count == 3 for w, (f, count) in zip(wanted, found, strict=True))


def test_only_graphs_that_run_need_be_covered() -> None:
    text = """graph main(%x: int8[4] <scale=0.1, zero_point=0>) -> (%y) {
      %y: int8[4] <scale=0.1, zero_point=0> = RELU(%x)
    }
    graph other(%x: int8[4] <scale=0.1, zero_point=0>) -> (%y) {
      %y: int8[4] <scale=0.1, zero_point=0> = UNKNOWN(%x) {code="CUSTOM", custom_code="Mine"}
    }"""
    model = parse(text)
    assert Exact(model).run({"x": np.array([-1, 0, 1, 2], np.int8)})["y"].tolist() == [0, 0, 1, 2]
    with pytest.raises(IntactError, match="CUSTOM:Mine"):
        Exact(model, graph=model.graphs[1])


def test_what_is_traced_is_seen_in_the_midst_of_a_run() -> None:
    engine = Exact(parse(CHAIN))
    seen: dict[str, np.ndarray] = {}
    engine.run({"x": np.ones((1, 64), np.int8)}, trace={engine.graph.nodes[2]: seen.__setitem__})
    assert "clamped" in seen


def test_inputs_may_lie_anywhere_in_memory() -> None:
    engine = Exact(parse(CHAIN.replace("int8", "int16")))
    numbers = np.arange(-32, 32, dtype=np.int16).reshape(1, 64)
    odd = np.frombuffer(b"\0" + numbers.tobytes(), np.int16, offset=1).reshape(1, 64)
    assert not odd.flags.aligned
    for given in (odd, np.asfortranarray(numbers.reshape(64, 1)).T):
        np.testing.assert_array_equal(engine.run({"x": given})["d"], engine.run({"x": numbers})["d"])
