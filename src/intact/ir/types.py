"""Frozen, comparable leaves of the IR: data types, quantization parameters, tensor types."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]
else:
    Array = np.ndarray

Shape = tuple[int, ...]


class DType(enum.Enum):
    """Element type of a tensor. The member names are those of the TFLite schema, the values are what users read."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    INT32 = "int32"
    UINT8 = "uint8"
    INT64 = "int64"
    STRING = "string"
    BOOL = "bool"
    INT16 = "int16"
    COMPLEX64 = "complex64"
    INT8 = "int8"
    FLOAT64 = "float64"
    COMPLEX128 = "complex128"
    UINT64 = "uint64"
    RESOURCE = "resource"
    VARIANT = "variant"
    UINT32 = "uint32"
    UINT16 = "uint16"
    INT4 = "int4"
    BFLOAT16 = "bfloat16"
    INT2 = "int2"
    UINT4 = "uint4"
    FLOAT8_E4M3FN = "float8_e4m3fn"
    FLOAT8_E5M2 = "float8_e5m2"

    # An enum's default hash goes through Python code; these are dictionary keys in every inner loop over tensors.
    __hash__ = object.__hash__

    @property
    def numpy(self) -> np.dtype[Any] | None:
        """NumPy type of the same bytes; None where NumPy has none (strings, handles, sub-byte and 8-bit floats)."""
        return _NUMPY.get(self)

    @property
    def bits(self) -> int | None:
        """Bits of one element in memory; None for strings and handles."""
        if self.numpy is not None:
            return 8 * self.numpy.itemsize
        return _BITS.get(self)

    @property
    def is_float(self) -> bool:
        """True for real floating-point types of any width."""
        return self in _FLOATS

    @property
    def is_integer(self) -> bool:
        """True for signed and unsigned integers of any width, bool not among them."""
        return self in _INTEGERS

    @property
    def limits(self) -> tuple[int, int]:
        """Smallest and largest value of an integer type."""
        if not self.is_integer or self.bits is None:
            raise ValueError(f"{self.value} is not an integer type")
        if self.value.startswith("u"):
            return 0, (1 << self.bits) - 1
        return -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1

    @classmethod
    def of(cls, array: Array) -> DType:
        """The type of a NumPy array; KeyError where there is none."""
        return _FROM_NUMPY[array.dtype]


_NUMPY: Final = {
    d: np.dtype(d.value)
    for d in DType
    if d.value
    in {
        "float32", "float16", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
        "bool", "complex64", "complex128",
    }
}  # fmt: skip
_FROM_NUMPY: Final = {n: d for d, n in _NUMPY.items()}
_BITS: Final = {
    DType.INT4: 4, DType.UINT4: 4, DType.INT2: 2, DType.BFLOAT16: 16, DType.FLOAT8_E4M3FN: 8, DType.FLOAT8_E5M2: 8,
}  # fmt: skip
_FLOATS: Final = {
    DType.FLOAT32, DType.FLOAT16, DType.FLOAT64, DType.BFLOAT16, DType.FLOAT8_E4M3FN, DType.FLOAT8_E5M2,
}  # fmt: skip
_INTEGERS: Final = {d for d in DType if d.value.lstrip("u").startswith("int")}


def _frozen(values: Any, dtype: Any) -> Array:
    array = np.array(values, dtype=dtype).reshape(-1)
    array.setflags(write=False)
    return array


@dataclass(frozen=True)
class Blockwise:
    """Scales per block of `block_size` elements; they live in the value's `block_scales` (and `block_zero_points`)."""

    block_size: int
    block_shape: tuple[int, ...] = ()


@dataclass(frozen=True)
class CustomQuantization:
    """Quantization details of a foreign tool, kept as bytes."""

    custom: bytes


@dataclass(frozen=True)
class MultiAxis:
    """Scales along several dimensions; they live in the value's `block_scales` (and `block_zero_points`)."""

    block_size: int
    quantized_dimensions: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class QuantParams:
    """How stored integers stand for real numbers: real = scale * (q - zero_point).

    One scale is per-tensor, several are per-channel along `quantized_dimension`. No scale at all with a min and a max
    is a range recorded in a float file. Equality compares every bit, so NaN equals NaN.

    Args:
        scale: float32 (n,). n is 0, 1, or the size of the quantized dimension.
        zero_point: int64 (n,) or (0,).
        quantized_dimension: dimension the scales run along.
        min: float32 (m,). Recorded range, real values.
        max: float32 (m,).
        details: block sizes, several axes, or a foreign tool's bytes.
    """

    scale: Array = field(default_factory=lambda: _frozen([], np.float32))
    zero_point: Array = field(default_factory=lambda: _frozen([], np.int64))
    quantized_dimension: int = 0
    min: Array = field(default_factory=lambda: _frozen([], np.float32))
    max: Array = field(default_factory=lambda: _frozen([], np.float32))
    details: Blockwise | CustomQuantization | MultiAxis | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", _frozen(self.scale, np.float32))
        object.__setattr__(self, "zero_point", _frozen(self.zero_point, np.int64))
        object.__setattr__(self, "min", _frozen(self.min, np.float32))
        object.__setattr__(self, "max", _frozen(self.max, np.float32))

    @classmethod
    def per_tensor(cls, scale: float, zero_point: int) -> QuantParams:
        """Returns parameters with one scale and zero point."""
        return cls(scale=np.array([scale], np.float32), zero_point=np.array([zero_point]))

    def _key(self) -> tuple[object, ...]:
        arrays = (self.scale, self.zero_point, self.min, self.max)
        return (*(a.tobytes() for a in arrays), self.quantized_dimension, self.details)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, QuantParams) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    @property
    def is_quantized(self) -> bool:
        """True where integers stand for reals: scales are here or in a tensor of their own."""
        return self.scale.size > 0 or isinstance(self.details, Blockwise | MultiAxis)

    @property
    def is_per_channel(self) -> bool:
        """True for more than one scale."""
        return self.scale.size > 1


@dataclass(frozen=True)
class TensorType:
    """Element type, shape and quantization of a value.

    Args:
        dtype: element type.
        shape: sizes; a dynamic dimension holds the size the file declares by default (mostly 1). None: rank unknown.
        signature: sizes with -1 for each dynamic dimension; None where all are fixed.
        quant: how integers stand for reals; None for plain numbers.
    """

    dtype: DType
    shape: Shape | None
    signature: Shape | None = None
    quant: QuantParams | None = None

    @property
    def size(self) -> int:
        """Number of elements; 0 where the rank is unknown."""
        return math.prod(self.shape) if self.shape is not None else 0

    @property
    def nbytes(self) -> int | None:
        """Bytes of a constant of this type, sub-byte elements packed; None for strings and handles."""
        bits = self.dtype.bits
        return None if bits is None else (self.size * bits + 7) // 8


@dataclass(frozen=True)
class SparseDim:
    """One dimension of a sparse tensor: dense with `dense_size`, or CSR with segments and indices.

    `segments` and `indices` are (NumPy type name, values); the type is what the file stores them in.
    """

    is_csr: bool
    dense_size: int = 0
    segments: tuple[str, tuple[int, ...]] | None = None
    indices: tuple[str, tuple[int, ...]] | None = None


@dataclass(frozen=True)
class Sparsity:
    """How a sparse constant's non-zero elements are laid out, as the TFLite schema's SparsityParameters."""

    traversal_order: tuple[int, ...]
    block_map: tuple[int, ...] = ()
    dims: tuple[SparseDim, ...] = ()
