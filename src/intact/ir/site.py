"""What an operator meets when it is prepared and run: its place, what runs it, and kernels from outside the schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, Protocol

from intact.arith.profile import NONE, Profile, Rule
from intact.errors import UncoveredError, UsageError
from intact.ir.types import Array, TensorType

Rules = Mapping[str, tuple[str, ...]]

RULES: Final[dict[str, Rules]] = {}
"""Op.rules of every operator by its TFLite name; complete once `intact.ops` is imported."""


def allowed(operator: str, kind: str) -> list[str]:
    """Returns the rules that an operator knows for a type: those that list the most particular type that it is."""
    rules = KERNELS[operator].rules if operator in KERNELS else RULES.get(operator, {})
    listed = {entry for entries in rules.values() for entry in entries if f"{kind} ".startswith(f"{entry} ")}
    return [name for name, entries in rules.items() if max(listed, key=len, default="") in entries]


def require_known(rule: Rule, operator: str, kind: str, where: str) -> None:
    """Raises UsageError, E003, for a rule that the operator does not know for the type.

    Args:
        where: the profile that has the rule.
    """
    names = [*allowed(operator, kind), NONE]
    if rule.name not in names:
        raise UsageError(
            f"{operator} of {kind} has the rule '{rule.name}'", expected=f"one of {', '.join(names)}", where=where
        )


@dataclass(frozen=True)
class Site:
    """Where an operator is applied: what it is told besides its operands when it is prepared.

    Args:
        profile: the arithmetic of the runtime.
        results: types of the results as the model has them.
        intermediates: types of the values that only tell parameters, as those of an LSTM's gates.
        version: of the operator, as the model says.
        asked: the rules that the operator asked for, in order.
        defects: of the runtime's kernel that this application runs into, each a clause for users.
        risks: defects that it runs into with rare data alone.
    """

    profile: Profile
    results: tuple[TensorType, ...]
    intermediates: tuple[TensorType | None, ...] = ()
    version: int = 1
    asked: list[Rule] = field(default_factory=list, compare=False)
    defects: list[str] = field(default_factory=list, compare=False)
    risks: list[str] = field(default_factory=list, compare=False)

    def rule(self, operator: str, *types: str, taken: bool = True) -> Rule:
        """Returns the profile's rule for an operator and the first of the types that one is known for.

        Args:
            types: from the most particular on, such as ("int16 int32-bias", "int16").
            taken: whether the runtime's delegate takes the operator, where the profile is that of one.
        Raises:
            UncoveredError: the profile has none, or the rule "none": the runtime has no such kernel.
            UsageError: E003, the operator does not know the rule for the type.
        """
        rule = self.profile.rule(operator, *types, taken=taken)
        if rule is None:
            raise UncoveredError(f"profile {self.profile.name} has no rule for {operator} of {types[-1]}")
        kind = next(t for t in types if self.profile.rule(operator, t, taken=taken) == rule)
        require_known(rule, operator, kind, self.profile.where or self.profile.name)
        if rule.name == NONE:
            raise UncoveredError(f"{self.profile.name} has no kernel for {operator} of {kind}")
        self.asked.append(rule)
        return rule

    def defect(self, text: str) -> None:
        """Notes that this application runs into a defect of the runtime: its numbers are not what the operator means.

        How a kernel rounds is no defect. One that shows only in some data counts, where the model's own parameters,
        constants and shapes let it.
        """
        self.defects.append(text)

    def risk(self, text: str) -> None:
        """Notes a defect of the runtime that this application runs into with rare data alone."""
        self.risks.append(text)


class Machine(Protocol):
    """What runs an operator that runs graphs or keeps resources.

    Attributes:
        node: the application of the operator, a Node.
        resources: what operators keep from one run to the next, by keys of their own.
    """

    node: Any
    resources: dict[Any, Any]

    def call(self, body: int, arrays: Sequence[Array]) -> list[Array]:
        """Returns the outputs of the node's body number `body` for its inputs."""


class Named(Protocol):
    """What is known here of an operator."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    @property
    def controls(self) -> bool:
        """True for one that runs graphs or keeps resources."""


def uncovered(op: Named, *_: object) -> NoReturn:
    """Stands for a `compute` or `control` that an operator does not have."""
    raise UncoveredError(f"{op.name} has no exact integers here")


def unprepared(op: Named, *_: object) -> object:
    """Stands for a `prepare` that an operator does not have."""
    return None if op.controls else uncovered(op)


@dataclass(frozen=True)
class Kernel:
    """How the exact engine runs an operator that is kept whole; each function gets the operator as its first argument.

    Args:
        prepare, compute, control, rules: as those of Op. Where there is `control`, `compute` is not called.
    """

    prepare: Callable[..., object] = unprepared
    compute: Callable[..., tuple[Array, ...]] = uncovered
    control: Callable[..., Sequence[Array]] | None = None
    rules: Rules = field(default_factory=dict)


KERNELS: Final[dict[str, Kernel]] = {}
"""Kernels of operators that are kept whole, by UnknownOp.name; complete once `intact.ops` is imported."""
