"""What the user asks for: which kind of quantization.

What an operator demands is its rule (ir/quant_rule.py); a recipe chooses within it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from intact.errors import UsageError
from intact.ir.types import DType


@dataclass(frozen=True)
class Recipe:
    """A kind of quantization.

    Args:
        name: how users ask for it.
        activation: stored type of activations, over its full range, asymmetric.
        weight: stored type of weights, symmetric, narrow range.
        per_channel: whether weights have a scale a channel where their operator allows it.
    """

    name: str
    activation: DType
    weight: DType
    per_channel: bool


RECIPES: Final = {"int8": Recipe("int8", DType.INT8, DType.INT8, per_channel=True)}
"""Recipes by name."""


def recipe(name: str) -> Recipe:
    """Returns the recipe of a name.

    Raises:
        UsageError: E003.
    """
    if name not in RECIPES:
        raise UsageError(f"there is no recipe '{name}'", expected=f"one of {', '.join(RECIPES)}")
    return RECIPES[name]
