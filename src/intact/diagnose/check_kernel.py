"""check_kernel: somebody's own implementation of an operator, held against the exact one stage by stage.

A kernel that returns its stages is compared stage by stage, and the first that departs is named with the element. One
that returns only its result is compared with what the usual mistakes give: the operator is computed once with each
mistake made on purpose, and the mistake that gives the same wrong numbers is named.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.arith.requantize import STAGES
from intact.diagnose.explain import find, traced
from intact.diagnose.mistakes import MISTAKES, Attempt
from intact.engines.exact import Exact
from intact.errors import UncoveredError, UsageError, require_type
from intact.ir.model import Model
from intact.ir.port import input_names
from intact.ir.stored import real
from intact.ir.types import Array

Kernel = Callable[..., "Array | Mapping[str, Array]"]


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a kernel.

    Args:
        equal: True where every number of the result is right.
        stage: the first stage that departs; None where all are right, or where the cause was not found.
        at: index of the first wrong element.
        expected, given: what it should be and what it is.
        differing: wrong numbers of that stage, or of the result.
        values: how many numbers it has.
        mistake: which usual mistake gives exactly these numbers, in words; None where none does.
    """

    equal: bool
    stage: str | None = None
    at: tuple[int, ...] | None = None
    expected: float | None = None
    given: float | None = None
    differing: int = 0
    values: int = 0
    mistake: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Returns the verdict as data for JSON."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        if self.equal:
            return f"all {self.values} numbers are right"
        where = f"{self.differing} of {self.values} numbers differ, first at {list(self.at or ())}: "
        text = f"{where}{self.given:g}, expected {self.expected:g}"
        place = f"it departs at stage '{self.stage}'" if self.stage else "the result departs"
        return f"{place}: {text}" + (f"; {self.mistake}" if self.mistake else "")


def check_kernel(
    model: Model,
    kernel: Kernel,
    inputs: Mapping[str, Array],
    *,
    op: int | None = None,
    tensor: str | None = None,
    profile: Profile | str = "litert-reference",
    takes: str = "stored",
) -> Verdict:
    """Returns where a kernel first departs from an operator's exact integers.

    The kernel is called with the contents of the operator's operands in order, None for an omitted one. It returns the
    result, or a mapping with the arrays of any of the stages of arith/requantize.py: "input offset" (input without its
    zero point), "products" (their sum, before the bias), "accumulator" (with bias), "multiplied" (after the high
    multiplication), "shifted" (after the rounding shift), "offset" (with the zero point), "clamped" (the result).

    Args:
        inputs: of the model, arrays by name as for `run`.
        op, tensor: which operator: its position, or the name of its result.
        takes: "stored" hands the kernel its first operand as stored integers, "real" as the real numbers they stand
            for, so that it quantizes them itself; those of the model's input are handed over as they were given.
    Raises:
        UsageError: E003, E004.
        UncoveredError: E504.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    if takes not in {"stored", "real"}:
        raise UsageError(f"takes is '{takes}'", expected="stored or real")
    profile = profile if isinstance(profile, Profile) else load_profile(profile)
    node = model.main.nodes[find(model, op, tensor)]
    engine = Exact(model, profile, strict=False)
    if engine.records.get(node) is None:
        raise UncoveredError(f"{node.op.name} has no integers to check against", where=model.source)
    stages, operands, results = traced(engine, model, node, inputs)
    stages.setdefault("clamped", results[0].astype(np.int64) if results[0].dtype.kind in "iu" else results[0])
    first = _reals(model, node.inputs[0], inputs, operands[0])
    handed = [first if takes == "real" and i == 0 else o for i, o in enumerate(operands)]
    found = kernel(*handed)
    given = dict(found) if isinstance(found, Mapping) else {"clamped": np.asarray(found)}
    unknown = set(given) - set(STAGES)
    if unknown or not given:
        raise UsageError(f"the kernel returns stages {sorted(given)}", expected=f"some of {', '.join(STAGES)}")
    for stage in (s for s in STAGES if s in given and s in stages):
        verdict = _departs(stage, stages[stage], np.asarray(given[stage]))
        if verdict is not None:
            if stage == "clamped" and len(given) == 1:
                attempt = Attempt(node, engine.records[node], operands, first, stages)
                return _guess(verdict, attempt, np.asarray(given[stage]))
            return verdict
    return Verdict(equal=True, values=int(results[0].size))


def _reals(model: Model, value: Any, inputs: Mapping[str, Array], operand: Array | None) -> Array | None:
    """The real numbers that the first operand stands for; for an input of the model those that were given."""
    if operand is None or value is None:
        return None
    named = {v: n for n, v in input_names(model, model.main).items()}
    given = inputs.get(named.get(value, value.name), inputs.get(value.name))
    if value in named and given is not None and np.asarray(given).dtype.kind == "f":
        return np.asarray(given)
    return real(operand, value.type)


def _departs(stage: str, expected: Array, given: Array) -> Verdict | None:
    if given.size != expected.size:
        raise UsageError(
            f"stage '{stage}' of the kernel has shape {list(given.shape)}", expected=f"shape {list(expected.shape)}"
        )
    given = given.reshape(expected.shape)
    differs = given != expected
    if not differs.any():
        return None
    at = np.unravel_index(int(np.flatnonzero(differs.reshape(-1))[0]), expected.shape)
    return Verdict(
        equal=False,
        stage=stage,
        at=tuple(int(i) for i in at),
        expected=float(expected[at]),
        given=float(given[at]),
        differing=int(differs.sum()),
        values=int(expected.size),
    )


def _guess(verdict: Verdict, attempt: Attempt, given: Array) -> Verdict:
    """Names the mistake that gives these numbers; of several, the one at the earliest stage."""
    for mistake in MISTAKES:
        made = mistake.make(attempt)
        if made is not None and np.array_equal(np.asarray(made).reshape(-1), given.reshape(-1)):
            return dataclasses.replace(verdict, stage=mistake.stage, mistake=mistake.text)
    return dataclasses.replace(verdict, stage=None)
