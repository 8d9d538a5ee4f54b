"""RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR: an image sampled at another height and width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith.calls.movement import picked
from intact.arith.calls.resize import Between, bilinear
from intact.arith.requantize import See
from intact.arith.rounding import round_half_away
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.quantized import EIGHT_BITS, INTEGERS
from intact.ops.shapes import known_integers, require_rank, unknown
from intact.ops.xnnpack import takes8

_TYPES: Final = (DType.INT8, DType.UINT8, DType.INT16)


@dataclass(frozen=True)
class Sampled:
    """What a resizing is prepared to: the rule, of those of the operator. All else follows from the sizes."""

    rule: str


@dataclass(frozen=True)
class _Resize(Op):
    """Samples at i * in / out, at i * (in - 1) / (out - 1) with align_corners, at (i + 1/2) * in / out - 1/2 with
    half_pixel_centers.
    """

    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 4}

    align_corners: bool = False
    half_pixel_centers: bool = False

    def infer(self, input: Operand, size: Operand) -> tuple[TensorType, ...]:
        """Batch and channels of the input, height and width wanted; unknown where these are computed."""
        require_rank("input", input, 4)
        wanted = known_integers("size", size, 2)
        if wanted is None:
            return unknown(input.dtype)
        if min(wanted) < 1:
            raise ModelError(f"size is {list(wanted)}", expected="height and width >= 1")
        return (TensorType(input.dtype, (input.shape[0], *wanted, input.shape[3])),)

    def sampled(self, site: Site, input: Operand, *types: str, taken: bool) -> Sampled:
        """Returns the rule. UncoveredError for types that no integer kernel has."""
        if input.dtype not in _TYPES:
            raise UncoveredError(f"{self.opcode} of {input.dtype.value}")
        return Sampled(site.rule(self.opcode, *types, taken=taken).name)


@dataclass(frozen=True)
class ResizeBilinear(_Resize):
    """Each result is the mean of the four nearest elements, weighted by how near they are.

    LiteRT's own int8 and int16 kernels step through the input in units of 2^-10 elements: result i samples up to
    i * 2^-11 elements off, and a 64 x 64 image of noise resized to 513 x 513 keeps 14 dB. XNNPACK's keep 43 dB.

    With (x, y) the position in the input, fx and fy its fractions, and a, b, c, d the elements above left, above right,
    below left and below right of it, the rules are:

        fixed-10          x and y in units of 2^-10, in integers; a (1 - fx) (1 - fy) + b fx (1 - fy) + c (1 - fx) fy +
                          d fx fy, exact, rounded to the nearest, ties away from zero
        fixed-11          x and y in float32, fx and fy rounded to units of 2^-11, halves to even; the same sum, exact,
                          rounded to the nearest, ties up
        float32           x, y, fx and fy in float32;
                          a (1 - fy) (1 - fx) + c fy (1 - fx) + b (1 - fy) fx + d fy fx + 0.5,
                          each product and sum rounded in this order, then cut
        float32-weights   the same with the two factors of each element multiplied first, in the order a, b, c, d

    The step of fixed-10 is rounded, and where it is rounded up and there are many results, from about 46 on, the last
    ones may lie behind the last element. The kernel reads there, in the next row, the next image or behind the tensor:
    such sizes are not covered.

    Sources:
        tflite/kernels/resize_bilinear.cc: integer kernels take means of the stored integers;
        tflite/kernels/internal/reference/resize_bilinear.h and optimized/resize_bilinear.h; XNNPACK
        src/s8-ibilinear/scalar.c.in and src/indirection.c.
    """

    opcode = "RESIZE_BILINEAR"
    rules = {
        "fixed-10": INTEGERS,
        "fixed-11": EIGHT_BITS,
        "float32": ("uint8",),
        "float32-weights": ("uint8",),
    }
    options = "ResizeBilinearOptions"

    def infer(self, input: Operand, size: Operand) -> tuple[TensorType, ...]:
        """As every resized image."""
        if self.align_corners and self.half_pixel_centers:
            raise ModelError(
                "align_corners and half_pixel_centers are both set", code="E207", expected="one of them at most"
            )
        return super().infer(input, size)

    def prepare(self, site: Site, input: Operand, size: Operand) -> Sampled:
        """The rule."""
        taken = size.array is not None and takes8(input) and takes8(site.results[0])
        record = self.sampled(site, input, input.dtype.value, taken=taken)
        if record.rule == "fixed-10":
            for length, results in zip(input.shape[1:3], known_integers("size", size, 2) or (), strict=False):
                self._line10(length, results)
        return record

    def compute(self, record: Sampled, see: See | None, input: Array, size: Array) -> tuple[Array, ...]:
        """The four neighbours of each result, weighted."""
        rows, columns = self._lines(record, input.shape, size)
        if record.rule.startswith("float32"):
            return (_in_float32(record.rule, input, rows, columns),)
        bits = 10 if record.rule == "fixed-10" else 11
        # 8 bits and two factors of 11 bits fit int32. Rows and columns apart are the same sum, as nothing is rounded.
        wide = input.astype(np.int32 if input.dtype.itemsize == 1 else np.int64)
        tall = _between(wide, rows, 1, 1 << bits)
        acc = _between(tall, columns, 2, 1 << bits)
        half = 1 << (2 * bits - 1)
        away = record.rule == "fixed-10"
        mean = np.sign(acc) * ((np.abs(acc) + half) >> 2 * bits) if away else (acc + half) >> 2 * bits
        if see:
            see("accumulator", acc.astype(np.int64))
            see("shifted", mean.astype(np.int64))
        return (mean.astype(input.dtype),)

    def compile(self, record: Sampled, input: Operand, size: Operand) -> Call | None:
        """The four neighbours of each result, weighted."""
        if size.array is None:
            return None
        bits = {"fixed-10": 10, "fixed-11": 11}.get(record.rule, 0)
        joined = record.rule == "float32-weights"
        lines = self._lines(record, input.shape, size.array)
        return bilinear(input.dtype.value, input.shape, *lines, bits=bits, away=bits == 10, joined=joined)

    def _lines(self, record: Sampled, image: tuple[int, ...], size: Array) -> tuple[Between, Between]:
        line = {"fixed-10": self._line10, "fixed-11": self._line11}.get(record.rule, self._line)
        return line(image[1], int(size[0])), line(image[2], int(size[1]))

    def _line10(self, length: int, results: int) -> Between:
        aligned = self.align_corners and results > 1
        elements, steps = (length - 1, results - 1) if aligned else (length, results)
        step = ((elements << 10) + steps // 2) // steps
        place = np.arange(results, dtype=np.int64) * step
        if self.half_pixel_centers:
            place += step // 2 - (1 << 9)
        # Divisions in C cut towards zero, which shows at places before the first element.
        before = np.maximum(np.sign(place) * (np.abs(place) >> 10), 0)
        after = np.minimum((place + (1 << 10) - 1) >> 10, length - 1)
        if before[-1] >= length:
            raise UncoveredError(f"{self.opcode} from {length} to {results}, where the kernel reads behind the input")
        return Between(before, np.maximum(after, 0), place - (before << 10))

    def _line11(self, length: int, results: int) -> Between:
        aligned = self.align_corners and results > 1
        step = np.float32(length - aligned) / np.float32(results - aligned)
        place = np.arange(results).astype(np.float32) * step
        if self.half_pixel_centers and not self.align_corners:
            place += np.float32(0.5) * step - np.float32(0.5)
        place = np.clip(place, np.float32(0), np.float32(length - 1))
        before = place.astype(np.int64)
        part = np.rint((place - before.astype(np.float32)) * np.float32(2048)).astype(np.int64)
        return Between(before, np.minimum(before + 1, length - 1), part)

    def _line(self, length: int, results: int) -> Between:
        aligned = self.align_corners and results > 1
        step = np.float32(length - aligned) / np.float32(results - aligned)
        half = np.float32(0.5 if self.half_pixel_centers else 0.0)
        place = (np.arange(results).astype(np.float32) + half) * step - half
        before = np.maximum(np.floor(place).astype(np.int64), 0)
        after = np.minimum(np.ceil(place).astype(np.int64), length - 1)
        return Between(before, after, place - before.astype(np.float32))


def _between(image: Array, line: Between, axis: int, one: int) -> Array:
    part = line.part.astype(image.dtype).reshape([-1, *[1] * (3 - axis)])
    before, after = image.take(line.before, axis), image.take(line.after, axis)
    result: Array = before * (one - part) + after * part
    return result


def _in_float32(rule: str, input: Array, rows: Between, columns: Between) -> Array:
    result = np.empty((input.shape[0], rows.part.size, columns.part.size, input.shape[3]), input.dtype)
    one, half, fx = np.float32(1), np.float32(0.5), columns.part[:, None]
    ux = one - fx
    for y, fy in enumerate(rows.part):  # a row at a time, so that it stays in the cache
        uy = one - fy
        above, below = (input[:, row].astype(np.float32) for row in (rows.before[y], rows.after[y]))
        a, b = above.take(columns.before, 1), above.take(columns.after, 1)
        c, d = below.take(columns.before, 1), below.take(columns.after, 1)
        if rule == "float32":
            mean = a * uy * ux + c * fy * ux + b * uy * fx + d * fy * fx + half
        else:
            mean = a * (uy * ux) + b * (uy * fx) + c * (fy * ux) + d * (fy * fx) + half
        result[:, y] = mean.astype(np.int32)
    return result


@dataclass(frozen=True)
class ResizeNearestNeighbor(_Resize):
    """Each result is the nearest element.

    Rules for the index i of a result, with s = in / out, or (in - 1) / (out - 1) with align_corners, and h = 1/2 with
    half_pixel_centers, else 0:

        float32    floor((i + h) * s) in float32, round() in place of floor() with align_corners
        fixed-16   (i * (floor(in * 2^16 / out) + 1)) >> 16

    both at most in - 1, and at least 0.

    Sources:
        tflite/kernels/resize_nearest_neighbor.cc; tflite/kernels/internal/reference/resize_nearest_neighbor.h;
        tflite/kernels/internal/optimized/optimized_ops.h.
    """

    opcode = "RESIZE_NEAREST_NEIGHBOR"
    rules = {"float32": (*INTEGERS, "uint8 plain"), "fixed-16": ("uint8 plain",)}
    options = "ResizeNearestNeighborOptions"

    def prepare(self, site: Site, input: Operand, size: Operand) -> Sampled:
        """The rule."""
        plain = not self.align_corners and not self.half_pixel_centers
        kind = input.dtype.value
        return self.sampled(site, input, *([f"{kind} plain"] if plain else []), kind, taken=False)

    def compute(self, record: Sampled, see: See | None, input: Array, size: Array) -> tuple[Array, ...]:
        """The rows and columns that are taken."""
        rows, columns = (self._indices(record.rule, input.shape[1 + i], int(size[i])) for i in range(2))
        return (np.ascontiguousarray(input[:, rows][:, :, columns]),)

    def compile(self, record: Sampled, input: Operand, size: Operand) -> Call | None:
        """The rows and columns that are taken."""
        if size.array is None or 0 in input.shape:
            return None
        images, height, width, channels = input.shape
        rows, columns = (self._indices(record.rule, input.shape[1 + i], int(size.array[i])) for i in range(2))
        shape, line = (images, rows.size, columns.size, channels), width * channels
        return picked(input.dtype.value, images, height * line, rows * line, columns * channels, channels, shape)

    def _indices(self, rule: str, length: int, results: int) -> NDArray[np.int64]:
        index = np.arange(results, dtype=np.int64)
        if rule == "fixed-16":
            return np.asarray(np.minimum((index * ((length << 16) // results + 1)) >> 16, length - 1), np.int64)
        aligned = self.align_corners and results > 1
        step = np.float32(length - aligned) / np.float32(results - aligned)
        place = (index.astype(np.float32) + np.float32(0.5 if self.half_pixel_centers else 0.0)) * step
        whole = round_half_away(place) if self.align_corners else np.floor(place)
        return np.asarray(np.clip(whole, 0, length - 1), np.int64)
