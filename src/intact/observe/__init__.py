"""Arrays to ranges: streaming, mergeable, in fixed memory. Importing the package registers every observer."""

from intact.observe import (  # noqa: F401  # they register
    entropy as _entropy,
)
from intact.observe import (  # noqa: F401
    min_max as _min_max,
)
from intact.observe import (  # noqa: F401
    moving_average as _moving_average,
)
from intact.observe import (  # noqa: F401
    mse as _mse,
)
from intact.observe import (  # noqa: F401
    percentile as _percentile,
)
from intact.observe import (  # noqa: F401
    record_percentile as _record_percentile,
)
from intact.observe.observer import Observer, observer, observer_names
from intact.observe.range import Range
from intact.observe.ranges import Ranges

__all__ = ["Observer", "Range", "Ranges", "observer", "observer_names"]
