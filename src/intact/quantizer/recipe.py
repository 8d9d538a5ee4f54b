"""What the user asks for: which kind of quantization, and for which operators another.

What an operator demands is its rule (ir/quant_rule.py); a recipe chooses within it.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

from intact.errors import UsageError
from intact.ir.types import DType
from intact.quantizer.scope import Scope
from intact.quantizer.treatment import Treatment


@dataclass(frozen=True)
class Recipe:
    """A kind of quantization for a model, with exceptions.

    Args:
        name: how users ask for it, or the file it is from.
        base: of every operator that no scope is about.
        scopes: exceptions; the last one that an operator matches decides.
        observer: name of what makes a range of the values seen; None: not the recipe's matter.
    """

    name: str
    base: Treatment
    scopes: tuple[Scope, ...] = ()
    observer: str | None = None

    @property
    def treatments(self) -> list[Treatment]:
        """All that operators may get."""
        return [self.base, *(scope.treatment for scope in self.scopes)]

    @property
    def needs_ranges(self) -> bool:
        """True where some operator may become integer, for which the ranges of activations must be known."""
        return any(treatment.is_integer for treatment in self.treatments)


def _recipes(**kinds: Treatment) -> dict[str, Recipe]:
    named = {key.replace("_", "-"): treatment for key, treatment in kinds.items()}
    return {name: Recipe(name, treatment) for name, treatment in named.items()}


RECIPES: Final = _recipes(
    int8=Treatment("int8"),
    int8_per_tensor=Treatment("int8", per_channel=False),
    uint8=Treatment("uint8", DType.UINT8, per_channel=False),
    int16x8=Treatment("int16x8"),
    dynamic_range=Treatment("dynamic-range"),
    weight_only=Treatment("weight-only"),
    weight_only_int4=Treatment("weight-only", DType.INT4),
    weight_only_int4_block32=Treatment("weight-only", DType.INT4, block_size=32),
    weight_only_int4_block64=Treatment("weight-only", DType.INT4, block_size=64),
    weight_only_int4_block128=Treatment("weight-only", DType.INT4, block_size=128),
    float16=Treatment("float16", min_elements=128),
    float=Treatment("float"),
)
"""Recipes by name. `float` is of use in recipe files."""


def recipe(name: str) -> Recipe:
    """Returns the recipe of a name.

    Raises:
        UsageError: E003.
    """
    if name not in RECIPES:
        near = difflib.get_close_matches(name, RECIPES, 1)
        raise UsageError(
            f"there is no recipe '{name}'",
            expected=f"one of {', '.join(RECIPES)}",
            fix=f"Perhaps '{near[0]}' is meant" if near else None,
        )
    return RECIPES[name]
