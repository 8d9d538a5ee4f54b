"""Operators' tables of options: the schema's records and the fields of operator classes, there and back.

A field of an operator and one of its table belong together where their names are the same but for case and
underscores: stride_w and strideW. Which conversion a field needs follows from its annotation. A table that fits no
class is kept as (name, value) pairs.
"""

from __future__ import annotations

import enum
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from intact.errors import FormatError, ModelError
from intact.formats.tflite.schema import names, numbers, read_dtype, schema, write_dtype
from intact.formats.tflite.table import Flatbuffer, newer
from intact.ir.op import Op, UnknownOp
from intact.ir.types import DType

UNIONS: typing.Final = ("BuiltinOptions", "BuiltinOptions2")


@dataclass(frozen=True)
class Options:
    """One operator's table.

    Args:
        name: of the table in the schema.
        record: the schema's object of its contents.
        is_second_union: it is one of BuiltinOptions2.
    """

    name: str
    record: Any
    is_second_union: bool


def read_options(file: Flatbuffer, operator: Any) -> Options | None:
    """Returns an operator's table of options; None where it has none.

    Raises:
        FormatError: E103 for a table the schema does not have, or for two tables.
    """
    found = [o for o in (_read_union(file, operator, union) for union in UNIONS) if o is not None]
    if len(found) > 1:
        raise newer(f"the operator has two tables of options, {found[0].name} and {found[1].name}")
    return found[0] if found else None


def _read_union(file: Flatbuffer, operator: Any, union: str) -> Options | None:
    number, table = getattr(operator, f"{union}Type")(), getattr(operator, union)()
    if number == 0 or table is None:
        return None
    name = names(union).get(number)
    if name is None:
        raise newer(f"{union} of kind {number} is not known")
    accessor = file.at(getattr(schema(), name)(), table.Pos)
    record = getattr(schema(), f"{name}T").InitFromObj(accessor)
    for vector in vars(record).values():
        if isinstance(vector, np.ndarray):
            file.charge(vector.nbytes)
    return Options(name, record, union == UNIONS[1])


def union_numbers(name: str) -> tuple[int, int]:
    """Returns the numbers of a table in the two unions; 0 in the one it does not belong to."""
    first, second = (numbers(union).get(name, 0) for union in UNIONS)
    return first, second


@dataclass(frozen=True)
class _Column:
    """A field of an operator class beside that of the table."""

    field: str
    attribute: str
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


def read_fields(op: type[Op], record: Any) -> Op | None:
    """Returns the operator with the contents of its table; None where a value means nothing to the class."""
    try:
        return op(**{c.field: c.read(getattr(record, c.attribute)) for c in columns(op)})
    except (ValueError, FormatError):
        return None


def write_fields(op: Op) -> Any:
    """Returns the schema's record of an operator's fields, those that hold subgraphs left out."""
    record = new_record(type(op))
    for column in columns(type(op)):
        setattr(record, column.attribute, column.write(getattr(op, column.field)))
    return record


def new_record(op: type[Op]) -> Any:
    """Returns an empty record of an operator's table, as the schema has its defaults."""
    return getattr(schema(), f"{op.options}T")()


_COLUMNS: typing.Final[dict[type[Op], tuple[_Column, ...]]] = {}


def columns(op: type[Op]) -> tuple[_Column, ...]:
    """Returns how the fields of an operator class go with those of its table, in the class's order."""
    if op not in _COLUMNS:
        _COLUMNS[op] = _match(op) if op.options else ()
    return _COLUMNS[op]


def _match(op: type[Op]) -> tuple[_Column, ...]:
    attributes = {_plain(name): name for name in vars(new_record(op))}
    hints = typing.get_type_hints(op)
    return tuple(_Column(f.name, attributes[_plain(f.name)], *_conversions(hints[f.name])) for f in fields(op))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _conversions(hint: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    if hint is DType:
        return read_dtype, write_dtype
    if hint is str:
        return (lambda text: (text or b"").decode()), (lambda text: text or None)
    if hint is bytes:
        return (lambda array: b"" if array is None else array.tobytes()), _byte_vector
    if typing.get_origin(hint) is tuple:
        return (lambda array: () if array is None else tuple(array.tolist())), (lambda items: list(items) or None)
    if isinstance(hint, type) and issubclass(hint, enum.IntEnum):
        return hint, int
    return hint, hint


def _byte_vector(content: bytes) -> Any:
    return np.frombuffer(content, np.uint8) if content else None


def is_subgraph_field(name: str) -> bool:
    """True for fields of tables that hold the index of a subgraph, or a vector of them."""
    return "subgraph" in name.lower()


def subgraph_indices(record: Any) -> Iterator[int]:
    """Yields the subgraphs that a table names, in the order of its fields."""
    for name, value in vars(record).items():
        if is_subgraph_field(name):
            yield from [value] if isinstance(value, int) else [] if value is None else value.tolist()


def set_subgraphs(record: Any, indices: Sequence[int]) -> None:
    """Puts subgraphs into the fields of a table: one into a scalar, all that are left into a vector.

    Raises:
        ModelError: E204 for more or fewer subgraphs than fields.
    """
    left = list(indices)
    for name, value in vars(record).items():
        if not is_subgraph_field(name):
            continue
        if not isinstance(value, int):
            setattr(record, name, left or None)
            left = []
        elif left:
            setattr(record, name, left.pop(0))
        else:
            raise ModelError(f"there is no graph for {name}: {len(indices)} graphs", code="E204")
    if left:
        raise ModelError(f"{len(left)} of {len(indices)} graphs have no field in the options", code="E204")


def read_unknown(record: Any) -> tuple[tuple[str, object], ...]:
    """Returns the contents of any table as pairs that can be compared; fields that hold subgraphs are left out."""
    return tuple((name, _frozen(value)) for name, value in vars(record).items() if not is_subgraph_field(name))


def _frozen(value: Any) -> object:
    if not isinstance(value, np.ndarray):
        return value
    return value.tobytes() if value.dtype == np.uint8 else tuple(value.tolist())


def write_unknown(op: UnknownOp) -> Any:
    """Returns the schema's record of a kept table."""
    record = getattr(schema(), f"{op.table}T")()
    for name, value in op.fields:
        setattr(record, name, list(value) if isinstance(value, tuple) else value)
    return record
