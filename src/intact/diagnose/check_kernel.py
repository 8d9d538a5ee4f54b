"""check_kernel: somebody's own implementation of an operator, held against the exact one stage by stage.

A kernel that returns its stages is compared stage by stage, and the first that departs is named with the element. Where
only its result departs, it is compared with what the usual mistakes give (diagnose/mistakes.py): the operator is
computed once with each mistake made on purpose, and a mistake that gives the same wrong numbers is named. Where none
does, the differences tell at which stage such a departure would look like that (diagnose/differences.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.arith.profile import Profile
from intact.arith.profile import load as load_profile
from intact.arith.requantize import STAGES
from intact.diagnose.attempt import Attempt
from intact.diagnose.differences import likely_stage
from intact.diagnose.explain import traced
from intact.diagnose.feeds import Inputs, as_given
from intact.diagnose.find import entry, find
from intact.diagnose.mistakes import MISTAKES
from intact.engines.exact import Exact
from intact.errors import UncoveredError, UsageError, require_type
from intact.ir.model import Model
from intact.ir.port import input_names
from intact.ir.stored import real
from intact.ir.types import Array

Kernel = Callable[..., "Array | Mapping[str, Array]"]


RESULT: Final = "clamped"
"""The stage that is the result."""


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a kernel.

    Args:
        equal: True where every number of the result is right; False also where the result was not given.
        stage: the first stage that departs; None where all that was given is right.
        sure: how sure that stage is: "seen", as the kernel gave the stage; "matched", as a usual mistake there gives
            exactly these numbers; "likely" or "possible", from what the differences look like. None without a stage.
        at: index of the first wrong element.
        expected, given: what it should be and what it is.
        differing: wrong numbers of the stage that was compared, or of the result.
        values: how many numbers it has.
        mistake: which usual mistake gives exactly these numbers, or what the differences look like; in words.
        others: further mistakes that give exactly these numbers.
        right: the stages that were given and are right.
        missing: stages between those and the one that departs that were not given; any of them may be the cause.
    """

    equal: bool
    stage: str | None = None
    sure: str | None = None
    at: tuple[int, ...] | None = None
    expected: float | None = None
    given: float | None = None
    differing: int = 0
    values: int = 0
    mistake: str | None = None
    others: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Returns the verdict as data for JSON."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        if self.equal:
            return f"all {self.values} numbers are right"
        if self.stage is None:
            return f"right: {', '.join(self.right)}; the result ('{RESULT}') was not given, so it was not checked"
        how = {"likely": "most likely ", "possible": "possibly "}.get(self.sure or "", "")
        before = f" or one not given before it: {', '.join(self.missing)}" if self.missing else ""
        count = f"{self.differing} of {self.values} numbers differ, first at {list(self.at or ())}"
        parts = [
            f"it {how}departs at stage '{self.stage}'{before}: {count}: {self.given:g}, expected {self.expected:g}",
            *([self.mistake] if self.mistake else []),
            *(f"or {text}" for text in self.others),
            *([f"right: {', '.join(self.right)}"] if self.right else []),
        ]
        return "; ".join(parts)


def check_kernel(
    model: Model,
    kernel: Kernel,
    inputs: Inputs,
    *,
    op: int | None = None,
    tensor: str | None = None,
    profile: Profile | str = "litert-reference",
    takes: str = "stored",
    graph: int | None = None,
) -> Verdict:
    """Returns where a kernel first departs from an operator's exact integers.

    The kernel is called with the contents of the operator's operands in order, None for an omitted one. It returns the
    result, or a mapping with the arrays of any of the stages of arith/requantize.py: "input offset" (input without its
    zero point), "products" (their sum, before the bias), "accumulator" (with bias), "multiplied" (after the high
    multiplication), "shifted" (after the rounding shift), "offset" (with the zero point), "clamped" (the result). Which
    of them an operator has depends on its rule: a rule that rounds once has no "multiplied".

    Args:
        inputs: of the model, arrays or files by name, or a Sample, as for `run`.
        op, tensor: which operator: its position, or the name of its result.
        takes: "stored" hands the kernel its first operand as stored integers, "real" as the real numbers they stand
            for, so that it quantizes them itself; those of the model's input are handed over as they were given.
        graph: number of the graph that the operator is in, as for `explain`.
    Raises:
        UsageError: E003, E004; also for what the kernel returns: stages that the rule has not, other shapes, no
            numbers.
        UncoveredError: E504.
    """
    require_type(model, Model, "intact.load(path) makes one of a file")
    if takes not in {"stored", "real"}:
        raise UsageError(f"takes is '{takes}'", expected="stored or real")
    profile = profile if isinstance(profile, Profile) else load_profile(profile)
    body, index = find(model, op, tensor, graph)
    node = body.nodes[index]
    engine = Exact(model, profile, graph=entry(model, body), strict=False)
    if engine.records.get(node) is None or not node.outputs:
        raise UncoveredError(f"{node.op.name} has no integers to check against", where=model.source)
    stages, operands, results = traced(engine, node, inputs)
    stages.pop(RESULT, None)
    stages[RESULT] = results[0].astype(np.int64) if results[0].dtype.kind in "iu" else results[0]
    first = _reals(model, node.inputs[0], as_given(inputs), operands[0])
    # Copies, so that a kernel that writes to its operands spoils nothing.
    handed = [None if o is None else np.array(o) for o in operands]
    if takes == "real":
        handed[0] = None if first is None else np.array(first)
    found = kernel(*handed)
    given = _numbers(found if isinstance(found, Mapping) else {RESULT: found}, stages)
    right: list[str] = []
    for stage in (s for s in stages if s in given):
        wrong = _departs(stage, stages[stage], given[stage])
        if wrong is None:
            right.append(stage)
            continue
        wrong = dataclasses.replace(wrong, right=tuple(right), missing=_between(list(stages), right, stage))
        if stage == RESULT and wrong.missing:
            attempt = Attempt(node, engine.records[node], operands, first, stages)
            return _guess(wrong, attempt, given[stage])
        return wrong
    return Verdict(equal=RESULT in given, values=int(results[0].size), right=tuple(right))


