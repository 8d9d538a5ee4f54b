"""HDF5 files in the layout of Samsung ONE: /value/<record>/<input>, both counted from 0.

Sources:
    Samsung/ONE, compiler/dio-hdf5/src/HDF5Importer.cpp and compiler/one-cmds/how-to-create-hdf5-dataset.txt.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from intact.data.layout import Record
from intact.data.match import listed
from intact.data.raw import raw_bytes
from intact.data.stored import InFile, Rows, Stored
from intact.errors import DataError, IntactError
from intact.files import readable
from intact.ir.port import Port
from intact.ir.types import Array, Shape

if TYPE_CHECKING:
    import h5py

SUFFIXES: Final = frozenset({".h5", ".hdf5"})
_ROOT: Final = "value"
_RAW: Final = "rawData"
_AT_ONCE: Final = 256
"""Records whose headers are read before the file is opened anew."""


@dataclass(frozen=True, slots=True)
class InH5:
    """A dataset of a file.

    Args:
        path: the file.
        key: of the dataset.
        shape: sizes.
        dtype: NumPy element type.
        is_raw: True where the dataset holds the bytes of the array, whatever its own type says.
    """

    path: Path
    key: str
    shape: Shape
    dtype: np.dtype[Any]
    is_raw: bool

    def open(self) -> Rows:
        """Returns a reader.

        Raises:
            DataError: E306.
        """

        def read(row: int | None) -> Array:
            import h5py

            with _unreadable_is_e306(self.path), h5py.File(self.path, "r") as file:
                dataset = file[self.key]
                if self.is_raw:
                    whole = np.frombuffer(dataset[...].tobytes(), self.dtype).reshape(self.shape)
                    return whole if row is None else whole[row]
                return np.asarray(dataset[...] if row is None else dataset[row])

        return read


def h5_file(path: Path, ports: Sequence[Port]) -> list[Record]:
    """Returns the records of a file, headers read, in the order of their numbers.

    Inputs are counted in the model's order. Where the attribute rawData of /value is '1', datasets are bytes of the
    inputs' own types.

    Raises:
        UsageError: E001.
        DataError: E301, E302, E305, E306.
    """
    import h5py

    with _unreadable_is_e306(readable(path)), h5py.File(path, "r") as file:
        group = file.get(_ROOT)
        if not isinstance(group, h5py.Group):
            raise _misplaced(path, f"there is no group '{_ROOT}': the file has {listed(file)}")
        is_raw = str(_text(group.attrs.get(_RAW, "0"))) == "1"
        names = _counted(path, group, "records")
    if not names:
        raise DataError("there are no samples: /value is empty", code="E301", where=str(path))
    records = []
    for first in range(0, len(names), _AT_ONCE):  # the library keeps what it has seen of an open file, up to 32 MiB
        with _unreadable_is_e306(path), h5py.File(path, "r") as file:
            keys = [f"{_ROOT}/{name}" for name in names[first : first + _AT_ONCE]]
            records += [_record(path, file[key], key, ports, is_raw) for key in keys]
    return records


def _record(path: Path, group: Any, key: str, ports: Sequence[Port], is_raw: bool) -> Record:
    import h5py

    where = f"{path}: /{key}"
    if not isinstance(group, h5py.Group):
        raise _misplaced(path, f"/{key} is no group with a dataset for each input")
    names = _counted(path, group, f"inputs of /{key}")
    if len(names) != len(ports):
        raise DataError(
            f"holds {len(names)} inputs, the model takes {len(ports)}",
            code="E305",
            expected=f"one for each of {', '.join(p.name for p in ports)}, in this order",
            where=where,
        )
    arrays: dict[str, Stored] = {}
    for port, name in zip(ports, names, strict=True):
        dataset = group[name]
        if not isinstance(dataset, h5py.Dataset):
            raise _misplaced(path, f"/{key}/{name} is no dataset")
        if dataset.shape is None:
            raise _misplaced(path, f"/{key}/{name} is empty")
        arrays[port.name] = _array(path, dataset, f"{key}/{name}", port, is_raw)
    return Record(f"{path.name}/{key.removeprefix(_ROOT + '/')}", where, arrays)


def _array(path: Path, dataset: h5py.Dataset, key: str, port: Port, is_raw: bool) -> Stored:
    if not is_raw:
        return _plain(path, dataset) or InH5(path, key, dataset.shape, dataset.dtype, is_raw=False)
    need = raw_bytes(port, path)
    if dataset.nbytes != need:
        raise DataError(
            f"/{key} has {dataset.nbytes} bytes",
            expected=f"{need}: {port.type.dtype.value} {list(port.type.shape or ())} of input '{port.name}'",
            where=str(path),
        )
    dtype = port.type.dtype.numpy
    assert dtype is not None and port.type.shape is not None
    return InH5(path, key, port.type.shape, dtype, is_raw=True)


def _plain(path: Path, dataset: h5py.Dataset) -> InFile | None:
    """Returns the array of a dataset whose numbers lie in the file as they are, which is read without the library."""
    offset = dataset.id.get_offset()  # None where they are in chunks, packed, or nowhere
    if offset is None or dataset.external or dataset.dtype.hasobject or dataset.file.userblock_size:
        return None
    if offset + dataset.nbytes > path.stat().st_size:
        raise _misplaced(path, f"{dataset.name} is cut off: its numbers would lie beyond the end", "a whole file")
    return InFile(path, None, dataset.shape, dataset.dtype, offset, fortran=False)


def _counted(path: Path, group: Any, what: str) -> list[str]:
    """Returns the names in a group, in order; they are numbers from 0 on."""
    names = list(group)
    if sorted(names) != sorted(map(str, range(len(names)))):
        wanted, found = set(map(str, range(len(names)))), set(names)
        missing, odd = min(wanted - found, key=int), next(n for n in names if n not in wanted)
        raise _misplaced(
            path, f"the {what} are {len(names)}, '{odd}' is among them and '{missing}' is not", "they count from 0"
        )
    return sorted(names, key=int)


def _text(value: Any) -> Any:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value


def _misplaced(path: Path, why: str, rule: str = "/value/<record>/<input>, both counted from 0") -> DataError:
    return DataError(f"is not laid out as samples: {why}", code="E306", expected=rule, where=str(path))


@contextlib.contextmanager
def _unreadable_is_e306(path: Path) -> Iterator[None]:
    try:
        yield
    except IntactError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, MemoryError, RecursionError) as fault:
        raise DataError(
            f"is not an HDF5 file that can be read: {' '.join(str(fault).split())}", code="E306", where=str(path)
        ) from fault
