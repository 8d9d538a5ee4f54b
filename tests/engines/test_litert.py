"""The LiteRT engine: sessions on graphs of models in memory."""

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import intact
from command import DEADLY, DENSE, FLOAT, HELD_BACK, TWO, samples
from intact.engines.litert import RESOLVERS, Session
from intact.engines.probe import probe
from intact.errors import DataError, EngineError, IntactError, UsageError
from intact.formats.tflite import to_bytes
from intact.ir.text import parse

LOWEST = np.full(1, -(2**31), np.int32)

DYNAMIC = """graph main(%x: float32[1?,4]) -> (%y) {
  %w = const float32[3,4] random(0)
  %y = FULLY_CONNECTED(%x, %w, none)
}"""


@pytest.mark.parametrize("resolver", RESOLVERS)
def test_each_kernel_set_gives_what_litert_gives(resolver: str) -> None:
    model = intact.load(FLOAT)
    with np.load(HELD_BACK) as held_back:
        images = held_back["image"][:5, None]
    kind = getattr(OpResolverType, RESOLVERS[resolver])
    expected = Interpreter(str(FLOAT), experimental_op_resolver_type=kind, num_threads=1).get_signature_runner()
    session = Session(model, resolver=resolver)
    for image in images:
        found = session.run({"image": image})
        assert list(found) == ["probabilities"]
        assert np.array_equal(found["probabilities"], expected(image=image)["probabilities"])


def test_an_unknown_kernel_set() -> None:
    with pytest.raises(UsageError) as caught:
        Session(parse(DENSE), resolver="xnnpack")
    assert str(caught.value) == (
        "there is no resolver 'xnnpack'; expected one of default, optimized, reference. [E003]"
    )


def test_inputs_and_outputs_have_the_signatures_names_or_the_tensors() -> None:
    text = "graph main(%t0: float32[2], %t1: float32[2]) -> (%t2, %t3) { %t2 = SUB(%t0, %t1) %t3 = MUL(%t0, %t1) }"
    model = parse(text)
    feeds = {"t1": np.array([1, 2], np.float32), "t0": np.array([5, 5], np.float32)}
    found = Session(model).run(feeds)
    assert {name: array.tolist() for name, array in found.items()} == {"t2": [4, 3], "t3": [5, 10]}

    signed = parse(text + "\nsignature serve of main(right=%t1, left=%t0) -> (product=%t3, difference=%t2)")
    session = Session(signed)
    assert [port.name for port in session.inputs] == ["left", "right"], "in the graph's order"
    found = session.run({"left": feeds["t0"], "right": feeds["t1"]})
    assert {name: array.tolist() for name, array in found.items()} == {"difference": [4, 3], "product": [5, 10]}
    by_tensor = session.run(feeds)
    assert np.array_equal(by_tensor["difference"], found["difference"]), "a tensor's own name is as good"


def test_names_that_are_wrong() -> None:
    session = Session(parse(TWO, "two.tflite"))
    with pytest.raises(UsageError) as caught:
        session.run({})
    assert str(caught.value) == "two.tflite: input 'x' was given nothing; expected arrays for x. [E004]"
    with pytest.raises(UsageError) as caught:
        session.run({"x": samples(4, count=1), "z": samples(4)})
    assert str(caught.value) == "two.tflite: there is no input 'z'; expected one of x. [E004]"


def test_a_graph_other_than_the_main_one() -> None:
    model = parse(TWO)
    left, right = samples(2, count=2)
    session = Session(model, model.graphs[1])
    assert session.run({"left": left[None], "right": right[None]})["sum"].tolist() == [(left + right).tolist()]
    assert [graph.name for graph in model.graphs] == ["main", "other"], "the model itself is not touched"
    assert [signature.key for signature in model.signatures] == ["first", "second"]


@pytest.mark.parametrize("resolver", RESOLVERS)
def test_what_is_observed_is_what_litert_computes(resolver: str) -> None:
    model = intact.load(FLOAT)
    values = [v for node in model.main.nodes for v in node.outputs]
    with np.load(HELD_BACK) as held_back:
        image = held_back["image"][:1]
    plain = Session(model, resolver=resolver).run({"image": image})
    session = Session(model, resolver=resolver, observe=values)
    assert np.array_equal(session.run({"image": image})["probabilities"], plain["probabilities"])
    observed = dict(session.observed())
    assert list(observed) == values

    # Delegates and preserve_all_tensors do not go together: the kernels without one stand for both.
    kind = OpResolverType.BUILTIN_REF if resolver == "reference" else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    keeping = Interpreter(
        str(FLOAT), experimental_op_resolver_type=kind, experimental_preserve_all_tensors=True, num_threads=1
    )
    keeping.allocate_tensors()
    keeping.set_tensor(keeping.get_input_details()[0]["index"], image)
    keeping.invoke()
    index = model.main.indices()
    for value in values:
        kept = keeping.get_tensor(index[value])
        if resolver == "default":
            assert np.allclose(observed[value], kept, rtol=1e-4, atol=1e-5), value.name
        else:
            assert np.array_equal(observed[value], kept), value.name


