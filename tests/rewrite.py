"""What a pass does to a model, as the tests of passes write it down."""

from __future__ import annotations

from dataclasses import dataclass

import intact.ops  # noqa: F401  (registers the operators that texts name)
from intact.ir.model import Model
from intact.ir.text import format_model, parse
from intact.passes.pass_ import Pass, apply
from intact.passes.prune import Prune


@dataclass(frozen=True)
class Rewrite:
    """A pass, a model, and what becomes of it once what is no longer read is pruned.

    Args:
        step: the pass.
        before: IR text that LiteRT can run.
        after: IR text; None where the pass leaves the model alone.
        resolvers: LiteRT kernel sets that can run it before and after.
    """

    step: Pass
    before: str
    after: str | None
    resolvers: tuple[str, ...] = ("default", "optimized", "reference")

    def rewritten(self) -> Model:
        model = parse(self.before)
        apply(model, [self.step, Prune()])
        return model

    def check(self) -> None:
        """Asserts what the pass says of itself, and the model it leaves."""
        assert self.step.run(parse(self.before)) == (self.after is not None)
        expected = parse(self.before if self.after is None else self.after)
        Prune().run(expected)
        assert format_model(self.rewritten(), full=True) == format_model(expected, full=True)
