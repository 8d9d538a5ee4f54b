"""TILE: a tensor repeated along its dimensions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.calls.movement import Moves, stand_in
from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.movement import Moved, Movement, like
from intact.ops.shapes import known_integers, unknown


@dataclass(frozen=True)
class Tile(Movement):
    """out = input, multiples[d] times one after the other along every dimension d.

    int8 came with version 3 by LiteRT's own table, but the kernel behind version 2 is the same, and the reference
    kernel set refuses 3: a file that says 2 runs everywhere.

    Sources:
        tflite/kernels/tile.cc.
    """

    opcode = "TILE"
    options = "TileOptions"
    quant = moves("input")
    versions = {DType.INT8: 2}

    def infer(self, input: Operand, multiples: Operand) -> tuple[TensorType, ...]:
        """The sizes times the multiples; unknown where these are computed."""
        times = known_integers("multiples", multiples, len(input.shape))
        if times is None:
            return unknown(input.dtype)
        if min(times, default=0) < 0:
            raise ModelError(f"multiples are {list(times)}", expected="none below 0")
        return (TensorType(input.dtype, tuple(size * count for size, count in zip(input.shape, times, strict=True))),)

    def compute(self, record: Moved, see: See | None, input: Array, multiples: Array) -> tuple[Array, ...]:
        """Copies side by side."""
        return (np.tile(input, multiples.tolist()),)

    def compile(self, record: Moved, input: Operand, multiples: Operand) -> Call | None:
        """Copies side by side: each dimension as the copies and what is in one."""
        (tiled,) = self.infer(input, multiples)
        if tiled.shape is None or multiples.array is None:
            return None
        times, source = multiples.array.tolist(), like(input)
        moves = Moves([stand_in(str(source.dtype), tiled.shape)], {0: source})
        pairs = [part for count, size in zip(times, input.shape, strict=True) for part in (count, size)]
        one = source.reshape([part for size in input.shape for part in (1, size)])
        moves.copy(moves.results[0].reshape(pairs), 0, np.broadcast_to(one, pairs))
        return moves.call()
