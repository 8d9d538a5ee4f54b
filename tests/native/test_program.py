"""A program computes what its steps say: at its borders, in shared bytes, for several samples, on threads, forked.

Made of the two kernels that need no operator: copy, and flip, which turns the top bit of each byte over.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intact.native.call import Array, Call, Held
from intact.native.library import Absence, load
from intact.native.program import Program
from intact.native.steps import Buffer, Step
from intact.native.threads import Pool

LIBRARY = load()
TYPES = ("uint8", "int8", "int16", "float32", "bool", "int64")

if isinstance(LIBRARY, Absence):
    pytest.skip(str(LIBRARY), allow_module_level=True)


def step(kernel: str | None, source: Buffer, shape: tuple[int, ...] | None = None) -> Step:
    """A step whose result is another buffer, or for no kernel the same bytes under another shape."""
    held = Held(source.held.dtype, source.held.shape if shape is None else shape)
    call = Call(kernel, None, (0,), (held,), units=held.bytes, grain=1)
    return Step(call, (source,), (Buffer(held, shares=source if kernel is None else None),))


def made(one: Step) -> Buffer:
    return one.writes[0]


def turned(array: Array) -> Array:
    return (np.ascontiguousarray(array).view(np.uint8) ^ np.uint8(0x80)).view(array.dtype).reshape(array.shape)


def drawn(dtype: str, shape: Sequence[int], seed: int = 0) -> Array:
    count = int(np.prod(shape)) * np.dtype(dtype).itemsize
    found = np.random.default_rng(seed).integers(0, 2 if dtype == "bool" else 256, count, np.uint8)
    return found.view(dtype).reshape(shape)


def bits(array: Array) -> tuple[str, tuple[int, ...], bytes]:
    return str(array.dtype), array.shape, array.tobytes()


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[Buffer], list[Step], list[Buffer]]:
    """Inputs, steps and outputs: any step may read any earlier buffer, any of them be an output, and be one twice."""
    dtype, shape = draw(st.sampled_from(TYPES)), (2, draw(st.integers(0, 40)), 3)
    inputs = [Buffer(Held(dtype, shape)) for _ in range(draw(st.integers(1, 3)))]
    constants = [Buffer(Held(dtype, shape), drawn(dtype, shape, seed)) for seed in range(draw(st.integers(0, 2)))]
    known, steps = [*inputs, *constants], []
    for _ in range(draw(st.integers(0, 12))):
        kernel = draw(st.sampled_from(["copy", "copy" if dtype == "bool" else "flip", None]))
        steps.append(step(kernel, draw(st.sampled_from(known)), draw(st.permutations(shape).map(tuple))))
        known.append(made(steps[-1]))
    outputs = draw(st.lists(st.sampled_from(known), max_size=6))
    return inputs, steps, outputs


def expected(inputs: Sequence[Buffer], steps: Sequence[Step], outputs: Sequence[Buffer], given: Sequence[Array]):
    known = dict(zip(inputs, given, strict=True))
    known |= {b: b.constant for s in steps for b in s.reads if b.constant is not None}
    known |= {b: b.constant for b in outputs if b.constant is not None}
    for one in steps:
        source = known[one.reads[0]]
        result = turned(source) if one.call.kernel == "flip" else source
        known[made(one)] = result.reshape(made(one).held.shape)
    return [known[b] for b in outputs]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks(), st.integers(0, 4), st.integers(1, 4))
def test_any_network_of_copies_and_flips(network, samples: int, threads: int) -> None:
    inputs, steps, outputs = network
    program, pool = Program(LIBRARY, steps, inputs, outputs), Pool(LIBRARY, threads)
    for run in range(2):
        given_ = [
            [drawn(b.held.dtype, b.held.shape, 100 * run + 10 * s + i) for i, b in enumerate(inputs)]
            for s in range(samples)
        ]
        before = [[bits(a) for a in sample] for sample in given_]
        found = program.run(given_, pool)
        wanted = [expected(inputs, steps, outputs, sample) for sample in given_]
        assert [[bits(a) for a in sample] for sample in found] == [[bits(a) for a in sample] for sample in wanted]
        assert [[bits(a) for a in sample] for sample in given_] == before, "inputs are left alone"


def test_results_are_the_callers_own() -> None:
    x = Buffer(Held("int8", (64,)))
    one = step("copy", x)
    program, pool = Program(LIBRARY, [one], [x], [made(one), x, made(one)]), Pool(LIBRARY, 1)
    array = drawn("int8", (64,))
    first = program.run([[array]], pool)[0]
    assert not any(np.shares_memory(a, b) for a in first for b in (array, *first) if a is not b)
    kept = [a.copy() for a in first]
    program.run([[turned(array)]], pool)
    assert all((a == b).all() for a, b in zip(first, kept, strict=True))


def long(count: int = 1 << 18, steps: int = 6) -> tuple[Program, Buffer]:
    """A program whose every step is worth several threads."""
    x = Buffer(Held("int8", (count,)))
    chain = [step("flip", x)]
    for _ in range(steps - 1):
        chain.append(step("flip", made(chain[-1])))
    return Program(LIBRARY, chain, [x], [made(chain[-1])]), x


def test_an_arena_is_used_again() -> None:
    program, _ = long(1 << 12, 40)
    assert program.arena == 2 << 12


def test_many_callers_share_a_program_and_its_threads() -> None:
    program, _ = long()
    pool = Pool(LIBRARY, 3)

    def right(seed: int) -> bool:
        array = drawn("int8", (1 << 18,), seed)
        return all(bool((program.run([[array]], pool)[0][0] == array).all()) for _ in range(10))

    with ThreadPoolExecutor(8) as callers:
        assert all(callers.map(right, range(16)))


SCRIPT = """
import os, sys, time, warnings
warnings.simplefilter("ignore")  # newer Pythons warn of any fork of a process with threads
sys.path[:0] = {paths!r}
from test_program import LIBRARY, Pool, drawn, long
program, x = long()
array = drawn("int8", x.held.shape)
def right(samples):
    return all((y[0] == array).all() for y in program.run([[array]] * samples, pool))
