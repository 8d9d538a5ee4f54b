"""Whether a profile that a user wrote says only what operators understand."""

from __future__ import annotations

import difflib
from functools import cache

import intact.ops  # noqa: F401 - registers the operators
from intact.arith.profile import NAMES, Profile, load
from intact.errors import UsageError
from intact.ir.op import registry
from intact.ir.site import KERNELS, require_known


def require_understood(profile: Profile) -> None:
    """Raises UsageError, E003, for an operator, a type or a rule that nothing here knows; those that ship are tested.

    Without this, a rule with a slip of the pen would be left aside, and the numbers of `base` shown in its name.
    """
    part: Profile | None = profile
    while part is not None and not (part.name in NAMES and part is load(part.name)):
        where = part.where or part.name
        for (operator, kind), rule in part.rules.items():
            kinds = known_types().get(operator)
            if kinds is None:
                raise _unknown(operator, where)
            if kind not in kinds:
                raise UsageError(
                    f"{operator} has a rule for the type '{kind}'", expected=f"one of {', '.join(kinds)}", where=where
                )
            require_known(rule, operator, kind, where)
        part = part.base


@cache
def known_types() -> dict[str, list[str]]:
    """Returns the types that operators ask rules for: those that the profiles that ship have rules for."""
    found: dict[str, set[str]] = {}
    for name in NAMES:
        for operator, kind in load(name).rules:
            found.setdefault(operator, set()).add(kind)
    return {operator: sorted(kinds) for operator, kinds in found.items()}


def _unknown(operator: str, where: str) -> UsageError:
    names = sorted(known_types())
    near = difflib.get_close_matches(operator, names)
    if operator in registry() or operator in KERNELS:
        said = f"there is a rule for {operator}, which asks for none"
    else:
        said = f"there is no operator '{operator}'"
    return UsageError(said, expected=f"one of {', '.join(near or names)}", where=where)
