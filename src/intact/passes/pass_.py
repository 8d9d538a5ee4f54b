"""What a pass is: a frozen dataclass whose fields are its options and whose `run` edits a model in place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from intact.ir.model import Model
from intact.ir.verify import check, verify


@dataclass(frozen=True)
class Pass(ABC):
    """Base of all passes. Defining a subclass registers it.

    Class attributes:
        name: in words with hyphens.
    """

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _REGISTRY[cls.name] = cls

    @abstractmethod
    def run(self, model: Model) -> bool:
        """Edits the model in place and returns whether it changed.

        What no longer has a reader may be left behind; Prune removes it.
        """


_REGISTRY: Final[dict[str, type[Pass]]] = {}


def registry() -> Mapping[str, type[Pass]]:
    """All passes by name; complete once `intact.passes` is imported."""
    return _REGISTRY


def apply(model: Model, passes: Iterable[Pass]) -> bool:
    """Runs passes one after the other and returns whether any changed the model.

    Raises:
        ModelError: the model breaks an invariant before the first pass. One that a pass breaks is our own defect.
    """
    check(model)
    changed = False
    for step in passes:
        changed |= step.run(model)
        broken = [issue for issue in verify(model) if issue.severity == "error"]
        if broken:
            raise AssertionError(f"pass {step.name} broke the model: {broken[0]}")
    return changed
