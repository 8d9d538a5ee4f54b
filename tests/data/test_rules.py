"""Shapes and types: what fits, what is refused, and what the refusal says."""

import numpy as np
import pytest

from intact.data import open_samples
from intact.data.shape_rule import Fit, fit
from intact.errors import IntactError
from intact.ir.port import Port
from intact.ir.types import DType, QuantParams, TensorType

IMAGE = TensorType(DType.FLOAT32, (1, 32, 32, 3), (-1, 32, 32, 3))
ANY_SIZE = TensorType(DType.FLOAT32, (1, 1, 1, 3), (-1, -1, -1, 3))
SCALAR = TensorType(DType.FLOAT32, ())
VECTOR = TensorType(DType.FLOAT32, (4,))
PAIR = TensorType(DType.FLOAT32, (2, 4))
NUMBER = TensorType(DType.FLOAT32, (1, 1))
UNKNOWN = TensorType(DType.FLOAT32, None)


@pytest.mark.parametrize(
    "type, shape, expected",
    [
        (IMAGE, (32, 32, 3), Fit(1, False, True)),
        (IMAGE, (1, 32, 32, 3), Fit(1, False, False)),
        (IMAGE, (5, 32, 32, 3), Fit(5, True, True)),
        (IMAGE, (5, 1, 32, 32, 3), Fit(5, True, False)),
        (IMAGE, (0, 32, 32, 3), Fit(0, True, True)),
        (IMAGE, (3, 32, 32), None),
        (IMAGE, (32, 3), None),
        (ANY_SIZE, (20, 30, 3), Fit(1, False, True)),
        (ANY_SIZE, (7, 20, 30, 3), Fit(7, True, True)),
        (SCALAR, (), Fit(1, False, False)),
        (SCALAR, (6,), Fit(6, True, False)),
        (SCALAR, (6, 1), None),
        (VECTOR, (4,), Fit(1, False, False)),
        (VECTOR, (9, 4), Fit(9, True, False)),
        (VECTOR, (), None),
        (PAIR, (2, 4), Fit(1, False, False)),
        (PAIR, (3, 4), None),
        (PAIR, (3, 2, 4), Fit(3, True, False)),
        (NUMBER, (), None),
        (NUMBER, (1,), Fit(1, False, True)),
        (NUMBER, (8, 1), Fit(8, True, True)),
        (NUMBER, (8,), None),
        (UNKNOWN, (3, 4), Fit(1, False, False)),
    ],
)
def test_fit(type, shape, expected) -> None:
    assert fit(shape, type) == expected


def taken(array, type):
    return open_samples([array], [Port("x", type)])[0].arrays["x"]


def refusal(array, type) -> str:
    with pytest.raises(IntactError) as caught:
        taken(array, type)
    return str(caught.value)


@pytest.mark.parametrize(
    "type, shape, text",
    [
        (
            IMAGE,
            (3, 32, 32),
            (
                "samples[0]: input 'x' is given the shape [3, 32, 32]; "
                "expected [?, 32, 32, 3] or [32, 32, 3], or a stack [N, 32, 32, 3]. "
                "The dimensions seem to be in another order: numpy.transpose(x, (1, 2, 0)) would fit. [E302]"
            ),
        ),
        (IMAGE, (5, 3, 32, 32), "numpy.transpose(x, (0, 2, 3, 1)) would fit. [E302]"),
        (IMAGE, (32, 32, 3, 5), "numpy.transpose(x, (3, 0, 1, 2)) would fit. [E302]"),
        (TensorType(DType.FLOAT32, (1, 4, 3)), (1, 3, 4), "numpy.transpose(x, (0, 2, 1)) would fit. [E302]"),
        (TensorType(DType.FLOAT32, (1, 12)), (9, 4, 3), "x.reshape(9, 12) would do if their order is right. [E302]"),
        (TensorType(DType.FLOAT32, (1, 12)), (4, 3), "x.reshape(1, 12) would do if their order is right. [E302]"),
        (TensorType(DType.FLOAT32, (2, 6)), (9, 12), "x.reshape(9, 2, 6) would do if their order is right. [E302]"),
        (NUMBER, (8,), "expected [1, 1] or [1], or a stack [N, 1]. x.reshape(-1, 1) would fit. [E302]"),
        (PAIR, (3, 4), "given the shape [3, 4]; expected [2, 4], or a stack [N, 2, 4]. [E302]"),
    ],
)
def test_misfit(type, shape, text) -> None:
    assert text in refusal(np.zeros(shape, np.float32), type)


