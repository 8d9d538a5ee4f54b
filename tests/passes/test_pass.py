from dataclasses import dataclass

import pytest

import intact.ops
import intact.passes  # noqa: F401  (registers all passes)
from intact.errors import ModelError
from intact.ir.model import Model
from intact.ir.text import parse
from intact.passes.pass_ import Pass, apply, registry
from intact.passes.prune import Prune


def test_passes_register_under_their_names() -> None:
    assert registry()["prune"] is Prune
    assert all(step.name == name for name, step in registry().items())


def test_apply_says_whether_anything_changed() -> None:
    model = parse("graph main(%x: float32[2]) -> (%x) { %y = NEG(%x) }")
    assert apply(model, [Prune(), Prune()])
    assert not apply(model, [Prune()])


def test_a_broken_model_is_refused() -> None:
    model = parse("graph main() -> (%y) { %y = tensor float32[2] }", "broken.tflite")
    with pytest.raises(
        ModelError,
        match=r"^broken.tflite: output 0 'y': the tensor has no source; .* \[E204\]$",
    ):
        apply(model, [])


def test_a_pass_that_breaks_the_model_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intact.passes.pass_._REGISTRY", {})

    @dataclass(frozen=True)
    class Vandalize(Pass):
        name = "vandalize"

        def run(self, model: Model) -> bool:
            model.main.nodes.clear()
            return True

    with pytest.raises(
        AssertionError,
        match=r"pass vandalize broke the model: tensor 1 'y': its producer NEG is not one of the graph's nodes",
    ):
        apply(parse("graph main(%x: float32[2]) -> (%y) { %y = NEG(%x) }"), [Vandalize()])
