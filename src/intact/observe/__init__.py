"""Arrays to ranges: streaming, mergeable, in fixed memory. Importing the package registers every observer."""

from intact.observe import minmax as _minmax  # noqa: F401  # registers
from intact.observe.observer import Observer, observer, observer_names
from intact.observe.ranges import Range, Ranges

__all__ = ["Observer", "Range", "Ranges", "observer", "observer_names"]
