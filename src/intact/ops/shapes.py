"""Shape rules that several operators share."""

from __future__ import annotations

import math
from collections.abc import Sequence

from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.types import DType, Shape, TensorType
from intact.ops.attributes import Padding


def same_as(operand: Operand, dtype: DType | None = None) -> tuple[TensorType, ...]:
    """Returns the one result of an operator that keeps its operand's shape, and its type where none is given."""
    return (TensorType(dtype or operand.dtype, operand.shape),)


def broadcast(*operands: Operand) -> Shape:
    """Returns the shape that operands broadcast to, by NumPy's rule.

    Raises:
        ModelError: E201.
    """
    return broadcast_sizes(*(o.shape for o in operands))


def broadcast_sizes(*shapes: Sequence[int]) -> Shape:
    """Returns the shape that shapes broadcast to, by NumPy's rule.

    Raises:
        ModelError: E201.
    """
    rank = max(len(shape) for shape in shapes)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    result = []
    for sizes in zip(*padded, strict=True):
        wide = {s for s in sizes if s != 1}
        if len(wide) > 1:
            raise ModelError(
                f"shapes {[list(shape) for shape in shapes]} do not broadcast",
                expected="equal sizes or 1 in every dimension",
            )
        result.append(wide.pop() if wide else 1)
    return tuple(result)


def require_rank(name: str, operand: Operand, *ranks: int) -> None:
    """Raises E201 unless the operand has one of the ranks."""
    if len(operand.shape) not in ranks:
        wanted = " or ".join(map(str, ranks))
        raise ModelError(f"{name} has shape {list(operand.shape)}", expected=f"{wanted} dimensions")


def require_min_rank(name: str, operand: Operand, rank: int) -> None:
    """Raises E201 for an operand of fewer dimensions."""
    if len(operand.shape) < rank:
        raise ModelError(f"{name} has shape {list(operand.shape)}", expected=f"{rank} or more dimensions")


def require_shape(name: str, operand: Operand, *sizes: int) -> None:
    """Raises E201 unless the operand has exactly these sizes."""
    if tuple(operand.shape) != sizes:
        raise ModelError(f"{name} has shape {list(operand.shape)}", expected=f"shape {list(sizes)}")


def of_one_type(*operands: Operand | None) -> list[Operand]:
    """Returns operands that must all be there and share one element type.

    Raises:
        ModelError: E203 for an omitted one, E202 for mixed types.
    """
    present = [o for o in operands if o is not None]
    if len(present) < len(operands) or not present:
        raise ModelError(f"{len(present)} of {len(operands)} operands are there", code="E203", expected="all of them")
    types = sorted({o.dtype.value for o in present})
    if len(types) > 1:
        raise ModelError(f"operands have types {', '.join(types)}", code="E202", expected="one type")
    return present


def require_positive(**attributes: int) -> None:
    """Raises E207 for an attribute that is not at least 1, such as a stride of 0."""
    for name, number in attributes.items():
        if number < 1:
            raise ModelError(f"{name} is {number}", code="E207", expected=f"{name} >= 1")


def require_bias(bias: Operand | None, channels: int) -> None:
    """Raises E201 unless a bias is left out or has one number a channel."""
    if bias is not None and math.prod(bias.shape) != channels:
        raise ModelError(
            f"bias has shape {list(bias.shape)}, the filter makes {channels} channels",
            expected=f"{channels} numbers",
        )


def normal_axis(axis: int, rank: int) -> int:
    """Returns the axis counted from the front.

    Raises:
        ModelError: E207 outside [-rank, rank).
    """
    if not -rank <= axis < rank:
        raise ModelError(f"axis is {axis}", code="E207", expected=f"{-rank} <= axis < {rank}")
    return axis % rank


def with_size(operand: Operand, axis: int, size: int) -> TensorType:
    """Returns the operand's type with another size along one dimension, counted from the front."""
    return TensorType(operand.dtype, (*operand.shape[:axis], size, *operand.shape[axis + 1 :]))


def window_positions(size: int, window: int, stride: int, padding: Padding, dilation: int = 1) -> int:
    """Returns how many positions a sliding window takes along one dimension.

    Args:
        size: elements of the input.
        window: elements of the window before dilation.

    Sources:
        tflite/kernels/padding.h, ComputeOutSize.
    """
    effective = (window - 1) * dilation + 1
    if padding == Padding.SAME:
        return -(-size // stride)
    return max(0, -(-(size + 1 - effective) // stride))


def slide(
    sizes: tuple[int, int],
    window: tuple[int, int],
    strides: tuple[int, int],
    padding: Padding,
    dilations: tuple[int, int] = (1, 1),
) -> tuple[int, int]:
    """Returns how many positions a window takes over an image; every pair is (height, width).

    Raises:
        ModelError: E207 for a stride or dilation below 1, E201 for a window of nothing.
    """
    if min(window) < 1:
        raise ModelError(f"the window has {window[0]} rows and {window[1]} columns", expected="1 or more of each")
    require_positive(stride_h=strides[0], stride_w=strides[1])
    require_positive(dilation_h_factor=dilations[0], dilation_w_factor=dilations[1])
    high, wide = (
        window_positions(s, w, stride, padding, d)
        for s, w, stride, d in zip(sizes, window, strides, dilations, strict=True)
    )
    return high, wide


def integers(operand: Operand | None) -> tuple[int, ...] | None:
    """Returns the contents of a small integer operand, flattened; None where they are only known when it runs."""
    if operand is None:
        return None
    if 0 in operand.shape:
        return ()  # a file stores no bytes for it, so it does not look like a constant
    if operand.array is None:
        return None
    return tuple(int(v) for v in operand.array.reshape(-1))


def known_integers(name: str, operand: Operand, *sizes: int) -> tuple[int, ...] | None:
    """Returns the contents of an integer operand of these sizes, flattened; None where they are computed.

    The sizes of what is computed are not looked at: a file may declare any length for a vector that it sizes later.

    Raises:
        ModelError: E201 for a constant of other sizes.
    """
    numbers = integers(operand)
    if numbers is not None:
        require_shape(name, operand, *sizes)
    return numbers


def unknown(dtype: DType, count: int = 1) -> tuple[TensorType, ...]:
    """Returns results whose shape depends on data."""
    return (TensorType(dtype, None),) * count


def resolve_shape(wanted: Sequence[int], shape: Shape) -> Shape:
    """Returns a target shape with its one -1 filled in from the shape of what is reshaped.

    Raises:
        ModelError: E201 where the element counts differ.

    Sources:
        tflite/kernels/internal/reshape_utils.h, ResolveOutputShape: sizes of 0 on both sides leave the others to tell.
    """
    count, known = math.prod(shape), math.prod(extent for extent in wanted if extent != -1)
    if count and known:
        fill = count // known
    else:
        fill = 0 if known else math.prod(filter(None, shape)) // abs(math.prod(filter(None, wanted)))
    result = tuple(fill if extent == -1 else extent for extent in wanted)
    if min(wanted, default=0) < -1 or wanted.count(-1) > 1 or math.prod(result) != count:
        raise ModelError(
            f"{count} elements do not take the shape {list(wanted)}", expected="as many elements, at most one -1"
        )
    return result
