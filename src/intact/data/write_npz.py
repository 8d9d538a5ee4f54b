"""Arrays into a .npz file, whole or not at all, the same bytes every time."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping

import numpy as np

from intact.files import atomic_write
from intact.ir.types import Array


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, Array]) -> None:
    """Writes arrays under their names, uncompressed.

    numpy.savez takes the names as its own arguments and so cannot write one that is called `file`.

    Raises:
        UsageError: E002.
    """
    with atomic_write(path) as stream, zipfile.ZipFile(stream, "w") as archive:
        for name, array in arrays.items():
            # A ZipInfo made by name alone carries no time of day, which would be other bytes every time.
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