def test_views_of_what_is_observed() -> None:
    model = parse(DENSE)
    session = Session(model, observe=model.main.nodes[0].outputs)
    session.run({"x": samples(4, count=1)})
    seen = {}
    session.visit(lambda value, view: seen.update({value.name: view.copy()}))
    ((value, array),) = session.observed()
    assert value.name == "a"
    assert np.array_equal(seen["a"], array)


def test_inputs_and_outputs_can_be_observed_too() -> None:
    model = parse(DENSE)
    x = samples(4, count=1)
    session = Session(model, observe=[*model.main.inputs, *model.main.outputs])
    y = session.run({"x": x})["y"]
    assert [array.tolist() for _, array in session.observed()] == [x.tolist(), y.tolist()]


def test_outputs_are_kept_when_the_session_runs_on_and_ends() -> None:
    session = Session(parse(DENSE))
    first, second = (session.run({"x": x})["y"] for x in samples(1, 4, count=2))
    copies = first.copy(), second.copy()
    del session
    gc.collect()
    assert np.array_equal(first, copies[0])
    assert not np.array_equal(first, second)


def test_a_dynamic_batch_takes_any_size() -> None:
    session = Session(parse(DYNAMIC))
    rows = samples(4, count=7)
    whole = session.run({"x": rows})["y"]
    assert whole.shape == (7, 3)
    for count in (1, 3, 7):
        assert np.allclose(session.run({"x": rows[:count]})["y"], whole[:count], atol=1e-6)


def test_a_size_that_is_fixed() -> None:
    session = Session(parse(DYNAMIC, "dynamic.tflite"))
    for shape in ((1, 5), (4,), (1, 4, 1)):
        with pytest.raises(UsageError) as caught:
            session.run({"x": np.zeros(shape, np.float32)})
        assert str(caught.value) == (
            f"dynamic.tflite: input 'x' was given the shape {list(shape)}; expected [-1, 4], -1 for any size. [E302]"
        )
    assert session.run({"x": samples(4, count=2)})["y"].shape == (2, 3), "the session goes on"
    with pytest.raises(
        UsageError, match=r"was given the shape \[2, 4\]; expected \[1, 4\], -1 for any size\. \[E302\]"
    ):
        Session(parse(DENSE)).run({"x": samples(4, count=2)})


def test_a_type_that_is_not_the_inputs() -> None:
    with pytest.raises(DataError) as caught:
        Session(parse(DENSE, "dense.tflite")).run({"x": np.zeros((1, 4))})
    assert str(caught.value) == "dense.tflite: input 'x' was given float64; expected float32. [E303]"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (np.zeros((1, 4)), "dense.tflite: the inputs are a ndarray; expected a mapping with arrays for x. [E003]"),
        ({"x": None}, "dense.tflite: input 'x' is None; expected an array. [E303]"),
        ({"x": [[1, 2], [3]]}, "dense.tflite: input 'x' is no array ("),
    ],
)
def test_what_is_no_input_at_all(given: Any, error: str) -> None:
    with pytest.raises(IntactError) as caught:
        Session(parse(DENSE, "dense.tflite")).run(given)
    assert str(caught.value).startswith(error)


def test_stderr_is_left_as_it_was_by_several_threads() -> None:
    before = os.fstat(2)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: Session(parse(DENSE)).run({"x": samples(4, count=1)})["y"], range(40)))
    after = os.fstat(2)
    assert (before.st_dev, before.st_ino) == (after.st_dev, after.st_ino)
    assert all(np.array_equal(found[0], f) for f in found)


def test_an_output_without_elements() -> None:
    model = parse("graph main(%x: float32[0,4], %z: float32[4]) -> (%y, %s) { %y = RELU(%x) %s = RELU(%z) }")
    session = Session(model, observe=model.main.nodes[0].outputs)
    found = session.run({"x": np.zeros((0, 4), np.float32), "z": np.full(4, 2, np.float32)})
    assert found["y"].shape == (0, 4)
    assert found["s"].tolist() == [2, 2, 2, 2]
    sizes = []
    session.visit(lambda _, view: sizes.append(view.size))
    assert sum(sizes) == 0


