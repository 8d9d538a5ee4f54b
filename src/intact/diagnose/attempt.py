"""An operator that somebody's kernel is held against, ready to be computed wrongly on purpose."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intact.ir.graph import Node
from intact.ir.types import Array
from intact.ops.weighted import Weighted


@dataclass(frozen=True)
class Attempt:
    """An operator that a mistake is made with.

    Args:
        node: the application.
        record: what it was prepared to.
        operands: their contents.
        real: what the first operand stands for.
        stages: of the right computation.
    """

    node: Node
    record: Any
    operands: Sequence[Array | None]
    real: Array | None
    stages: Mapping[str, Array]

    @property
    def weighted(self) -> Weighted | None:
        """The parameters of a sum of products; None for another operator."""
        found = self.record if isinstance(self.record, Weighted) else getattr(self.record, "weighted", None)
        return found if isinstance(found, Weighted) else None

    @property
    def ends(self) -> Any:
        """What has the result's zero point and clamp as `zero_point`, `low` and `high`; None where nothing does."""
        for record in (self.weighted, self.record):
            for name in ("requantize", "finish"):
                found = getattr(record, name, None)
                if found is not None:
                    return found
        return None

    def with_parameters(self, *operands: Array | None, **changes: Any) -> Array | None:
        """Returns the result with other parameters of the sum of products, and with other operands where given."""
        weighted = self.weighted
        if weighted is None:
            return None
        # Without weights of its own an operator takes those among the operands.
        changed: Any = dataclasses.replace(weighted, **{"weights": None, **changes})
        if self.record is not weighted:
            changed = dataclasses.replace(self.record, weighted=changed)
        result: Array = self.node.op.compute(changed, None, *(operands or self.operands))[0]
        return result

    def requantized(self, **changes: Any) -> Array | None:
        """Returns the result with other parameters of the requantization."""
        weighted = self.weighted
        if weighted is None:
            return None
        return self.with_parameters(requantize=dataclasses.replace(weighted.requantize, **changes))
