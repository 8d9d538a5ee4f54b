import pytest

from case import Case, Input, weights
from intact.errors import ModelError
from intact.ir.types import DType, TensorType
from intact.ops.attributes import FusedActivation, WeightsFormat
from intact.ops.fully_connected import FullyConnected

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
