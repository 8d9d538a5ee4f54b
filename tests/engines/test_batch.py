"""Many samples at once give the bits of one after the other; runs are timed whole."""

from collections import Counter

import numpy as np
import pytest

from digits import int8
from intact.diagnose.draw import random_samples
from intact.engines.batch import is_stateless
from intact.engines.exact import Exact
from intact.errors import IntactError
from intact.ir.model import Model
from intact.ir.text import parse
from recurrent import streaming
from shift import shift_register

DENSE = """graph main(%x: int8[1?,8] <scale=0.1, zero_point=3>) -> (%y, %x, %c) {
  %w = const int8[4,8] <scale=0.02, zero_point=0> random(0)
  %k = const int8[2,2] <scale=0.1, zero_point=3> [-128, -1, 0, 127]
  %a: int8[1,4] <scale=0.3, zero_point=-7> = FULLY_CONNECTED(%x, %w, none)
  %y: int8[4] <scale=0.3, zero_point=-7> = RESHAPE(%a) {new_shape=[-1]}
  %c: int8[4] <scale=0.1, zero_point=3> = RESHAPE(%k) {new_shape=[4]}
}"""
"""One program of kernels; an input and a constant are outputs too."""

ISLAND = """graph main(%x: int8[1,4] <scale=0.1, zero_point=0>) -> (%y) {
  %a: float32[1,4] = DEQUANTIZE(%x)
  %b: float32[1,4] = COS(%a)
  %y: int8[1,4] <scale=0.1, zero_point=0> = QUANTIZE(%b)
}"""

MODELS = {
    "one program": (lambda: parse(DENSE), True),
    "digits": (int8, True),
    "variables": (lambda: streaming().model(), False),
    "resources": (shift_register, False),
    "LiteRT": (lambda: parse(ISLAND), False),
}


@pytest.mark.parametrize("native", [True, False], ids=["kernels", "numpy"])
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("name", MODELS)
def test_a_batch_is_its_samples_one_after_the_other(name: str, threads: int, *, native: bool) -> None:
    make, stateless = MODELS[name]
    model: Model = make()
    samples = random_samples(model, 13)
    one, many = Exact(model, native=False), Exact(model, native=native, threads=threads)
    assert is_stateless(many) == stateless
    wanted = [one.run(s) for s in samples]
    for run in (many.run_batch, lambda several: [many.run(s) for s in several]):
        many.reset()
        found = run(samples[:1]) + run(samples[1:])
        assert [{k: a.tobytes() for k, a in f.items()} for f in found] == [
            {k: a.tobytes() for k, a in w.items()} for w in wanted
        ]


def test_a_batch_of_samples_of_several_shapes() -> None:
    model = parse(DENSE)
    rng = np.random.default_rng(0)
    samples = [{"x": rng.integers(-128, 128, (rows, 8)).astype(np.int8)} for rows in (1, 1, 3, 3, 3, 1, 0)]
    wanted = [Exact(model, native=False).run(s) for s in samples]
    found = Exact(model, threads=2).run_batch(samples)
    assert [f["y"].tolist() for f in found] == [w["y"].tolist() for w in wanted]
    assert Exact(model).run_batch([]) == []


def test_what_a_batch_refuses() -> None:
    good, bad = {"x": np.zeros((1, 8), np.int8)}, {"x": np.zeros((1, 7), np.int8)}
    with pytest.raises(IntactError, match=r"input 'x' was given the shape \[1, 7\]; expected \[-1, 8\]"):
        Exact(parse(DENSE)).run_batch([good, bad])


@pytest.mark.parametrize("name", MODELS)
def test_every_operator_that_runs_is_timed_once(name: str) -> None:
    model: Model = MODELS[name][0]()
    engine, (sample,) = Exact(model), random_samples(model, 1)
    told: list[tuple[str, str, float]] = []

    def spent(nodes, where, seconds):
        told.extend((node.op.name, where, seconds) for node in nodes)

    found = engine.timed(sample, spent)
    engine.reset()
    assert {k: a.tobytes() for k, a in found.items()} == {k: a.tobytes() for k, a in engine.run(sample).items()}
    computed = {node.op.name for node in engine.records} | ({"COS"} if name == "LiteRT" else set())
    assert {operator for operator, *_ in told} <= computed
    if name != "resources":
        assert Counter(operator for operator, *_ in told) == Counter(n.op.name for n in model.main.nodes)
    assert {where for _, where, _ in told} <= {"kernels", "numpy", "litert"}
    assert all(seconds >= 0 for *_, seconds in told)
