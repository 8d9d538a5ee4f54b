"""What every observer obeys: the grouping and order of what it sees do not matter, and its state is all of it."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from intact.errors import QuantError, UsageError
from intact.observe import Observer, observer, observer_names

FLOATS = arrays(
    np.float32, array_shapes(max_dims=3, min_side=0, max_side=5), elements=st.floats(-(2.0**100), 2.0**100, width=32)
)
SEEN = st.lists(FLOATS, max_size=6)
every_observer = pytest.mark.parametrize("name", observer_names())


def saw(name: str, *seen: list[np.ndarray]) -> Observer:
    """One observer for each list, merged from the left."""
    total = observer(name)
    for part in seen:
        one = observer(name)
        for array in part:
            one.update(array)
        total.merge(one)
    return total


@every_observer
@given(a=SEEN, b=SEEN, c=SEEN)
def test_merging_is_seeing_all_in_one_pass(name, a, b, c) -> None:
    whole = observer(name)
    for array in a + b + c:
        whole.update(array)
    assert saw(name, a, b, c).state() == whole.state()
    right = saw(name, b)
    right.merge(saw(name, c))
    left = saw(name, a)
    left.merge(right)
    assert left.state() == whole.state()
    assert right.state() == saw(name, b, c).state()


@every_observer
@given(a=SEEN, b=SEEN, random=st.randoms())
def test_order_does_not_matter(name, a, b, random) -> None:
    if type(observer(name)).ordered:
        return
    assert saw(name, a, b).state() == saw(name, b, a).state()
    shuffled = random.sample(a + b, len(a + b))
    assert saw(name, shuffled).state() == saw(name, a, b).state()
    assert saw(name, [x.T for x in a], b).state() == saw(name, a, b).state()


@every_observer
@given(seen=SEEN, more=SEEN)
def test_state_is_all_there_is(name, seen, more) -> None:
    original = saw(name, seen)
    restored = Observer.from_state(json.loads(json.dumps(original.state(), allow_nan=False)))
    assert type(restored) is type(original)
    assert restored.state() == original.state()
    for array in more:
        original.update(array)
        restored.update(array)
    assert restored.state() == original.state()


@every_observer
@given(seen=SEEN)
def test_count_and_range(name, seen) -> None:
    total = saw(name, seen)
    assert total.count == sum(array.size for array in seen)
    if total.count:
        low, high = total.range()
        numbers = np.concatenate([array.ravel() for array in seen])
        assert numbers.min() <= low <= high <= numbers.max()
    else:
        with pytest.raises(QuantError, match=r"no number was observed; expected at least one sample that reaches it"):
            total.range()


@every_observer
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused_and_leaves_no_trace(name, bad) -> None:
    total = saw(name, [np.array([1.0, 2.0], np.float32)])
    before = copy.deepcopy(total.state())
    with pytest.raises(QuantError) as caught:
        total.update(np.array([5.0, bad, 7.0], np.float32))
    assert str(caught.value) == "1 of 3 observed numbers are NaN or infinite; expected finite numbers. [E403]"
    assert total.state() == before


@every_observer
def test_memory_is_fixed(name) -> None:
    rng = np.random.default_rng(0)
    total = observer(name)
    for scale in rng.lognormal(0, 3, 3000):
        total.update((scale * rng.normal(size=100)).astype(np.float32))
    assert len(json.dumps(total.state())) < 80_000


def test_unknown_observer() -> None:
    with pytest.raises(UsageError, match=r"there is no observer 'maximum'; expected one of .*min-max.*\. \[E003\]"):
        observer("maximum")
