"""PAD, PADV2 and MIRROR_PAD: more elements before and after, in any dimension."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from intact.arith.calls.movement import Moves, stand_in
from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.attributes import MirrorPadMode
from intact.ops.fitness import stands_for_infinity
from intact.ops.movement import Moved, Movement, like
from intact.ops.shapes import known_integers, of_one_type, unknown


def _padded(input: Operand, paddings: Operand, spared: int | None = None) -> tuple[TensorType, ...]:
    """The sizes with their two paddings added; unknown where these are computed.

    Args:
        spared: elements of a dimension that cannot be mirrored to either side; None where nothing is mirrored.
    """
    widths = known_integers("paddings", paddings, len(input.shape), 2)
    if widths is None:
        return unknown(input.dtype)
    sizes = []
    for size, before, after in zip(input.shape, widths[::2], widths[1::2], strict=True):
        if min(before, after) < 0:
            raise ModelError(f"paddings are {list(widths)}", expected="none below 0")
        if spared is not None and max(before, after) > size - spared:
            raise ModelError(f"paddings {before} and {after} of a dimension of {size}", expected=f"<= {size - spared}")
        sizes.append(before + size + after)
    return (TensorType(input.dtype, tuple(sizes)),)


def _filled(input: Operand, paddings: Operand, number: Array) -> Call | None:
    """Returns what puts a number around the input; None where paddings are computed."""
    if paddings.array is None:
        return None
    source = like(input)
    inner = [slice(b, b + size) for (b, _), size in zip(paddings.array.tolist(), input.shape, strict=True)]
    whole = (b + size + a for (b, a), size in zip(paddings.array.tolist(), input.shape, strict=True))
    result = stand_in(str(source.dtype), tuple(whole))
    moves = Moves([result], {0: source})
    moves.copy(result[tuple(inner)], 0, source)
    moves.frame(result, inner, number)
    return moves.call()


@dataclass(frozen=True)
class Pad(Movement):
    """Puts paddings[d, 0] zeros before and paddings[d, 1] after dimension d; as integers, zero points.

    Sources:
        tflite/kernels/pad.cc.
    """

    opcode = "PAD"
    options = "PadOptions"
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 3}

    def infer(self, input: Operand, paddings: Operand) -> tuple[TensorType, ...]:
        """The padded sizes."""
        return _padded(input, paddings)

    def compute(self, record: Moved, see: See | None, input: Array, paddings: Array) -> tuple[Array, ...]:
        """The input with the stored number for 0 around it."""
        return (np.pad(input, paddings.tolist(), constant_values=record.zero),)

    def compile(self, record: Moved, input: Operand, paddings: Operand) -> Call | None:
        """The input with the stored number for 0 around it."""
        return _filled(input, paddings, np.array(record.zero))


@dataclass(frozen=True)
class PadV2(Movement):
    """As PAD, with `constant_values` (one element) in place of zeros.

    Sources:
        tflite/kernels/pad.cc: the integer kernels want the scale of the result on the constant too.
    """

    opcode = "PADV2"
    options = "PadV2Options"
    quant = moves("input", "constant_values")
    versions = Pad.versions

    def infer(self, input: Operand, paddings: Operand, constant_values: Operand) -> tuple[TensorType, ...]:
        """The padded sizes."""
        of_one_type(input, constant_values)
        return _padded(input, paddings)

    def unfit(self, *operands: Operand | None) -> str | None:
        """A finite mask has no integer beside what it masks; the infinity that a maximum is padded with saturates."""
        return stands_for_infinity(*operands[2:], saturating=True)

    def compute(
        self, record: Moved, see: See | None, input: Array, paddings: Array, constant_values: Array
    ) -> tuple[Array, ...]:
        """The input with the stored constant around it."""
        return (np.pad(input, paddings.tolist(), constant_values=constant_values.reshape(-1)[0]),)

    def compile(self, record: Moved, input: Operand, paddings: Operand, constant_values: Operand) -> Call | None:
        """The input with the stored constant around it, where that is known."""
        constant = constant_values.array
        return None if constant is None else _filled(input, paddings, constant.reshape(-1)[:1])


@dataclass(frozen=True)
class MirrorPad(Movement):
    """As PAD, with the elements near the edge, mirrored, in place of zeros.

    Sources:
        tflite/kernels/mirror_pad.cc.
    """

    opcode = "MIRROR_PAD"
    options = "MirrorPadOptions"
    quant = moves("input")
    versions = Pad.versions

    mode: MirrorPadMode = MirrorPadMode.REFLECT

    def infer(self, input: Operand, paddings: Operand) -> tuple[TensorType, ...]:
        """The padded sizes."""
        return _padded(input, paddings, spared=1 if self.mode == MirrorPadMode.REFLECT else 0)

    def compute(self, record: Moved, see: See | None, input: Array, paddings: Array) -> tuple[Array, ...]:
        """The input with what is near its edges around it."""
        return (np.pad(input, paddings.tolist(), "reflect" if self.mode == MirrorPadMode.REFLECT else "symmetric"),)

    def compile(self, record: Moved, input: Operand, paddings: Operand) -> Call | None:
        """Along every dimension what is near the one edge, the input, and what is near the other."""
        if paddings.array is None:
            return None
        source, spared = like(input), 1 if self.mode == MirrorPadMode.REFLECT else 0
        widths = paddings.array.tolist()
        if any(max(w) > size - spared for w, size in zip(widths, input.shape, strict=True)):
            return None
        sizes = tuple(b + size + a for (b, a), size in zip(widths, input.shape, strict=True))
        moves = Moves([stand_in(str(source.dtype), sizes)], {0: source})
        parts = [
            (
                (0, b, slice(spared, spared + b), -1),
                (b, size, slice(size), 1),
                (b + size, a, slice(size - spared - a, size - spared), -1),
            )
            for (b, a), size in zip(widths, input.shape, strict=True)
        ]
        for chosen in itertools.product(*parts):
            target = tuple(slice(start, start + count) for start, count, _, _ in chosen)
            near = source[tuple(within for _, _, within, _ in chosen)]
            moves.copy(moves.results[0][target], 0, near[tuple(slice(None, None, step) for *_, step in chosen)])
        return moves.call()
