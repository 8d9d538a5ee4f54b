import numpy as np
import pytest

from intact.ir.stored import real, stored, takes_reals
from intact.ir.types import Blockwise, DType, QuantParams, TensorType

INT8 = TensorType(DType.INT8, (3,), quant=QuantParams.per_tensor(0.5, -10))
NO_ZERO_POINT = TensorType(DType.UINT8, (3,), quant=QuantParams(scale=[0.5]))
CHANNELS = TensorType(DType.INT8, (2, 2), quant=QuantParams([0.5, 2.0], [0, 1], quantized_dimension=1))
PLAIN = TensorType(DType.INT32, (3,))
FLOAT = TensorType(DType.FLOAT32, (3,), quant=QuantParams(min=[0.0], max=[1.0]))
BLOCKS = TensorType(DType.INT8, (3,), quant=QuantParams(details=Blockwise(32)))


def test_which_tensors_take_reals() -> None:
    types = (INT8, NO_ZERO_POINT, CHANNELS, PLAIN, FLOAT, BLOCKS)
    assert [takes_reals(t) for t in types] == [True, True, False, False, False, False]


@pytest.mark.parametrize(
    ("type", "given", "expected"),
    [
        (INT8, np.array([0.0, 1.0, 1e99]), np.array([-10, -8, 127], np.int8)),
        (INT8, np.array([0, 1, 200], np.uint8), np.array([-10, -8, 127], np.int8)),
        (INT8, np.array([0, 1, 2], np.int8), np.array([0, 1, 2], np.int8)),
        (INT8, np.array([-np.inf, np.inf], np.float32), np.array([-128, 127], np.int8)),
        (INT8, np.arange(6.0).reshape(3, 2).T, np.array([[-10, -6, -2], [-8, -4, 0]], np.int8)),
        (INT8, np.zeros((0, 3)), np.zeros((0, 3), np.int8)),
        (INT8, np.array(1.0), np.array(-8, np.int8)),
        (NO_ZERO_POINT, np.array([1.0, -1.0]), np.array([2, 0], np.uint8)),
        (PLAIN, np.array([1.0, -1.0]), np.array([1, -1], np.int32)),
        (FLOAT, np.array([1, 2]), np.array([1, 2], np.float32)),
        (BLOCKS, np.array([1.0]), np.array([1], np.int8)),
        (TensorType(DType.INT4, (1,)), np.array([1.0]), np.array([1.0])),
    ],
)
def test_stored(type, given, expected) -> None:
    found = stored(given, type)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    assert isinstance(found, np.ndarray)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("type", "given", "expected"),
    [
        (INT8, np.array([-10, -8, 127], np.int8), np.array([0.0, 1.0, 68.5], np.float32)),
        (INT8, np.array(-8, np.int8), np.array(1.0, np.float32)),
        (NO_ZERO_POINT, np.array([2], np.uint8), np.array([1.0], np.float32)),
        (CHANNELS, np.array([[1, 1], [2, 2]], np.int8), np.array([[0.5, 0.0], [1.0, 2.0]], np.float32)),
        (PLAIN, np.array([7], np.int32), np.array([7], np.int32)),
        (FLOAT, np.array([7.5], np.float32), np.array([7.5], np.float32)),
        (BLOCKS, np.array([7], np.int8), np.array([7], np.int8)),
    ],
)
def test_real(type, given, expected) -> None:
    found = real(given, type)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    assert isinstance(found, np.ndarray)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("type", [INT8, NO_ZERO_POINT])
def test_every_stored_number_comes_back(type) -> None:
    low, high = type.dtype.limits
    numbers = np.arange(low, high + 1).astype(type.dtype.numpy)
    np.testing.assert_array_equal(stored(real(numbers, type), type), numbers)
