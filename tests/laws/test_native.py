"""The C kernels return what NumPy returns: every operator's drawn cases, under every profile, at every level.

The cases are those of tests/laws/test_exact.py. Each runs twice, so that variables are read as well as written, in
NumPy and then by the kernels of each instruction set that the processor has, on one to three threads that share even
the smallest work. INTACT_SWEEP=300 draws as many cases of each strategy. Some models run too; all there are do so in
benchmarks/native_corpus.py.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collect import listed
from intact.arith.profile import NAMES
from intact.diagnose.draw import random_samples
from intact.engines import compiled
from intact.formats.format import load as load_model
from intact.native.library import Absence, load
from integer import PROFILES as LITERT
from integer import Integer
from kernels import assert_same

LIBRARY = load()

pytestmark = pytest.mark.skipif(isinstance(LIBRARY, Absence), reason=str(LIBRARY))


@pytest.fixture(autouse=True)
def _small_work_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    made = compiled._call

    def call(*arguments: Any) -> Any:
        found = made(*arguments)
        return found and replace(found, grain=1)

    monkeypatch.setattr(compiled, "_call", call)


@pytest.mark.parametrize("strategy", [pytest.param(s, id=name) for name, s, *_ in listed("ops", "INTEGERS")])
def test_kernels_compute_what_numpy_does(strategy: st.SearchStrategy[Integer]) -> None:
    @settings(
        max_examples=int(os.environ.get("INTACT_SWEEP", "3")),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy, st.integers(0, 2**16))
    def differs_nowhere(case: Integer, seed: int) -> None:
        model, samples = case.model(), case.samples(2, seed)
        for profile in NAMES:
            assert_same(model, profile, samples)

    differs_nowhere()


MODELS = [
    "basic_lstm_quantized_small",
    "cnn_s_quantized",
    "dnn_s_quantized",
    "ds_cnn_quantized",
    "ds_cnn_s_quantized",
    "hey_jarvis",
    "kws_ref_model.tflite",
    "mobilenet_v1_0.25_128_quant",
    "okay_computer",
    "resnet8__dyn_w8.",
    "resnet8__static_a16w8",
    "resnet8__static_a8w8",
    "sdpa__static_a16w8",
    "sdpa__static_a8w8",
    "ssd_slim_120x160x1_v1_int8",
    "toykv__static_a8w8",
    "vww",
]


@pytest.mark.shared
@pytest.mark.parametrize("name", MODELS)
def test_models_run_as_in_numpy(name: str, shared: Path) -> None:
    path = min(p for p in (shared / "models").rglob("*.tflite") if name in p.name)
    model = load_model(path)
    samples = random_samples(model, 2)
    number = MODELS.index(name)
    # Operator by operator under one of LiteRT's kernel sets, with what runs between two of them under the next.
    assert assert_same(model, LITERT[number % 3], samples, watched=True) > 0
    assert assert_same(model, LITERT[(number + 1) % 3], samples) > 0
