"""A fully connected layer with weights in blocks, as tests write it down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.ir.graph import Value
from intact.ir.model import Model
from intact.ir.types import Blockwise, QuantParams
from integer import Integer


@dataclass(frozen=True)
class Blocks(Integer):
    """A fully connected layer whose weights have a scale for each block of `size` elements of a row."""

    size: int = 32
    seed: int = 0

    def model(self) -> Model:
        model = super().model()
        value = model.main.nodes[0].inputs[1]
        assert value is not None
        units, depth = value.shape
        rng = np.random.default_rng(self.seed)
        scales = np.exp(rng.uniform(-6, -1, (units, depth // self.size))).astype(np.float16)
        value.block_scales = model.main.add_value(Value.constant("scales", scales))
        value.type = type(value.type)(value.dtype, value.shape, quant=QuantParams(details=Blockwise(self.size)))
        return model