def _numbers(found: Mapping[Any, Any], stages: Mapping[str, Array]) -> dict[str, Array]:
    """Returns what a kernel gave as arrays. UsageError for what is none of its stages, or no numbers of their shape."""
    if not found or set(found) - set(stages):
        raise UsageError(
            f"the kernel returns stages {sorted(map(str, found))}",
            expected=f"some of {', '.join(stages)}, which are what its rule has",
        )
    given = {}
    for stage, expected in stages.items():
        if stage not in found:
            continue
        try:
            array = np.asarray(found[stage])
        except ValueError as fault:
            raise UsageError(f"stage '{stage}' of the kernel is no array ({fault})", expected="numbers") from fault
        if array.dtype.kind not in "biuf":
            raise UsageError(f"stage '{stage}' of the kernel is of {array.dtype}", expected="numbers")
        if array.shape != expected.shape:
            raise UsageError(
                f"stage '{stage}' of the kernel has shape {list(array.shape)}", expected=f"shape {list(expected.shape)}"
            )
        given[stage] = array
    return given


def _between(stages: Sequence[str], right: Sequence[str], stage: str) -> tuple[str, ...]:
    start = stages.index(right[-1]) + 1 if right else 0
    return tuple(stages[start : stages.index(stage)])


def _reals(model: Model, value: Any, inputs: Mapping[str, Any], operand: Array | None) -> Array | None:
    """The real numbers that the first operand stands for; for an input of the model those that were given."""
    if operand is None or value is None:
        return None
    named = {v: n for n, v in input_names(model, model.main).items()}
    given = inputs.get(named.get(value, value.name), inputs.get(value.name))
    if value in named and given is not None and np.asarray(given).dtype.kind == "f":
        return np.asarray(given)
    return real(operand, value.type)


def _departs(stage: str, expected: Array, given: Array) -> Verdict | None:
    differs = given != expected
    if not differs.any():
        return None
    at = np.unravel_index(int(np.flatnonzero(differs.reshape(-1))[0]), expected.shape)
    return Verdict(
        equal=False,
        stage=stage,
        sure="seen",
        at=tuple(int(i) for i in at),
        expected=float(expected[at]),
        given=float(given[at]),
        differing=int(differs.sum()),
        values=int(expected.size),
    )


def _guess(verdict: Verdict, attempt: Attempt, given: Array) -> Verdict:
    """Names the stage that a wrong result comes from, among the stages that were not given and the result itself."""
    # Also those that the rule does not show: the multiplication of a rule that rounds once.
    last = max((STAGES.index(s) for s in verdict.right if s in STAGES), default=-1)
    possible = {*verdict.missing, *STAGES[last + 1 :]}
    matched = []
    for mistake in MISTAKES:
        made = mistake.make(attempt) if mistake.stage in possible else None
        if made is not None and np.array_equal(np.asarray(made).reshape(-1), given.reshape(-1)):
            matched.append(mistake)
    if matched:
        first, others = matched[0], tuple(m.text for m in matched[1:])
        return dataclasses.replace(
            verdict, stage=first.stage, sure="matched", mistake=first.text, others=others, missing=()
        )
    stage, sure, text = likely_stage(attempt, given, possible)
    return dataclasses.replace(verdict, stage=stage, sure=sure, mistake=text, missing=())
