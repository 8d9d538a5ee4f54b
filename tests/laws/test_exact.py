"""Every operator's integers are LiteRT's: hyper-parameters drawn by hypothesis, 0 differing values.

A test file of an operator lists strategies of `Integer` cases in INTEGERS, as (name, strategy), followed by profiles
where a kernel set lacks the operator. A sample of each is run here under each of
LiteRT's kernel sets; INTACT_SWEEP=300 draws as many cases of each.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collect import listed
from integer import PROFILES, Integer, certified

DRAWN = [
    pytest.param(strategy, profile, id=f"{name}-{profile}")
    for name, strategy, *profiles in listed("ops", "INTEGERS")
    for profile in profiles or PROFILES
]


@pytest.mark.parametrize(("strategy", "profile"), DRAWN)
def test_integers_are_litert_s(strategy: st.SearchStrategy[Integer], profile: str) -> None:
    @settings(
        max_examples=int(os.environ.get("INTACT_SWEEP", "8")),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy, st.integers(0, 2**16))
    def differs_nowhere(case: Integer, seed: int) -> None:
        for tally in certified(case, profile, count=1, seed=seed).tallies:
            assert tally.values > 0
            assert tally.differing == 0, f"{tally}"

    differs_nowhere()