def threads():
    return len(os.listdir("/proc/self/task"))
def ended(count):
    # A thread that was joined is listed for a moment more.
    return any(threads() == count or time.sleep(0.01) for _ in range(500))
alone = threads()
pool = Pool(LIBRARY, 3)
assert threads() == alone, "none before the first run"
assert right(1) and right(4) and right(1)
assert threads() == alone + 2
{body}
assert right(1) and right(4)
del pool
assert ended(alone)
"""

FORK = """
child = os.fork()
if child == 0:
    ok = threads() == 1 and right(1) and right(4) and threads() == 3
    del pool
    os._exit(0 if ok and ended(1) else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""

FORK_IN_A_RUN = """
pool._lock.acquire()  # as where another thread is in the midst of a run
child = os.fork()
if child == 0:
    os._exit(0 if right(1) and right(4) and threads() == 1 else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
pool._lock.release()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc counts threads")
@pytest.mark.parametrize("body", ["", FORK, FORK_IN_A_RUN], ids=["no fork", "fork", "fork in a run"])
def test_threads_end_with_their_pool_and_do_not_come_along_into_a_fork(body: str) -> None:
    paths = [str(Path(__file__).parent), *filter(None, sys.path)]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(paths=paths, body=body)],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # NumPy's own end when a process forks
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_python_threads_run_meanwhile() -> None:
    """The GIL is let go: while a run computes, Python goes on."""
    program, x = long(1 << 24, 16)
    pool, array = Pool(LIBRARY, 1), drawn("int8", x.held.shape)
    program.run([[array]], pool)
    counted, stops = [0], threading.Event()

    def count() -> None:
        while not stops.is_set():
            counted[0] += 1

    counter = threading.Thread(target=count)
    counter.start()
    try:
        start = counted[0]
        program.run([[array]], pool)
        assert counted[0] > start + 1000
    finally:
        stops.set()
        counter.join()
