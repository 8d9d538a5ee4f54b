"""The TFLite schema: the classes that flatc generated, and the numbers of its enumerations by name."""

from __future__ import annotations

import functools
import importlib
from types import MappingProxyType
from typing import Any

from intact.errors import FormatError
from intact.formats.tflite.table import newer
from intact.ir.types import DType


@functools.cache
def schema() -> Any:
    """Returns the module of generated classes, imported when the first file is opened: it is 20,000 lines."""
    return importlib.import_module("ai_edge_litert.schema_py_generated")


@functools.cache
def numbers(enum: str) -> MappingProxyType[str, int]:
    """Returns the numbers of an enumeration of the schema by name."""
    members = vars(getattr(schema(), enum)).items()
    return MappingProxyType({name: number for name, number in members if not name.startswith("_")})


@functools.cache
def names(enum: str) -> MappingProxyType[int, str]:
    """Returns the names of an enumeration of the schema by number."""
    return MappingProxyType({number: name for name, number in numbers(enum).items()})


def read_dtype(number: int) -> DType:
    """Returns the element type that a number of the schema's TensorType means.

    Raises:
        FormatError: E103.
    """
    name = names("TensorType").get(number)
    if name is None or name not in DType.__members__:
        raise newer(f"element type {number} is not known")
    return DType[name]


def write_dtype(dtype: DType) -> int:
    """Returns the number of an element type in the schema's TensorType.

    Raises:
        FormatError: E104.
    """
    number = numbers("TensorType").get(dtype.name)
    if number is None:
        raise FormatError(f"the schema has no element type {dtype.value}", code="E104", fix="Update ai-edge-litert")
    return number