@pytest.mark.parametrize(
    "given, dtype, expected",
    [
        (np.array([0, 255, 3, 4], np.uint8), DType.FLOAT32, np.float32),
        (np.array([True, False, True, True]), DType.FLOAT32, np.float32),
        (np.array([0.5, 1e-30, 3, 4]), DType.FLOAT32, np.float32),
        (np.array([0.5, 1, 3, 4], np.float16), DType.FLOAT32, np.float32),
        (np.array([-3.0, 127, 3, 4]), DType.INT8, np.int8),
        (np.array([-3, 2**62, 3, 4]), DType.INT64, np.int64),
        (np.array([0, 7, 3, 4], np.uint64), DType.INT8, np.int8),
        (np.array([0, 1, 1, 0]), DType.BOOL, np.bool_),
        (np.array([True, False, True, True]), DType.INT32, np.int32),
        (np.array([1, 2j, 3, 4]), DType.COMPLEX64, np.complex64),
    ],
)
def test_conversion(given, dtype, expected) -> None:
    array = taken(given, TensorType(dtype, (4,)))
    assert array.dtype == expected
    np.testing.assert_array_equal(array, given.astype(expected))


@pytest.mark.parametrize(
    "given, dtype, text",
    [
        (
            [1, np.nan, 3, np.inf],
            DType.FLOAT32,
            (
                "samples[0]: input 'x': 2 of 4 numbers are NaN or infinite, the first, nan, at [1]; "
                "expected finite numbers. Repair or remove the sample. [E304]"
            ),
        ),
        ([1, np.nan, 3, 4], DType.INT8, "1 of 4 numbers is NaN or infinite, the first, nan, at [1]"),
        (
            [1, 1e300, 3, 4],
            DType.FLOAT32,
            "1 of 4 numbers is too large for float32, the first, 1e+300, at [1]; expected float32 numbers. [E303]",
        ),
        ([1, 70000, 3, 4], DType.FLOAT16, "1 of 4 numbers is too large for float16, the first, 70000, at [1]"),
        (
            [1, 2, 0.5, 0.25],
            DType.INT32,
            (
                "2 of 4 numbers are not whole, the first, 0.5, at [2]; "
                "expected whole numbers, because the input is int32. [E303]"
            ),
        ),
        (
            np.array([1, 2, 200, 4], np.uint8),
            DType.INT8,
            "1 of 4 numbers is outside int8, the first, 200, at [2]; expected numbers in [-128, 127]. [E303]",
        ),
        ([1, 2.0**63, 3, 4], DType.INT64, "1 of 4 numbers is outside int64"),
        ([1, 2, 0, 0], DType.BOOL, "1 of 4 numbers is outside bool, the first, 2, at [1]; expected numbers in [0, 1]"),
        (list("abcd"), DType.FLOAT32, "input 'x' is given <U1; expected numbers that become float32. [E303]"),
        ([1j, 2, 3, 4], DType.FLOAT32, "input 'x' is given complex128; expected numbers that become float32. [E303]"),
        ([1, 2, 3, 4], DType.STRING, "samples[0]: input 'x' takes string, which samples cannot hold. [E303]"),
    ],
)
def test_refused_numbers(given, dtype, text) -> None:
    assert text in refusal(np.array(given), TensorType(dtype, (4,)))


def test_the_sample_of_a_stack_is_named() -> None:
    stack = np.zeros((5, 2, 2), np.float32)
    stack[3, 1, 0] = -np.inf
    samples = open_samples(stack, [Port("x", TensorType(DType.FLOAT32, (1, 2, 2)))])
    with pytest.raises(IntactError) as caught:
        samples[3]
    assert str(caught.value).startswith(
        "samples[3]: input 'x': 1 of 4 numbers is NaN or infinite, the first, -inf, at [0, 1, 0]; expected"
    )


def test_a_quantized_input_takes_real_or_stored_numbers() -> None:
    stored = TensorType(DType.INT8, (3,), quant=QuantParams([0.5], [-10]))
    np.testing.assert_array_equal(taken(np.array([0.0, 1.0, 1e99]), stored), np.array([-10, -8, 127], np.int8))
    np.testing.assert_array_equal(taken(np.array([0, 1, 200], np.uint8), stored), np.array([-10, -8, 127], np.int8))
    np.testing.assert_array_equal(taken(np.array([0, 1, 2], np.int8), stored), np.array([0, 1, 2], np.int8))
    ports = [Port("x", stored)]
    assert open_samples([np.zeros(3, np.int8)], ports).notes == ()
    assert open_samples([np.ones(3)], ports).notes == (
        (
            "input 'x': samples are float64, the first in [1.0, 1.0]; "
            "taken as real numbers, stored as int8, scale 0.5, zero point -10"
        ),
    )
    assert "1 of 3 numbers is NaN" in refusal(np.array([0, np.nan, 0]), stored)
