"""certify finds what was altered by one, and charges it to the operator."""

from collections.abc import Callable

import numpy as np
import pytest

import intact
from digits import int8, sample
from intact.engines.machine import described
from intact.errors import UsageError
from intact.ir.graph import Buffer, Value
from intact.ir.model import Model
from intact.ir.text import parse
from intact.ir.types import QuantParams, TensorType


def altered(which: str) -> tuple[Model, int]:
    """The classifier with one number changed, and the operator whose it is."""
    model = int8().clone()
    node = model.main.nodes[2]
    assert node.op.name == "CONV_2D"
    value = node.inputs[1]
    assert value is not None
    if which == "weight":
        contents = value.array
        assert contents is not None
        changed = contents.copy()
        changed.reshape(-1)[7] += 1 if changed.reshape(-1)[7] < 127 else -1
        value.buffer = Buffer(changed)
    elif which == "scale":
        _set(value, scale=np.nextafter(value.quant.scale, np.float32(1)) * np.float32(1.01))
    else:
        _set(node.outputs[0], zero_point=node.outputs[0].quant.zero_point + 1)
    return model, 2


def _set(value: Value, **changes: np.ndarray) -> None:
    old = value.quant
    assert old is not None
    fields = {"scale": old.scale, "zero_point": old.zero_point, "quantized_dimension": old.quantized_dimension}
    value.type = TensorType(value.dtype, value.shape, value.type.signature, QuantParams(**{**fields, **changes}))


@pytest.mark.parametrize("profile", ["litert-reference", "litert-optimized", "litert-xnnpack"])
def test_nothing_differs(profile: str) -> None:
    found = intact.certify(int8(), profile, [{"image": np.full((1, 8, 8, 1), -5, np.int8)}])
    assert (found.differing, found.gaps, found.samples) == (0, [], 1)
    assert len(found.tallies) == len(int8().main.nodes)
    assert all(t.values > 0 for t in found.tallies)
    assert found.runtime == described()
    assert {"litert", "machine", "instructions"} <= set(found.runtime)


@pytest.mark.parametrize("which", ["weight", "scale", "zero point"])
def test_one_number_that_is_not_the_same(which: str) -> None:
    model, index = altered(which)
    found = intact.certify(model, count=4, oracle=int8())
    first = next(t for t in found.tallies if t.differing)
    assert (first.index, first.operator) == (index, "CONV_2D")
    assert first.first is not None
    # The operators behind it read what LiteRT computed, so they differ only where they share the altered parameter.
    assert sum(1 for t in found.tallies if t.differing) <= (1 if which != "zero point" else 2)


def test_random_samples_are_the_same_every_time() -> None:
    first, second = (intact.certify(int8(), count=2, seed=5).as_dict() for _ in range(2))
    assert first == second


def test_float_operators_run_on_litert() -> None:
    model = parse("graph main(%x: float32[1,4]) -> (%y) {\n %y = SIN(%x)\n}")
    found = intact.certify(model, count=2)
    assert (found.values, found.differing, found.on_litert, found.gaps) == (0, 0, 1, [])


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: intact.certify(int8(), "cmsis-nn"), "profile cmsis-nn is not of a runtime that is here"),
        (lambda: intact.certify(int8(), "ruy"), "there is no profile 'ruy'; expected one of cmsis-nn, gemmlowp"),
        (lambda: intact.certify(int8(), oracle=int8("float32", "int8")), "the oracle has other tensors than the model"),
    ],
)
def test_what_cannot_be_certified(call: Callable[[], object], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        call()


def test_real_samples_too() -> None:
    run = intact.run(int8(), {"image": sample()})
    stored = run.outputs[0].stored
    assert stored.dtype == np.int8
    assert intact.certify(int8(), samples=[{"image": np.zeros((1, 8, 8, 1), np.int8)}]).samples == 1
