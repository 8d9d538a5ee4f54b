"""Reading of what IR text says about a value: its type, its quantization and its contents."""

from __future__ import annotations

import difflib
from typing import Any, Final

import numpy as np

from intact.ir.text.literals import read_attribute
from intact.ir.text.syntax import Token, Tokens
from intact.ir.types import (
    Array,
    Blockwise,
    CustomQuantization,
    DType,
    MultiAxis,
    QuantParams,
    SparseDim,
    Sparsity,
    TensorType,
)

_DTYPES: Final = {dtype.value: dtype for dtype in DType}
_Ints = tuple[int, ...]
_Floats = float | tuple[float, ...]
_Compressed = tuple[str, _Ints, str, _Ints]
_QUANT: Final[dict[str, Any]] = {
    "scale": _Floats,
    "zero_point": int | _Ints,
    "min": _Floats,
    "max": _Floats,
    "dim": int,
    "block_size": int,
    "block_shape": _Ints,
    "dims": _Ints,
    "custom": bytes,
}
_MAX_ELEMENTS: Final = 1 << 28
"""What zeros, full and random may fill; a slip of the pen should not take all memory."""


def read_type(tokens: Tokens) -> tuple[TensorType, dict[str, Token]]:
    """Returns a type and the values it refers to: those of `scales` and `zero_points`."""
    token = tokens.take_kind("word", "a type such as float32[1,8]")
    if token.text not in _DTYPES:
        near = difflib.get_close_matches(token.text, _DTYPES, 1)
        raise tokens.error(token, f"there is no type {token.text}", near[0] if near else ", ".join(_DTYPES))
    tokens.expect("[")
    dtype = _DTYPES[token.text]
    if tokens.accept("..."):
        tokens.expect("]")
        quant, refs = _read_quant(tokens)
        return TensorType(dtype, None, None, quant), refs
    sizes = tokens.several("]", lambda: (tokens.integer("a size"), tokens.accept("?")))
    shape = tuple(size for size, _ in sizes)
    signature = tuple(-1 if dynamic else size for size, dynamic in sizes)
    quant, refs = _read_quant(tokens)
    return TensorType(dtype, shape, signature if any(dynamic for _, dynamic in sizes) else None, quant), refs


def _read_quant(tokens: Tokens) -> tuple[QuantParams | None, dict[str, Token]]:
    start = tokens.peek
    if not tokens.accept("<"):
        return None, {}
    found: dict[str, Any] = {}
    refs: dict[str, Token] = {}

    def read() -> None:
        token = tokens.take_kind("word", ", ".join(_QUANT))
        tokens.expect("=")
        if token.text in {"scales", "zero_points"}:
            refs[token.text] = tokens.take_kind("ref", "%name")
        elif token.text in _QUANT:
            found[token.text] = read_attribute(tokens, token.text, _QUANT[token.text])
        else:
            raise tokens.error(token, f"quantization has no {token.text}", ", ".join(_QUANT))

    tokens.several(">", read)
    details: Blockwise | CustomQuantization | MultiAxis | None = None
    if "custom" in found:
        details = CustomQuantization(found["custom"])
    elif "dims" in found:
        details = MultiAxis(found.get("block_size", 0), found["dims"])
    elif "block_size" in found:
        details = Blockwise(found["block_size"], found.get("block_shape", ()))
    numbers = {name: found[name] for name in ("scale", "zero_point", "min", "max") if name in found}
    try:
        return QuantParams(**numbers, quantized_dimension=found.get("dim", 0), details=details), refs
    except OverflowError:
        raise tokens.error(start, "a zero point does not fit 64 bits") from None


def read_sparsity(tokens: Tokens) -> Sparsity:
    """Returns the layout of a sparse constant, written [traversal order, block map, dimensions].

    A dense dimension is its size, a compressed one ["type of segments", segments, "type of indices", indices].
    """
    order, blocks, dims = read_attribute(tokens, "sparse", tuple[_Ints, _Ints, tuple[int | _Compressed, ...]])
    return Sparsity(order, blocks, tuple(map(_sparse_dim, dims)))


def _sparse_dim(dim: int | _Compressed) -> SparseDim:
    if isinstance(dim, int):
        return SparseDim(False, dim)
    segments_type, segments, indices_type, indices = dim
    return SparseDim(
        True,
        segments=None if segments_type == "none" else (segments_type, segments),
        indices=None if indices_type == "none" else (indices_type, indices),
    )


def read_contents(tokens: Tokens, type: TensorType, *, any_size: bool) -> Array:
    """Returns the contents of a constant, flat; `any_size` for a sparse one, which has fewer than its shape says."""
    token = tokens.peek
    if token.kind == "hex":
        return np.frombuffer(tokens.bytes_of(tokens.take()), np.uint8)
    if token.kind == "word" and token.text in {"zeros", "full", "random"}:
        if type.nbytes is None or min(type.shape or (), default=0) < 0 or type.size > _MAX_ELEMENTS:
            shape = list(type.shape or ())
            raise tokens.error(
                token, f"{token.text} cannot fill {type.dtype.value} {shape}", 'a smaller shape, or hex"..."'
            )
        if tokens.accept("zeros"):
            return np.zeros(type.nbytes, np.uint8)
    dtype = type.dtype.numpy
    if dtype is None or dtype.kind == "c":
        raise tokens.error(token, f"{type.dtype.value} has no literals", 'the bytes, as zeros or hex"..."')
    if tokens.accept("random"):
        return _random(_argument(tokens, int), type, dtype)
    if tokens.accept("full"):
        return _array(tokens, token, [_argument(tokens, _number(dtype))], type).repeat(type.size)
    if token.text != "[" or token.kind != "mark":
        raise tokens.error(
            token, f"found {token.text!r}", "contents, which a model printed in full has for all constants"
        )
    annotation: Any = tuple[_number(dtype), ...]  # type: ignore[misc]  # the type is that of the literals
    numbers = read_attribute(tokens, "the contents", annotation)
    if len(numbers) != type.size and not any_size:
        raise tokens.error(token, f"{len(numbers)} numbers for the shape {list(type.shape or ())}", f"{type.size}")
    return _array(tokens, token, numbers, type)


def _array(tokens: Tokens, token: Token, numbers: list[Any], type: TensorType) -> Array:
    if type.dtype.is_integer and numbers:
        low, high = type.dtype.limits
        if min(numbers) < low or max(numbers) > high:
            raise tokens.error(token, f"a number is outside {type.dtype.value}", f"{low} to {high}")
    with np.errstate(over="ignore"):
        return np.array(numbers, type.dtype.numpy)


def _number(dtype: np.dtype[Any]) -> Any:
    return {"f": float, "b": bool}.get(dtype.kind, int)


def _argument(tokens: Tokens, annotation: Any) -> Any:
    tokens.expect("(")
    number = read_attribute(tokens, "the argument", annotation)
    tokens.expect(")")
    return number


def _random(seed: int, type: TensorType, dtype: np.dtype[Any]) -> Array:
    """Floats are standard normal; integers uniform over their type, and over a byte where the type is wider."""
    rng = np.random.default_rng(abs(seed))
    if dtype.kind == "f":
        return rng.standard_normal(type.size).astype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, type.size).astype(dtype)
    low, high = type.dtype.limits
    return rng.integers(max(low, -128), min(high, 255 if low == 0 else 127), type.size, endpoint=True).astype(dtype)
