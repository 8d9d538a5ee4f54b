"""Runs of a model in NumPy and by the C kernels, compared in every bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from intact.engines.exact import Exact
from intact.errors import EngineError, UncoveredError
from intact.ir.model import Model
from intact.native.library import Library, load

Sample = Mapping[str, np.ndarray]
Stage = tuple[str, dict[str, np.ndarray] | str]


def stages(engine: Exact, samples: Sequence[Sample], *, watched: bool = False) -> list[Stage]:
    """What each run gives, or why it fails, and leaves in variables; where watched, each operator's results too."""
    found: list[Stage] = []
    for number, sample in enumerate(samples):

        def see(node: object, _: object, results: Sequence[np.ndarray], run: int = number) -> None:
            found.append((f"{node} in run {run}", {f"result {i}": r.copy() for i, r in enumerate(results)}))

        try:
            given = engine.run(sample, visit=see if watched else None)
        except EngineError as fault:
            found.append((f"run {number}", str(fault)))
        else:
            found.append((f"run {number}", {k: a.copy() for k, a in given.items()}))
        found.append((f"variables after run {number}", {v.name: a.copy() for v, a in engine.variables()}))
    return found


def difference(wanted: Sequence[Stage], found: Sequence[Stage]) -> str | None:
    """Where two lists of stages differ first, in words; None where every bit is the same."""
    for (name, a), (other, b) in zip(wanted, found, strict=True):
        assert name == other
        if isinstance(a, str) or isinstance(b, str):
            if a is not b and a != b:
                return f"{name}: {a if isinstance(a, str) else 'runs'} in NumPy, {b if isinstance(b, str) else 'runs'}"
            continue
        for key in a:
            if not same(a[key], b[key]):
                return f"{name}, {key}: {_described(a[key], b[key])}"
    return None


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """True where type, shape and every bit are the same."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def assert_same(model: Model, profile: str, samples: Sequence[Sample], *, watched: bool = False) -> int:
    """Asserts that kernels of all levels give what NumPy gives. Returns how many operators have kernels.

    Levels without versions of their own of these kernels are left out. A model that the profile refuses has none.
    """
    try:
        wanted = stages(Exact(model, profile, native=False), samples, watched=watched)
    except UncoveredError:
        return 0
    engine = Exact(model, profile)
    assert_equal(wanted, stages(engine, samples, watched=watched), profile)
    made = engine.compiled()
    if not made:
        return 0
    for number, library in enumerate(_levels(engine)):
        for threads in (1, 2 + number % 2):
            engine = Exact(model, profile, native=library, threads=threads)
            where = f"{profile} at level {library.level} on {threads} threads"
            assert_equal(wanted, stages(engine, samples, watched=watched), where)
    return sum(len(c.nodes) for c in made)


def assert_equal(wanted: Sequence[Stage], found: Sequence[Stage], where: str) -> None:
    """Asserts that nothing differs."""
    fault = difference(wanted, found)
    assert fault is None, f"{where}: {fault}"


def _levels(engine: Exact) -> list[Library]:
    """The library at each level that has versions of its own of kernels that an engine has made programs of."""
    calls = [step.call for c in engine.compiled() for step in c.program.steps]
    names = sorted({c.kernel for c in calls if c.kernel is not None})
    top = load()
    assert isinstance(top, Library)
    found: dict[tuple[int, ...], Library] = {}
    for level in top.levels:
        library = load(level)
        assert isinstance(library, Library)
        found.setdefault(tuple(library.kernel(n) for n in names), library)
    return list(found.values())


def _described(a: np.ndarray, b: np.ndarray) -> str:
    if a.dtype != b.dtype or a.shape != b.shape:
        return f"{a.dtype}{list(a.shape)} in NumPy, {b.dtype}{list(b.shape)}"
    unlike = a.reshape(-1).view(f"V{a.itemsize}") != b.reshape(-1).view(f"V{b.itemsize}")
    first = np.unravel_index(int(np.argmax(unlike)), a.shape)
    return (
        f"{np.count_nonzero(unlike)} of {a.size} differ, first at {[int(i) for i in first]}: {a[first]} in NumPy,"
        f" {b[first]}"
    )
