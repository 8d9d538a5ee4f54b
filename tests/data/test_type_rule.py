"""How numbers are taken; tests/data/test_rules.py has what is refused and what the refusal says."""

import numpy as np
import pytest

from intact.data.type_rule import check_type, conversion_note, convert
from intact.errors import DataError
from intact.ir.port import Port
from intact.ir.types import DType, QuantParams, TensorType

QUANT = QuantParams.per_tensor(0.5, -10)


def port(dtype: DType, quant: QuantParams | None = None) -> Port:
    return Port("x", TensorType(dtype, (), quant=quant))


@pytest.mark.parametrize(
    ("target", "given", "expected"),
    [
        (port(DType.FLOAT32), np.float64(0.5), np.float32(0.5)),
        (port(DType.FLOAT32), np.float32(0.5), np.float32(0.5)),
        (port(DType.FLOAT32), np.uint8(255), np.float32(255)),
        (port(DType.INT32), np.float64(-3), np.int32(-3)),
        (port(DType.BOOL), np.int64(1), np.bool_(True)),
        (port(DType.COMPLEX64), np.float64(2), np.complex64(2)),
        (port(DType.INT8, QUANT), np.float64(1), np.int8(-8)),
        (port(DType.INT8, QUANT), np.int8(1), np.int8(1)),
        (port(DType.INT8, QuantParams(scale=[0.5])), np.int64(1), np.int8(2)),
    ],
)
def test_scalars_keep_their_shape(target, given, expected) -> None:
    found = convert(np.asarray(given), target)
    assert isinstance(found, np.ndarray)
    assert (found.shape, found.dtype) == ((), expected.dtype)
    assert found == expected


@pytest.mark.parametrize("target", [port(DType.FLOAT32), port(DType.INT8), port(DType.INT8, QUANT)])
@pytest.mark.parametrize("dtype", ["float64", "int64", "float32", "int8"])
def test_what_is_transposed_becomes_contiguous(target, dtype) -> None:
    array = np.arange(12).reshape(3, 4).astype(dtype).T
    found = convert(array, target)
    assert found.flags.c_contiguous
    assert found.shape == (4, 3)
    np.testing.assert_array_equal(found, convert(np.ascontiguousarray(array), target))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "uint8", "bool"])
def test_no_numbers_at_all(dtype) -> None:
    for target in (port(DType.FLOAT32), port(DType.INT8), port(DType.INT8, QUANT), port(DType.BOOL)):
        assert convert(np.zeros((0, 3), dtype), target).shape == (0, 3)


def test_the_edges_of_an_integer_type() -> None:
    edges = np.array([-(2**63), 2**63 - 1])
    np.testing.assert_array_equal(convert(edges, port(DType.INT64)), edges)
    np.testing.assert_array_equal(convert(np.array([-128.0, 127.0]), port(DType.INT8)), np.array([-128, 127], np.int8))
    for value in (-129.0, 128.0):
        with pytest.raises(DataError, match="is outside int8"):
            convert(np.array([value]), port(DType.INT8))


def test_types_are_refused_before_any_number_is_seen() -> None:
    with pytest.raises(DataError, match=r"input 'x' is given datetime64\[s\]; expected numbers that become int8"):
        check_type(np.dtype("datetime64[s]"), port(DType.INT8))
    check_type(np.dtype(complex), port(DType.COMPLEX64))


@pytest.mark.parametrize(
    ("target", "given", "note"),
    [
        (port(DType.FLOAT32), np.array([0, 255], np.uint8), "the first in [0, 255]; taken as they are, not scaled"),
        (port(DType.FLOAT32), np.array([0.0, 255.0]), None),
        (port(DType.FLOAT32), np.zeros(0, np.uint8), None),
        (port(DType.INT8), np.array([0, 1]), None),
        (
            port(DType.INT8, QUANT),
            np.array([0, 1]),
            "the first in [0, 1]; taken as real numbers, stored as int8, scale 0.5, zero point -10",
        ),
        (port(DType.INT8, QUANT), np.array([0, 1], np.int8), None),
        (port(DType.STRING), np.array([0, 1]), None),
    ],
)
def test_notes(target, given, note) -> None:
    whole = None if note is None else f"input 'x': samples are {given.dtype}, {note}"
    assert conversion_note(given, target) == whole
