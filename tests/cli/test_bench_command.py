"""bench as users run it, and --threads of the commands that have it. No test says how fast anything is."""

from pathlib import Path

import numpy as np
import pytest

import intact
from command import DENSE, TWO, Intact, saved
from digits import int8, sample
from intact.diagnose.bench import KERNEL_SETS
from intact.errors import EngineError
from intact.native.library import Absence


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The digits classifier as integers, with three digits in x.npy."""
    monkeypatch.chdir(tmp_path)
    intact.save(int8(), "int8.tflite")
    np.save("x.npy", np.concatenate([sample(i) for i in range(3)]))
    return "int8.tflite"


def test_bench_as_data(intact_: Intact, model: str) -> None:
    done = intact_("bench", model, "--runs", 3, "--json")
    assert done.status == 0
    assert done.err == ""
    found = done.json
    assert found["ms"] > 0
    assert set(found["ratio"]) == set(found["litert"]) == set(KERNEL_SETS)
    for name, ratio in found["ratio"].items():
        theirs = found["litert"][name]
        low, high = theirs["ratio_quartiles"]
        assert 0 < low <= ratio <= high
        assert 0 < theirs["fastest_ms"] <= theirs["ms"]
    assert (found["profile"], found["threads"], found["batch"], found["runs"]) == ("litert-reference", 1, 1, 3)
    assert found["refused"] == {}
    graph = int8().main
    operators = [o for o in found["operators"] if o["operator"] != "borders"]
    assert sum(o["count"] for o in operators) == len(graph.nodes)
    assert {o["operator"] for o in operators} == {n.op.name for n in graph.nodes}
    convolution = sum(o["multiply_accumulates"] for o in operators if o["operator"] == "CONV_2D")
    assert convolution == sum(
        n.outputs[0].shape[1] * n.outputs[0].shape[2] * n.inputs[1].array.size
        for n in graph.nodes
        if n.op.name == "CONV_2D"
    )
    assert found["multiply_accumulates"] >= convolution


def test_bench_as_tables(intact_: Intact, model: str) -> None:
    done = intact_("bench", model, "--runs", 2, "--against", "litert-default,litert-reference", "--operators")
    assert done.status == 0
    assert done.err == ""
    lines = done.out.splitlines()
    assert lines[0] == "int8.tflite: profile litert-reference, 1 thread, 2 measurements"
    assert "arena" in lines[1]
    assert [line.split()[0] for line in lines if line.startswith(("intact ", "litert-"))] == [
        "intact",
        "litert-default",
        "litert-reference",
    ]
    assert "operators of one sample" in done.out
    assert "operators of one sample" not in intact_("bench", model, "--runs", 1, "--against", "litert-default").out


def test_bench_of_batches_on_threads(intact_: Intact, model: str) -> None:
    given = ["bench", model, "--runs", 1, "--against", "litert-default", "--threads", 2, "--batch", 4]
    for more in ([], ["--data", "x.npy"], ["--profile", "cmsis-nn"]):
        found = intact_(*given, *more, "--json").json
        assert (found["threads"], found["batch"], found["runs"]) == (2, 4, 1)
    assert "2 threads, 1 measurements, 4 samples a measurement" in intact_(*given).out


def test_bench_without_kernels(intact_: Intact, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intact.engines.exact.kernels", lambda: None)
    monkeypatch.setattr("intact.diagnose.bench.load", lambda: Absence("none", "they were not built"))
    given = ["bench", model, "--runs", 1, "--against", "litert-default"]
    found = intact_(*given, "--json").json
    assert (found["kernels"], found["why_no_kernels"], found["arena_bytes"]) == ("numpy", "they were not built", 0)
    assert {o["ran_on"] for o in found["operators"]} == {"numpy"}
    assert "NumPy, no C kernels: they were not built" in intact_(*given).out


def test_a_kernel_set_that_refuses_the_model_is_listed(
    intact_: Intact, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise EngineError("Didn't find op for builtin opcode", code="E501")

    monkeypatch.setattr("intact.diagnose.bench._theirs", refuse)
    done = intact_("bench", model, "--runs", 1, "--against", "litert-default")
    assert done.status == 0
    assert "litert-default refuses the model: Didn't find op for builtin opcode" in done.out


def test_floats_run_on_litert(intact_: Intact, tmp_path: Path) -> None:
    found = intact_("bench", saved(DENSE, tmp_path), "--runs", 1, "--against", "litert-default", "--json").json
    assert {o["ran_on"] for o in found["operators"]} == {"litert"}
    assert found["multiply_accumulates"] == 12
    table = intact_("bench", saved(DENSE, tmp_path), "--runs", 1, "--against", "litert-default").out
    assert "on LiteRT, on floats or plain numbers: 1 FULLY_CONNECTED, 1 SOFTMAX" in table


def test_an_entry_point(intact_: Intact, tmp_path: Path) -> None:
    given = ["bench", saved(TWO, tmp_path), "--runs", 1, "--against", "litert-default", "--json"]
    assert [o["operator"] for o in intact_(*given, "--signature", "second").json["operators"]] == ["ADD"]
    assert intact_(*given, "--signature", "third").error.endswith("expected one of first, second. [E004]")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            ["--against", "litert-xnnpack"],
            "there is no kernel set 'litert-xnnpack'; expected one of litert-default, litert-optimized, litert-refere",
        ),
        (["--against", ","], "--against names no kernel set; expected one or more, with commas between. [E003]"),
        (["--threads", "0"], "intact bench: Invalid value for '--threads': 0 is not in the range x>=1."),
        (["--batch", "0"], "intact bench: Invalid value for '--batch': 0 is not in the range x>=1."),
        (["--profile", "ruy"], "there is no profile 'ruy'"),
        (["--data", "none"], "none: does not exist"),
        (["--signature", "none"], "int8.tflite: there is no signature 'none'; expected one of serving_default. [E004]"),
    ],
)
def test_bench_refuses(intact_: Intact, model: str, arguments: list[str], text: str) -> None:
    assert intact_("bench", model, *arguments).error.startswith(text)


def test_help_shows_an_example(intact_: Intact) -> None:
    assert "Example: intact bench model_int8.tflite" in " ".join(intact_("bench", "-h").out.split())


def test_threads_change_no_number(intact_: Intact, model: str) -> None:
    np.save("one.npy", np.load("x.npy")[:1])
    given = ["run", model, "--input", "one.npy", "--json"]
    assert intact_(*given, "--threads", 3).json == intact_(*given).json
    given = ["certify", model, "--samples", 2, "--json"]
    found = intact_(*given, "--threads", 2)
    assert found.status == 0
    (one,), (two,) = found.json["certificates"], intact_(*given).json["certificates"]
    for seconds in (one.pop("seconds"), two.pop("seconds")):
        assert seconds["all"] >= seconds["litert"] + seconds["engine"] > 0
    assert one == two
    assert "time: LiteRT " in intact_("certify", model, "--samples", 1).out