def test_variables_keep_their_state_until_they_are_reset() -> None:
    model = parse("""graph main(%x: float32[1,4]) -> (%y) {
      %w = const float32[2,4] random(0)
      %t = const float32[2,3] random(1)
      %b = const float32[2] zeros
      %state = variable float32[1,6]
      %y = SVDF(%x, %w, %t, %b, %state) {rank=1}
    }""")
    session = Session(model)
    x = samples(4, count=1)
    first, second = (session.run({"x": x})["y"].copy() for _ in range(2))
    assert not np.array_equal(first, second)
    session.reset()
    assert np.array_equal(session.run({"x": x})["y"], first)


def test_what_litert_refuses_to_load_and_to_run() -> None:
    custom = parse(
        'graph main(%x: float32[1,4]) -> (%y) { %y: float32[1,4] = UNKNOWN(%x) {code="CUSTOM", custom_code="Nobody"} }',
        "custom.tflite",
    )
    for start in (Session, lambda model: probe(model, {"x": samples(4, count=1)})):
        with pytest.raises(EngineError) as caught:
            start(custom)
        assert str(caught.value).startswith(
            "custom.tflite: LiteRT's default kernels refuse the model: Encountered unresolved custom op: Nobody"
        )
        assert caught.value.code == "E501"
    divides = parse("graph main(%n: int32[1], %d: int32[1]) -> (%m) { %m = FLOOR_MOD(%n, %d) }", "divides.tflite")
    feeds = {"n": LOWEST, "d": np.zeros(1, np.int32)}
    for run in (lambda: Session(divides).run(feeds), lambda: probe(divides, feeds)):
        with pytest.raises(EngineError) as caught:
            run()
        assert str(caught.value).startswith("divides.tflite: LiteRT failed: ")
        assert caught.value.code == "E502"


def test_what_litert_says_does_not_reach_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    Session(intact.load(FLOAT)).run({"image": samples(8, 8, 1, count=1)})
    with pytest.raises(EngineError):
        test_model = parse('graph main(%x: float32[1]) -> (%y) { %y: float32[1] = UNKNOWN(%x) {code="CUSTOM"} }')
        Session(test_model)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("resolver", RESOLVERS)
def test_a_model_that_kills_litert_is_met_by_a_probe(resolver: str) -> None:
    model = parse(DEADLY, "deadly.tflite")
    feeds = {"x": samples(4, count=1), "n": LOWEST, "d": np.full(1, -1, np.int32)}
    with pytest.raises(EngineError) as caught:
        probe(model, feeds, resolver=resolver)
    assert str(caught.value) == (
        f"deadly.tflite: LiteRT's {resolver} kernels end the whole process on this model (SIGFPE). "
        "The file is broken or meets a defect of the runtime; `intact inspect` shows it without running it. [E503]"
    )
    probe(model, feeds | {"d": np.full(1, 7, np.int32)}, resolver=resolver)


def test_a_probe_of_another_graph() -> None:
    deadly = DEADLY.replace("main", "other")
    model = parse(TWO.partition("graph other")[0] + deadly + "\nsignature s of other(x=%x, n=%n, d=%d) -> (y=%y, m=%m)")
    feeds = {"x": samples(4, count=1), "n": LOWEST, "d": np.full(1, -1, np.int32)}
    probe(model, {"x": samples(4, count=1)})
    with pytest.raises(EngineError, match="SIGFPE"):
        probe(model, feeds, model.graphs[1])


def test_names_of_inputs_reach_a_probe_whatever_they_are() -> None:
    text = 'graph main(%"a/b:0 ü\\n": float32[2], %"../x": float32[2]) -> (%y) { %y = ADD(%"a/b:0 ü\\n", %"../x") }'
    model = parse(text)
    probe(model, {"../x": np.ones(2, np.float32), "a/b:0 ü\n": np.ones(2, np.float32)})


def test_what_a_probe_says_where_python_itself_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intact.engines.probe._CHILD", "raise MemoryError('no room')")
    with pytest.raises(EngineError, match=r"\(exit status 1, MemoryError: no room\)\. .*\[E503\]"):
        probe(parse(DENSE), {"x": samples(4, count=1)})


def test_a_probe_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intact.engines.probe._CHILD", "import time; time.sleep(60)")
    monkeypatch.setattr("intact.engines.probe._SECONDS", 1)
    with pytest.raises(EngineError, match=r"^dense: LiteRT did not finish one sample in 1 s\. \[E503\]$"):
        probe(parse(DENSE, "dense"), {"x": samples(4, count=1)})


def test_a_session_runs_what_is_in_memory() -> None:
    model = parse(DENSE)
    before = to_bytes(model)
    session = Session(model, observe=model.main.nodes[0].outputs)
    model.main.nodes[0].replace_input(2, None)
    assert session.run({"x": samples(4, count=1)})["y"].shape == (1, 3)
    assert to_bytes(model) != before
