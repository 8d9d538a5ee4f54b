"""bench, run_batch and threads= in Python."""

import numpy as np
import pytest

import intact
from digits import int8
from intact.diagnose import bench as module
from intact.diagnose.draw import random_samples
from intact.diagnose.products import products
from intact.errors import EngineError, IntactError, UsageError
from intact.ir.model import Model
from intact.ir.text import parse
from recurrent import streaming

DYNAMIC = """graph main(%x: int8[1?,4] <scale=0.1, zero_point=0>) -> (%y) {
  %y: int8[1,4] <scale=0.1, zero_point=0> = RELU(%x)
}"""

WORK = """graph main(%i: float32[1,6,6,4], %v: float32[2,5], %m: float32[2,5,3]) -> (%a, %b, %c, %d, %e, %f) {
  %cf = const float32[8,3,3,2] random(0)
  %cb = const float32[8] random(1)
  %a = CONV_2D(%i, %cf, %cb) {padding=VALID, stride_h=1, stride_w=1}
  %df = const float32[1,3,3,8] random(0)
  %b = DEPTHWISE_CONV_2D(%i, %df, none) {padding=SAME, stride_h=2, stride_w=2, depth_multiplier=2}
  %w = const float32[7,5] random(0)
  %c = FULLY_CONNECTED(%v, %w, none)
  %s = const int32[4] [1, 12, 12, 3]
  %tf = const float32[3,2,2,4] random(0)
  %d = TRANSPOSE_CONV(%s, %tf, %i) {padding=SAME, stride_h=2, stride_w=2}
  %g = const float32[2,6,3] random(0)
  %e = BATCH_MATMUL(%m, %g) {adj_y=true}
  %f = RELU(%v)
}"""


def test_products_are_those_of_the_sums() -> None:
    found = {node.op.name: products(node) for node in parse(WORK).main.nodes}
    assert found == {
        "CONV_2D": 4 * 4 * 8 * 3 * 3 * 2,
        "DEPTHWISE_CONV_2D": 3 * 3 * 8 * 3 * 3,
        "FULLY_CONNECTED": 2 * 7 * 5,
        "TRANSPOSE_CONV": 6 * 6 * 4 * 3 * 2 * 2,
        "BATCH_MATMUL": 2 * 5 * 6 * 3,
        "RELU": 0,
    }
    (node, *_) = streaming().model().main.nodes
    batch, features = node.inputs[0].shape
    filters, memory = node.inputs[2].shape
    assert products(node) == batch * filters * (features + memory)


def test_measurements_come_in_pairs() -> None:
    told: list[str] = []
    taken = module._alternate(lambda: told.append("us"), {"a": lambda: told.append("a")}, 3, None)
    assert told == ["us", "a", "a", "us", "us", "a"]
    assert [len(pair) for pair in taken["a"]] == [2, 2, 2]
    alone = module._alternate(lambda: told.append("us"), {}, 2, None)
    assert len(alone[""]) == 2


def test_as_many_runs_as_there_is_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, runs in ((1e-9, 300), (10.0, 7), (0.01, 100)):
        monkeypatch.setattr(module, "_seconds", lambda _, s=seconds: s)
        assert len(module._alternate(lambda: None, {"a": lambda: None}, None, None)["a"]) == runs


def test_nothing_to_hold_it_against() -> None:
    found = intact.bench(int8(), against=(), runs=2)
    assert (found.runs, found.ratio, found.rivals) == (2, {}, [])
    assert found.ms > 0


def test_a_kernel_set_that_refuses_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    right = module._theirs

    def theirs(model: Model, graph, resolver: str, *rest):
        if resolver == "optimized":
            raise EngineError("Didn't find op", code="E501")
        return right(model, graph, resolver, *rest)

    monkeypatch.setattr(module, "_theirs", theirs)
    found = intact.bench(int8(), against=("litert-optimized", "litert-default"), runs=1)
    assert [r.refused for r in found.rivals] == ["Didn't find op", ""]
    assert list(found.ratio) == ["litert-default"]
    assert found.as_dict()["refused"] == {"litert-optimized": "Didn't find op"}


def test_a_model_with_variables() -> None:
    found = intact.bench(streaming().model(), batch=3, threads=2, runs=1)
    assert set(found.ratio) == set(module.KERNEL_SETS)


def test_samples_are_of_one_shape() -> None:
    model = parse(DYNAMIC)
    samples = [{"x": np.zeros((rows, 4), np.int8)} for rows in (2, 3)]
    assert intact.bench(model, samples=samples[:1], batch=3, runs=1, against=["litert-default"]).batch == 3
    with pytest.raises(UsageError, match="the samples have 2 different shapes; expected one, as LiteRT plans"):
        intact.bench(model, samples=samples, batch=2)
    with pytest.raises(UsageError, match="there are no samples"):
        intact.bench(model, samples=[])


@pytest.mark.parametrize("call", [intact.bench, lambda m, **a: intact.run(m, {}, **a)])
@pytest.mark.parametrize("threads", [0, -1, 1.5, "two", True, None])
def test_threads_are_a_count(call, threads: object) -> None:
    with pytest.raises(IntactError, match=r"threads is .*; expected an integer, 1 or more. \[E003\]"):
        call(int8(), threads=threads)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("make", [int8, lambda: streaming().model()], ids=["digits", "variables"])
def test_run_batch_gives_what_run_gives(make, threads: int) -> None:
    model, engine = make(), intact.engines.exact.Exact(make(), native=False)
    samples = random_samples(model, 70)
    found = intact.run_batch(model, iter(samples), threads=threads)
    wanted = [engine.run(sample) for sample in samples]
    assert [[o.stored.tolist() for o in run.outputs] for run in found] == [
        [array.tolist() for array in outputs.values()] for outputs in wanted
    ]


def test_run_batch_takes_samples_as_it_needs_them() -> None:
    model = int8()
    taken = []

    def samples():
        for sample in random_samples(model, 100):
            taken.append(sample)
            yield sample

    found = intact.run_batch(model, samples())
    assert taken == []
    next(found)
    assert 0 < len(taken) < 100
    assert len(list(found)) == 99


def test_what_run_batch_refuses() -> None:
    with pytest.raises(UsageError, match="a str was given; expected a Model"):
        intact.run_batch("model.tflite", [])
    with pytest.raises(UsageError, match="there is no signature 'a'"):
        intact.run_batch(int8(), [], signature="a")
    with pytest.raises(UsageError, match="there is no profile 'ruy'"):
        intact.run_batch(int8(), [], profile="ruy")
    with pytest.raises(IntactError, match="input 'image' was given nothing"):
        list(intact.run_batch(int8(), [{}]))
