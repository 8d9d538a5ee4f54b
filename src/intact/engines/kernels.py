"""The C kernels as engines take them."""

from __future__ import annotations

from intact.errors import UsageError
from intact.native.library import Absence, Library, load


def kernels() -> Library | None:
    """Returns the C kernels; None where NumPy does their work.

    Raises:
        UsageError: E003 where the environment variable INTACT_KERNELS asks for what cannot be had.
    """
    found = load()
    if isinstance(found, Absence):
        if found.kind == "wrong":
            raise UsageError(found.why, fix=found.fix)
        return None
    return found
