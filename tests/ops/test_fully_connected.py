from dataclasses import replace

import pytest
from hypothesis import strategies as st

from case import Case, Input, weights
from drawn import CLAMPS, biases, codes, filters, outputs
from intact.errors import ModelError
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation, WeightsFormat
from intact.ops.fully_connected import FullyConnected
from integer import Codes, Integer, assert_exact, bias32, weights8

CASES = [
    Case(FullyConnected(), [(4, 8), weights(5, 8), weights(5)]),
    Case(FullyConnected(fused_activation_function=FusedActivation.RELU), [(1, 16), weights(3, 16), weights(3)]),
    Case(FullyConnected(), [(2, 3, 8), weights(5, 8), weights(5)], version=2),
    Case(FullyConnected(), [(2, 4, 4), weights(5, 8), weights(5)]),
    Case(FullyConnected(keep_num_dims=True), [(2, 3, 8), weights(5, 8), weights(5)], version=5),
    Case(FullyConnected(keep_num_dims=True), [(2, 2, 3, 8), weights(5, 8), None], version=6),
    Case(FullyConnected(), [(8,), weights(5, 8), weights(5)]),
    Case(FullyConnected(), [(4, 8), (5, 8)], version=6),
    Case(FullyConnected(), [(4, 8), (5, 8), weights(5)]),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, bias: str | None = "int32", filter_dtype: str = "int8") -> Integer:
    units, depth = draw(st.sampled_from([(1, 4), (5, 8), (16, 16), (19, 7), (8, 64), (33, 3)]))
    rows = draw(st.sampled_from([(1,), (3,), (2, 2), (1, 1, 5)]))
    said = draw(st.booleans()) if bias != "int32" else True
    op = FullyConnected(
        fused_activation_function=draw(CLAMPS),
        keep_num_dims=draw(st.booleans()),
        quantized_bias_type=DType(bias or "int64") if dtype == "int16" and said else DType.FLOAT32,
    )
    x = draw(codes((*rows, depth), dtype))
    per_channel = 0 if dtype != "uint8" and units > 1 and draw(st.booleans()) else None
    filter_ = draw(filters((units, depth), per_channel, filter_dtype))
    if dtype != "uint8" and filter_dtype == "int8" and per_channel is None and draw(st.integers(0, 3)) == 0:
        filter_ = replace(filter_, zero_point=draw(st.integers(-128, 127)))
    y = draw(outputs(depth, x, filter_))
    # LiteRT wants a scale of the bias where the filter has one scale.
    scaled = per_channel is None
    constants = [draw(biases(units, x, filter_, bias, scaled=scaled))] if bias else draw(st.sampled_from([[], [None]]))
    # Version 12 is the lowest for int2.
    version = {"int16": 11, "int8": 12}.get(dtype, 6)
    return Integer(op, [x, filter_, *constants], y, version=version)


INTEGERS = [
    ("FULLY_CONNECTED-int8", integers("int8")),
    ("FULLY_CONNECTED-int8-no-bias", integers("int8", None)),
    ("FULLY_CONNECTED-int8-int4", integers("int8", filter_dtype="int4")),
    ("FULLY_CONNECTED-int8-int2", integers("int8", filter_dtype="int2")),
    ("FULLY_CONNECTED-uint8", integers("uint8", filter_dtype="uint8")),
    ("FULLY_CONNECTED-uint8-no-bias", integers("uint8", None, filter_dtype="uint8")),
    ("FULLY_CONNECTED-int16", integers("int16", "int64")),
    ("FULLY_CONNECTED-int16-int32-bias", integers("int16", "int32")),
    ("FULLY_CONNECTED-int16-no-bias", integers("int16", None)),
    ("FULLY_CONNECTED-int16-int4", integers("int16", "int64", "int4")),
]


def test_a_filter_that_is_computed() -> None:
    x, w = Codes((3, 8), "int8", 0.02, 3), Codes((5, 8), "int8", 0.01)
    assert_exact(Integer(FullyConnected(), [x, w, bias32(5, scale=2e-4)], Codes((), "int8", 0.1, -5), version=4))


def test_accumulators_of_64_bits() -> None:
    # 2048 terms of 32767 * 127 are 2^33.
    x, w = Codes((1, 2048), "int16", 1e-4, low=32000), weights8(4, 2048, per_channel=False)
    w.array[:] = 127
    assert_exact(
        Integer(FullyConnected(), [x, w, bias32(4, dtype="int64", scale=1e-6)], Codes((), "int16", 0.3), version=7)
    )


def test_rows_must_divide() -> None:
    with pytest.raises(ModelError, match=r"filter \[5, 8\] takes rows of 8, input \[3, 3\] has 9 elements; expected a"):
        Case(FullyConnected(), [(3, 3), weights(5, 8)]).model()


def test_kept_dimensions_end_in_a_row() -> None:
    with pytest.raises(ModelError, match=r"takes 8 numbers, input has shape \[2, 4\]; expected input.shape\[-1\] =="):
        Case(FullyConnected(keep_num_dims=True), [(2, 4), weights(5, 8)]).model()


def test_rows_of_nothing() -> None:
    model = Case(FullyConnected(), [(2, 3, 0), weights(5, 0)]).model()
    assert model.main.outputs[0].shape == (6, 5)


def test_shuffled_weights_give_int16_and_workspace() -> None:
    op = FullyConnected(weights_format=WeightsFormat.SHUFFLED4x16INT8)
    results = op.infer(*(v for v in Case(op, [Input((1, 16), DType.UINT8), weights(4, 16)]).model().main.values[:2]))
    assert results == (TensorType(DType.INT16, (1, 4)), TensorType(DType.UINT8, None))
    assert op.unfit() == "weights in the shuffled layout"


def test_tanh_is_left_in_float() -> None:
    assert FullyConnected(fused_activation_function=FusedActivation.TANH).unfit() == "fused TANH"
