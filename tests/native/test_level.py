"""Which instruction sets kernels may use."""

import numpy as np
import pytest

from intact.engines.exact import Exact
from intact.ir.text import parse
from intact.native.library import LEVELS, VARIABLE, Absence, Library, load

BUILT = load("scalar")

pytestmark = pytest.mark.skipif(isinstance(BUILT, Absence), reason=str(BUILT))


def test_every_level_of_the_processor_can_be_had() -> None:
    assert isinstance(BUILT, Library)
    assert BUILT.levels[0] == "scalar"
    for level in LEVELS:
        library = load(level)
        if level in BUILT.levels:
            assert isinstance(library, Library)
            assert LEVELS[library.level] == level
        else:
            assert isinstance(library, Absence)
            assert library.kind == "wrong"
            assert library.why.startswith(f"level {level}, and ")


def test_the_environment_says_which_is_meant_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(BUILT, Library)
    monkeypatch.delenv(VARIABLE, raising=False)
    unset = load.__wrapped__()
    assert isinstance(unset, Library)
    assert LEVELS[unset.level] == unset.levels[-1]
    monkeypatch.setenv(VARIABLE, "scalar")
    asked = load.__wrapped__()
    assert isinstance(asked, Library)
    assert LEVELS[asked.level] == "scalar"
    monkeypatch.setenv(VARIABLE, "numpy")
    assert load.__wrapped__() == Absence("asked", "INTACT_KERNELS=numpy asks for NumPy")
    monkeypatch.setenv(VARIABLE, "sse9")
    assert load.__wrapped__() == Absence(
        "wrong",
        "INTACT_KERNELS=sse9 names no instruction set",
        f"Unset it, or use one of numpy, {', '.join(BUILT.levels)}",
    )


def test_an_engine_takes_a_level() -> None:
    model = parse("""graph main(%x: int8[1,4] <scale=0.1, zero_point=0>) -> (%y) {
      %y: int8[4] <scale=0.1, zero_point=0> = RESHAPE(%x) {new_shape=[4]}
    }""")
    assert isinstance(BUILT, Library)
    engine = Exact(model, native=BUILT)
    assert engine.run({"x": np.zeros((1, 4), np.int8)})["y"].tolist() == [0] * 4
    assert [c.program.library for c in engine.compiled()] == [BUILT]
    assert not Exact(model, native=False).compiled()
