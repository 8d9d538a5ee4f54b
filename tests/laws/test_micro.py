"""What profile tflm-reference says is what tflite-micro computes: its package runs the same drawn models.

    pip install tflite-micro

The package is no dependency of intact; without it these tests are skipped. tflite-micro knows fewer types than LiteRT
and refuses more: a model that it does not take, or the profile does not, is no example. Nor is one that ends the
process: an SVDF without a bias.
"""

import os
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from collect import listed
from intact.engines.exact import Exact
from intact.errors import UncoveredError
from intact.formats.tflite import to_bytes
from intact.ir.types import QuantParams
from intact.ops.dequantize import Dequantize
from integer import Codes, Integer

tflite_micro = pytest.importorskip("tflite_micro", reason="the package tflite-micro is not installed")

BOTH = """
ABS ADD AVERAGE_POOL_2D BATCH_MATMUL CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEQUANTIZE FULLY_CONNECTED LEAKY_RELU
LOGISTIC MAX_POOL_2D MAXIMUM MEAN MINIMUM MUL PAD PADV2 QUANTIZE RELU RELU6 RESIZE_NEAREST_NEIGHBOR RSQRT SOFTMAX SUB
TANH TRANSPOSE_CONV
"""
BYTES = """
ARG_MAX ARG_MIN DIV ELU HARD_SWISH L2_NORMALIZATION LOG_SOFTMAX MIRROR_PAD PRELU REDUCE_MAX REDUCE_MIN RESIZE_BILINEAR
SQUARED_DIFFERENCE SUM SVDF UNIDIRECTIONAL_SEQUENCE_LSTM
"""
NAMES = re.compile(rf"({'|'.join(BOTH.split())})-(int8|int16)|({'|'.join(BYTES.split())})-int8")
DRAWN = [pytest.param(strategy, id=name) for name, strategy, *_ in listed("ops", "INTEGERS") if NAMES.fullmatch(name)]


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
def test_dequantize_reads_the_first_of_several_scales(dtype: str) -> None:
    model = Integer(Dequantize(), [Codes((3, 4), dtype, 0.1)], Codes((), "float32", None), version=3).model()
    value = model.main.inputs[0]
    scales = QuantParams(
        scale=np.array([0.1, 0.2, 0.3, 0.4], np.float32), zero_point=np.zeros(4, np.int64), quantized_dimension=1
    )
    value.type = replace(value.type, quant=scales)
    sample = {"x0": np.arange(12).reshape(3, 4).astype(dtype)}
    interpreter = tflite_micro.runtime.Interpreter.from_bytes(to_bytes(model), arena_size=1 << 16)
    interpreter.set_input(sample["x0"], 0)
    interpreter.invoke()
    assert np.array_equal(Exact(model, "tflm-reference").run(sample)["y0"], interpreter.get_output(0))


@pytest.mark.parametrize("strategy", DRAWN)
def test_integers_are_tflite_micro_s(strategy: st.SearchStrategy[Integer]) -> None:
    @settings(
        max_examples=int(os.environ.get("INTACT_SWEEP", "8")),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy, st.integers(0, 2**16))
    def differs_nowhere(case: Integer, seed: int) -> None:
        assume(case.op.name != "SVDF" or case.operands[3] is not None)
        model, (sample,) = case.model(), case.samples(1, seed)
        try:
            interpreter = tflite_micro.runtime.Interpreter.from_bytes(to_bytes(model), arena_size=1 << 22)
            for index, array in enumerate(sample.values()):
                interpreter.set_input(np.ascontiguousarray(array), index)
            interpreter.invoke()
            engine = Exact(model, "tflm-reference")
        except (RuntimeError, ValueError, UncoveredError):
            assume(False)
        for index, ours in enumerate(engine.run(sample).values()):
            theirs = interpreter.get_output(index)
            assert np.count_nonzero(ours.reshape(theirs.shape) != theirs) == 0

    differs_nowhere()
