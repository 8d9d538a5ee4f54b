"""Which arrays of a record are samples: shapes and types against the inputs, without reading any contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intact.data.shape_rule import Fit, fit, misfit
from intact.data.stored import Stored
from intact.data.type_rule import check_type
from intact.errors import DataError
from intact.ir.port import Port


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """Arrays that were given together: a file, an entry of a list. It holds one sample, or a stack of them.

    Args:
        label: what its samples are called.
        where: what it is called in errors: the whole path.
        arrays: by input name.
    """

    label: str
    where: str
    arrays: Mapping[str, Stored]


def places(records: Sequence[Record], ports: Sequence[Port]) -> list[tuple[int, int | None]]:
    """Returns where each sample is: the number of its record, and its row there; None for a record that is one sample.

    Raises:
        DataError: E301, E302, E303 for the first record that does not fit; `also` has all others that do not.
    """
    found: list[tuple[int, int | None]] = []
    faults: dict[str, DataError] = {}
    for number, record in enumerate(records):
        try:
            found += [(number, row) for row in _rows(record, ports)]
        except DataError as fault:
            faults[record.label] = fault.at(record.where)
    if faults:
        first, *others = faults
        faults[first].also = {label: faults[label] for label in others}
        raise faults[first]
    return found


def _rows(record: Record, ports: Sequence[Port]) -> Sequence[int | None]:
    fits: dict[str, Fit] = {}
    for port in ports:
        array = record.arrays[port.name]
        check_type(array.dtype, port)
        found = fit(array.shape, port.type)
        if found is None:
            raise misfit(array.shape, port.name, port.type)
        if found.count == 0:
            raise DataError(f"there are no samples: '{port.name}' is given the shape {list(array.shape)}", code="E301")
        fits[port.name] = found
    counts = {f.count for f in fits.values()}
    if len(counts) > 1:
        different = ", ".join(f"'{name}' {found.count}" for name, found in fits.items())
        raise DataError(f"the inputs have different numbers of samples: {different}", expected="as many for each")
    stacked = any(f.stacked for f in fits.values())
    return range(counts.pop()) if stacked else [None]
